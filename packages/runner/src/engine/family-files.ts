import type { RunRow } from '@skyloom/registry'
import type { AttemptReport } from '../executor/executor.ts'
import { isSubWorkflow } from '../job/sub-workflow-job.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import { subRuns } from '../report/sub-runs.ts'
import { readEvent } from '../store/event-rows.ts'
import type { EngineStore } from '../store/run-store.ts'

/** Files that a run made: SHA-256 by logical name. */
export interface RunFiles {
  readonly runId: string
  readonly made: ReadonlyMap<string, string>
}

async function filesOf(store: EngineStore, runId: string): Promise<RunFiles> {
  const made = new Map<string, string>()
  for await (const stored of store.events(runId)) {
    // Which job it was does not matter here.
    const event = readEvent(stored, () => 0)
    if (event.type === 'attempt-ended') for (const [lfn, sha256] of event.made ?? []) made.set(lfn, sha256)
  }
  return { runId, made }
}

/** What the runs that contain a sub-workflow have made so far, the nearest first: its inputs come from there. */
export async function outerFiles(store: EngineStore, run: RunRow): Promise<readonly RunFiles[]> {
  const outer: RunFiles[] = []
  for (let id = run.parentRunId; id !== null; id = (await store.get(id)).parentRunId)
    outer.push(await filesOf(store, id))
  return outer
}

/** What the runs of the sub-workflows among attempts that succeeded have made, by job: outputs of these jobs come from there. */
export async function innerFiles(
  store: EngineStore,
  runId: string,
  plan: PlanFile,
  reports: readonly AttemptReport[],
): Promise<ReadonlyMap<number, RunFiles>> {
  const inner = new Map<number, RunFiles>()
  const ended = reports.filter(({ job, outcome }) => outcome === 'succeeded' && isSubWorkflow(plan.kind(job)))
  if (ended.length === 0) return inner
  const subs = await subRuns(store, runId)
  for (const { job } of ended) {
    const sub = subs.findLast((candidate) => candidate.job === plan.name(job))
    if (sub !== undefined) inner.set(job, await filesOf(store, sub.run.id))
  }
  return inner
}
