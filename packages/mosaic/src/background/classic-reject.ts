import type { PlaneFit } from '../difference/fit-plane.ts'
import type { ImageExtent } from './reject.ts'

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
 * Which overlaps mBgModel of Montage 6.0 uses. Unlike `rejectFits` it may cut images off from all others.
 *
 * @param images by the numbers of the candidates
 * @returns one entry per candidate
 */
export function classicallyUsed(
  candidates: readonly ClassicCandidate[],
  images: readonly ImageExtent[],
): readonly boolean[] {
  const total = images.reduce((sum, { width, height }) => sum + width * height, 0)
  const minPixels = (MIN_AREA_FRACTION * total) / Math.max(1, images.length)
  const isShortFor = ({ fit }: ClassicCandidate, image: ImageExtent | undefined): boolean =>
    image !== undefined &&
    fit.xmax - fit.xmin < MIN_SIDE_FRACTION * image.width &&
    fit.ymax - fit.ymin < MIN_SIDE_FRACTION * image.height
  const isLarge = candidates.map(
    (candidate) =>
      candidate.fit.npixel >= minPixels &&
      !(isShortFor(candidate, images[candidate.plus]) && isShortFor(candidate, images[candidate.minus])),
  )
  const values = candidates.filter((_, index) => isLarge[index]).map(({ fit }) => fit.rms)
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)
  const limit = mean + MAX_RMS_SIGMA * Math.sqrt(variance)
  return candidates.map(({ fit }, index) => isLarge[index] === true && !(fit.rms > limit))
}
