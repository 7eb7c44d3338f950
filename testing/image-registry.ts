import { createHash } from 'node:crypto'
import type { RequestListener } from 'node:http'

/**
 * Answers as a registry of images (OCI distribution, what pulls ask for) with one image of one layer, under every name and tag.
 *
 * @param layer archive of a root tree
 */
export function imageRegistry(layer: Uint8Array): RequestListener {
  const blobs = new Map<string, Uint8Array>()
  const keep = (bytes: Uint8Array): { readonly digest: string; readonly size: number } => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    blobs.set(digest, bytes)
    return { digest, size: bytes.byteLength }
  }
  const keepJson = (value: object): { readonly digest: string; readonly size: number } =>
    keep(Buffer.from(JSON.stringify(value)))
  const diff = keep(layer)
  const config = keepJson({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Cmd: ['/bin/sh'] },
    rootfs: { type: 'layers', diff_ids: [diff.digest] },
  })
  const manifest = keepJson({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...diff }],
  })
  return ({ url = '', method }, response) => {
    const [, kind, reference = ''] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? []
    const digest = kind === 'manifests' && !reference.startsWith('sha256:') ? manifest.digest : reference
    const bytes = blobs.get(digest)
    if (url === '/v2/') response.end('{}')
    else if (bytes === undefined) response.writeHead(404).end()
    else {
      const type = kind === 'manifests' ? MANIFEST : 'application/octet-stream'
      response.writeHead(200, {
        'content-type': type,
        'content-length': bytes.byteLength,
        'docker-content-digest': digest,
      })
      response.end(method === 'HEAD' ? undefined : bytes)
    }
  }
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
