import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { montageRun, renewRun, type ShapedRun } from '../montage-shape.ts'
import { attemptsThat, checkRun } from './check-run.ts'
import { until } from './progress.ts'
import { type EngineEnd, runEngine } from './run-engine-process.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** How an engine in a process with faults ended; `error`: it gave up with `code`. */
export interface FaultyEnd {
  readonly status: string
  readonly code?: string
  readonly message?: string
  readonly succeeded?: number
  readonly adopted?: number
  /** File operations below the folder of the test. */
  readonly calls: number
  /** The operation that was to fail was reached. */
  readonly failed: boolean
  readonly notices: readonly string[]
}

/** What fails while an engine runs, once. */
export interface Fault {
  /** Number of a file operation, from 1; 0 counts only. */
  readonly call?: number
  readonly code?: string
  readonly commit?: { readonly number: number; readonly code: string; readonly when: 'before' | 'after' }
}

/** Runs of one plan, each in a new state, whose engines or spawners meet faults. */
export class FaultyRuns {
  readonly run: ShapedRun
  readonly #folder: string
  readonly #registry: string
  readonly #functions: boolean
  readonly #ask: (request: object) => Promise<FaultyEnd>

  private constructor(
    run: ShapedRun,
    folder: string,
    functions: boolean,
    ask: (request: object) => Promise<FaultyEnd>,
  ) {
    this.run = run
    this.#folder = folder
    this.#registry = join(folder, 'registry.db')
    this.#functions = functions
    this.#ask = ask
  }

  /** @param functions jobs are functions in worker threads in place of programs */
  static async start(images: number, functions: boolean): Promise<FaultyRuns> {
    const folder = freshFolder()
    const run = await montageRun(folder, images)
    const child = spawn(
      process.execPath,
      ['--import', here('./fault-fs.mjs'), here('./operation-process.mjs')],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })
    return new FaultyRuns(run, folder, functions, async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const [line] = (await once(lines, 'line')) as [string]
      return JSON.parse(line) as FaultyEnd
    })
  }

  renew(): void {
    renewRun(this.run)
    for (const ending of ['', '-wal', '-shm']) rmSync(`${this.#registry}${ending}`, { force: true })
  }

  async engine(fault: Fault = {}): Promise<FaultyEnd> {
    const { runDir } = this.run
    const functions = this.#functions
    return await this.#ask({ folder: this.#folder, runDir, registry: this.#registry, functions, ...fault })
  }

  /** An engine in a process of its own that is killed at a step. */
  async killedAt(killStep: string, passes: number): Promise<EngineEnd> {
    const { runDir } = this.run
    return await runEngine({
      runDir,
      registry: this.#registry,
      killStep,
      passes,
      cores: 2,
      functions: this.#functions,
    })
  }

  /** Starts a spawner with a fault, for the next engine to join. @returns its process; it may be gone already */
  async spawner({ call = 0, code = 'EIO' }: Fault): Promise<FaultySpawner> {
    const directory = join(this.run.runDir, 'spawner')
    mkdirSync(directory)
    const report = join(this.#folder, 'spawner-faults')
    rmSync(report, { force: true })
    const child = spawn(
      process.execPath,
      [
        '--import',
        here('./fault-fs.mjs'),
        here('../../dist/executor/spawner-main.js'),
        directory,
        join(mkdtempSync(join(this.#folder, 's-')), 's'),
      ],
      {
        stdio: ['pipe', 'ignore', 'ignore'],
        env: {
          FAULT_FOLDER: this.#folder,
          FAULT_CALL: String(call),
          FAULT_CODE: code,
          FAULT_REPORT: report,
        },
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stdin.end(JSON.stringify([['PATH', process.env['PATH'] ?? '']]))
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
    await until(
      () => hasEnded() || existsSync(join(directory, 'address')),
      () => 'the spawner does not listen',
    )
    return new FaultySpawner(child, report)
  }

  /** Attempts that ended so, with their reasons. */
  async attemptsThat(...states: readonly string[]): Promise<string[]> {
    return await attemptsThat(this.#registry, ...states)
  }

  async check(jobs: number, product?: Buffer): Promise<void> {
    await checkRun(this.run, this.#registry, jobs, product)
  }
}

/** A spawner that met a fault, or was to. */
export class FaultySpawner {
  readonly #child: ChildProcess
  readonly #report: string

  constructor(child: ChildProcess, report: string) {
    this.#child = child
    this.#report = report
  }

  /** Waits for its end. @returns its file operations, and whether one failed */
  async ended(): Promise<{ readonly calls: number; readonly failed: boolean }> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    expect(this.#child.signalCode).toBeNull()
    return JSON.parse(readFileSync(this.#report, 'utf8')) as { calls: number; failed: boolean }
  }
}
