import type { Clock } from '@skyloom/base'
import type { StageSummary } from '../make/summary.ts'

/** Collects time and bytes of the stages of a run. */
export interface StageMeter {
  /** Runs a stage and notes how long it took; the work may count bytes. */
  measure<T>(stage: string, work: (count: ByteCount) => Promise<T>): Promise<T>
  readonly stages: readonly StageSummary[]
}

/** Bytes that a stage has read and written. */
export interface ByteCount {
  read: number
  written: number
}

/** A meter on a clock. */
export function createStageMeter(clock: Clock): StageMeter {
  const stages: StageSummary[] = []
  return {
    stages,
    async measure(stage, work) {
      const start = clock.monotonicMs()
      const count = { read: 0, written: 0 }
      const result = await work(count)
      const seconds = (clock.monotonicMs() - start) / 1000
      stages.push({ stage, seconds, bytesRead: count.read, bytesWritten: count.written })
      return result
    },
  }
}
