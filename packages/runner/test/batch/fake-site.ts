import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshFolder } from '../../../../testing/folders.ts'
import { BatchExecutor, type BatchOptions } from '../../dist/batch/batch-executor.js'
import { SiteExecutor } from '../../dist/batch/site-executor.js'
import { LocalExecutor } from '../../dist/executor/local-executor.js'
import { FileHasher } from '../../dist/files/file-hasher.js'
import { MemoryStore, type RunOptions, type RunResult, runPlan } from '../../dist/index.js'
import { standardTransfers } from '../../dist/transfer/standard-transfers.js'
import { Transfers } from '../../dist/transfer/transfer.js'
import { type SmallJob, smallPlan } from '../small-plan.ts'
import { FakeSystem, type Faults } from './fake-system.ts'

/** Retries without waits. */
const quick = { backoffMs: 1, maxBackoffMs: 5, maxLosses: 3 }

/** A run that ended. */
export interface Ran {
  readonly result: RunResult
  readonly runDir: string
  readonly attempts: readonly string[]
  readonly notes: readonly string[]
  readonly system: FakeSystem
}

/** A run that is about to start. */
export interface Setting {
  readonly runDir: string
  readonly store: MemoryStore
  readonly system: FakeSystem
  readonly notes: string[]
  /** Node.js of the nodes. */
  node: string
}

/** A plan whose jobs are at the site `far`, with its scheduler. */
export function setting(jobs: readonly SmallJob[], faults: Faults = {}, cores?: number): Setting {
  const runDir = smallPlan(
    join(freshFolder(), 'run'),
    jobs.map((job) => ({ site: 'far', dataConfiguration: 'sharedfs' as const, ...job })),
  )
  mkdirSync(join(runDir, 'scratch'), { recursive: true })
  writeFileSync(join(runDir, 'scratch', 'raw'), 'raw\n')
  const system = new FakeSystem(faults, cores)
  return { runDir, store: new MemoryStore(), system, notes: [], node: process.execPath }
}

/** Options of a run there. */
export function options(
  { system, notes, node }: Setting,
  more: RunOptions = {},
  how: Partial<BatchOptions> = {},
): RunOptions {
  const hasher = new FileHasher()
  return {
    policy: quick,
    executor: (host, local) =>
      new SiteExecutor(
        host.plan,
        new LocalExecutor(host, local),
        new Map([
          [
            'far',
            new BatchExecutor(
              host,
              { name: 'far', kind: system.carries ? 'htcondor' : 'slurm', node },
              system,
              {
                keptOutputBytes: 4096,
                maxOutputBytes: 1 << 20,
                inheritEnvironment: [],
                tools: { hasher, transfers: new Transfers(standardTransfers(), hasher) },
                reuse: true,
                onNote: (text) => notes.push(text),
                lookMs: 20,
                heldMs: 100,
                ...how,
              },
            ),
          ],
        ]),
      ),
    ...more,
  }
}

/** Runs jobs at the site. */
export async function run(
  jobs: readonly SmallJob[],
  faults: Faults = {},
  more: RunOptions = {},
): Promise<Ran> {
  const all = setting(jobs, faults)
  const result = await runPlan(all.store, all.runDir, options(all, more))
  return { ...all, result, attempts: await attemptsOf(all.store, result.runId) }
}

/** How each attempt ended, sorted. */
export async function attemptsOf(store: MemoryStore, runId: string): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const { jobId, attempt, state, reason } of store.attempts(runId))
    lines.push(`${jobId} ${attempt} ${state}${reason === null ? '' : `: ${reason}`}`)
  return lines.sort()
}

/** A job that appends a line to `log` and copies `raw`. */
export function copying(number: number, more: Partial<SmallJob> = {}): SmallJob {
  return {
    run: ['/bin/sh', '-c', `echo ${number} >>"$SKYLOOM_TEST_LOG"; cat raw >copy${number}`],
    reads: ['raw'],
    writes: [`copy${number}`],
    retries: 1,
    ...more,
  }
}

/** The same with the log's place in the plan. */
export function logged(log: string, count: number, more: Partial<SmallJob> = {}): readonly SmallJob[] {
  return Array.from({ length: count }, (_, number) =>
    copying(number, { environment: [['SKYLOOM_TEST_LOG', log]], ...more }),
  )
}

/** A clock that goes so many times as fast. */
export function fastClock(factor: number): { nowMs: () => number; monotonicMs: () => number } {
  const startMs = Date.now()
  const monotonicMs = (): number => performance.now() * factor
  const zero = monotonicMs()
  return { nowMs: () => startMs + monotonicMs() - zero, monotonicMs }
}
