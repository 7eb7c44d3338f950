import { join } from 'node:path'
import {
  type CondorEvent,
  CondorEventReader,
  firstLine,
  holdOf,
  terminationOf,
} from '../batch/condor-events.ts'
import { readTextFile } from '../batch/read-text.ts'

/** DAGMan itself, as a job of HTCondor. */
export type DagmanState =
  | { readonly phase: 'absent' }
  | {
      readonly phase: 'queued' | 'running'
      readonly cluster: string
    }
  | { readonly phase: 'held'; readonly cluster: string; readonly reason: string }
  | {
      readonly phase: 'over'
      readonly cluster: string
      readonly timeMs: number
      /** Absent when it was removed, or ended by a signal. */
      readonly exitCode: number | undefined
      /** Why it was removed. */
      readonly removed: string | undefined
    }

/** Log of the life of DAGMan, which HTCondor writes beside a DAG. */
function dagmanLog(runDir: string, basename: string): string {
  return join(runDir, `${basename}.dag.dagman.log`)
}

/** How DAGMan stands, by the log of its life; the last submission counts. */
export function dagmanState(runDir: string, basename: string): DagmanState {
  const events = new CondorEventReader().add(readTextFile(dagmanLog(runDir, basename)) ?? '')
  return events.reduce<DagmanState>(stateAfter, { phase: 'absent' })
}

function stateAfter(state: DagmanState, event: CondorEvent): DagmanState {
  const { code, cluster, timeMs } = event
  if (code === '000') return { phase: 'queued', cluster }
  if (state.phase === 'absent' || state.phase === 'over' || state.cluster !== cluster) return state
  switch (code) {
    case '001':
      return { phase: 'running', cluster }
    case '004':
    case '007':
      return { phase: 'queued', cluster }
    case '013':
      // HTCondor writes that DAGMan was released after it was begun again.
      return state.phase === 'held' ? { phase: 'queued', cluster } : state
    case '012': {
      const { reason, code: holdCode } = holdOf(event)
      return { phase: 'held', cluster, reason: `${reason} (code ${holdCode})` }
    }
    case '005':
      return { phase: 'over', cluster, timeMs, exitCode: terminationOf(event).exitCode, removed: undefined }
    case '009':
      return { phase: 'over', cluster, timeMs, exitCode: undefined, removed: firstLine(event.lines) }
    default:
      return state
  }
}
