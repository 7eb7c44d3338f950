// The spawner: a small process that starts the programs of a run and outlives the engine. Arguments: its directory, the
// path of its socket.
import { readFileSync, writeSync } from 'node:fs'
import { diskFaultOf, errorCodes } from '../files/disk-fault.ts'
import { NO_ROOM_EXIT } from './spawner-protocol.ts'
import { SpawnerServer } from './spawner-server.ts'

const [directory, socket] = process.argv.slice(2)
if (directory === undefined || socket === undefined) {
  process.stderr.write('use: spawner-main DIRECTORY SOCKET\n')
  process.exit(2)
}
// Ctrl-C of a terminal is for the engine, which asks for an orderly end.
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
// What went wrong is in the file stderr, unless there was no room for it either.
process.on('uncaughtException', (error) => {
  process.exitCode = diskFaultOf(errorCodes(error)) === 'space' ? NO_ROOM_EXIT : 1
  try {
    writeSync(2, `${error.stack ?? error.message}\n`)
  } finally {
    process.exit()
  }
})
const server = new SpawnerServer(directory, JSON.parse(readFileSync(0, 'utf8')) as [string, string][])
server.listen(socket)
