import type { PixelViews } from '../memory/pixel-memory.ts'

/** One plane of a strip for `meanStrip`. */
export interface StripEntry {
  /** float32 pixel of its first row and column. */
  readonly valueAt: number
  /** float32 area of the same pixel, 0 = all areas are 1. */
  readonly areaAt: number
  /** Pixels from one row to the next. */
  readonly stride: number
  /** Column of the strip where it begins. */
  readonly col: number
  readonly row: number
  readonly height: number
  readonly width: number
  /** Subtracted is a x + b y + c, with x of the first column here. */
  readonly x0: number
  readonly a: number
  readonly b: number
  readonly c: number
}

/** Bytes of one entry. */
export const STRIP_ENTRY_BYTES = 64

/** Stores entry number `index` of the list at `entriesAt`, a multiple of 8. */
export function writeStripEntry(
  views: PixelViews,
  entriesAt: number,
  index: number,
  entry: StripEntry,
): void {
  const at = entriesAt + index * STRIP_ENTRY_BYTES
  const { valueAt, areaAt, stride, col, row, height, width, x0, a, b, c } = entry
  views.u32(at, 2).set([valueAt, areaAt])
  views.i32(at + 8, 5).set([stride, col, row, height, width])
  views.f64(at + 32, 4).set([x0, a, b, c])
}
