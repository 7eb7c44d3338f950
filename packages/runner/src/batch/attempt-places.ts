import type { AttemptRequest } from '../executor/executor.ts'
import type { OpenBatch } from './open-batch.ts'

/** What an attempt is called within one run: two of a job are never there at a time under one number. */
export function attemptId({ job, attempt }: Pick<AttemptRequest, 'job' | 'attempt'>): string {
  return `${job}.${attempt}`
}

/** Where an attempt is: a batch, and its number there. */
export interface AttemptPlace {
  readonly batch: OpenBatch
  readonly at: number
}

/** Finds the batch of an attempt at once, however many there are. */
export class AttemptPlaces {
  readonly #places = new Map<string, AttemptPlace>()

  /** All tasks of a batch that are wanted. */
  addAll(batch: OpenBatch): void {
    for (const at of batch.open) this.add(batch, at)
  }

  add(batch: OpenBatch, at: number): void {
    this.#places.set(attemptId(batch.task(at)), { batch, at })
  }

  find(attempt: Pick<AttemptRequest, 'job' | 'attempt'>): AttemptPlace | undefined {
    return this.#places.get(attemptId(attempt))
  }

  remove(attempt: Pick<AttemptRequest, 'job' | 'attempt'>): void {
    this.#places.delete(attemptId(attempt))
  }
}
