import type { AttemptRow, InvocationRow, Stored } from '@skyloom/registry'
import * as z from 'zod'
import { invocationKey, type RunRecord, taskInvocations } from './run-record.ts'

/** Counts in the sense of pegasus-statistics: `incomplete` is the total without succeeded and failed. */
export interface CountRow {
  readonly succeeded: number
  readonly failed: number
  readonly incomplete: number
  readonly total: number
  /** Attempts beyond the first of each. */
  readonly retries: number
  readonly totalAndRetries: number
}

/** One attempt of a job. Seconds; `undefined` where nothing was measured. */
export interface JobLine {
  readonly job: string
  readonly attempt: number
  readonly site: string
  /** Run time of its programs, as they measured it. */
  readonly kickstart: number
  readonly multiplier: number
  readonly cpu: number | undefined
  readonly post: number | undefined
  readonly queue: number | undefined
  readonly resource: number | undefined
  /** Run time as the engine or the scheduler saw it. */
  readonly runtime: number | undefined
  readonly cluster: number | undefined
  readonly clusterDelay: number | undefined
  readonly exitCode: number | undefined
  readonly host: string | undefined
}

/** Spread of a measure. */
export interface Spread {
  readonly min: number
  readonly max: number
  readonly mean: number
}

/** Invocations of one transformation that ended alike. */
export interface BreakdownLine {
  readonly transformation: string
  readonly type: 'successful' | 'failed'
  readonly count: number
  /** Seconds, times the multiplier. */
  readonly runtime: Spread & { readonly total: number }
  /** Megabytes (2^20 bytes). */
  readonly memory: Spread | undefined
  /** Parts of one core. */
  readonly cpu: Spread | undefined
}

/** Work of one day or hour, UTC. */
export interface TimeLine {
  /** `2023-03-04` or `2023-03-04 : 07`. */
  readonly date: string
  readonly host: string | undefined
  readonly count: number
  readonly runtime: number
}

/** Checksums of one kind. */
export interface IntegrityLine {
  readonly type: string
  readonly fileType: string
  readonly count: number
  readonly seconds: number
}

/** Figures of a run; times in seconds. */
export interface RunStatistics {
  readonly runId: string
  readonly label: string
  readonly tasks: CountRow
  readonly jobs: CountRow
  readonly subWorkflows: CountRow
  readonly workflowRetries: number
  readonly wallTime: number
  readonly jobWallTime: number
  readonly jobWallTimeSubmitSide: number
  readonly badput: number
  readonly badputSubmitSide: number
  readonly lines: readonly JobLine[]
  readonly breakdown: readonly BreakdownLine[]
  readonly jobsByTime: readonly TimeLine[]
  readonly invocationsByTime: readonly TimeLine[]
  readonly jobsByTimeAndHost: readonly TimeLine[]
  readonly invocationsByTimeAndHost: readonly TimeLine[]
  readonly integrity: readonly IntegrityLine[]
}

/** Kinds of jobs that are workflows themselves; they have a row of their own. */
const SUB_WORKFLOWS: ReadonlySet<string> = new Set(['sub_workflow', 'sub_dag'])

/** The figures of a run, counted as pegasus-statistics counts them. */
export function runStatistics(record: RunRecord, by: 'day' | 'hour' = 'day'): RunStatistics {
  const attempts = [...record.attempts.values()].flat()
  const ordered = [...attempts].sort(
    (a, b) => (a.submittedMs ?? 0) - (b.submittedMs ?? 0) || order(a) - order(b),
  )
  const weighted = ordered.flatMap((attempt) =>
    taskInvocations(record, attempt).map((row) => ({
      row,
      seconds: (row.durationMs / 1000) * multiplierOf(attempt),
    })),
  )
  const local = ordered.map((attempt) => ({
    attempt,
    seconds: (localSeconds(attempt) ?? 0) * multiplierOf(attempt),
  }))
  const sum = (list: readonly { readonly seconds: number }[]): number =>
    list.reduce((total, { seconds }) => total + seconds, 0)
  return {
    runId: record.run.id,
    label: record.run.label,
    ...countRows(record),
    workflowRetries: Math.max(0, record.wallSpansMs.length - 1),
    wallTime: record.wallSpansMs.reduce((total, [start, end]) => total + (end - start) / 1000, 0),
    jobWallTime: sum(weighted),
    jobWallTimeSubmitSide: sum(local),
    badput: sum(weighted.filter(({ row }) => row.exitCode !== 0)),
    badputSubmitSide: sum(local.filter(({ attempt }) => attempt.state === 'failed')),
    lines: ordered.map((attempt) => jobLine(record, attempt)),
    breakdown: breakdown(record, ordered),
    ...timeLines(record, ordered, by),
    integrity: integrityLines(record),
  }
}

function order({ data }: Stored<AttemptRow>): number {
  return z.object({ submission: z.number() }).safeParse(data).data?.submission ?? 0
}

function multiplierOf({ cores }: Stored<AttemptRow>): number {
  return cores > 0 ? cores : 1
}

function localSeconds({ startedMs, endedMs }: Stored<AttemptRow>): number | undefined {
  return startedMs === null || endedMs === null ? undefined : (endedMs - startedMs) / 1000
}

function countRows(record: RunRecord): Pick<RunStatistics, 'tasks' | 'jobs' | 'subWorkflows'> {
  const rows = { jobs: new Counter(), subWorkflows: new Counter(), tasks: new Counter() }
  for (const job of record.jobs) {
    const attempts = record.attempts.get(job.jobId) ?? []
    const counter = SUB_WORKFLOWS.has(job.kind) ? rows.subWorkflows : rows.jobs
    counter.add(attempts.length, attempts.at(-1)?.state)
    if (job.kind !== 'compute') continue
    const tasks = new Map<string, { count: number; state: AttemptRow['state'] }>()
    for (const attempt of attempts) {
      for (const { taskId, task, exitCode } of taskInvocations(record, attempt)) {
        const key = taskId ?? String(task)
        const count = (tasks.get(key)?.count ?? 0) + 1
        tasks.set(key, { count, state: exitCode === 0 ? 'succeeded' : 'failed' })
      }
    }
    for (const { count, state } of tasks.values()) rows.tasks.add(count, state)
    // A job whose result was taken over ran nothing, but its tasks are done.
    const isReused = job.state === 'skipped'
    for (let left = job.taskCount - tasks.size; left > 0; left--)
      rows.tasks.add(isReused ? 1 : 0, isReused ? 'succeeded' : undefined)
  }
  return { jobs: rows.jobs.row(), subWorkflows: rows.subWorkflows.row(), tasks: rows.tasks.row() }
}

class Counter {
  #total = 0
  #succeeded = 0
  #failed = 0
  #retries = 0

  add(attempts: number, last: AttemptRow['state'] | undefined): void {
    this.#total++
    this.#retries += Math.max(0, attempts - 1)
    if (last === 'succeeded') this.#succeeded++
    else if (last === 'failed') this.#failed++
  }

  row(): CountRow {
    const incomplete = this.#total - this.#succeeded - this.#failed
    return {
      succeeded: this.#succeeded,
      failed: this.#failed,
      incomplete,
      total: this.#total,
      retries: this.#retries,
      totalAndRetries: this.#succeeded + this.#failed + this.#retries,
    }
  }
}

const attemptFacts = z.object({ gridSubmitMs: z.number().optional(), clusterMs: z.number().optional() })

function jobLine(record: RunRecord, attempt: Stored<AttemptRow>): JobLine {
  const all = record.invocations.get(invocationKey(attempt)) ?? []
  const tasks = all.filter(({ task }) => task >= 0)
  const post = all.find(({ task }) => task === -2)
  const facts = attemptFacts.safeParse(attempt.data).data ?? {}
  const kickstart = tasks.reduce((sum, { durationMs }) => sum + durationMs / 1000, 0)
  const measured = tasks.filter(({ cpuMs }) => cpuMs !== null)
  const begun = facts.gridSubmitMs ?? attempt.startedMs
  const cluster = facts.clusterMs === undefined ? undefined : facts.clusterMs / 1000
  return {
    job: attempt.jobId,
    attempt: attempt.attempt,
    site: attempt.site ?? '-',
    kickstart,
    multiplier: multiplierOf(attempt),
    cpu:
      measured.length === 0 ? undefined : measured.reduce((sum, { cpuMs }) => sum + (cpuMs ?? 0) / 1000, 0),
    post: post === undefined ? undefined : post.durationMs / 1000,
    queue: attempt.submittedMs === null || begun === null ? undefined : (begun - attempt.submittedMs) / 1000,
    resource:
      facts.gridSubmitMs === undefined || attempt.startedMs === null
        ? undefined
        : (attempt.startedMs - facts.gridSubmitMs) / 1000,
    runtime: localSeconds(attempt),
    cluster,
    clusterDelay: cluster === undefined ? undefined : cluster - kickstart,
    exitCode: attempt.exitCode ?? undefined,
    host: attempt.host ?? undefined,
  }
}

function breakdown(record: RunRecord, attempts: readonly Stored<AttemptRow>[]): readonly BreakdownLine[] {
  const groups = new Map<string, { row: Stored<InvocationRow>; seconds: number }[]>()
  for (const attempt of attempts) {
    for (const row of record.invocations.get(invocationKey(attempt)) ?? []) {
      const key = `${row.transformation}\n${row.exitCode === 0 ? 'successful' : 'failed'}`
      const weight = row.task >= 0 ? multiplierOf(attempt) : 1
      const entry = { row, seconds: (row.durationMs / 1000) * weight }
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [entry])
      else group.push(entry)
    }
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entries]): BreakdownLine => {
      const [transformation = '', type] = key.split('\n')
      const seconds = entries.map((entry) => entry.seconds)
      return {
        transformation,
        type: type === 'successful' ? 'successful' : 'failed',
        count: entries.length,
        runtime: { ...spread(seconds), total: seconds.reduce((sum, value) => sum + value, 0) },
        memory: optionalSpread(
          entries.map(({ row }) => (row.maxRssBytes === null ? null : row.maxRssBytes / 2 ** 20)),
        ),
        cpu: optionalSpread(
          entries.map(({ row }) =>
            row.cpuMs === null || row.durationMs === 0 || row.task < 0 ? null : row.cpuMs / row.durationMs,
          ),
        ),
      }
    })
}

function spread(values: readonly number[]): Spread {
  let min = Infinity
  let max = -Infinity
  let sum = 0
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
  }
  return { min, max, mean: sum / values.length }
}

function optionalSpread(values: readonly (number | null)[]): Spread | undefined {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? undefined : spread(known)
}

function timeLines(
  record: RunRecord,
  attempts: readonly Stored<AttemptRow>[],
  by: 'day' | 'hour',
): Pick<
  RunStatistics,
  'jobsByTime' | 'invocationsByTime' | 'jobsByTimeAndHost' | 'invocationsByTimeAndHost'
> {
  const jobs = new TimeTable(by)
  const invocations = new TimeTable(by)
  for (const attempt of attempts) {
    const startMs = attempt.startedMs ?? attempt.submittedMs ?? 0
    jobs.add(startMs, attempt.host, (localSeconds(attempt) ?? 0) * multiplierOf(attempt))
    for (const row of record.invocations.get(invocationKey(attempt)) ?? []) {
      const weight = row.task >= 0 ? multiplierOf(attempt) : 1
      invocations.add(row.startMs, row.host ?? attempt.host, (row.durationMs / 1000) * weight)
    }
  }
  return {
    jobsByTime: jobs.lines(false),
    invocationsByTime: invocations.lines(false),
    jobsByTimeAndHost: jobs.lines(true),
    invocationsByTimeAndHost: invocations.lines(true),
  }
}

class TimeTable {
  readonly #by: 'day' | 'hour'
  readonly #rows: { readonly date: string; readonly host: string | null; readonly seconds: number }[] = []

  constructor(by: 'day' | 'hour') {
    this.#by = by
  }

  add(timeMs: number, host: string | null, seconds: number): void {
    const iso = new Date(timeMs).toISOString()
    const date = this.#by === 'day' ? iso.slice(0, 10) : `${iso.slice(0, 10)} : ${iso.slice(11, 13)}`
    this.#rows.push({ date, host, seconds })
  }

  /** By date, or by date and host; what ran on an unknown host is only in the former. */
  lines(byHost: boolean): readonly TimeLine[] {
    const groups = new Map<
      string,
      { date: string; host: string | undefined; count: number; runtime: number }
    >()
    for (const { date, host, seconds } of this.#rows) {
      if (byHost && host === null) continue
      const key = byHost ? `${date}\n${host ?? ''}` : date
      const group = groups.get(key) ?? {
        date,
        host: byHost ? (host ?? undefined) : undefined,
        count: 0,
        runtime: 0,
      }
      groups.set(key, { ...group, count: group.count + 1, runtime: group.runtime + seconds })
    }
    return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line)
  }
}

const integrityData = z.object({
  integrity: z.record(z.string(), z.object({ count: z.number(), seconds: z.number() })),
})

function integrityLines({ run }: RunRecord): readonly IntegrityLine[] {
  const data = integrityData.safeParse(run.data)
  if (!data.success) return []
  return Object.entries(data.data.integrity)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sum]) => {
      const [type = '', fileType = ''] = key.split(' ')
      return { type, fileType, ...sum }
    })
}
