import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AttemptRow, JobState, RunRow, Stored } from '@skyloom/registry'
import type { PlanJobLine } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import { lastLine, lastLinesOffset, readFrom } from '../files/read-end.ts'
import { programCount } from '../job/sub-workflow-job.ts'
import { attemptPlaces } from '../job/work-directory.ts'
import { openPlan, PLAN_FILE, type PlanFile } from '../plan/plan-file.ts'
import type { EngineStore } from '../store/run-store.ts'

/** A part of what a job wrote. */
export interface LogPiece {
  readonly attempt: number
  /** Position in the job, from 1. */
  readonly task: number
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
}

/** Which part of the logs of a job. */
export interface LogOptions {
  /** From 1. Default: the last one; when followed, the one that runs and those after it. */
  readonly attempt?: number | undefined
  /** Go on until the job has ended, or nobody runs it. */
  readonly follow?: boolean | undefined
  /** Of what is there at the beginning, only so many lines of each stream. */
  readonly lastLines?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Time between two looks. Default 200 ms. */
  readonly pollMs?: number | undefined
}

/** States that a job does not leave by itself. */
const ENDS: ReadonlySet<JobState> = new Set(['succeeded', 'failed', 'held', 'skipped', 'cancelled'])
/** Of a file that the registry names, no more is shown. */
const KEPT_BYTES = 16 * 1024 * 1024
/** Bytes of one piece. */
const PIECE_BYTES = 256 * 1024

/**
 * What a job wrote to its output and error, in pieces: of a job that has ended what the files hold, or what the registry kept of
 * them; of one that runs what is there, and with `follow` what comes.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND` for an attempt that was not begun
 */
export async function* jobLogs(
  store: EngineStore,
  run: RunRow,
  jobId: string,
  options: LogOptions = {},
): AsyncGenerator<LogPiece, void, undefined> {
  const places = logPlaces(run, jobId)
  const { follow = false, pollMs = 200 } = options
  let attempt = options.attempt ?? Math.max(1, (await store.job(run.id, jobId)).attemptCount)
  let reader = new AttemptReader(places, attempt, options.lastLines)
  for (;;) {
    // Asked before the files are read: when the attempt was over by then, they are complete.
    const ended = await endedAttempt(store, run.id, jobId, attempt)
    const { state, attemptCount } = await store.job(run.id, jobId)
    yield* reader.pieces(ended)
    if (ended !== undefined || ENDS.has(state)) {
      const hasNext = attempt < attemptCount || !ENDS.has(state)
      if (!follow || options.attempt !== undefined || !hasNext) {
        if (ended === undefined && attemptCount < attempt) throw notBegun(jobId)
        return
      }
      attempt++
      reader = new AttemptReader(places, attempt)
      continue
    }
    if (!follow && attemptCount < attempt) throw notBegun(jobId)
    const { lease } = await store.get(run.id)
    // A lease that ran out a moment ago may be renewed; one that is given back is null.
    if (!follow || lease === null || lease.expiresMs < Date.now() - 1000) return
    await wait(pollMs, undefined, { signal: options.signal }).catch(() => undefined)
    if (options.signal?.aborted === true) return
  }
}

/** A job that runs, with the last line that it wrote. */
export interface RunningJob {
  readonly job: string
  readonly transformation: string
  readonly attempt: number
  readonly lastLine: string | undefined
}

/** So many times the jobs that are shown are looked at. */
const LOOKED_AT = 4
/** Longest line that is shown. */
const LINE_CHARS = 200

/** Jobs that run now, at most so many, with their last lines. */
export async function runningJobs(
  store: EngineStore,
  run: RunRow,
  plan: PlanFile | undefined,
  most: number,
): Promise<readonly RunningJob[]> {
  const found: RunningJob[] = []
  if (most === 0) return found
  for await (const { jobId, transformation, attemptCount } of store.jobs(run.id, {
    states: ['running', 'queued'],
  })) {
    const number = plan?.find(jobId)
    const line =
      plan === undefined || number === undefined
        ? undefined
        : new AttemptReader(placesOf(run, plan.job(number)), attemptCount).lastLine(LINE_CHARS)
    found.push({ job: jobId, transformation, attempt: attemptCount, lastLine: line })
    if (found.length === most * LOOKED_AT) break
  }
  // Short jobs are handed over before a core is free for them: who wrote something surely runs.
  const isSilent = (job: RunningJob): number => (job.lastLine === undefined ? 1 : 0)
  return found.sort((a, b) => isSilent(a) - isSilent(b)).slice(0, most)
}

/** The plan of a run; none for runs of other engines. */
export function planOfRun({ directory }: RunRow): PlanFile | undefined {
  return existsSync(join(directory, PLAN_FILE)) ? openPlan(directory) : undefined
}

/** File of a stream of a task of an attempt. */
type LogPlaces = (
  attempt: number,
) => readonly { readonly task: number; readonly stream: LogPiece['stream']; readonly path: string }[]

function logPlaces(run: RunRow, jobId: string): LogPlaces {
  const plan = planOfRun(run)
  try {
    const number = plan?.find(jobId)
    return plan === undefined || number === undefined ? () => [] : placesOf(run, plan.job(number))
  } finally {
    plan?.close()
  }
}

function placesOf(run: RunRow, job: PlanJobLine): LogPlaces {
  return (attempt) => {
    const places = attemptPlaces(run.directory, run.id, job, attempt)
    const inWork = (name: string): string => (name.startsWith('/') ? name : join(places.workDirectory, name))
    return Array.from({ length: programCount(job) }, (_, at) => {
      const { stdout, stderr } = job.tasks[at] ?? {}
      const task = at + 1
      return [
        { task, stream: 'stdout', path: stdout === undefined ? places.stdout(task) : inWork(stdout) },
        { task, stream: 'stderr', path: stderr === undefined ? places.stderr(task) : inWork(stderr) },
      ] as const
    }).flat()
  }
}

/** Reads the files of an attempt as they grow. */
class AttemptReader {
  readonly #attempt: number
  readonly #files: readonly {
    readonly task: number
    readonly stream: LogPiece['stream']
    readonly path: string
    offset: number
  }[]
  #hasSeen = false

  constructor(places: LogPlaces, attempt: number, lastLines?: number) {
    this.#attempt = attempt
    this.#files = places(attempt).map((place) => ({
      ...place,
      offset: lastLines === undefined ? 0 : lastLinesOffset(place.path, lastLines),
    }))
  }

  /** What came since the last call. */
  *pieces(ended: Stored<AttemptRow> | undefined): Generator<LogPiece> {
    for (const file of this.#files) {
      for (;;) {
        const bytes = readFrom(file.path, file.offset, PIECE_BYTES)
        if (bytes === undefined || bytes.length === 0) break
        file.offset += bytes.length
        this.#hasSeen = true
        yield { attempt: this.#attempt, task: file.task, stream: file.stream, bytes }
      }
    }
    if (ended === undefined || this.#hasSeen) return
    // The files are gone, or were never on this machine.
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = keptBytes(ended, stream)
      if (bytes.length > 0) yield { attempt: this.#attempt, task: 1, stream, bytes }
    }
  }

  /** The last line of the last task that wrote one; errors count as much as output. */
  lastLine(most: number): string | undefined {
    for (const { path } of this.#files.toReversed()) {
      const line = lastLine(path, most)
      if (line !== undefined) return line
    }
    return undefined
  }
}

/** What the registry says of a stream: the beginning of the file that it names, else the part that it kept. */
function keptBytes(ended: Stored<AttemptRow>, stream: LogPiece['stream']): Uint8Array {
  const named = stream === 'stdout' ? ended.stdoutFile : ended.stderrFile
  // The output of a job of HTCondor is a file of records, of which the registry has what the program wrote.
  const path = stream === 'stdout' && ended.executor === 'condor' ? null : named
  const bytes = path === null ? undefined : readFrom(path, 0, KEPT_BYTES)
  return bytes ?? Buffer.from(ended[stream] ?? '')
}

async function endedAttempt(
  store: EngineStore,
  runId: string,
  jobId: string,
  number: number,
): Promise<Stored<AttemptRow> | undefined> {
  for await (const row of store.attempts(runId, jobId))
    if (row.attempt === number && row.state !== 'queued' && row.state !== 'running') return row
  return undefined
}

function notBegun(jobId: string): RunnerError {
  return new RunnerError('RUNNER_NOT_FOUND', 'there is no such attempt', {
    where: [`job ${jobId}`],
    remedy: 'skyloom run jobs shows how often each job was tried',
  })
}
