import { KernelsError } from '../errors.ts'

/** Blocks start on cache lines, so two threads never write into one line by accident. */
const ALIGNMENT_BYTES = 64

/** Bookkeeping of blocks in a range of byte offsets; it touches no memory itself. */
export interface Arena {
  /** Offset of a new block (multiple of 64), or undefined when no gap is large enough. First fit, so offsets stay low. */
  take(sizeBytes: number): number | undefined
  /** @throws {KernelsError} `KERNELS_BAD_BLOCK` when no block starts at `offset` */
  give(offset: number): void
  readonly usedBytes: number
  readonly peakBytes: number
  /** The largest block that `take` would find now. */
  readonly largestFreeBytes: number
  readonly blockCount: number
}

interface Gap {
  start: number
  end: number
}

/** A new arena over the offsets from `start` (inclusive) to `end` (exclusive). */
export function createArena(start: number, end: number): Arena {
  const first = roundUp(start)
  const gaps: Gap[] = end > first ? [{ start: first, end }] : []
  const blocks = new Map<number, number>()
  let usedBytes = 0
  let peakBytes = 0

  return {
    take(sizeBytes) {
      const size = roundUp(Math.max(1, sizeBytes))
      const index = gaps.findIndex((gap) => gap.end - gap.start >= size)
      const gap = gaps[index]
      if (gap === undefined) return undefined
      const offset = gap.start
      gap.start += size
      if (gap.start >= gap.end) gaps.splice(index, 1)
      blocks.set(offset, size)
      usedBytes += size
      peakBytes = Math.max(peakBytes, usedBytes)
      return offset
    },
    give(offset) {
      const size = blocks.get(offset)
      if (size === undefined) {
        throw new KernelsError('KERNELS_BAD_BLOCK', 'no block of pixel memory starts at this offset', {
          found: `offset ${offset}`,
          remedy: 'free each block once, with the offset that alloc gave',
        })
      }
      blocks.delete(offset)
      usedBytes -= size
      addGap(gaps, offset, offset + size)
    },
    get usedBytes() {
      return usedBytes
    },
    get peakBytes() {
      return peakBytes
    },
    get largestFreeBytes() {
      return gaps.reduce((largest, gap) => Math.max(largest, gap.end - gap.start), 0)
    },
    get blockCount() {
      return blocks.size
    },
  }
}

/** Inserts a gap in order and joins it with its neighbours. */
function addGap(gaps: Gap[], start: number, end: number): void {
  let index = gaps.findIndex((gap) => gap.start > start)
  if (index < 0) index = gaps.length
  const before = gaps[index - 1]
  const after = gaps[index]
  const joinsBefore = before !== undefined && before.end === start
  const joinsAfter = after !== undefined && after.start === end
  if (joinsBefore && joinsAfter) {
    before.end = after.end
    gaps.splice(index, 1)
  } else if (joinsBefore) {
    before.end = end
  } else if (joinsAfter) {
    after.start = start
  } else {
    gaps.splice(index, 0, { start, end })
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
}
