import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type {
  AttemptRow,
  InvocationRow,
  JobEdge,
  JobRow,
  JsonValue,
  NewRun,
  RunChange,
  RunCommit,
} from '@skyloom/registry'
import { parse } from 'yaml'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'
import type { EngineStore } from '../store/run-store.ts'
import { type KickstartRecord, readKickstart } from './read-kickstart.ts'
import { type JobStateLine, readJobStates, readStaticEvents, type StaticEvent } from './static-events.ts'

/** A run of Pegasus as rows of the registry. */
export interface ImportedRun {
  readonly run: NewRun
  readonly rows: RunCommit
}

const braindump = z.object({
  wf_uuid: z.string(),
  dax_label: z.coerce.string(),
  user: z.coerce.string(),
  submit_hostname: z.string().nullish(),
  submit_dir: z.string(),
  planner_version: z.coerce.string().optional(),
  planner_arguments: z.coerce.string().optional(),
  dag: z.string(),
  timestamp: z.coerce.string().optional(),
})

/**
 * Reads the directory of a Pegasus 5 run from its logs and records: static events, `jobstate.log`, kickstart records. The
 * databases that its monitor wrote are not needed.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND` when it is no directory of a run, `RUNNER_BAD_RECORD`
 */
export function readPegasusRun(runDir: string): ImportedRun {
  const facts = readBraindump(runDir)
  const prefix = facts.dag.replace(/\.dag$/, '')
  const events = readStaticEvents(readText(join(runDir, `${prefix}.static.bp`)))
  const states = readJobStates(readText(join(runDir, 'jobstate.log')))
  const holdReasons = readHoldReasons(readOptional(join(runDir, `${prefix}.dag.dagman.out`)))
  const jobs = jobsOf(events)
  const attempts: AttemptRow[] = []
  const invocations: InvocationRow[] = []
  for (const [jobId, submissions] of bySubmission(states)) {
    const job = jobs.get(jobId)
    if (job === undefined) continue
    let number = 0
    for (const lines of submissions) {
      number++
      const made = attemptOf(runDir, job, jobId, number, lines, holdReasons.get(jobId))
      attempts.push(made.attempt)
      invocations.push(...made.invocations)
    }
  }
  const rows = [...jobs.values()].map((job) => jobRow(job, attempts))
  return {
    run: {
      id: facts.wf_uuid,
      label: facts.dax_label,
      user: facts.user,
      host: facts.submit_hostname ?? '',
      directory: runDir,
      data: {
        system: 'pegasus',
        dag: facts.dag,
        submitDir: facts.submit_dir,
        ...(facts.planner_version === undefined ? {} : { plannerVersion: facts.planner_version }),
        ...(facts.planner_arguments === undefined ? {} : { plannerArguments: facts.planner_arguments }),
        wallSpansMs: wallSpans(states),
        integrity: integrityOf(runDir, attempts),
      },
    },
    rows: { run: runState(states), jobs: rows, edges: edgesOf(events), attempts, invocations },
  }
}

/** Puts a run of Pegasus into the registry. A run that is there already is replaced. @returns its id */
export async function importPegasusRun(store: EngineStore, runDir: string): Promise<string> {
  const { run, rows } = readPegasusRun(runDir)
  const isKnown = await store.get(run.id).then(
    () => true,
    () => false,
  )
  if (isKnown) await store.remove(run.id)
  await store.create(run)
  const lease = await store.acquireLease(run.id, 'import of a run', 60_000)
  if (lease.isHeld) throw new RunnerError('RUNNER_RUN_BUSY', 'the run is held', { found: lease.owner })
  await store.commit(run.id, lease.token, rows)
  await store.releaseLease(run.id, lease.token)
  return run.id
}

function readBraindump(runDir: string): z.infer<typeof braindump> {
  const path = ['braindump.yml', 'braindump.txt']
    .map((name) => join(runDir, name))
    .find((file) => existsSync(file))
  if (path === undefined) {
    throw new RunnerError('RUNNER_NOT_FOUND', 'this is no directory of a Pegasus run', {
      where: [runDir],
      allowed: 'a folder with braindump.yml',
    })
  }
  const result = braindump.safeParse(parse(readFileSync(path, 'utf8')))
  if (result.success) return result.data
  throw new RunnerError('RUNNER_BAD_RECORD', 'the facts of the run cannot be read', {
    where: [path],
    found: z.prettifyError(result.error),
  })
}

interface ImportedJob {
  readonly jobId: string
  readonly type: string
  readonly facts: ReadonlyMap<string, string>
  readonly tasks: { readonly id: string; readonly transformation: string }[]
}

/** Kinds of jobs under the names of our own plans. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['stage-in-tx', 'stage_in'],
  ['stage-out-tx', 'stage_out'],
  ['inter-site-tx', 'inter_site'],
  ['create-dir', 'create_dir'],
  ['staged-compute', 'compute'],
  ['dax', 'sub_workflow'],
  ['dag', 'sub_dag'],
])

function jobsOf(events: readonly StaticEvent[]): ReadonlyMap<string, ImportedJob> {
  const jobs = new Map<string, ImportedJob>()
  const transformations = new Map<string, string>()
  for (const { event, facts } of events) {
    const jobId = facts.get('job.id') ?? ''
    if (event === 'task.info')
      transformations.set(facts.get('task.id') ?? '', facts.get('transformation') ?? '')
    else if (event === 'job.info') {
      jobs.set(jobId, { jobId, type: facts.get('type_desc') ?? 'unknown', facts, tasks: [] })
    } else if (event === 'wf.map.task_job') {
      const id = facts.get('task.id') ?? ''
      jobs.get(jobId)?.tasks.push({ id, transformation: transformations.get(id) ?? '' })
    }
  }
  return jobs
}

function edgesOf(events: readonly StaticEvent[]): readonly JobEdge[] {
  return events.flatMap(({ event, facts }) =>
    event === 'job.edge'
      ? [{ parent: facts.get('parent.job.id') ?? '', child: facts.get('child.job.id') ?? '' }]
      : [],
  )
}

/** Lines of each job, one list for each submission, in order. */
function bySubmission(
  states: readonly JobStateLine[],
): ReadonlyMap<string, readonly (readonly JobStateLine[])[]> {
  const jobs = new Map<string, Map<number, JobStateLine[]>>()
  for (const line of states) {
    if (line.job === 'INTERNAL') continue
    const submissions = jobs.get(line.job) ?? new Map<number, JobStateLine[]>()
    jobs.set(line.job, submissions)
    submissions.set(line.submission, [...(submissions.get(line.submission) ?? []), line])
  }
  return new Map([...jobs].map(([job, submissions]) => [job, [...submissions.values()]]))
}

/** States at which the job itself has ended. */
const ENDS: ReadonlySet<string> = new Set(['JOB_TERMINATED', 'JOB_ABORTED', 'JOB_EVICTED'])

function attemptOf(
  runDir: string,
  job: ImportedJob,
  jobId: string,
  attempt: number,
  lines: readonly JobStateLine[],
  heldReason: string | undefined,
): { readonly attempt: AttemptRow; readonly invocations: readonly InvocationRow[] } {
  const timeOf = (...states: readonly string[]): number | undefined =>
    lines.find(({ state }) => states.includes(state))?.timeMs
  const submittedMs = timeOf('SUBMIT')
  const startedMs = timeOf('EXECUTE') ?? submittedMs
  const endedMs = lines.find(({ state }) => ENDS.has(state))?.timeMs
  const folder = (job.facts.get('submit_file') ?? '').replace(/[^/]*$/, '')
  const suffix = String(attempt - 1).padStart(3, '0')
  const stdoutFile = `${folder}${jobId}.out.${suffix}`
  const stderrFile = `${folder}${jobId}.err.${suffix}`
  const output = readOptional(join(runDir, stdoutFile))
  const records = readKickstart(output, stdoutFile)
  const site = lines[0]?.site ?? ''
  const localMs = (endedMs ?? startedMs ?? 0) - (startedMs ?? 0)
  const rows =
    records.length > 0
      ? records.map((record, at) => invocationRow(jobId, attempt, at + 1, record))
      : endedMs === undefined
        ? []
        : [missingInvocation(job, jobId, attempt, site, startedMs ?? 0, localMs)]
  const post = postScript(jobId, attempt, job, lines)
  const last = lines.at(-1)
  const isHeld = lines.some(({ state }) => state === 'JOB_HELD')
  const streams = (name: string): string =>
    records.map(({ files }) => files.find((file) => file.name === name)?.data ?? '').join('')
  return {
    attempt: {
      jobId,
      attempt,
      state: stateOf(last?.state ?? ''),
      executor: 'condor',
      externalId: lines.find(({ state }) => state === 'SUBMIT')?.detail,
      site,
      host: records[0]?.host,
      submittedMs,
      startedMs,
      endedMs,
      exitCode: rows.at(-1)?.exitCode,
      reason: isHeld
        ? heldReason
        : failureReason(last?.state ?? '', rows.at(-1)?.exitCode, streams('stderr')),
      workDirectory: records[0]?.workDirectory,
      cores: coresOf(runDir, job),
      stdoutFile,
      stderrFile,
      stdout: streams('stdout'),
      stderr: `${streams('stderr')}${readOptional(join(runDir, stderrFile))}`,
      data: {
        lastState: last?.state ?? '',
        submission: last?.submission ?? 0,
        isHeld,
        ...gridFacts(lines, output),
      },
    },
    invocations: post === undefined ? rows : [...rows, post],
  }
}

/** Exit code and what the program said last; a short message whole. */
function failureReason(last: string, exitCode: number | undefined, stderr: string): string | undefined {
  if (stateOf(last) !== 'failed') return undefined
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
  const said = lines.length <= 2 ? lines.join('; ') : (lines.at(-1) ?? '')
  const code = exitCode === undefined ? 'it left no record' : `exit code ${exitCode}`
  return said === '' ? code : `${code}: ${said.slice(0, 300)}`
}

/** Time of the hand-over to a grid, and the run time that a cluster says itself. */
function gridFacts(lines: readonly JobStateLine[], output: string): { readonly [key: string]: JsonValue } {
  const grid = lines.find(({ state }) => state === 'GRID_SUBMIT' || state === 'GLOBUS_SUBMIT')?.timeMs
  const cluster = /\[cluster-summary [^\]]*\bduration=([\d.]+)/.exec(output)?.[1]
  return {
    ...(grid === undefined ? {} : { gridSubmitMs: grid }),
    ...(cluster === undefined ? {} : { clusterMs: Number(cluster) * 1000 }),
  }
}

function stateOf(last: string): AttemptRow['state'] {
  if (last === 'POST_SCRIPT_SUCCESS' || last === 'JOB_SUCCESS') return 'succeeded'
  if (/FAIL|ABORTED|EVICTED|HELD/.test(last)) return 'failed'
  return 'running'
}

function coresOf(runDir: string, job: ImportedJob): number {
  const text = readOptional(join(runDir, job.facts.get('submit_file') ?? ''))
  const cores = Number(/^\+?pegasus_cores\s*=\s*(\d+)/m.exec(text)?.[1])
  return cores > 0 ? cores : 1
}

function invocationRow(jobId: string, attempt: number, task: number, record: KickstartRecord): InvocationRow {
  return {
    jobId,
    attempt,
    task,
    taskId: record.taskId,
    transformation: record.transformation ?? '',
    executable: record.executable,
    arguments: record.arguments,
    workDirectory: record.workDirectory,
    site: record.site,
    host: record.host,
    ip: record.ip,
    platform: record.platform,
    startMs: record.startMs,
    durationMs: record.durationMs,
    cpuMs: record.cpuMs,
    maxRssBytes: record.maxRssBytes,
    exitCode: record.exitCode,
  }
}

/** A job that ended without a record failed, and ran as long as the scheduler says. */
function missingInvocation(
  job: ImportedJob,
  jobId: string,
  attempt: number,
  site: string,
  startMs: number,
  durationMs: number,
): InvocationRow {
  return {
    jobId,
    attempt,
    task: 1,
    taskId: job.tasks[0]?.id,
    transformation: job.tasks[0]?.transformation ?? job.type,
    executable: job.facts.get('executable') ?? '',
    arguments: [],
    site,
    startMs,
    durationMs,
    exitCode: -1,
  }
}

function postScript(
  jobId: string,
  attempt: number,
  job: ImportedJob,
  lines: readonly JobStateLine[],
): InvocationRow | undefined {
  const start = lines.find(({ state }) => state === 'POST_SCRIPT_STARTED')
  const end = lines.find(({ state }) => state === 'POST_SCRIPT_TERMINATED')
  const result = lines.find(({ state }) => /^POST_SCRIPT_(?:SUCCESS|FAIL)/.test(state))
  if (start === undefined || end === undefined) return undefined
  return {
    jobId,
    attempt,
    task: -2,
    transformation: 'dagman::post',
    executable: 'pegasus-exitcode',
    arguments: [],
    site: job.facts.get('site') ?? null,
    startMs: start.timeMs,
    durationMs: end.timeMs - start.timeMs,
    cpuMs: end.timeMs - start.timeMs,
    exitCode: result?.state === 'POST_SCRIPT_SUCCESS' ? 0 : Number(result?.detail ?? 1),
  }
}

function jobRow(job: ImportedJob, attempts: readonly AttemptRow[]): JobRow {
  const own = attempts.filter(({ jobId }) => jobId === job.jobId)
  const last = own.at(-1)
  const state = last === undefined ? 'unready' : last.state === 'lost' ? 'failed' : last.state
  return {
    jobId: job.jobId,
    kind: KINDS.get(job.type) ?? job.type,
    transformation: job.tasks[0]?.transformation ?? `pegasus::${job.type}`,
    state,
    attemptCount: own.length,
    maxRetries: Number(job.facts.get('max_retries') ?? 0),
    priority: 0,
    taskCount: Number(job.facts.get('task_count') ?? 0),
    changedMs: last?.endedMs ?? last?.submittedMs ?? 0,
    reason: last?.reason,
    data: {
      tasks: job.tasks.map(({ id }) => id),
      submitFile: job.facts.get('submit_file') ?? '',
      executable: job.facts.get('executable') ?? '',
    },
  }
}

/** Times between start and end of the workflow; after a rescue there are several. */
function wallSpans(states: readonly JobStateLine[]): JsonValue {
  const spans: [number, number][] = []
  let start: number | undefined
  for (const { job, state, timeMs } of states) {
    if (job !== 'INTERNAL') continue
    if (state === 'DAGMAN_STARTED') start = timeMs
    if (state === 'DAGMAN_FINISHED' && start !== undefined) {
      spans.push([start, timeMs])
      start = undefined
    }
  }
  return spans
}

function runState(states: readonly JobStateLine[]): RunChange {
  const of = (name: string): JobStateLine | undefined =>
    states.findLast(({ job, state }) => job === 'INTERNAL' && state === name)
  const started = states.find(({ state }) => state === 'DAGMAN_STARTED')
  const finished = of('DAGMAN_FINISHED')
  const isOver = finished !== undefined && finished.timeMs >= (of('DAGMAN_STARTED')?.timeMs ?? 0)
  if (!isOver) return { state: 'running', startedMs: started?.timeMs }
  const exitCode = Number(finished.detail)
  return {
    state: exitCode === 0 ? 'succeeded' : 'failed',
    startedMs: started?.timeMs,
    endedMs: finished.timeMs,
    exitCode,
  }
}

/** Checksums that were computed (records) or compared (messages of transfers): counts and seconds. */
function integrityOf(runDir: string, attempts: readonly AttemptRow[]): JsonValue {
  const sums = new Map<string, { count: number; seconds: number }>()
  const add = (key: string, count: number, seconds: number): void => {
    const sum = sums.get(key) ?? { count: 0, seconds: 0 }
    sums.set(key, { count: sum.count + count, seconds: sum.seconds + seconds })
  }
  for (const { stdoutFile } of attempts) {
    const text = readOptional(join(runDir, stdoutFile ?? ''))
    for (const { files } of readKickstart(text, stdoutFile ?? '')) {
      for (const { sha256, checksumSeconds } of files)
        if (sha256 !== undefined) add('compute output', 1, checksumSeconds ?? 0)
    }
    for (const [, payload = ''] of text.matchAll(
      /@@@MONITORING_PAYLOAD - START@@@(.*?)@@@MONITORING_PAYLOAD - END@@@/g,
    )) {
      const message = metric.safeParse(parse(payload))
      for (const { event, file_type, succeeded, failed, duration } of message.data?.payload ?? [])
        add(`${event} ${file_type}`, succeeded + failed, duration)
    }
  }
  return Object.fromEntries(sums)
}

const metric = z.object({
  payload: z.array(
    z.object({
      event: z.string(),
      file_type: z.string(),
      succeeded: z.number(),
      failed: z.number(),
      duration: z.coerce.number(),
    }),
  ),
})

/** Reasons of holds by job, from DAGMan's log. */
function readHoldReasons(text: string): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>()
  let job = ''
  for (const line of text.split('\n')) {
    job = /Event: ULOG_JOB_HELD for (?:HTCondor|Condor) Node (\S+)/.exec(line)?.[1] ?? job
    const reason = /Hold reason:\s*(.*)$/.exec(line)?.[1]
    if (reason !== undefined && job !== '') reasons.set(job, reason)
  }
  return reasons
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new RunnerError('RUNNER_NOT_FOUND', 'a file of the run is missing', { where: [path], cause })
  }
}

function readOptional(path: string): string {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : ''
}
