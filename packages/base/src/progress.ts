import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'

/** One report of a long operation. Counts are in `unit`s of the stage (images, pairs, rows). */
export interface ProgressEvent {
  readonly stage: string
  readonly done: number
  readonly total: number
  readonly unit: string
  readonly elapsedMs: number
  /** Estimated time left in this stage; undefined until something was done. */
  readonly leftMs: number | undefined
  /** Bytes read and written by this stage so far, where it counts them. */
  readonly bytes: number | undefined
}

/** Receiver of progress: a terminal line, JSON lines, a page. */
export type ProgressListener = (event: ProgressEvent) => void

/** Counter of one stage; every call of `advance` reports. */
export interface StageProgress {
  advance(count?: number, bytes?: number): void
}

/**
 * Starts a stage and reports its beginning.
 *
 * @param total how many units the stage will do
 */
export function startStage(
  listener: ProgressListener | undefined,
  stage: string,
  total: number,
  unit: string,
  clock: Clock = systemClock,
): StageProgress {
  const startMs = clock.monotonicMs()
  let done = 0
  let bytes = 0
  const report = (): void => {
    if (listener === undefined) return
    const elapsedMs = clock.monotonicMs() - startMs
    const leftMs = done > 0 ? (elapsedMs / done) * Math.max(0, total - done) : undefined
    listener({ stage, done, total, unit, elapsedMs, leftMs, bytes: bytes > 0 ? bytes : undefined })
  }
  report()
  return {
    advance(count = 1, moreBytes = 0) {
      done += count
      bytes += moreBytes
      report()
    },
  }
}
