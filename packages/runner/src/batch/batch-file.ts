import type { PlanJobLine } from '@skyloom/workflow'
import type { AttemptReport, AttemptRequest } from '../executor/executor.ts'
import type { Failure } from '../machine/run-event.ts'

/** One attempt as a worker node gets it: everything that it needs to know. */
export interface BatchTask extends AttemptRequest {
  readonly plan: PlanJobLine
  /** Longest run time, milliseconds from the start on the node; 0 for no limit. */
  readonly timeoutMs: number
  /** Transformation of a job that is no computation, for its record. */
  readonly transformation: string
  /** SHA-256 of files that the run made, by logical name: what arrives must be what was made. */
  readonly hashes: Readonly<Record<string, string>>
  /** Recipes of earlier results that have the outputs of the job: the node finds out whether its own is one of them. */
  readonly known?: readonly string[] | undefined
}

/** How files reach the jobs of a batch. */
export type BatchData =
  /** The node sees the folder of the batch and the places of all files. */
  | 'shared'
  /** The node sees the folder of the batch; files are fetched from and sent to their places. */
  | 'remote'
  /** The node sees nothing: the scheduler carries the task there and its report and files back. */
  | 'carried'

/** A batch: attempts that go to a scheduler in one submission, as an array or a cluster of elements that take tasks. */
export interface BatchFile {
  readonly version: 1
  /** Unique in the world; name of the job in the scheduler. */
  readonly name: string
  readonly runId: string
  readonly runDir: string
  readonly site: string
  readonly data: BatchData
  /** Entries in the scheduler's queue. Each takes tasks until none is left or its time is up. */
  readonly elements: number
  /** Time that an element has, milliseconds; 0 for what the scheduler gives. */
  readonly elementMs: number
  readonly keptOutputBytes: number
  readonly maxOutputBytes: number
  /** Further variables that programs get from the node's environment. */
  readonly inheritEnvironment: readonly string[]
  readonly tasks: readonly BatchTask[]
}

/** Who works on a task. */
export interface Claim {
  readonly element: number
  readonly host: string
  readonly pid: number
  readonly timeMs: number
}

/** How a task went on the node. */
export type BatchReport = AttemptReport

/** Key of an attempt across engines. */
export function attemptKey({
  job,
  attempt,
  startedMs,
}: Pick<AttemptRequest, 'job' | 'attempt' | 'startedMs'>): string {
  return `${job}.${attempt}@${startedMs}`
}

/** A report for an attempt that left none. */
export function reportWithoutRecord(
  task: Pick<BatchTask, 'job' | 'attempt'>,
  outcome: 'lost' | 'failed' | 'canceled',
  failure: Failure,
  facts: { readonly executor: string; readonly externalId?: string | undefined; readonly timeMs: number },
): AttemptReport {
  return {
    job: task.job,
    attempt: task.attempt,
    outcome,
    failure,
    invocations: [],
    products: [],
    removed: [],
    startMs: facts.timeMs,
    endMs: facts.timeMs,
    executor: facts.executor,
    externalId: facts.externalId,
  }
}
