import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@skyloom/base'
import { RunnerError } from '../errors.ts'
import { errorCodes, freeBytes } from '../files/disk-fault.ts'
import {
  ADDRESS_FILE,
  type KillReason,
  lineSplitter,
  NO_ROOM_EXIT,
  type ProgramRequest,
  type ProgramResult,
  type ProgramRunner,
  type SpawnerAnswer,
  type SpawnerRequest,
} from './spawner-protocol.ts'

/** A new spawner has so long to answer. */
const START_MS = 10_000

/** The engine's end of the spawner process. */
export class Spawner implements ProgramRunner {
  readonly #socket: Socket
  readonly #token: number
  readonly #waiting = new Map<string, (result: ProgramResult) => void>()
  readonly #early = new Map<string, ProgramResult>()
  #known: ReadonlySet<string> = new Set()
  #welcome: (() => void) | undefined
  #onLoss: (error: RunnerError) => void = () => undefined
  #isClosed = false
  #outbox = ''

  private constructor(socket: Socket, token: number) {
    this.#socket = socket
    this.#token = token
  }

  /**
   * Joins the spawner of a run, or starts one. A disk that is full is named by the code of the error's cause.
   *
   * @param directory where the spawner keeps its address and results
   * @param token of the engine's lease; spawners refuse engines with an older one
   * @param environment variables of every program
   * @throws {RunnerError} `RUNNER_SPAWNER`, `RUNNER_LEASE_LOST`
   */
  static async open(
    directory: string,
    token: number,
    environment: readonly (readonly [string, string])[],
  ): Promise<Spawner> {
    try {
      mkdirSync(directory, { recursive: true })
      return (await tryConnect(directory, token)) ?? (await startAndConnect(directory, token, environment))
    } catch (cause) {
      if (cause instanceof RunnerError) throw cause
      throw new RunnerError('RUNNER_SPAWNER', 'the process that starts programs cannot be reached', {
        where: [directory],
        found: cause instanceof Error ? cause.message : String(cause),
        remedy: 'look into that directory, and resume the run',
        cause,
      })
    }
  }

  static async attach(socket: Socket, token: number): Promise<Spawner> {
    const spawner = new Spawner(socket, token)
    socket.setEncoding('utf8')
    socket.on(
      'data',
      lineSplitter((line) => spawner.#take(JSON.parse(line) as SpawnerAnswer)),
    )
    const lost = (): void => spawner.#lost('the process that starts programs is gone')
    socket.on('error', lost)
    socket.on('close', lost)
    await new Promise<void>((resolve, reject) => {
      spawner.#welcome = resolve
      spawner.#onLoss = reject
      spawner.#send({ op: 'hello', token })
    })
    return spawner
  }

  /** Calls back when the spawner died or serves a newer engine. */
  onLoss(callback: (error: RunnerError) => void): void {
    this.#onLoss = callback
  }

  /** True for programs that a former engine started and whose results are not settled. */
  knows(id: string): boolean {
    return this.#known.has(id)
  }

  /** Runs a program to its end, or waits for the end of the one with this id. */
  async run(program: ProgramRequest): Promise<ProgramResult> {
    const early = this.#early.get(program.id)
    if (early !== undefined) return early
    return await new Promise((resolve) => {
      this.#waiting.set(program.id, resolve)
      this.#send({ op: 'run', token: this.#token, program })
    })
  }

  kill(id: string, reason: KillReason): void {
    this.#send({ op: 'kill', token: this.#token, id, reason })
  }

  /** Results of these programs are stored. */
  settle(ids: readonly string[]): void {
    for (const id of ids) this.#early.delete(id)
    if (ids.length > 0) this.#send({ op: 'settle', token: this.#token, ids })
  }

  /** Leaves; the spawner ends when nothing runs. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#send({ op: 'bye', token: this.#token })
    this.#flush()
    await new Promise<void>((resolve) => this.#socket.end(resolve))
    this.#socket.destroy()
  }

  #send(request: SpawnerRequest): void {
    if (this.#outbox === '') queueMicrotask(() => this.#flush())
    this.#outbox += `${JSON.stringify(request)}\n`
  }

  #flush(): void {
    if (this.#outbox !== '' && !this.#socket.destroyed) this.#socket.write(this.#outbox)
    this.#outbox = ''
  }

  #take(message: SpawnerAnswer): void {
    if (message.event === 'welcome') {
      this.#known = new Set(message.known)
      this.#welcome?.()
    } else if (message.event === 'stale') this.#lost(`another engine (lease ${message.token}) took over`)
    else {
      const { result } = message
      const resolve = this.#waiting.get(result.id)
      this.#waiting.delete(result.id)
      if (resolve === undefined) this.#early.set(result.id, result)
      else resolve(result)
    }
  }

  #lost(reason: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const code = reason.includes('lease') ? 'RUNNER_LEASE_LOST' : 'RUNNER_SPAWNER'
    this.#onLoss(new RunnerError(code, reason, { remedy: 'resume the run' }))
  }
}

/** @returns nothing where no spawner listens */
async function tryConnect(directory: string, token: number): Promise<Spawner | undefined> {
  const address = addressIn(directory)
  if (address === undefined) return undefined
  const socket = await new Promise<Socket | undefined>((resolve) => {
    const opened = connect(address)
    opened.once('connect', () => resolve(opened))
    opened.once('error', () => resolve(undefined))
  })
  if (socket === undefined) return undefined
  try {
    return await Spawner.attach(socket, token)
  } catch (error) {
    // It was about to end when it was asked: the next one starts afresh.
    if (error instanceof RunnerError && error.code === 'RUNNER_SPAWNER') return undefined
    throw error
  }
}

/** Path of the socket where a spawner listens, or listened before it was killed. */
function addressIn(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, ADDRESS_FILE), 'utf8')
  } catch (error) {
    if (errorCodes(error)[0] === 'ENOENT') return undefined
    throw error
  }
}

async function startAndConnect(
  directory: string,
  token: number,
  environment: readonly (readonly [string, string])[],
): Promise<Spawner> {
  const former = addressIn(directory)
  if (former !== undefined) rmSync(dirname(former), { recursive: true, force: true })
  rmSync(join(directory, ADDRESS_FILE), { force: true })
  // Paths of sockets are short by law of the system (108 bytes), run directories are not.
  const folder = mkdtempSync(join(tmpdir(), 'skyloom-'))
  const child = start(directory, join(folder, 's'), environment)
  const endMs = systemClock.monotonicMs() + START_MS
  while (systemClock.monotonicMs() < endMs && child.exitCode === null && child.signalCode === null) {
    const started = await tryConnect(directory, token)
    if (started !== undefined) return started
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  rmSync(folder, { recursive: true, force: true })
  if (child.exitCode === NO_ROOM_EXIT) {
    throw new RunnerError('RUNNER_SPAWNER', 'the process that starts programs found the disk full', {
      where: [directory],
      found: `${await freeBytes(directory)} bytes free`,
      remedy: 'free space; nothing was lost',
      cause: Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
    })
  }
  throw new RunnerError('RUNNER_SPAWNER', 'the process that starts programs does not answer', {
    where: [directory],
    found: (await readFile(join(directory, 'stderr'), 'utf8')).slice(-500),
    remedy: 'look into the file stderr of that directory',
  })
}

function start(
  directory: string,
  socket: string,
  environment: readonly (readonly [string, string])[],
): ChildProcess {
  const errors = openSync(join(directory, 'stderr'), 'a')
  const script = fileURLToPath(new URL('./spawner-main.js', import.meta.url))
  const child = spawn(process.execPath, ['--max-semi-space-size=1', script, directory, socket], {
    detached: true,
    stdio: ['pipe', 'ignore', errors],
    env: {},
    cwd: '/',
  })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(JSON.stringify(environment))
  child.unref()
  closeSync(errors)
  return child
}
