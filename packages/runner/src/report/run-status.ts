import type { RunRow } from '@skyloom/registry'
import { readSiteStates, type SiteState, siteStatesText } from '../batch/site-state.ts'
import type { EngineStore } from '../store/run-store.ts'
import { dagName } from './dag-name.ts'
import { engineOf, interruptedHint, isInterrupted } from './engine-of.ts'

/** How far a run is, in the terms of pegasus-status. */
export interface RunStatusReport {
  readonly runId: string
  readonly label: string
  /** Name of the DAG file of a run of Pegasus; the label of others. */
  readonly dag: string
  readonly state: RunRow['state']
  readonly directory: string
  /** Jobs whose parents are not done; none when the run has ended. */
  readonly unready: number
  readonly ready: number
  /** Jobs that wait in an executor or run. */
  readonly queued: number
  readonly succeeded: number
  readonly failed: number
  readonly held: number
  readonly canceled: number
  readonly total: number
  readonly percentDone: number
  /** Jobs by transformation, busiest first. */
  readonly transformations: readonly {
    readonly transformation: string
    readonly total: number
    readonly succeeded: number
    readonly running: number
    readonly failed: number
  }[]
  readonly startedMs: number | null
  readonly endedMs: number | null
  /** Who runs it now; `null` for nobody. */
  readonly engine: string | null
  /** Its jobs at sites with a scheduler, as the engine last saw them. */
  readonly sites: readonly SiteState[]
}

/** How far a run is: one query, whatever the number of jobs, and a small file for each site with a scheduler. */
export async function runStatus(store: EngineStore, runId: string): Promise<RunStatusReport> {
  const run = await store.get(runId)
  const counts = await store.counts(runId)
  const isOver = run.endedMs !== null
  const of = (...states: readonly string[]): number =>
    counts.reduce((sum, { state, jobs }) => sum + (states.includes(state) ? jobs : 0), 0)
  const total = counts.reduce((sum, { jobs }) => sum + jobs, 0)
  const succeeded = of('succeeded', 'skipped')
  const byName = new Map<string, { total: number; succeeded: number; running: number; failed: number }>()
  for (const { transformation, state, jobs } of counts) {
    const line = byName.get(transformation) ?? { total: 0, succeeded: 0, running: 0, failed: 0 }
    line.total += jobs
    if (state === 'succeeded' || state === 'skipped') line.succeeded += jobs
    if (state === 'running' || state === 'queued') line.running += jobs
    if (state === 'failed') line.failed += jobs
    byName.set(transformation, line)
  }
  return {
    runId,
    label: run.label,
    dag: dagName(run),
    state: run.state,
    directory: run.directory,
    unready: isOver ? 0 : of('unready'),
    ready: isOver ? 0 : of('ready'),
    queued: of('queued', 'running'),
    succeeded,
    failed: of('failed'),
    held: of('held'),
    canceled: of('cancelled'),
    total,
    percentDone: total === 0 ? 100 : Math.round((1000 * succeeded) / total) / 10,
    transformations: [...byName]
      .map(([transformation, line]) => ({ transformation, ...line }))
      .sort((a, b) => b.total - a.total),
    startedMs: run.startedMs,
    endedMs: run.endedMs,
    engine: engineOf(run),
    sites: readSiteStates(run.directory),
  }
}

/** Words of the reference for the states of a run. */
const STATE_WORDS: Readonly<Record<RunRow['state'], string>> = {
  created: 'Planned',
  running: 'Running',
  paused: 'Paused',
  succeeded: 'Success',
  failed: 'Failure',
  cancelled: 'Canceled',
  removed: 'Removed',
}

/** The status in the columns of pegasus-status. */
export function statusText(status: RunStatusReport): string {
  const cells = [
    ['UNREADY', status.unready],
    ['READY', status.ready],
    // Scripts before and after jobs are parts of their attempts here.
    ['PRE', 0],
    ['IN_Q', status.queued],
    ['POST', 0],
    ['HELD', status.held],
    ['DONE', status.succeeded],
    ['FAIL', status.failed],
    ['%DONE', status.percentDone.toFixed(1)],
    ['STATE', stateWord(status)],
  ] as const
  const width = (at: number): number => Math.max(String(cells[at]?.[0]).length, String(cells[at]?.[1]).length)
  const head = cells.map(([name], at) => name.padStart(width(at))).join('  ')
  const row = cells.map(([, value], at) => String(value).padStart(width(at))).join('  ')
  const hint = isInterrupted(status) ? `${interruptedHint(status.runId)}\n` : ''
  return `${head}  RUN\n${row}  ${status.dag}\nSummary: 1 run total (${stateWord(status)}:1)\n${hint}${siteStatesText(status.sites)}`
}

function stateWord(status: RunStatusReport): string {
  return isInterrupted(status) ? 'Interrupted' : STATE_WORDS[status.state]
}

/** The status with the keys of pegasus-status' JSON. */
export function statusDocument(status: RunStatusReport): object {
  const totals = {
    unready: status.unready,
    ready: status.ready,
    pre: 0,
    queued: status.queued,
    post: 0,
    succeeded: status.succeeded,
    failed: status.failed,
    percent_done: status.percentDone,
    total: status.total,
  }
  const { runId, directory, held, canceled, transformations, engine, sites } = status
  return {
    totals,
    dags: { root: { ...totals, dagname: status.dag, state: stateWord(status) } },
    run: { id: runId, directory, held, canceled, engine, transformations, sites },
  }
}
