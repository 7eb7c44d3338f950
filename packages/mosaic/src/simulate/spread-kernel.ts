import type { FloatPlane } from '../float-plane.ts'

/** Widths over which a source of a map can be spread. */
export const SPREAD_SIZES = [1, 3, 5] as const
/** A member of {@link SPREAD_SIZES}. */
export type SpreadSize = (typeof SPREAD_SIZES)[number]

/** Montage's kernels before they are normalised. */
const KERNELS: Readonly<Record<SpreadSize, readonly number[]>> = {
  1: [1],
  3: [0.1, 0.2, 0.1, 0.2, 1, 0.2, 0.1, 0.2, 0.1],
  5: [
    0, 0.1, 0.2, 0.1, 0, 0.1, 0.3, 0.5, 0.3, 0.1, 0.2, 0.5, 1, 0.5, 0.2, 0.1, 0.3, 0.5, 0.3, 0.1, 0, 0.1, 0.2,
    0.1, 0,
  ],
}

/**
 * Adds a source to a map, in place: its value goes to the nearest pixel and those around it, in parts that sum to one. What falls off the
 * map is lost.
 *
 * @param rows whole rows of the map
 * @param firstRow row of the map that they begin with, from 0
 */
export function spreadSource(
  rows: FloatPlane,
  firstRow: number,
  source: { readonly fitsX: number; readonly fitsY: number; readonly value: number },
  size: SpreadSize,
): void {
  const kernel = KERNELS[size]
  const sum = kernel.reduce((total, part) => total + part, 0)
  const firstCol = Math.floor(source.fitsX + 0.5) - 1 - (size >> 1)
  const startRow = Math.floor(source.fitsY + 0.5) - 1 - (size >> 1) - firstRow
  kernel.forEach((part, index) => {
    const col = firstCol + (index % size)
    const row = startRow + Math.floor(index / size)
    if (part === 0 || col < 0 || row < 0 || col >= rows.width || row >= rows.height) return
    const at = row * rows.width + col
    rows.data[at] = rows.data[at]! + (source.value * part) / sum
  })
}
