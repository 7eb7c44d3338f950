import type { SqlValue } from '../database/engine.ts'
import type { AttemptRow, InvocationRow, JobEdge, JobRow, RunEvent, RunRow, Stored } from '../runs/records.ts'

/** What is exported of a run. */
export interface StampedeRun {
  readonly run: RunRow
  readonly jobs: readonly Stored<JobRow>[]
  readonly edges: readonly JobEdge[]
  readonly attempts: readonly Stored<AttemptRow>[]
  readonly invocations: readonly Stored<InvocationRow>[]
  /** Events that start and end the run. */
  readonly events: readonly RunEvent[]
  /** What tasks read and made, by job, attempt and task. */
  readonly uses: readonly StampedeUse[]
}

/** A task read or made a file. */
export interface StampedeUse {
  readonly jobId: string
  readonly attempt: number
  readonly task: number
  readonly lfn: string
  readonly direction: 'input' | 'output'
}

/** Rows of tables, by name, each with its values in the order of the table's columns. */
export class StampedeRows {
  readonly tables: Map<string, SqlValue[][]> = new Map()

  /** Adds a row. @returns its number, from 1 */
  add(table: string, ...values: readonly SqlValue[]): number {
    const rows = this.tables.get(table)
    if (rows === undefined) {
      this.tables.set(table, [[...values]])
      return 1
    }
    return rows.push([...values])
  }

  /** The number that the next row of a table gets. */
  next(table: string): number {
    return (this.tables.get(table)?.length ?? 0) + 1
  }
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['compute', 'compute'],
  ['stage_in', 'stage-in-tx'],
  ['stage_out', 'stage-out-tx'],
  ['inter_site', 'inter-site-tx'],
  ['registration', 'registration'],
  ['create_dir', 'create-dir'],
  ['chmod', 'chmod'],
  ['cleanup', 'cleanup'],
  ['sub_workflow', 'dax'],
  ['sub_dag', 'dag'],
])

const seconds = (ms: number): number => Math.round(ms * 1000) / 1e6
const duration = (ms: number): number => Math.round(ms) / 1000

/** Exit as wait(2) reports it: the code in the second byte, or the number of the signal. */
function rawStatus(exitCode: number, signal: string | null): number {
  return signal === null ? (exitCode & 0xff) * 256 : (SIGNALS.get(signal) ?? 1)
}

const SIGNALS: ReadonlyMap<string, number> = new Map([
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGQUIT', 3],
  ['SIGILL', 4],
  ['SIGABRT', 6],
  ['SIGBUS', 7],
  ['SIGFPE', 8],
  ['SIGKILL', 9],
  ['SIGSEGV', 11],
  ['SIGPIPE', 13],
  ['SIGALRM', 14],
  ['SIGTERM', 15],
  ['SIGXCPU', 24],
])

/** Adds a run with everything that belongs to it. @param lfns numbers of logical names, shared by all runs */
export function addRun(
  rows: StampedeRows,
  source: StampedeRun,
  place: { readonly wfId: number; readonly parentId: number | null; readonly rootId: number },
  lfns: ReadonlyMap<string, number>,
): void {
  const { run } = source
  const { wfId } = place
  rows.add(
    'workflow',
    wfId,
    run.id,
    `${run.label}-0.dag`,
    seconds(run.createdMs),
    run.host,
    run.directory,
    null,
    run.user,
    null,
    null,
    run.label,
    null,
    null,
    null,
    place.parentId,
    place.rootId,
  )
  addStates(rows, wfId, source)
  const jobIds = addJobs(rows, wfId, source)
  const instances = addInstances(rows, wfId, source, jobIds)
  const tasks = addInvocations(rows, wfId, source, jobIds, instances)
  addFiles(rows, wfId, source, tasks, lfns)
}

function addStates(rows: StampedeRows, wfId: number, { run, events }: StampedeRun): void {
  const status = run.exitCode ?? (run.state === 'succeeded' ? 0 : 1)
  const marks = events.length > 0 ? events : boundsOf(run)
  let restarts = -1
  let isOpen = false
  for (const { type, timeMs } of marks) {
    if (type === 'run-opened') {
      // An engine that was killed left no end; the next start is one all the same.
      if (isOpen)
        rows.add('workflowstate', wfId, 'WORKFLOW_TERMINATED', seconds(timeMs), restarts, 1, 'engine lost')
      restarts++
      rows.add('workflowstate', wfId, 'WORKFLOW_STARTED', seconds(timeMs), restarts, null, null)
      isOpen = true
    } else if (isOpen) {
      rows.add('workflowstate', wfId, 'WORKFLOW_TERMINATED', seconds(timeMs), restarts, status, run.reason)
      isOpen = false
    }
  }
}

function boundsOf(run: RunRow): readonly { readonly type: string; readonly timeMs: number }[] {
  const start = run.startedMs === null ? [] : [{ type: 'run-opened', timeMs: run.startedMs }]
  return run.endedMs === null ? start : [...start, { type: 'run-ended', timeMs: run.endedMs }]
}

function addJobs(
  rows: StampedeRows,
  wfId: number,
  { jobs, edges, invocations }: StampedeRun,
): Map<string, number> {
  const first = new Map<string, Stored<InvocationRow>>()
  for (const row of invocations) if (row.task > 0 && !first.has(row.jobId)) first.set(row.jobId, row)
  const ids = new Map<string, number>()
  for (const job of jobs) {
    const id = rows.next('job')
    const invocation = first.get(job.jobId)
    rows.add(
      'job',
      id,
      wfId,
      job.jobId,
      '',
      TYPES.get(job.kind) ?? 'unknown',
      job.taskCount > 1 ? 1 : 0,
      job.maxRetries,
      invocation?.executable ?? '',
      invocation === undefined || job.taskCount > 1 ? null : argumentText(invocation.arguments),
      job.kind === 'compute' ? job.taskCount : 0,
    )
    ids.set(job.jobId, id)
  }
  for (const { parent, child } of edges) rows.add('job_edge', wfId, parent, child)
  return ids
}

/** Arguments as one text, each quoted as a shell would need it. */
function argumentText(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ')
}

function addInstances(
  rows: StampedeRows,
  wfId: number,
  { run, attempts, invocations }: StampedeRun,
  jobIds: ReadonlyMap<string, number>,
): Map<string, number> {
  const hosts = new Map<string, number>()
  const invoked = new Map(invocations.map((row) => [`${row.attempt} ${row.jobId}`, row]))
  const hostId = (row: Stored<AttemptRow>): number | null => {
    const { site = null, ip = null, platform = null } = invoked.get(`${row.attempt} ${row.jobId}`) ?? {}
    if (row.host === null) return null
    const place = row.site ?? site ?? 'local'
    const key = JSON.stringify([place, row.host, ip])
    const known = hosts.get(key)
    if (known !== undefined) return known
    const id = rows.next('host')
    rows.add('host', id, wfId, place, row.host, ip ?? '', platform, null)
    hosts.set(key, id)
    return id
  }
  const ids = new Map<string, number>()
  const inOrder = [...attempts].sort((a, b) => (a.submittedMs ?? 0) - (b.submittedMs ?? 0))
  for (const [index, row] of inOrder.entries()) {
    const jobId = jobIds.get(row.jobId)
    if (jobId === undefined) continue
    const id = rows.next('job_instance')
    const { startedMs, endedMs } = row
    rows.add(
      'job_instance',
      id,
      jobId,
      hostId(row),
      index + 1,
      row.externalId,
      row.site ?? 'local',
      run.user,
      row.workDirectory,
      null,
      null,
      startedMs === null || endedMs === null ? null : duration(endedMs - startedMs),
      null,
      row.stdoutFile,
      row.stdout,
      row.stderrFile,
      row.stderr,
      null,
      row.cores,
      row.exitCode === null && row.signal === null ? null : rawStatus(row.exitCode ?? 1, row.signal),
    )
    ids.set(`${row.attempt} ${row.jobId}`, id)
    addJobStates(rows, id, row)
  }
  return ids
}

function addJobStates(rows: StampedeRows, id: number, row: Stored<AttemptRow>): void {
  let sequence = 0
  const add = (state: string, timeMs: number | null, reason: string | null = null): void => {
    if (timeMs !== null) rows.add('jobstate', id, state, seconds(timeMs), ++sequence, reason)
  }
  add('SUBMIT', row.submittedMs ?? row.startedMs)
  add('EXECUTE', row.startedMs)
  if (row.state === 'queued' || row.state === 'running') return
  if (row.state === 'cancelled' || row.state === 'lost') {
    add('JOB_ABORTED', row.endedMs, row.reason ?? row.state)
    return
  }
  add('JOB_TERMINATED', row.endedMs)
  add(row.state === 'succeeded' ? 'JOB_SUCCESS' : 'JOB_FAILURE', row.endedMs, row.reason)
}

/** Adds invocations and their tasks. @returns numbers of tasks by job and position in the job */
function addInvocations(
  rows: StampedeRows,
  wfId: number,
  { invocations, jobs }: StampedeRun,
  jobIds: ReadonlyMap<string, number>,
  instances: ReadonlyMap<string, number>,
): Map<string, { readonly id: number; readonly name: string }> {
  const kinds = new Map(jobs.map(({ jobId, kind }) => [jobId, TYPES.get(kind) ?? 'unknown']))
  const tasks = new Map<string, { readonly id: number; readonly name: string }>()
  const names = new Set<string>()
  for (const row of invocations) {
    const argv = argumentText(row.arguments)
    const instance = instances.get(`${row.attempt} ${row.jobId}`)
    if (instance !== undefined) {
      const wall = duration(row.durationMs)
      const cpu = row.cpuMs === null ? null : duration(row.cpuMs)
      rows.add(
        'invocation',
        rows.next('invocation'),
        wfId,
        instance,
        row.task,
        seconds(row.startMs),
        wall,
        cpu,
        rawStatus(row.exitCode, row.signal),
        row.transformation,
        row.executable,
        argv,
        row.taskId,
        row.maxRssBytes === null ? null : Math.round(row.maxRssBytes / 1024),
        cpu === null || wall === 0 ? null : cpu / wall,
      )
    }
    if (row.taskId === null || row.task < 1 || names.has(row.taskId)) continue
    names.add(row.taskId)
    const id = rows.next('task')
    const jobId = jobIds.get(row.jobId) ?? null
    rows.add('task', id, wfId, jobId, row.taskId, row.transformation, argv, kinds.get(row.jobId) ?? 'unknown')
    tasks.set(`${row.task} ${row.jobId}`, { id, name: row.taskId })
  }
  return tasks
}

function addFiles(
  rows: StampedeRows,
  wfId: number,
  { uses }: StampedeRun,
  tasks: ReadonlyMap<string, { readonly id: number; readonly name: string }>,
  lfns: ReadonlyMap<string, number>,
): void {
  const makers = new Map<string, string>()
  const seen = new Set<string>()
  for (const { jobId, task, lfn, direction } of uses) {
    const known = tasks.get(`${task} ${jobId}`)
    const lfnId = lfns.get(lfn)
    if (known === undefined || lfnId === undefined) continue
    if (direction === 'output') makers.set(lfn, known.name)
    const key = `${known.id} ${lfnId}`
    if (seen.has(key)) continue
    seen.add(key)
    rows.add('workflow_files', wfId, known.id, lfnId, direction)
  }
  const edges = new Set<string>()
  for (const { jobId, task, lfn, direction } of uses) {
    const child = tasks.get(`${task} ${jobId}`)?.name
    const parent = makers.get(lfn)
    if (direction !== 'input' || child === undefined || parent === undefined || parent === child) continue
    const key = JSON.stringify([parent, child])
    if (edges.has(key)) continue
    edges.add(key)
    rows.add('task_edge', wfId, parent, child)
  }
}
