import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { onTestFinished } from 'vitest'

/** Answers requests on this machine until the test ends. Gives the address without a slash at its end. */
export async function serveHttp(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listenUntilEnd(createServer(listener))}`
}

/** Lets a server listen on this machine until the test ends, and gives its port. */
export async function listenUntilEnd(server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections?.()
    server.close()
  })
  // A server that listens on a port has such an address.
  return (server.address() as AddressInfo).port
}
