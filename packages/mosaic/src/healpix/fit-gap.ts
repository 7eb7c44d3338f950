import type { BackgroundPlane } from '../background/plane.ts'
import { fitImagePlane } from '../difference/fit-image-plane.ts'
import type { FloatPlane } from '../float-plane.ts'

/** The difference of two images along a side that both touch from opposite: `a t + c` at pixel t of the side, from 0. */
export interface GapFit {
  readonly plane: Pick<BackgroundPlane, 'a' | 'c'>
  /** Mean of the difference along the side. */
  readonly level: number
  readonly npixel: number
  /** Root mean square of the residuals, data units. */
  readonly rms: number
  /** Range of the pixels of the side that took part. */
  readonly first: number
  readonly last: number
}

/**
 * Difference of two images that meet at a side without overlapping. Pixels of equal distance from it are subtracted, first minus
 * second; a plane is fitted to the differences, far ones left out, and taken at the side itself: the gradient of the sky across the side,
 * which makes differences grow with distance, does not count.
 *
 * @param plus  column t, row d: the pixel of the first image at pixel t of the side and d pixels away from it; NaN without data
 * @param minus the same of the second image
 * @returns undefined when fewer than three pixels have data on both sides
 */
export function fitGap(plus: FloatPlane, minus: FloatPlane): GapFit | undefined {
  const { width, height } = plus
  const data = plus.data.map((value, index) => value - minus.data[index]!)
  const fit = fitImagePlane({ width, height, data }, { fitsX: 0, fitsY: 0 })
  if (fit === undefined) return undefined
  // Rows are distances of whole pixels from the middle of the first ones; the side lies half a pixel before.
  const c = fit.c - fit.b / 2
  const level = c + fit.a * fit.xcenter
  return {
    plane: { a: fit.a, c },
    level,
    npixel: fit.npixel,
    rms: fit.rms,
    first: fit.xmin,
    last: fit.xmax,
  }
}
