import {
  appendFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { systemClock } from '@skyloom/base'
import { LOOK_MS, ProgramTable } from './program-table.ts'
import {
  ADDRESS_FILE,
  lineSplitter,
  MARK_VARIABLE,
  type ProgramRequest,
  type ProgramResult,
  RESULTS_FILE,
  type SpawnerAnswer,
  type SpawnerRequest,
} from './spawner-protocol.ts'

/** Without engine and programs the spawner goes on for so long. */
const IDLE_MS = 10_000
/** The file of results is begun anew above this size when all are settled. */
const MAX_RESULTS_BYTES = 1 << 20

/**
 * Starts programs for engines, one engine at a time, measures them and keeps their results in a file until an engine says
 * that it has stored them. An engine that comes later finds what still runs.
 */
export class SpawnerServer {
  readonly #directory: string
  readonly #results: number
  readonly #programs: ProgramTable
  readonly #ended = new Map<string, ProgramResult>()
  /** Results that could not be written, because the disk was full. */
  #unwritten = ''
  #server: Server | undefined
  #socketPath = ''
  #engine: Socket | undefined
  #token = 0
  #idleSinceMs = systemClock.monotonicMs()

  /** @param environment variables that every program gets */
  constructor(directory: string, environment: readonly (readonly [string, string])[]) {
    this.#directory = directory
    this.#programs = new ProgramTable(environment, directory, (result) => this.#end(result))
    endOrphans(directory)
    const path = join(directory, RESULTS_FILE)
    if (existsSync(path)) {
      for (const line of readFileSync(path, 'utf8').split('\n')) {
        const result = parseResult(line)
        if (result !== undefined) this.#ended.set(result.id, result)
      }
    }
    this.#results = openSync(path, 'a')
    // A line that was cut off must not swallow the next one.
    appendFileSync(this.#results, '\n')
  }

  listen(socketPath: string): void {
    this.#socketPath = socketPath
    this.#server = createServer((socket) => this.#connect(socket))
    this.#server.listen(socketPath, () => {
      const partial = join(this.#directory, `.${ADDRESS_FILE}.${process.pid}`)
      writeFileSync(partial, socketPath)
      renameSync(partial, join(this.#directory, ADDRESS_FILE))
    })
    setInterval(() => this.#look(), LOOK_MS)
  }

  #connect(socket: Socket): void {
    socket.setEncoding('utf8')
    socket.on(
      'data',
      lineSplitter((line) => this.#serve(socket, JSON.parse(line) as SpawnerRequest)),
    )
    const left = (): void => {
      if (this.#engine === socket) this.#engine = undefined
      this.#idleSinceMs = systemClock.monotonicMs()
    }
    socket.on('error', left)
    socket.on('close', left)
  }

  #serve(socket: Socket, request: SpawnerRequest): void {
    if (request.token < this.#token) {
      answer(socket, { event: 'stale', token: this.#token })
      return
    }
    this.#token = request.token
    switch (request.op) {
      case 'hello':
        this.#engine = socket
        answer(socket, {
          event: 'welcome',
          pid: process.pid,
          known: [...this.#programs.ids(), ...this.#ended.keys()],
        })
        return
      case 'run':
        this.#run(socket, request.program)
        return
      case 'kill':
        this.#programs.kill(request.id, request.reason)
        return
      case 'settle':
        this.#settle(request.ids)
        return
      case 'bye':
        if (this.#programs.size === 0) this.#exit()
    }
  }

  #run(socket: Socket, program: ProgramRequest): void {
    const ended = this.#ended.get(program.id)
    if (ended !== undefined) answer(socket, { event: 'ended', result: ended })
    else if (!this.#programs.has(program.id)) this.#programs.start(program)
  }

  #end(result: ProgramResult): void {
    this.#ended.set(result.id, result)
    this.#unwritten += `${JSON.stringify(result)}\n`
    this.#keep()
    this.#idleSinceMs = systemClock.monotonicMs()
    if (this.#engine !== undefined) answer(this.#engine, { event: 'ended', result })
  }

  /** Writes results to the file. Where that fails they stay in memory and are tried again: a crash before loses them. */
  #keep(): void {
    try {
      appendFileSync(this.#results, this.#unwritten)
      this.#unwritten = ''
    } catch {
      // A part of a line may have been written; the next one must not be swallowed by it.
      if (!this.#unwritten.startsWith('\n')) this.#unwritten = `\n${this.#unwritten}`
    }
  }

  #settle(ids: readonly string[]): void {
    for (const id of ids) this.#ended.delete(id)
    if (this.#ended.size === 0) this.#forget(MAX_RESULTS_BYTES)
  }

  #look(): void {
    this.#programs.look()
    if (this.#unwritten !== '') this.#keep()
    const isIdle = this.#programs.size === 0 && this.#engine === undefined
    if (isIdle && systemClock.monotonicMs() - this.#idleSinceMs > IDLE_MS) this.#exit()
  }

  /** Begins the file of results anew when it is larger; all of them are settled. */
  #forget(bytes: number): void {
    try {
      if (fstatSync(this.#results).size > bytes) ftruncateSync(this.#results, 0)
    } catch {
      // Results that are settled do no harm.
    }
  }

  #exit(): void {
    if (this.#ended.size === 0) this.#forget(0)
    this.#server?.close()
    try {
      rmSync(dirname(this.#socketPath), { recursive: true, force: true })
    } finally {
      process.exit(0)
    }
  }
}

function answer(socket: Socket, message: SpawnerAnswer): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

function parseResult(line: string): ProgramResult | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line) as ProgramResult
  } catch {
    // The last line of a spawner that was killed: its program counts as lost.
    return undefined
  }
}

/** Kills what a spawner that died left behind: its results are lost, so it must not go on beside a new attempt. */
function endOrphans(directory: string): void {
  const mark = Buffer.from(`${MARK_VARIABLE}=${directory}\0`)
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue
    try {
      const environment = readFileSync(`/proc/${name}/environ`)
      if (environment.includes(mark)) process.kill(Number(name), 'SIGKILL')
    } catch {
      // Not ours to read, or gone.
    }
  }
}
