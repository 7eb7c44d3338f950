import type { PlaneFit } from '../difference/fit-plane.ts'
import { connectedGroups } from './groups.ts'

/** Why a pair does not take part in the background solution. */
export type RejectReason = 'too-few-pixels' | 'too-short' | 'too-noisy'

/** One overlap as the background model sees it: two image indices and the fit of their difference. */
export interface OverlapFit {
  readonly plus: number
  readonly minus: number
  readonly fit: Omit<PlaneFit, 'sums'>
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
 * The rules would also cut off images whose every overlap is doubtful, such as those in a bright nebula, and leave them with the
 * level as observed. Therefore overlaps that alone link two groups are taken back: first the noisy ones, then, for what
 * is still apart, the best of the others.
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
  const reasons = fits.map(
    (overlap, index) => byShape[index] ?? (overlap.fit.rms > limit ? 'too-noisy' : undefined),
  )
  return keepConnected(fits, reasons, images.length)
}

function keepConnected(
  fits: readonly OverlapFit[],
  reasons: readonly (RejectReason | undefined)[],
  imageCount: number,
): readonly (RejectReason | undefined)[] {
  const kept = [...reasons]
  const usedFits = (): readonly OverlapFit[] => fits.filter((_, index) => kept[index] === undefined)
  let groups = connectedGroups(imageCount, usedFits())
  const isLink = (index: number): boolean => groups[fits[index]!.plus] !== groups[fits[index]!.minus]
  for (const index of kept.keys()) if (kept[index] === 'too-noisy' && isLink(index)) kept[index] = undefined
  groups = connectedGroups(imageCount, usedFits())
  const rest = [...kept.keys()]
    .filter((index) => kept[index] !== undefined && isLink(index))
    .sort((a, b) => uncertainty(fits[a]!) - uncertainty(fits[b]!) || a - b)
  for (const index of rest) {
    if (!isLink(index)) continue
    kept[index] = undefined
    groups = connectedGroups(imageCount, usedFits())
  }
  return kept
}

/** How badly an overlap determines a level. */
function uncertainty({ fit }: OverlapFit): number {
  return fit.rms / Math.sqrt(Math.max(1, fit.npixel))
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
