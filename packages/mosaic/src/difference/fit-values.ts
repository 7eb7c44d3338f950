import type { PlaneFit } from './fit-plane.ts'

/** Names of the values of a fitted plane, in the order of status lines and tables. */
export const FIT_FIELDS = [
  'a',
  'b',
  'c',
  'crpix1',
  'crpix2',
  'xmin',
  'xmax',
  'ymin',
  'ymax',
  'xcenter',
  'ycenter',
  'npixel',
  'rms',
  'boxx',
  'boxy',
  'boxwidth',
  'boxheight',
  'boxang',
] as const

/** One of {@link FIT_FIELDS}. */
export type FitField = (typeof FIT_FIELDS)[number]

/** A fitted plane as status lines and tables give it. */
export type FitValues = Readonly<Record<FitField, number>>

/**
 * The values of a fit.
 *
 * @param crpix reference pixel of the difference image, from which `x` and `y` count
 */
export function fitValues(
  fit: PlaneFit,
  crpix: { readonly fitsX: number; readonly fitsY: number },
): FitValues {
  const { a, b, c, xmin, xmax, ymin, ymax, xcenter, ycenter, npixel, rms, box } = fit
  const shape = { boxx: box.x, boxy: box.y, boxwidth: box.width, boxheight: box.height, boxang: box.angleDeg }
  const place = { crpix1: crpix.fitsX, crpix2: crpix.fitsY, xmin, xmax, ymin, ymax, xcenter, ycenter }
  return { a, b, c, ...place, npixel, rms, ...shape }
}
