import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs'
import { systemClock } from '@skyloom/base'
import { childrenCpuMs, type ProcessUsage, processUsage } from './process-usage.ts'
import {
  type KillReason,
  MARK_VARIABLE,
  type ProgramRequest,
  type ProgramResult,
} from './spawner-protocol.ts'

interface Running {
  readonly program: ProgramRequest
  readonly child: ChildProcess
  readonly startMs: number
  /** By a clock that never jumps. */
  readonly startedMs: number
  readonly outputs: readonly number[]
  usage: ProcessUsage | undefined
  killed: KillReason | undefined
}

/** Time between two looks at the programs. */
export const LOOK_MS = 50
/** A program that does not end on SIGTERM is killed after so long. */
const GRACE_MS = 5000

/** Programs that run as children of this process, each in a process group of its own, measured and held to their limits. */
export class ProgramTable {
  readonly #environment: readonly (readonly [string, string])[]
  readonly #mark: string
  readonly #onEnd: (result: ProgramResult) => void
  readonly #running = new Map<string, Running>()
  #childrenCpuMs = childrenCpuMs()
  #exits = 0

  /**
   * @param environment variables that every program gets
   * @param mark value of {@link MARK_VARIABLE}, by which programs are found whose parent died
   * @param onEnd hears how each program ended
   */
  constructor(
    environment: readonly (readonly [string, string])[],
    mark: string,
    onEnd: (result: ProgramResult) => void,
  ) {
    this.#environment = environment
    this.#mark = mark
    this.#onEnd = onEnd
  }

  get size(): number {
    return this.#running.size
  }

  has(id: string): boolean {
    return this.#running.has(id)
  }

  ids(): Iterable<string> {
    return this.#running.keys()
  }

  /** Starts a program; one that cannot be started ends at once. */
  start(program: ProgramRequest): void {
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
        env: Object.fromEntries([...this.#environment, ...program.environment, [MARK_VARIABLE, this.#mark]]),
        stdio: [input, output, error],
        detached: true,
      })
      const running: Running = {
        program,
        child,
        startMs,
        startedMs: systemClock.monotonicMs(),
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
    this.#end({ id, startMs, endMs: startMs, exitCode: -1, startError })
  }

  #exited(running: Running, files: readonly number[], code: number | null, signal: string | null): void {
    const { program, child, startMs, startedMs, usage, killed } = running
    const fileError = closeFiles(running, files)
    this.#exits++
    // Several children may have been waited for at once: their sum belongs to none of them.
    const cpuMs = childrenCpuMs()
    const ownMs = cpuMs - this.#childrenCpuMs
    this.#childrenCpuMs = cpuMs
    const isAlone = this.#exits === 1
    queueMicrotask(() => {
      this.#exits = 0
    })
    const own = isAlone ? Math.max(ownMs, usage?.cpuMs ?? 0) : (usage?.cpuMs ?? ownMs)
    const measured = program.pidFile === undefined ? own : usage?.cpuMs
    this.#end({
      id: program.id,
      pid: child.pid,
      startMs,
      endMs: startMs + systemClock.monotonicMs() - startedMs,
      exitCode: code ?? -1,
      ...(signal === null ? {} : { signal }),
      cpuMs: measured,
      maxRssBytes: usage?.maxRssBytes,
      readBytes: usage?.readBytes,
      writtenBytes: usage?.writtenBytes,
      killed,
      fileError,
    })
  }

  /** Ends a program and what it started: SIGTERM, and SIGKILL for what does not listen. */
  kill(id: string, reason: KillReason): void {
    const running = this.#running.get(id)
    if (running === undefined || running.killed !== undefined) return
    running.killed = reason
    signalGroup(running.child, 'SIGTERM')
    setTimeout(() => {
      if (this.#running.get(id) === running) signalGroup(running.child, 'SIGKILL')
    }, GRACE_MS)
  }

  /** Measures what runs and ends what is over its limits; to be called every {@link LOOK_MS}. */
  look(): void {
    for (const [id, running] of this.#running) {
      const pid = measuredPid(running)
      if (pid === undefined) continue
      const usage = processUsage(pid)
      if (usage === undefined) continue
      running.usage = {
        ...usage,
        maxRssBytes: Math.max(usage.maxRssBytes, running.usage?.maxRssBytes ?? 0),
      }
      const { memoryMb, maxOutputBytes } = running.program
      if (memoryMb > 0 && usage.maxRssBytes > memoryMb * 1e6) this.kill(id, 'memory')
      else if (isLarger(running.outputs, maxOutputBytes)) this.kill(id, 'output')
    }
  }

  #end(result: ProgramResult): void {
    this.#running.delete(result.id)
    this.#onEnd(result)
  }
}

/** The process whose usage counts; none as long as it is not known. */
function measuredPid({ program: { pidFile }, child }: Running): number | undefined {
  if (pidFile === undefined) return child.pid
  if (!existsSync(pidFile)) return undefined
  const pid = Number(readFileSync(pidFile, 'latin1'))
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/** Closes the files of a program that ended, and removes empty ones. @returns what went wrong */
function closeFiles({ program, outputs }: Running, files: readonly number[]): string | undefined {
  let problem: string | undefined
  const tried = <Result>(work: () => Result): Result | undefined => {
    try {
      return work()
    } catch (error) {
      problem ??= error instanceof Error ? error.message : String(error)
      return undefined
    }
  }
  const sizes = outputs.map((file) => tried(() => fstatSync(file).size))
  const { pidFile } = program
  if (pidFile !== undefined) tried(() => rmSync(pidFile, { force: true }))
  for (const file of files) tried(() => closeSync(file))
  for (const [at, path] of [program.stdout, program.stderr].entries())
    if (sizes[at] === 0 && program.keepEmpty[at] === false) tried(() => rmSync(path, { force: true }))
  return problem
}

function isLarger(files: readonly number[], bytes: number): boolean {
  try {
    return files.some((file) => fstatSync(file).size > bytes)
  } catch {
    // The next look tells.
    return false
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The group is gone already: its exit is on the way.
  }
}
