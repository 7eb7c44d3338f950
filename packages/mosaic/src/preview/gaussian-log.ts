import { cumulativeHistogram, type ValueExtent } from '../view/stretch/histogram.ts'
import { levelsInto, levelTable } from '../view/stretch/level-table.ts'
import { rangeLimit } from '../view/stretch/range-limit.ts'
import { makeStretch } from '../view/stretch/stretch.ts'

/** Grey levels of an image and the data values they stand for. */
export interface StretchedImage {
  /** One byte a pixel, rows as in the data; pixels without data are 0. */
  readonly levels: Uint8Array
  /** Data value shown as black. */
  readonly min: number
  /** Data value shown as white. */
  readonly max: number
}

/** Which data value is black, in sigmas from the median (mViewer's `-1s`). */
const BLACK_SIGMAS = -1

/**
 * The gaussian-log stretch of mViewer from one sigma below the median to the maximum.
 *
 * @param extent extent of the finite values, where it is known
 */
export function gaussianLogStretch(data: Float32Array, extent?: ValueExtent): StretchedImage {
  const levels = new Uint8Array(data.length)
  const histogram = cumulativeHistogram(data, extent)
  if (histogram === undefined) return { levels, min: 0, max: 0 }
  const stretch = makeStretch(histogram, {
    min: rangeLimit('sigma', BLACK_SIGMAS),
    max: rangeLimit('percentile', 100),
    mode: { kind: 'gaussian-log' },
  })
  levelsInto(levels, levelTable(stretch, 'nearest'), data)
  return { levels, min: stretch.min, max: stretch.max }
}
