import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { RunRow } from '@skyloom/registry'
import * as z from 'zod'
import { isGone } from '../engine/process-name.ts'
import { runIdOf } from '../engine/register-run.ts'
import { RunnerError } from '../errors.ts'
import { openPlan, PLAN_FILE } from '../plan/plan-file.ts'
import { knownRun } from '../store/known-run.ts'
import type { EngineStore } from '../store/run-store.ts'
import { dagRunData } from './dag-run-data.ts'
import { dagmanState } from './dagman-job.ts'
import { catchUpDag } from './run-dag.ts'

/** Who runs the jobs of a plan. */
export const RUN_ENGINES = ['skyloom', 'dagman'] as const

/** See {@link RUN_ENGINES}. */
export type RunEngineName = (typeof RUN_ENGINES)[number]

/**
 * The engine of a run: the one that is asked for, else the one that ran it before, else the one for which it was planned.
 *
 * @throws {RunnerError} `RUNNER_RUN_BUSY` when another engine is asked for while DAGMan runs it
 */
export async function engineOfRun(
  store: EngineStore,
  runDir: string,
  asked?: RunEngineName,
): Promise<RunEngineName> {
  const known = await knownRun(store, await runIdOf(runDir))
  const isDagmans = known !== undefined && dagRunData(known.data) !== undefined
  if (asked === 'skyloom' && isDagmans) refuseWhileDagmanRuns(runDir)
  return asked ?? (isDagmans || plannedFor(runDir) === 'dagman' ? 'dagman' : 'skyloom')
}

function refuseWhileDagmanRuns(runDir: string): void {
  const plan = openPlan(runDir)
  plan.close()
  const state = dagmanState(runDir, plan.head.basename)
  if (state.phase === 'absent' || state.phase === 'over') return
  throw new RunnerError('RUNNER_RUN_BUSY', 'DAGMan runs this run', {
    where: [runDir],
    found: `job ${state.cluster} of HTCondor`,
    remedy: 'skyloom run cancel, or follow it with --engine dagman',
  })
}

const request = z.object({ format: z.enum(RUN_ENGINES) })

function plannedFor(runDir: string): RunEngineName | undefined {
  const path = join(runDir, 'request.json')
  return existsSync(path) ? request.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data?.format : undefined
}

/**
 * A run as it is now: one that DAGMan runs and nobody follows is brought up to date first, with the run that it is part of.
 *
 * @param onNotice hears what was asked of the run and cannot be done
 */
export async function freshRun(
  store: EngineStore,
  run: RunRow,
  onNotice?: (text: string) => void,
): Promise<RunRow> {
  let root = run
  while (root.parentRunId !== null) root = await store.get(root.parentRunId)
  const isFollowed = root.lease !== null && root.lease.expiresMs > Date.now() && !isGone(root.lease.owner)
  const isOther = dagRunData(root.data) === undefined || root.endedMs !== null || root.host !== hostname()
  if (isOther || isFollowed || !existsSync(join(root.directory, PLAN_FILE))) return run
  await catchUpDag(store, root.directory, { onNotice })
  return await store.get(run.id)
}
