import type { RunRow } from '@skyloom/registry'
import { dagmanJobOf } from '../dagman/dag-run-data.ts'
import { isGone } from '../engine/process-name.ts'

/**
 * Who runs a run: the holder of a lease that is good, unless that is a process of this machine which is gone;
 * else DAGMan. `null` for nobody.
 */
export function engineOf(run: RunRow): string | null {
  const { lease } = run
  if (lease !== null && lease.expiresMs > Date.now() && !isGone(lease.owner)) return lease.owner
  const job = dagmanJobOf(run)
  return job === undefined ? null : `DAGMan, job ${job} of HTCondor`
}

/** Whether a run is running by its record, but nobody works on it: it stays so until somebody goes on with it. */
export function isInterrupted({ state, engine }: Pick<RunRow, 'state'> & { engine: string | null }): boolean {
  return state === 'running' && engine === null
}

/** What to do about an interrupted run. */
export function interruptedHint(run: string): string {
  return `interrupted: its engine is gone; go on with skyloom run resume ${run}`
}
