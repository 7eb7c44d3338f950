import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import {
  BIN_COUNT,
  type CumulativeHistogram,
  histogramRange,
  type ValueExtent,
} from '../view/stretch/histogram.ts'
import { levelTable } from '../view/stretch/level-table.ts'
import { rangeLimit } from '../view/stretch/range-limit.ts'
import { makeStretch } from '../view/stretch/stretch.ts'

/** Which data value is black, in sigmas from the median (mViewer's `-1s`). */
const BLACK_SIGMAS = -1
/** Room for the thresholds and the cells of a table of levels. */
const TABLE_BYTES = 160 * 1024
/** Room for bins and for their sums. */
const HISTOGRAM_BYTES = 12 * BIN_COUNT

/** Bytes of scratch memory that {@link gaussianLogLevels} needs for so many pixels. */
export function gaussianLogBytes(count: number): number {
  return Math.max(HISTOGRAM_BYTES, TABLE_BYTES + count)
}

/**
 * Grey levels by the gaussian-log stretch of mViewer from one sigma below the median to the maximum.
 *
 * @param valueAt float32
 * @param extent of the finite values
 * @param scratchAt {@link gaussianLogBytes}
 * @returns one byte a pixel; pixels without data are 0
 */
export function gaussianLogLevels(
  views: PixelViews,
  kernels: PixelKernels,
  valueAt: number,
  count: number,
  extent: ValueExtent,
  scratchAt: number,
): Uint8Array {
  const histogram = histogramAt(views, kernels, valueAt, count, extent, scratchAt)
  if (histogram === undefined) return new Uint8Array(count)
  const stretch = makeStretch(histogram, {
    min: rangeLimit('sigma', BLACK_SIGMAS),
    max: rangeLimit('percentile', 100),
    mode: { kind: 'gaussian-log' },
  })
  // The histogram has done its work: the table and the levels take its place.
  const { sign, thresholds, firstT, fineScale, splitT, coarseScale, cells } = levelTable(stretch, 'nearest')
  const cellsAt = scratchAt + thresholds.byteLength
  const levelsAt = scratchAt + TABLE_BYTES
  views.f64(scratchAt, thresholds.length).set(thresholds)
  views.u8(cellsAt, cells.length).set(cells)
  kernels.levels(
    valueAt,
    count,
    sign,
    firstT,
    fineScale,
    splitT,
    coarseScale,
    scratchAt,
    cellsAt,
    0,
    levelsAt,
  )
  return views.u8(levelsAt, count).slice()
}

function histogramAt(
  views: PixelViews,
  kernels: PixelKernels,
  valueAt: number,
  count: number,
  extent: ValueExtent,
  scratchAt: number,
): CumulativeHistogram | undefined {
  const range = histogramRange(extent)
  if (range === undefined) return undefined
  const { min, max, binWidth } = range
  const binsAt = scratchAt + 8 * BIN_COUNT
  views.u32(binsAt, BIN_COUNT).fill(0)
  const counted = kernels.histogram(valueAt, count, min, max, binWidth, BIN_COUNT, binsAt)
  kernels.cumulate(binsAt, BIN_COUNT, scratchAt)
  return { min, max, binWidth, count: counted, below: views.f64(scratchAt, BIN_COUNT) }
}
