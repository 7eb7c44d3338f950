import type { ClassicCandidate, ImageExtent } from './classic-reject.ts'

/** An overlap of fewer pixels than this fraction of the mean image area is left out. */
const MIN_AREA_FRACTION = 0.001
/** A fit without an rms is given one of this size. */
const NO_RMS = 1e99

/**
 * Which overlaps mBgModel of Montage of 2026 uses.
 *
 * @returns one entry per candidate
 */
export function usedIn2026(
  candidates: readonly ClassicCandidate[],
  images: readonly ImageExtent[],
): readonly boolean[] {
  const total = images.reduce((sum, { width, height }) => sum + width * height, 0)
  const minPixels = (MIN_AREA_FRACTION * total) / Math.max(1, images.length)
  return candidates.map(({ fit }) => fit.rms < NO_RMS && fit.npixel >= minPixels)
}
