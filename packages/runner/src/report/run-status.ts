import type { RunRow } from '@skyloom/registry'
import { readSiteStates, type SiteState, siteStatesText } from '../batch/site-state.ts'
import type { EngineStore } from '../store/run-store.ts'
import { dagName } from './dag-name.ts'
import { engineOf, interruptedHint, isInterrupted } from './engine-of.ts'
import { runFamily } from './sub-runs.ts'

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
  /** Runs of its sub-workflows at any depth, by the jobs that lead to them. */
  readonly subs: readonly SubStatus[]
}

/** How far the run of a sub-workflow is. */
export interface SubStatus {
  /** Jobs from the outermost run to it, `pegasus-plan_south/pegasus-plan_band`. */
  readonly path: string
  readonly status: Omit<RunStatusReport, 'subs'>
}

/** How far a run and those of its sub-workflows are: one query for each, whatever the number of jobs, and a small file for each site with a scheduler. */
export async function runStatus(store: EngineStore, runId: string): Promise<RunStatusReport> {
  const run = await store.get(runId)
  const family = (await runFamily(store, run)).slice(1)
  const subs: SubStatus[] = []
  for (const member of family) subs.push({ path: member.path, status: await statusOf(store, member.run) })
  return { ...(await statusOf(store, run)), subs }
}

async function statusOf(store: EngineStore, run: RunRow): Promise<SubStatus['status']> {
  const runId = run.id
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
    percentDone: percentOf(succeeded, total),
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

/** The status in the columns of pegasus-status, with a row for each run. */
export function statusText(status: RunStatusReport): string {
  const rows = [
    { name: status.dag, status },
    ...status.subs.map((sub) => ({ name: sub.path, status: sub.status })),
  ].map((row) => ({ ...row, cells: cellsOf(row.status) }))
  const names = Object.keys(cellsOf(status))
  const widths = names.map((name) =>
    Math.max(name.length, ...rows.map(({ cells }) => cells[name]?.length ?? 0)),
  )
  const line = (words: readonly string[], last: string): string =>
    `${words.map((word, at) => word.padStart(widths[at] ?? 0)).join('  ')}  ${last}\n`
  const hint = isInterrupted(status) ? `${interruptedHint(status.runId)}\n` : ''
  return [
    line(names, 'RUN'),
    ...rows.map(({ cells, name }) => line(Object.values(cells), name)),
    `Summary: ${summaryText(rows.map((row) => stateWord(row.status)))}\n`,
    hint,
    ...rows.map((row) => siteStatesText(row.status.sites)),
  ].join('')
}

function cellsOf(status: SubStatus['status']): Readonly<Record<string, string>> {
  const cells = {
    UNREADY: status.unready,
    READY: status.ready,
    // Scripts before and after jobs are parts of their attempts here.
    PRE: 0,
    IN_Q: status.queued,
    POST: 0,
    HELD: status.held,
    DONE: status.succeeded,
    FAIL: status.failed,
    '%DONE': status.percentDone.toFixed(1),
    STATE: stateWord(status),
  }
  return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, String(value)]))
}

function summaryText(states: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  const parts = [...counts].map(([state, count]) => `${state}:${count}`).join(' ')
  return `${states.length} ${states.length === 1 ? 'run' : 'runs'} total (${parts})`
}

function stateWord(status: SubStatus['status']): string {
  return isInterrupted(status) ? 'Interrupted' : STATE_WORDS[status.state]
}

/** The status with the keys of pegasus-status' JSON; the totals are those of all runs, `dags` has each by its path. */
export function statusDocument(status: RunStatusReport): object {
  const all = [status, ...status.subs.map((sub) => sub.status)]
  const { runId, directory, held, canceled, transformations, engine, sites } = status
  return {
    totals: totalsOf(all),
    dags: Object.fromEntries([
      ['root', dagDocument(status)],
      ...status.subs.map((sub) => [sub.path, dagDocument(sub.status)] as const),
    ]),
    run: { id: runId, directory, held, canceled, engine, transformations, sites },
  }
}

function dagDocument(status: SubStatus['status']): object {
  return { ...totalsOf([status]), dagname: status.dag, state: stateWord(status) }
}

function totalsOf(all: readonly SubStatus['status'][]): object {
  const sum = (of: (status: SubStatus['status']) => number): number =>
    all.reduce((total, status) => total + of(status), 0)
  const succeeded = sum((status) => status.succeeded)
  const total = sum((status) => status.total)
  return {
    unready: sum((status) => status.unready),
    ready: sum((status) => status.ready),
    pre: 0,
    queued: sum((status) => status.queued),
    post: 0,
    succeeded,
    failed: sum((status) => status.failed),
    percent_done: percentOf(succeeded, total),
    total,
  }
}

function percentOf(part: number, total: number): number {
  return total === 0 ? 100 : Math.round((1000 * part) / total) / 10
}
