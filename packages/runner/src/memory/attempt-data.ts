import type { AttemptReport } from '../executor/executor.ts'

/** What the record of an attempt says of files in memory. */
export interface MemoryData {
  /** Logical names of the files that it left there, at most {@link MOST_NAMES}. */
  readonly made: readonly string[]
  readonly madeCount: number
  /** Inputs that it got from there. */
  readonly readCount: number
  /** Those of them that had been moved to disk for want of room. */
  readonly spilledCount: number
}

/** Names that a record has; the others are counted. */
const MOST_NAMES = 100

/** What an attempt did with files in memory; nothing when it met none. */
export function memoryData({
  fromMemory,
  products,
}: Pick<AttemptReport, 'fromMemory' | 'products'>): MemoryData | undefined {
  const made = products.filter(({ url }) => url === undefined).map(({ lfn }) => lfn)
  const { read: readCount = 0, spilled: spilledCount = 0 } = fromMemory ?? {}
  if (made.length === 0 && readCount === 0) return undefined
  return { made: made.slice(0, MOST_NAMES), madeCount: made.length, readCount, spilledCount }
}

/** The same as lines for people, from the record of an attempt. */
export function memoryLines(data: unknown): readonly string[] {
  if (typeof data !== 'object' || data === null || !('memory' in data)) return []
  // Written by `memoryData`.
  const { made, madeCount, readCount, spilledCount } = data.memory as MemoryData
  const more = madeCount > made.length ? ` and ${madeCount - made.length} more` : ''
  const spilled =
    spilledCount === 0 ? '' : `, ${spilledCount} of them from disk, where they were moved for want of room`
  return [
    ...(madeCount === 0 ? [] : [`left in memory: ${made.join(', ')}${more}`]),
    ...(readCount === 0 ? [] : [`inputs from memory: ${readCount}${spilled}`]),
  ]
}
