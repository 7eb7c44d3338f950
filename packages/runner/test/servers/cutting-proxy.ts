import { connect, createServer } from 'node:net'
import { listenUntilEnd } from '../../../../testing/loopback-server.ts'

/** A proxy that breaks connections. */
export interface CuttingProxy {
  readonly port: number
  /** Connections that were made. */
  readonly connections: () => number
}

/**
 * Passes connections on to a port of this machine until the test ends.
 *
 * @param bytesOf how many bytes of the answer pass, by the number of connections before
 */
export async function cuttingProxy(
  port: number,
  bytesOf: (connection: number) => number,
): Promise<CuttingProxy> {
  let count = 0
  const server = createServer((client) => {
    let left = bytesOf(count++)
    const upstream = connect(port, '127.0.0.1')
    const cut = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', cut).on('close', cut)
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, left)
      left -= part.length
      if (left > 0) client.write(part)
      else client.write(part, () => client.resetAndDestroy())
    })
  })
  return { port: await listenUntilEnd(server), connections: () => count }
}
