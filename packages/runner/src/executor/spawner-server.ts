import { type ChildProcess, spawn } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
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
import { childrenCpuMs, type ProcessUsage, processUsage } from './process-usage.ts'
import {
  ADDRESS_FILE,
  type KillReason,
  lineSplitter,
  MARK_VARIABLE,
  type ProgramRequest,
  type ProgramResult,
  RESULTS_FILE,
  type SpawnerAnswer,
  type SpawnerRequest,
} from './spawner-protocol.ts'

interface Running {
  readonly program: ProgramRequest
  readonly child: ChildProcess
  readonly startMs: number
  readonly outputs: readonly number[]
  usage: ProcessUsage | undefined
  killed: KillReason | undefined
}

/** Time between two looks at the programs. */
const LOOK_MS = 50
/** A program that does not end on SIGTERM is killed after so long. */
const GRACE_MS = 5000
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
  readonly #environment: readonly (readonly [string, string])[]
  readonly #results: number
  readonly #running = new Map<string, Running>()
  readonly #ended = new Map<string, ProgramResult>()
  #server: Server | undefined
  #socketPath = ''
  #engine: Socket | undefined
  #token = 0
  #childrenCpuMs = childrenCpuMs()
  #exits = 0
  #idleSince = Date.now()

  /** @param environment variables that every program gets */
  constructor(directory: string, environment: readonly (readonly [string, string])[]) {
    this.#directory = directory
    this.#environment = environment
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
      this.#idleSince = Date.now()
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
          known: [...this.#running.keys(), ...this.#ended.keys()],
        })
        return
      case 'run':
        this.#run(socket, request.program)
        return
      case 'kill':
        this.#kill(request.id, request.reason)
        return
      case 'settle':
        this.#settle(request.ids)
        return
      case 'bye':
        if (this.#running.size === 0) this.#exit()
    }
  }

  #run(socket: Socket, program: ProgramRequest): void {
    const ended = this.#ended.get(program.id)
    if (ended !== undefined) answer(socket, { event: 'ended', result: ended })
    else if (!this.#running.has(program.id)) this.#start(program)
  }

  #start(program: ProgramRequest): void {
    const startMs = Date.now()
    const files: number[] = []
    try {
      const [path = '', ...args] = program.argv
      const input = program.stdin === undefined ? 'ignore' : openSync(program.stdin, 'r')
      if (typeof input === 'number') files.push(input)
      const output = openSync(program.stdout, 'w')
      files.push(output)
      const error = program.stderr === program.stdout ? output : openSync(program.stderr, 'w')
      if (error !== output) files.push(error)
      const child = spawn(path, args, {
        cwd: program.cwd,
        env: Object.fromEntries([
          ...this.#environment,
          ...program.environment,
          [MARK_VARIABLE, this.#directory],
        ]),
        stdio: [input, output, error],
        detached: true,
      })
      const running: Running = {
        program,
        child,
        startMs,
        outputs: files.slice(typeof input === 'number' ? 1 : 0),
        usage: undefined,
        killed: undefined,
      }
      this.#running.set(program.id, running)
      child.on('exit', (code, signal) => this.#exited(running, files, code, signal))
      child.on('error', (cause) => {
        if (child.pid === undefined) this.#notStarted(program.id, startMs, files, cause)
      })
    } catch (cause) {
      this.#notStarted(program.id, startMs, files, cause)
    }
  }

  #notStarted(id: string, startMs: number, files: readonly number[], cause: unknown): void {
    for (const file of files) closeSync(file)
    const startError = cause instanceof Error ? cause.message : String(cause)
    this.#end({ id, startMs, endMs: Date.now(), exitCode: -1, startError })
  }

  #exited(running: Running, files: readonly number[], code: number | null, signal: string | null): void {
    const { program, child, startMs, usage, killed, outputs } = running
    const sizes = outputs.map((file) => fstatSync(file).size)
    for (const file of files) closeSync(file)
    for (const [at, path] of [program.stdout, program.stderr].entries())
      if (sizes[at] === 0 && program.keepEmpty[at] === false) rmSync(path, { force: true })
    this.#exits++
    // Several children may have been waited for at once: their sum belongs to none of them.
    const cpuMs = childrenCpuMs()
    const ownMs = cpuMs - this.#childrenCpuMs
    this.#childrenCpuMs = cpuMs
    const isAlone = this.#exits === 1
    queueMicrotask(() => {
      this.#exits = 0
    })
    const measured = isAlone ? Math.max(ownMs, usage?.cpuMs ?? 0) : (usage?.cpuMs ?? ownMs)
    this.#end({
      id: program.id,
      pid: child.pid,
      startMs,
      endMs: Date.now(),
      exitCode: code ?? -1,
      ...(signal === null ? {} : { signal }),
      cpuMs: measured,
      maxRssBytes: usage?.maxRssBytes,
      readBytes: usage?.readBytes,
      writtenBytes: usage?.writtenBytes,
      killed,
    })
  }

  #end(result: ProgramResult): void {
    this.#running.delete(result.id)
    this.#ended.set(result.id, result)
    appendFileSync(this.#results, `${JSON.stringify(result)}\n`)
    this.#idleSince = Date.now()
    if (this.#engine !== undefined) answer(this.#engine, { event: 'ended', result })
  }

  #settle(ids: readonly string[]): void {
    for (const id of ids) this.#ended.delete(id)
    const isDone = this.#ended.size === 0
    if (isDone && fstatSync(this.#results).size > MAX_RESULTS_BYTES) ftruncateSync(this.#results, 0)
  }

  #kill(id: string, reason: KillReason): void {
    const running = this.#running.get(id)
    if (running === undefined || running.killed !== undefined) return
    running.killed = reason
    signalGroup(running.child, 'SIGTERM')
    setTimeout(() => {
      if (this.#running.get(id) === running) signalGroup(running.child, 'SIGKILL')
    }, GRACE_MS)
  }

  #look(): void {
    for (const [id, running] of this.#running) {
      if (running.child.pid === undefined) continue
      const usage = processUsage(running.child.pid)
      if (usage === undefined) continue
      running.usage = {
        ...usage,
        maxRssBytes: Math.max(usage.maxRssBytes, running.usage?.maxRssBytes ?? 0),
      }
      const { memoryMb, maxOutputBytes } = running.program
      if (memoryMb > 0 && usage.maxRssBytes > memoryMb * 1e6) this.#kill(id, 'memory')
      else if (running.outputs.some((file) => fstatSync(file).size > maxOutputBytes)) this.#kill(id, 'output')
    }
    const isIdle = this.#running.size === 0 && this.#engine === undefined
    if (isIdle && Date.now() - this.#idleSince > IDLE_MS) this.#exit()
  }

  #exit(): void {
    if (this.#ended.size === 0) ftruncateSync(this.#results, 0)
    this.#server?.close()
    rmSync(dirname(this.#socketPath), { recursive: true, force: true })
    process.exit(0)
  }
}

function answer(socket: Socket, message: SpawnerAnswer): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`)
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The group is gone already: its exit is on the way.
  }
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
