import type { PlaneFit } from '../difference/fit-plane.ts'

/** Why a pair does not take part in the background solution. */
export type RejectReason = 'too-few-pixels' | 'too-short' | 'too-noisy'

/** Size of an image on the template, in pixels. */
export interface ImageExtent {
  readonly width: number
  readonly height: number
}

/** What the classic rules look at: two images by their numbers and some values of the fit. */
export interface ClassicCandidate {
  readonly plus: number
  readonly minus: number
  readonly fit: Pick<PlaneFit, 'npixel' | 'rms' | 'xmin' | 'xmax' | 'ymin' | 'ymax'>
}

/** An overlap of fewer pixels than this fraction of the mean image area is left out. */
const MIN_AREA_FRACTION = 0.002
/** An overlap must reach this fraction of a side of one of its images. */
const MIN_SIDE_FRACTION = 0.25
/** Overlaps whose rms exceeds the mean by so many standard deviations are left out. */
const MAX_RMS_SIGMA = 2

/**
 * Which overlaps mBgModel of Montage 6.0 leaves out, and why: too few pixels, too short in both directions, or a residual far above that of
 * the others. Unlike `rejectFits` it may cut images off from all others.
 *
 * @param images by the numbers of the candidates
 * @returns one entry per candidate: the reason, or undefined when it is used
 */
export function classicReasons(
  candidates: readonly ClassicCandidate[],
  images: readonly ImageExtent[],
): readonly (RejectReason | undefined)[] {
  const total = images.reduce((sum, { width, height }) => sum + width * height, 0)
  const meanArea = total / Math.max(1, images.length)
  const byShape = candidates.map((candidate) => shapeReason(candidate, images, meanArea))
  const limit = rmsLimit(candidates.filter((_, index) => byShape[index] === undefined))
  return candidates.map(({ fit }, index) => byShape[index] ?? (fit.rms > limit ? 'too-noisy' : undefined))
}

/** Which overlaps mBgModel of Montage 6.0 uses: those that it has no reason to leave out. */
export function classicallyUsed(
  candidates: readonly ClassicCandidate[],
  images: readonly ImageExtent[],
): readonly boolean[] {
  return classicReasons(candidates, images).map((reason) => reason === undefined)
}

function shapeReason(
  { plus, minus, fit }: ClassicCandidate,
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

function rmsLimit(candidates: readonly ClassicCandidate[]): number {
  if (candidates.length === 0) return Infinity
  const mean = candidates.reduce((sum, { fit }) => sum + fit.rms, 0) / candidates.length
  const variance = candidates.reduce((sum, { fit }) => sum + (fit.rms - mean) ** 2, 0) / candidates.length
  return mean + MAX_RMS_SIGMA * Math.sqrt(variance)
}
