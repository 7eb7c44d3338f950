// The spawner: a small process that starts the programs of a run and outlives the engine. Arguments: its directory, the
// path of its socket.
import { readFileSync } from 'node:fs'
import { SpawnerServer } from './spawner-server.ts'

const [directory, socket] = process.argv.slice(2)
if (directory === undefined || socket === undefined) {
  process.stderr.write('use: spawner-main DIRECTORY SOCKET\n')
  process.exit(2)
}
// Ctrl-C of a terminal is for the engine, which asks for an orderly end.
process.on('SIGINT', () => undefined)
process.on('SIGHUP', () => undefined)
const server = new SpawnerServer(directory, JSON.parse(readFileSync(0, 'utf8')) as [string, string][])
server.listen(socket)
