import type {
  DerivedRow,
  FileRow,
  GeneratedRow,
  PlaceRow,
  QualityMessage,
  ReplicaRow,
  UsedRow,
} from '../files/records.ts'
import type {
  AttemptRow,
  InvocationRow,
  JobChange,
  JobCount,
  JobEdge,
  JobRow,
  JobState,
  NewRun,
  RunChange,
  RunEvent,
  RunRow,
  RunState,
  Stored,
} from './records.ts'

/** What belongs together: all of it is durable when `commit` returns, or nothing of it is there. */
export interface RunCommit {
  readonly run?: RunChange | undefined
  /** In order of `seq`; the first must follow the last committed one. */
  readonly events?: readonly RunEvent[] | undefined
  readonly jobs?: readonly JobRow[] | undefined
  /** Of jobs that are there, at the latest by `jobs` of this commit. */
  readonly jobChanges?: readonly JobChange[] | undefined
  readonly edges?: readonly JobEdge[] | undefined
  readonly attempts?: readonly AttemptRow[] | undefined
  readonly invocations?: readonly InvocationRow[] | undefined
  readonly files?: readonly FileRow[] | undefined
  readonly replicas?: readonly ReplicaRow[] | undefined
  /** Places that are empty now: copies of any file there are gone. */
  readonly removedPlaces?: readonly PlaceRow[] | undefined
  readonly used?: readonly UsedRow[] | undefined
  readonly generated?: readonly GeneratedRow[] | undefined
  readonly derived?: readonly DerivedRow[] | undefined
  readonly messages?: readonly QualityMessage[] | undefined
}

/** Answer of {@link RunStore.acquireLease}. */
export type LeaseAnswer =
  | { readonly isHeld: false; readonly token: number; readonly expiresMs: number }
  /** Somebody else holds it. */
  | { readonly isHeld: true; readonly owner: string; readonly expiresMs: number }

/** Which runs to list, newest first. */
export interface RunFilter {
  readonly states?: readonly RunState[] | undefined
  readonly label?: string | undefined
  readonly parentRunId?: string | undefined
  /** Default 100. */
  readonly limit?: number | undefined
}

/** Which jobs to give, by job id. */
export interface JobFilter {
  readonly states?: readonly JobState[] | undefined
  readonly transformation?: string | undefined
  readonly kind?: string | undefined
  readonly jobIds?: readonly string[] | undefined
}

/** A job's result that is there already, see {@link RunStore.findResults}. */
export interface KnownResult {
  readonly runId: string
  readonly jobId: string
  readonly attempt: number
  readonly endedMs: number | null
  /** Files that the attempt made, by logical name, with their copies. */
  readonly outputs: readonly {
    readonly fileId: string
    readonly lfn: string
    readonly sizeBytes: number | null
    readonly sha256: string | null
    readonly replicas: readonly { readonly site: string; readonly pfn: string }[]
  }[]
}

/** How long a program took with the same arguments, see {@link RunStore.runTimes}. */
export interface RunTimeRow {
  readonly transformation: string
  readonly arguments: readonly string[]
  readonly count: number
  readonly meanMs: number
}

/**
 * Runs and everything that happens in them. Every method is one transaction; sequences (`AsyncIterable`) are read in pages, each
 * page one transaction, so that a slow reader holds nobody up.
 *
 * **Errors** are {@link RegistryError}s: `REGISTRY_NOT_FOUND` for an unknown run, `REGISTRY_EXISTS`, `REGISTRY_STALE_TOKEN`,
 * `REGISTRY_CONFLICT`, `REGISTRY_BAD_VALUE`, `REGISTRY_DISK_FULL`, `REGISTRY_BUSY`, `REGISTRY_UNREACHABLE`.
 */
export interface RunStore {
  /** @throws `REGISTRY_EXISTS` when the id is taken */
  create(run: NewRun): Promise<RunRow>
  /** @throws `REGISTRY_NOT_FOUND` */
  get(runId: string): Promise<RunRow>
  list(filter?: RunFilter): Promise<readonly RunRow[]>
  /**
   * Takes the right to write. Free, expired and own leases are given with a new, higher token, which makes all older tokens
   * stale for ever.
   */
  acquireLease(runId: string, owner: string, ttlMs: number): Promise<LeaseAnswer>
  /** Moves the end of the lease. @returns the new end @throws `REGISTRY_STALE_TOKEN` when another took it */
  renewLease(runId: string, token: number, ttlMs: number): Promise<number>
  /** Gives the lease back, so that others need not wait for its end. A stale token is no error. */
  releaseLease(runId: string, token: number): Promise<void>
  /**
   * Group commit: the more a call holds, the cheaper each row. Durable (synced) on return.
   *
   * @throws `REGISTRY_STALE_TOKEN` when the lease went to somebody else; nothing is written then. `REGISTRY_CONFLICT` for a gap in the
   * events, a changed checksum, a second maker; `REGISTRY_NOT_FOUND` for rows that name an unknown job or file
   */
  commit(runId: string, token: number, changes: RunCommit): Promise<void>
  /** Events after `afterSeq` in order; ends with the last that is there. */
  events(runId: string, afterSeq?: number): AsyncIterable<RunEvent>
  /** Last events of a type or job, newest first. */
  lastEvents(
    runId: string,
    filter: { readonly jobId?: string; readonly type?: string; readonly limit?: number },
  ): Promise<readonly RunEvent[]>
  job(runId: string, jobId: string): Promise<Stored<JobRow>>
  jobs(runId: string, filter?: JobFilter): AsyncIterable<Stored<JobRow>>
  edges(runId: string): AsyncIterable<JobEdge>
  /** Jobs right before and right after a job. */
  neighbours(
    runId: string,
    jobId: string,
  ): Promise<{ readonly parents: readonly string[]; readonly children: readonly string[] }>
  attempts(runId: string, jobId?: string): AsyncIterable<Stored<AttemptRow>>
  invocations(runId: string, jobId?: string): AsyncIterable<Stored<InvocationRow>>
  /** Jobs by kind, transformation and state; quick at 100,000 jobs. */
  counts(runId: string): Promise<readonly JobCount[]>
  /** Successful attempts with this content hash, newest first, at most `limit` (default 10). */
  findResults(recipeSha256: string, limit?: number): Promise<readonly KnownResult[]>
  /** Content hashes of successful attempts that made a file of each logical name, newest first, at most 50 for a name. */
  knownRecipes(lfns: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>
  /**
   * Mean run times of programs that succeeded in the newest 50 runs, or the newest 50 with a label, ordered by transformation and
   * arguments.
   */
  runTimes(transformations: readonly string[], label?: string): Promise<readonly RunTimeRow[]>
  messages(runId: string, jobId?: string): Promise<readonly (QualityMessage & { readonly timeMs: number })[]>
  /**
   * Removes a run with its jobs, attempts, invocations, edges, events and messages. Files that it made and that have copies or
   * descendants stay, with the name of their run; others go.
   *
   * @throws `REGISTRY_HELD` while somebody holds the run
   */
  remove(runId: string): Promise<void>
}
