import type { Clock } from '@skyloom/base'
import type { StageSummary } from '../make/summary.ts'

/** Collects time and bytes of the stages of a run. */
export interface StageMeter {
  /**
   * Runs work of a stage; the work may count bytes. A stage lasts from the start of its first work to the end of its last.
   */
  measure<T>(stage: string, work: (count: ByteCount) => Promise<T>): Promise<T>
  /** In the order in which they began. */
  readonly stages: readonly StageSummary[]
}

/** Bytes that a stage has read and written. */
export interface ByteCount {
  read: number
  written: number
}

/** A meter on a clock. */
export function createStageMeter(clock: Clock): StageMeter {
  const spans = new Map<string, ByteCount & { readonly startMs: number; endMs: number }>()
  return {
    get stages() {
      return [...spans].map(([stage, { startMs, endMs, read, written }]) => ({
        stage,
        seconds: (endMs - startMs) / 1000,
        bytesRead: read,
        bytesWritten: written,
      }))
    },
    async measure(stage, work) {
      const startMs = clock.monotonicMs()
      const span = spans.get(stage) ?? { startMs, endMs: startMs, read: 0, written: 0 }
      spans.set(stage, span)
      const result = await work(span)
      span.endMs = clock.monotonicMs()
      return result
    },
  }
}
