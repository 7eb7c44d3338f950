import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { nginxServer } from '../../packages/runner/test/servers/nginx-server.ts'
import { S3_KEYS, s3Server } from '../../packages/runner/test/servers/s3-server.ts'
import { sshServer } from '../../packages/runner/test/servers/ssh-server.ts'
import { keptFolder } from '../../testing/folders.ts'

/** A server of this machine through which nodes get and send files. */
export interface StagingPlace {
  /** Scheme of its URLs. */
  readonly scheme: 'http' | 's3' | 'sftp'
  /** URL of its directory. */
  readonly url: string
  /** Variables by which the submitting side is let in. */
  readonly environment: Readonly<Record<string, string>>
  /** Further words of `run start`. */
  readonly words: readonly string[]
  /** Texts that must be in no record of a run. */
  readonly secrets: readonly string[]
}

/** A web server that takes files by PUT and gives them. */
export async function httpPlace(): Promise<StagingPlace> {
  const root = keptFolder()
  mkdirSync(join(root, 'stage'))
  // The workers of nginx are nobody.
  chmodSync(join(root, 'stage'), 0o777)
  const url = await nginxServer(
    root,
    'location /stage { dav_methods PUT DELETE MKCOL; create_full_put_path on; client_max_body_size 0; }',
  )
  return { scheme: 'http', url: `${url}/stage`, environment: {}, words: [], secrets: [] }
}

/** An object store. */
export async function s3Place(): Promise<StagingPlace> {
  const environment = { ...S3_KEYS, AWS_ENDPOINT_URL: await s3Server() }
  return { scheme: 's3', url: 's3://data/stage', environment, words: [], secrets: ['S3RVER'] }
}

/** A server of OpenSSH that takes one key. */
export async function sftpPlace(): Promise<StagingPlace> {
  const { port, config, key } = await sshServer()
  const folder = keptFolder()
  return {
    scheme: 'sftp',
    url: `sftp://root@127.0.0.1:${port}${folder}/stage`,
    environment: { SSH_PRIVATE_KEY: key.path },
    words: ['--ssh-config', config],
    secrets: [key.text.split('\n')[2] ?? ''],
  }
}
