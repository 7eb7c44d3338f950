/** A value that JSON can hold; how registry rows keep what has no column of its own. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/** A row as it is read back: nothing is absent, what has no value is null. */
export type Stored<Row> = { readonly [Key in keyof Row]-?: Exclude<Row[Key], undefined> }

/** States of runs, see {@link RunState}. */
export const RUN_STATES = [
  'created',
  'running',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'removed',
] as const

/** State of a run. `failed` also holds when it went on with what it could; `removed`: but files that it made are still known. */
export type RunState = (typeof RUN_STATES)[number]

/** States of jobs, see {@link JobState}. */
export const JOB_STATES = [
  'unready',
  'ready',
  'queued',
  'running',
  'succeeded',
  'failed',
  'held',
  'skipped',
  'cancelled',
] as const

/** State of a job. `skipped`: its result was there already, or what it waits for will never come. */
export type JobState = (typeof JOB_STATES)[number]

/** State of one try of a job. `lost`: the engine cannot tell how it ended; costs no retry. */
export type AttemptState = 'queued' | 'running' | 'succeeded' | 'failed' | 'lost' | 'cancelled'

/** A run that is to be registered. Times are milliseconds since 1970 UTC. */
export interface NewRun {
  /** Stable name, unique in the registry: a UUID, or text of at most 255 characters. */
  readonly id: string
  /** Name of the workflow. */
  readonly label: string
  readonly user: string
  readonly host: string
  /** Folder of the run. */
  readonly directory: string
  /** The run that started this one as a sub-workflow; must be registered. */
  readonly parentRunId?: string | undefined
  /** Default: the registry's clock. */
  readonly createdMs?: number | undefined
  /** What else belongs to the run: planner arguments, file of the plan and its SHA-256, options, versions. */
  readonly data?: JsonValue | undefined
}

/** What a commit may change of its run; what is absent stays. */
export interface RunChange {
  readonly state?: RunState | undefined
  readonly startedMs?: number | undefined
  /** `null` takes the end back: the run goes on. */
  readonly endedMs?: number | null | undefined
  readonly exitCode?: number | null | undefined
  readonly reason?: string | null | undefined
  readonly data?: JsonValue | undefined
}

/** A registered run. */
export interface RunRow {
  readonly id: string
  readonly label: string
  readonly state: RunState
  readonly user: string
  readonly host: string
  readonly directory: string
  readonly parentRunId: string | null
  readonly createdMs: number
  readonly startedMs: number | null
  readonly endedMs: number | null
  readonly exitCode: number | null
  readonly reason: string | null
  /** Sequence number of the last event; 0 before the first. */
  readonly lastSeq: number
  /** Who may write and until when, or null when nobody holds it; an expired lease may be taken by anyone. */
  readonly lease: LeaseRow | null
  readonly data: JsonValue
}

/** Who holds a run. */
export interface LeaseRow {
  readonly owner: string
  /** Grows with every acquisition. */
  readonly token: number
  readonly expiresMs: number
}

/** A change of state, append-only. */
export interface RunEvent {
  /** Position in the run, from 1, without gaps. */
  readonly seq: number
  readonly timeMs: number
  readonly type: string
  readonly jobId?: string | undefined
  readonly attempt?: number | undefined
  readonly data?: JsonValue | undefined
}

/** A job of a run. Written whole: a row of the same id is replaced. */
export interface JobRow {
  /** Name in the plan, unique within the run. */
  readonly jobId: string
  /** Kind such as `compute`, `stage_in`, `cleanup`. */
  readonly kind: string
  readonly transformation: string
  readonly state: JobState
  readonly site?: string | null | undefined
  /** Tries so far. */
  readonly attemptCount: number
  readonly maxRetries: number
  readonly priority: number
  readonly category?: string | null | undefined
  /** Tasks of the abstract workflow that it runs; more than one when clustered. */
  readonly taskCount: number
  /** Last change of state. */
  readonly changedMs: number
  /** Why it is in its state, for people. */
  readonly reason?: string | null | undefined
  /** What else the runner keeps: tasks, arguments, resources. */
  readonly data?: JsonValue | undefined
}

/** A change of a job that is there: the quick way for state changes. What is absent stays. */
export interface JobChange {
  readonly jobId: string
  readonly state: JobState
  readonly changedMs: number
  readonly attemptCount?: number | undefined
  readonly reason?: string | null | undefined
}

/** `parent` ends before `child` starts. */
export interface JobEdge {
  readonly parent: string
  readonly child: string
}

/** One try of a job. Written whole. */
export interface AttemptRow {
  readonly jobId: string
  /** From 1. */
  readonly attempt: number
  readonly state: AttemptState
  /** `worker`, `process`, `slurm`, `condor`. */
  readonly executor: string
  /** Process id or batch id, as text. */
  readonly externalId?: string | null | undefined
  readonly site?: string | null | undefined
  readonly host?: string | null | undefined
  readonly submittedMs?: number | null | undefined
  readonly startedMs?: number | null | undefined
  readonly endedMs?: number | null | undefined
  readonly exitCode?: number | null | undefined
  readonly signal?: string | null | undefined
  readonly reason?: string | null | undefined
  readonly workDirectory?: string | null | undefined
  readonly cores?: number | undefined
  /** Content hash of program, arguments and inputs: equal hashes, equal results. See {@link RunStore.findResults}. */
  readonly recipeSha256?: string | null | undefined
  readonly stdoutFile?: string | null | undefined
  readonly stderrFile?: string | null | undefined
  /** Captured text, at most {@link MAX_CAPTURED_CHARS}; the registry cuts in the middle and says so. */
  readonly stdout?: string | null | undefined
  readonly stderr?: string | null | undefined
  readonly data?: JsonValue | undefined
}

/** One program or function that ran in an attempt. Written whole. */
export interface InvocationRow {
  readonly jobId: string
  readonly attempt: number
  /** From 1 for tasks; -1 before-job hook, -2 after-job hook. */
  readonly task: number
  /** Id in the abstract workflow, if it is one of its tasks. */
  readonly taskId?: string | null | undefined
  readonly transformation: string
  readonly executable: string
  readonly programVersion?: string | null | undefined
  /** SHA-256 of the program. */
  readonly programSha256?: string | null | undefined
  readonly arguments: readonly string[]
  readonly workDirectory?: string | null | undefined
  readonly site?: string | null | undefined
  readonly host?: string | null | undefined
  readonly ip?: string | null | undefined
  /** Operating system and machine. */
  readonly platform?: string | null | undefined
  readonly startMs: number
  readonly durationMs: number
  readonly cpuMs?: number | null | undefined
  readonly maxRssBytes?: number | null | undefined
  readonly readBytes?: number | null | undefined
  readonly writtenBytes?: number | null | undefined
  readonly exitCode: number
  readonly signal?: string | null | undefined
  /** What else the record holds: environment as far as the policy lets, limits, versions. */
  readonly data?: JsonValue | undefined
}

/** Counts of jobs that share kind, transformation and state. */
export interface JobCount {
  readonly kind: string
  readonly transformation: string
  readonly state: JobState
  readonly jobs: number
}
