import { type AttemptRow, type InvocationRow, JOB_STATES, type JobRow, type Stored } from '@skyloom/registry'
import { jobPlaces } from '../batch/site-state.ts'
import { memoryLines } from '../memory/attempt-data.ts'
import type { EngineStore } from '../store/run-store.ts'
import { jobPath, type SubRun, subRuns } from './sub-runs.ts'

/** Why a job is as it is. */
export interface JobExplanation {
  readonly job: string
  readonly state: JobRow['state']
  /** In one sentence; the root cause first. */
  readonly because: string
  /** From the cause to the job: `project_17`, ..., `add`. Only the job itself when the cause is its own. */
  readonly path: readonly string[]
  /** What else is known: attempts, changes against the run before, last lines of the log. */
  readonly details: readonly string[]
}

/** Lines of a log that are shown. */
const LOG_LINES = 10

/**
 * Says why a job ran, was skipped, waits or failed. A job that waits is explained by the jobs that it waits for, back to the
 * one that failed, is held, or runs; a sub-workflow by the job in it that failed or is held.
 *
 * @throws `REGISTRY_NOT_FOUND` when there is no such job
 */
export async function explainRunJob(
  store: EngineStore,
  runId: string,
  jobId: string,
): Promise<JobExplanation> {
  const own = await explainInRun(store, runId, jobId)
  if (own.state === 'succeeded' || own.state === 'skipped') return own
  const [cause = jobId] = own.path
  const sub = (await subRuns(store, runId)).findLast(({ job }) => job === cause)
  return sub === undefined ? own : await withInside(store, own, sub)
}

/** What is the matter in the run of a sub-workflow. */
async function withInside(
  store: EngineStore,
  own: JobExplanation,
  { job: cause, run }: SubRun,
): Promise<JobExplanation> {
  let first: Stored<JobRow> | undefined
  for await (const job of store.jobs(run.id, { states: ['failed', 'held'] }))
    if (first === undefined || job.changedMs < first.changedMs) first = job
  if (first === undefined) {
    const counts = await store.counts(run.id)
    const sum = (states: readonly string[]): number =>
      counts.reduce((total, { state, jobs }) => total + (states.includes(state) ? jobs : 0), 0)
    const done = `${sum(['succeeded', 'skipped'])} of ${sum(JOB_STATES)} jobs done, ${sum(['running'])} running`
    return { ...own, details: [...own.details, `run ${run.id} of ${cause} is ${run.state}: ${done}`] }
  }
  const inner = await explainRunJob(store, run.id, first.jobId)
  return {
    ...own,
    because: inner.because.replace(/^it /, `${first.jobId} `),
    path: [...inner.path.map((step) => jobPath(cause, step)), ...own.path],
    details: [
      ...own.details,
      `run ${run.id} of ${cause} is ${run.state}:`,
      ...inner.details.map((line) => `  ${line}`),
    ],
  }
}

async function explainInRun(store: EngineStore, runId: string, jobId: string): Promise<JobExplanation> {
  const job = await store.job(runId, jobId)
  const attempts = await attemptsOf(store, runId, jobId)
  const last = attempts.at(-1)
  const history = attempts.map(attemptLine)
  switch (job.state) {
    case 'failed':
      return {
        job: jobId,
        state: job.state,
        because: `${jobId} failed: ${last?.reason ?? job.reason ?? 'no reason is known'}`,
        path: [jobId],
        details: [...history, ...logLines(last)],
      }
    case 'skipped':
      return {
        job: jobId,
        state: job.state,
        because: `it was skipped: the same program, arguments and inputs gave its outputs before (${job.reason ?? ''})`,
        path: [jobId],
        details: history,
      }
    case 'succeeded':
      return {
        job: jobId,
        state: job.state,
        because: `it ran: ${await whyItRan(store, runId, jobId, last)}`,
        path: [jobId],
        details: [...history, ...memoryLines(last?.data)],
      }
    case 'held':
      return {
        job: jobId,
        state: job.state,
        because: `it is held: ${job.reason ?? 'no reason was given'}`,
        path: [jobId],
        details: history,
      }
    default:
      return await explainWaiting(store, runId, job, history)
  }
}

async function attemptsOf(
  store: EngineStore,
  runId: string,
  jobId: string,
): Promise<readonly Stored<AttemptRow>[]> {
  const attempts: Stored<AttemptRow>[] = []
  for await (const attempt of store.attempts(runId, jobId)) attempts.push(attempt)
  return attempts.sort((a, b) => a.attempt - b.attempt)
}

function attemptLine({ attempt, state, startedMs, endedMs, host, reason }: Stored<AttemptRow>): string {
  const seconds =
    startedMs === null || endedMs === null ? '' : `, ${((endedMs - startedMs) / 1000).toFixed(1)} s`
  return `attempt ${attempt}: ${state}${seconds}${host === null ? '' : ` on ${host}`}${reason === null ? '' : `: ${reason}`}`
}

function logLines(last: Stored<AttemptRow> | undefined): readonly string[] {
  const text = last?.stderr ?? last?.stdout ?? ''
  if (text.trim() === '') return []
  return [
    'last lines of its log:',
    ...text
      .trimEnd()
      .split('\n')
      .slice(-LOG_LINES)
      .map((line) => `  ${line}`),
  ]
}

/** Goes back over unfinished parents to the first that failed, is held, or is at work. */
async function explainWaiting(
  store: EngineStore,
  runId: string,
  job: Stored<JobRow>,
  history: readonly string[],
): Promise<JobExplanation> {
  const own = { job: job.jobId, state: job.state }
  const run = await store.get(runId)
  const cameFrom = new Map<string, string>([[job.jobId, '']])
  const open = [job.jobId]
  let nearest: Stored<JobRow> | undefined
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const { parents } = await store.neighbours(runId, id)
    for (const parent of parents) {
      if (cameFrom.has(parent)) continue
      cameFrom.set(parent, id)
      const row = await store.job(runId, parent)
      if (row.state === 'succeeded' || row.state === 'skipped') continue
      if (row.state === 'failed' || row.state === 'held' || row.state === 'cancelled') {
        const path = pathFrom(cameFrom, parent)
        const last = (await attemptsOf(store, runId, parent)).at(-1)
        const because = `${parent} ${row.state === 'held' ? 'is held' : row.state}: ${row.reason ?? last?.reason ?? ''}`
        return { ...own, because, path, details: [...history, ...logLines(last)] }
      }
      nearest ??= row
      open.push(parent)
    }
  }
  const details = history
  if (job.state === 'running' || job.state === 'queued') {
    const place = jobPlaces(run.directory).get(job.jobId)
    return {
      ...own,
      because: place ?? `it ${job.state === 'running' ? 'runs' : 'is queued'} now`,
      path: [job.jobId],
      details,
    }
  }
  if (nearest !== undefined) {
    const path = pathFrom(cameFrom, nearest.jobId)
    return { ...own, because: `it waits for ${nearest.jobId}, which is ${nearest.state}`, path, details }
  }
  const place =
    run.state === 'running' && run.lease !== null
      ? `for a free core${job.category === null ? '' : `, or for its category ${job.category}`}`
      : `for an engine: the run is ${run.state}; skyloom run resume goes on with it`
  const retry = job.reason === null ? '' : ` after: ${job.reason}`
  return { ...own, because: `it is ready and waits ${place}${retry}`, path: [job.jobId], details }
}

function pathFrom(cameFrom: ReadonlyMap<string, string>, cause: string): readonly string[] {
  const path: string[] = []
  for (let id = cause; id !== ''; id = cameFrom.get(id) ?? '') path.push(id)
  return path
}

/** Compares with the last run of the same workflow that ran this job. */
async function whyItRan(
  store: EngineStore,
  runId: string,
  jobId: string,
  last: Stored<AttemptRow> | undefined,
): Promise<string> {
  const run = await store.get(runId)
  if ((last?.attempt ?? 1) > 1) return `attempt ${(last?.attempt ?? 1) - 1} did not succeed`
  const earlier = (await store.list({ label: run.label, limit: 20 })).filter(
    (other) => other.id !== runId && other.createdMs <= run.createdMs,
  )
  for (const other of earlier) {
    const before = (await attemptsOf(store, other.id, jobId)).findLast(({ state }) => state === 'succeeded')
    if (before === undefined) continue
    if (before.recipeSha256 === null || last?.recipeSha256 === null) break
    if (before.recipeSha256 === last?.recipeSha256) {
      return `the outputs of run ${other.id} from the same inputs are gone, or reuse was switched off`
    }
    const changes = await changesOf(store, [other.id, runId], jobId)
    return `${changes} against run ${other.id}`
  }
  return 'no earlier run has its result'
}

async function changesOf(
  store: EngineStore,
  [before, after]: readonly [string, string],
  jobId: string,
): Promise<string> {
  const of = async (runId: string): Promise<Stored<InvocationRow> | undefined> => {
    let found: Stored<InvocationRow> | undefined
    for await (const row of store.invocations(runId, jobId)) if (row.task > 0) found = row
    return found
  }
  const [old, now] = [await of(before), await of(after)]
  if (old === undefined || now === undefined) return 'something changed'
  const changes: string[] = []
  if (old.programSha256 !== now.programSha256) {
    changes.push(`the program changed from ${short(old.programSha256)} to ${short(now.programSha256)}`)
  }
  if (JSON.stringify(old.arguments) !== JSON.stringify(now.arguments)) {
    changes.push(`the arguments changed from "${old.arguments.join(' ')}" to "${now.arguments.join(' ')}"`)
  }
  return changes.length === 0 ? 'an input or a variable of its environment changed' : changes.join(', ')
}

function short(sha256: string | null): string {
  return sha256?.slice(0, 12) ?? 'nothing'
}

/** The explanation as text. */
export function explanationText(explanation: JobExplanation): string {
  const { job, state, because, path, details } = explanation
  const way = path.length > 1 ? [`  ${[...path].reverse().join(' <- ')}`] : []
  return `${[`${job}: ${state}`, `  ${because}`, ...way, ...details.map((line) => `  ${line}`)].join('\n')}\n`
}
