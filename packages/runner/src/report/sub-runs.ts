import type { RunRow } from '@skyloom/registry'
import * as z from 'zod'
import type { EngineStore } from '../store/run-store.ts'

/** The run of a sub-workflow. */
export interface SubRun {
  /** Job of the outer run that it is. */
  readonly job: string
  readonly run: RunRow
}

/** A run of a family: the outermost one, or that of a sub-workflow at any depth. */
export interface FamilyRun {
  /** Jobs from the outermost run to it, joined by `/`; empty for the outermost run itself. */
  readonly path: string
  readonly run: RunRow
}

const parentFacts = z.object({ parentJob: z.string() })

/** Stands between the name of a job and that of a job of its sub-workflow; no job has it in its name. */
export const JOB_STEP = '/'

/** The runs of the sub-workflows of a run, in the order in which they began. */
export async function subRuns(store: EngineStore, runId: string): Promise<readonly SubRun[]> {
  const found: SubRun[] = []
  for (const run of await store.list({ parentRunId: runId, limit: MOST_RUNS })) {
    const facts = parentFacts.safeParse(run.data)
    if (facts.success) found.push({ job: facts.data.parentJob, run })
  }
  return found.reverse()
}

/** Sub-workflows of one run that are looked at. */
const MOST_RUNS = 10_000

/** A run and the runs of its sub-workflows, outer ones first, each followed by its own. */
export async function runFamily(store: EngineStore, run: RunRow): Promise<readonly FamilyRun[]> {
  return await below(store, { path: '', run })
}

async function below(store: EngineStore, member: FamilyRun): Promise<readonly FamilyRun[]> {
  const family: FamilyRun[] = [member]
  for (const { job, run } of await subRuns(store, member.run.id))
    family.push(...(await below(store, { path: jobPath(member.path, job), run })))
  return family
}

/** Name of a job of a run of a family, from the outermost run: `pegasus-plan_south/project_17`. */
export function jobPath(path: string, job: string): string {
  return path === '' ? job : `${path}${JOB_STEP}${job}`
}
