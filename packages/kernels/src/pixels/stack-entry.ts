import type { PixelViews } from '../memory/pixel-memory.ts'
import type { MedianEntry } from './records.ts'

/** One plane of a stack for `stackSumsRow` and `stackSpreadRow`, with what is known of its pixels. */
export interface StackEntry extends MedianEntry {
  /** float32 weight of the pixel of column `firstCol`; 0 = its area times `weight`. */
  readonly weightAt: number
  /** float32 variance of that pixel; 0 = all have `variance`. */
  readonly varianceAt: number
  readonly weight: number
  readonly variance: number
  /** Word of that pixel in the context, 0 = not wanted, and the bit that stands for the plane. */
  readonly contextAt: number
  readonly contextBit: number
}

/** Bytes of one stack entry. */
export const STACK_ENTRY_BYTES = 80

/** Where the pixels that were rejected are counted. */
const REJECTED = 64

/** Scratch that `stackSumsRow` and `stackSpreadRow` need for a stack of `entryCount` planes. */
export function stackListBytes(entryCount: number): number {
  return 4 * Math.max(1, entryCount)
}

/**
 * Stores entry number `index` of the list at `entriesAt`; nothing of its plane is rejected yet.
 *
 * @param list views of the whole list as `stackEntryViews` gives them, which spares their making for every entry
 */
export function writeStackEntry(list: StackEntryViews, index: number, entry: StackEntry): void {
  const { words, numbers } = list
  const word = (index * STACK_ENTRY_BYTES) / 4
  const number = word / 2
  words[word] = entry.valueAt
  words[word + 1] = entry.areaAt
  words[word + 2] = entry.firstCol
  words[word + 3] = entry.endCol
  numbers[number + 2] = entry.a
  numbers[number + 3] = entry.p
  words[word + 8] = entry.weightAt
  words[word + 9] = entry.varianceAt
  words[word + 10] = entry.contextAt
  words[word + 11] = entry.contextBit
  numbers[number + 6] = entry.weight
  numbers[number + 7] = entry.variance
  words[word + REJECTED / 4] = 0
}

/** A list of stack entries in pixel memory. */
export interface StackEntryViews {
  readonly words: Uint32Array
  readonly numbers: Float64Array
}

/** Views of the list of `entryCount` entries at `entriesAt`, a multiple of 8. */
export function stackEntryViews(views: PixelViews, entriesAt: number, entryCount: number): StackEntryViews {
  return {
    words: views.u32(entriesAt, (STACK_ENTRY_BYTES / 4) * entryCount),
    numbers: views.f64(entriesAt, (STACK_ENTRY_BYTES / 8) * entryCount),
  }
}

/** Pixels of entry number `index` that `stackSumsRow` has rejected since the entry was stored. */
export function rejectedOf({ words }: StackEntryViews, index: number): number {
  return words[(index * STACK_ENTRY_BYTES + REJECTED) / 4] ?? 0
}
