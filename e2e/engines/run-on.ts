import { executorForSites, MemoryStore, type RunResult, runPlan } from '@skyloom/runner'
import type { SmallJob } from '../../packages/runner/test/small-plan.ts'
import { type Engine, enginePlan } from './engines.ts'

/** A run on an engine and how its attempts ended. */
export interface EngineRun {
  readonly result: RunResult
  readonly runDir: string
  readonly store: MemoryStore
  /** `job_3 1 failed: why`, in the order of their names. */
  readonly attempts: readonly string[]
}

/** Runs jobs on an engine; what waits for the scheduler is looked at more often than where people use it. */
export async function runOn(engine: Engine, jobs: readonly SmallJob[]): Promise<EngineRun> {
  const runDir = enginePlan(engine, jobs)
  const store = new MemoryStore()
  const result = await runPlan(store, runDir, {
    policy: { backoffMs: 10 },
    executor: executorForSites({ queryMs: 2000, heldMs: 2000 }),
  })
  const attempts: string[] = []
  for await (const { jobId, attempt, state, reason } of store.attempts(result.runId))
    attempts.push(`${jobId} ${attempt} ${state}${reason === null ? '' : `: ${reason}`}`)
  return { result, runDir, store, attempts: attempts.sort() }
}
