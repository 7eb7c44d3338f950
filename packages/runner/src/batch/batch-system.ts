import type { FailureKind } from '../machine/run-event.ts'
import type { BatchData } from './batch-file.ts'

/** Where an element of a batch is. */
export type ElementState =
  | {
      readonly phase: 'pending' | 'running'
      readonly reason?: string | undefined
      readonly host?: string | undefined
    }
  /**
   * The scheduler will not start it until a `person` does something, or `never`; or it was over its `memory`, lacks `files`, or a
   * node could not start it (`infrastructure`).
   */
  | {
      readonly phase: 'held'
      readonly reason: string
      readonly cause: 'memory' | 'files' | 'person' | 'never' | 'infrastructure'
    }
  | { readonly phase: 'ended'; readonly end: ElementEnd }

/** How an element ended, as the scheduler sees it. */
export interface ElementEnd {
  /**
   * `done`: by itself; `time`, `memory`: a limit; `infrastructure`: node failure, preemption, a scheduler that lost it;
   * `removed`: by a person or by us.
   */
  readonly cause: 'done' | 'failed' | 'time' | 'memory' | 'infrastructure' | 'removed'
  /** One line for people: the scheduler's own word and reason. */
  readonly text: string
  readonly host?: string | undefined
}

/** A batch as a scheduler gets it. */
export interface BatchSubmission {
  readonly name: string
  /** Folder of the batch, absolute. */
  readonly folder: string
  readonly data: BatchData
  readonly elements: number
  /** What an element asks for. */
  readonly cores: number
  /** Megabytes (10^6 bytes); 0 for what the site gives. */
  readonly memoryMb: number
  /** Milliseconds; 0 for what the site gives. */
  readonly timeMs: number
  readonly priority: number
  /** Further words in the scheduler's own language, see `slurmWords` and `condorCommands`. */
  readonly directives: readonly string[]
  /** Program that an element runs, a shell script without arguments of users. */
  readonly script: string
  /** For `carried`: files of each element that travel with its task. */
  readonly inputs: readonly (readonly string[])[]
}

/** A batch in the queue. */
export interface QueuedBatch {
  readonly name: string
  readonly folder: string
  /** As {@link BatchSystem.submit} gave it. */
  readonly id: string
  readonly elements: number
}

/** Why a scheduler did not take a batch. */
export interface RefusedSubmission {
  /** It does not answer: try again. Otherwise it never will take it. */
  readonly isOutage: boolean
  /** It has no room for so many elements now: fewer, or later. */
  readonly isFull?: boolean
  readonly text: string
  readonly kind: FailureKind
}

/**
 * A scheduler of a site. Implementations call its programs; they hold no state that a restart would lose.
 */
export interface BatchSystem {
  /** `slurm` or `htcondor`. */
  readonly name: string
  /** Least time between two calls of {@link query}, milliseconds. */
  readonly queryMs: number
  /** @throws {RunnerError} `RUNNER_SCHEDULER` when its programs are not there or do not answer */
  check(): Promise<void>
  /** Cores that it could give at a time; `undefined` when it does not tell. */
  slots(directives: readonly string[]): Promise<number | undefined>
  /** @returns the id of the batch, or why there is none */
  submit(batch: BatchSubmission): Promise<string | RefusedSubmission>
  /** Id of a batch that a former engine may have submitted; `undefined` when the scheduler has none of that name. */
  find(batch: Omit<QueuedBatch, 'id'>): Promise<string | undefined>
  /**
   * States of elements of all batches by one question.
   *
   * @returns by batch name; elements that are not named are as before
   */
  query(batches: readonly QueuedBatch[]): Promise<ReadonlyMap<string, ReadonlyMap<number, ElementState>>>
  /** Takes elements out of the queue; without a list all of them. */
  cancel(batch: QueuedBatch, elements?: readonly number[]): Promise<void>
}
