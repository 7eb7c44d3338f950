import type { PlaneFit } from '../difference/fit-plane.ts'
import { classicReasons, type ImageExtent, type RejectReason } from './classic-reject.ts'
import { connectedGroups } from './groups.ts'

/** One overlap as the background model sees it: two image indices and the fit of their difference. */
export interface OverlapFit {
  readonly plus: number
  readonly minus: number
  readonly fit: Omit<PlaneFit, 'sums'>
}

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
  return keepConnected(fits, classicReasons(fits, images), images.length)
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
