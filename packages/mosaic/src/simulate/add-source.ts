import type { FloatPlane } from '../float-plane.ts'

/** A made-up source. */
export interface SimulatedSource {
  readonly fitsX: number
  readonly fitsY: number
  /** Value of the peak, or of all pixels of a flat source. */
  readonly peak: number
  /** Pixels: a Gaussian falls to 1/e at half of it. The source fills the box three times as far on each side of its nearest pixel. */
  readonly width: number
  readonly shape: 'gaussian' | 'flat'
}

/** Sources end so many widths from their nearest pixel. */
const REACH_WIDTHS = 3
/** `exp(-4 d^2 / width^2)`, as Montage's mMakeImg has it. */
const GAUSSIAN_FACTOR = 4

/**
 * Adds the part of a source that lies on some rows of an image, in place.
 *
 * @param rows whole rows of the image
 * @param firstRow row of the image that they begin with, from 0
 * @param replaces put the source in the place of what was there
 */
export function addSource(
  rows: FloatPlane,
  firstRow: number,
  source: SimulatedSource,
  replaces: boolean = false,
): void {
  const { fitsX, fitsY, width, peak } = source
  const reach = Math.trunc(REACH_WIDTHS * width)
  // Array indices of the nearest pixel: FITS coordinates rounded, less 1.
  const col = Math.floor(fitsX + 0.5) - 1
  const row = Math.floor(fitsY + 0.5) - 1
  const lastCol = Math.min(rows.width - 1, col + reach)
  const lastRow = Math.min(firstRow + rows.height - 1, row + reach)
  const factor = -GAUSSIAN_FACTOR / (width * width)
  for (let r = Math.max(firstRow, row - reach); r <= lastRow; r++) {
    for (let c = Math.max(0, col - reach); c <= lastCol; c++) {
      const at = (r - firstRow) * rows.width + c
      const square = (c + 1 - fitsX) ** 2 + (r + 1 - fitsY) ** 2
      const value = source.shape === 'flat' ? peak : width > 0 ? peak * Math.exp(factor * square) : peak
      rows.data[at] = replaces ? value : rows.data[at]! + value
    }
  }
}
