import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server of this machine for one test. */
export interface Loopback extends AsyncDisposable {
  readonly url: string
  /** Requests so far: their `Range` headers. */
  readonly ranges: (string | undefined)[]
}

/** How a loopback server answers one request; `count` is 1 for the first. */
export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** Starts a server on a free port of the loopback address. */
export async function loopback(answer: Answer): Promise<Loopback> {
  const ranges: (string | undefined)[] = []
  const server = createServer((request, response) => {
    ranges.push(request.headers.range)
    answer(request, response, ranges.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/image.fits`,
    ranges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Sends the range that was asked for, as a good server does. */
export function sendRange(
  bytes: Uint8Array,
  request: IncomingMessage,
  response: ServerResponse,
  etag = '"one"',
): void {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const start = Number(match?.[1])
  const end = Math.min(Number(match?.[2]), bytes.length - 1)
  if (bytes.length === 0) {
    response.writeHead(416, { 'Content-Range': 'bytes */0' }).end()
    return
  }
  const part = bytes.subarray(start, end + 1)
  response.writeHead(206, {
    'Content-Range': `bytes ${start}-${end}/${bytes.length}`,
    'Content-Length': part.length,
    ETag: etag,
  })
  response.end(part)
}
