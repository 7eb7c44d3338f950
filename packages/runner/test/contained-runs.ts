import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Container } from '@skyloom/workflow'
import { freshFolder } from '../../../testing/folders.ts'
import { MemoryStore, type RunResult, runPlan } from '../dist/index.js'
import { type SmallJob, smallPlan } from './small-plan.ts'

/** A run of some jobs and what was stored of it. */
export interface ContainedRun {
  readonly result: RunResult
  readonly runDir: string
  readonly store: MemoryStore
  /** Why each attempt failed. */
  readonly reasons: readonly (string | null)[]
}

/** A container of which only this is said. */
export function box(facts: Pick<Container, 'type' | 'image'> & Partial<Container>): Container {
  return { name: 'box', mounts: [], profiles: [], metadata: [], extensions: [], ...facts }
}

/** Runs jobs in a run of their own; the file `raw` is there for them. */
export async function runJobs(jobs: readonly SmallJob[]): Promise<ContainedRun> {
  const runDir = smallPlan(join(freshFolder(), 'run'), jobs)
  mkdirSync(join(runDir, 'scratch'), { recursive: true })
  writeFileSync(join(runDir, 'scratch/raw'), 'raw\n')
  const store = new MemoryStore()
  const result = await runPlan(store, runDir, { policy: { backoffMs: 1 }, reuse: false })
  const reasons: (string | null)[] = []
  for await (const { reason } of store.attempts(result.runId)) reasons.push(reason)
  return { result, runDir, store, reasons }
}
