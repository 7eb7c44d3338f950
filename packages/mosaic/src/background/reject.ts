import type { PlaneFit } from '../difference/fit-plane.ts'

/** Why a pair does not take part in the background solution. */
export type RejectReason = 'too-few-pixels' | 'too-short' | 'too-noisy'

/** One overlap as the background model sees it: two image indices and the fit of their difference. */
export interface OverlapFit {
  readonly plus: number
  readonly minus: number
  readonly fit: PlaneFit
}

/** Size of an image on the template, in pixels. */
export interface ImageExtent {
  readonly width: number
  readonly height: number
}

/** An overlap of fewer pixels than this fraction of the mean image area tells nothing (rule of mBgModel 6.0). */
const MIN_AREA_FRACTION = 0.002
/** An overlap must reach this fraction of a side of one of its images (rule of mBgModel 6.0). */
const MIN_SIDE_FRACTION = 0.25
/** Overlaps whose rms exceeds the mean by so many standard deviations are left out (rule of mBgModel 6.0). */
const MAX_RMS_SIGMA = 2

/**
 * Which overlaps the background solution leaves out, by the rules of Montage 6.0's mBgModel: too few pixels, too
 * short in both directions, or a residual far above that of the others.
 *
 * @returns one entry per fit: the reason, or undefined when the fit is used
 */
export function rejectFits(
  fits: readonly OverlapFit[],
  images: readonly ImageExtent[],
): readonly (RejectReason | undefined)[] {
  const meanArea =
    images.reduce((sum, image) => sum + image.width * image.height, 0) / Math.max(1, images.length)
  const byShape = fits.map((overlap) => shapeReason(overlap, images, meanArea))
  const kept = fits.filter((_, index) => byShape[index] === undefined).map((overlap) => overlap.fit.rms)
  const limit = rmsLimit(kept)
  return fits.map((overlap, index) => byShape[index] ?? (overlap.fit.rms > limit ? 'too-noisy' : undefined))
}

function shapeReason(
  { plus, minus, fit }: OverlapFit,
  images: readonly ImageExtent[],
  meanArea: number,
): RejectReason | undefined {
  if (fit.npixel < MIN_AREA_FRACTION * meanArea) return 'too-few-pixels'
  const isShort = (image: ImageExtent | undefined): boolean =>
    image !== undefined &&
    fit.xmax - fit.xmin < MIN_SIDE_FRACTION * image.width &&
    fit.ymax - fit.ymin < MIN_SIDE_FRACTION * image.height
  return isShort(images[plus]) && isShort(images[minus]) ? 'too-short' : undefined
}

function rmsLimit(values: readonly number[]): number {
  if (values.length === 0) return Infinity
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return mean + MAX_RMS_SIGMA * Math.sqrt(variance)
}
