import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A server of this machine for static files, as an image archive has one: it knows ranges. */
export interface FileServer extends AsyncDisposable {
  readonly url: string
  /** Bytes of the body of every answer that was sent for a path. */
  bytesSent(path: string): number
}

const repository = new URL('../../', import.meta.url)
const SERVED = /^\/(?:examples\/browser|packages\/\w+\/dist|node_modules\/fflate\/esm)\/[\w./-]*$/
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

/** Serves the example page, the compiled packages and the given files on a free port of the loopback address. */
export async function fileServer(files: ReadonlyMap<string, Uint8Array>): Promise<FileServer> {
  const sent = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', repository).pathname
    const bytes = files.get(path)
    if (bytes === undefined) sendRepositoryFile(path, response)
    else sent.set(path, (sent.get(path) ?? 0) + sendPart(bytes, request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    bytesSent: (path) => sent.get(path) ?? 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function sendRepositoryFile(path: string, response: ServerResponse): void {
  const file = new URL(`.${path.endsWith('/') ? `${path}index.html` : path}`, repository)
  const type = TYPES[extname(file.pathname)]
  if (type === undefined || !SERVED.test(path) || !existsSync(fileURLToPath(file)))
    response.writeHead(404).end()
  else response.writeHead(200, { 'Content-Type': type }).end(readFileSync(file))
}

/** Sends the range that was asked for, or everything; gives the number of bytes. */
function sendPart(bytes: Uint8Array, request: IncomingMessage, response: ServerResponse): number {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  if (start === undefined) {
    response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes)
    return bytes.length
  }
  const part = bytes.subarray(Number(start), Number(end) + 1)
  response
    .writeHead(206, {
      'Content-Range': `bytes ${start}-${Number(start) + part.length - 1}/${bytes.length}`,
      'Content-Length': part.length,
    })
    .end(part)
  return part.length
}
