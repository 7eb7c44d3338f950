import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'

/** Two images that share template pixels; `plus` comes first in the list of images. */
export interface OverlapPair {
  readonly plus: number
  readonly minus: number
  /** The template pixels inside both images' regions. */
  readonly window: Region
}

/**
 * All pairs of images whose regions on the template share pixels, in the order of (plus, minus).
 *
 * A sweep over the rows keeps the work near the number of images plus pairs.
 *
 * @param regions region of each image on the template; an empty one has no pairs
 */
export function findOverlaps(regions: readonly Region[]): readonly OverlapPair[] {
  const order = regions
    .map((_, image) => image)
    .filter((image) => !isEmptyRegion(regions[image]!))
    .sort((a, b) => regions[a]!.row - regions[b]!.row || a - b)
  const pairs: OverlapPair[] = []
  let open: number[] = []
  for (const image of order) {
    const region = regions[image]!
    open = open.filter((other) => regions[other]!.row + regions[other]!.height > region.row)
    for (const other of open) {
      const window = intersectRegions(region, regions[other]!)
      if (isEmptyRegion(window)) continue
      pairs.push({ plus: Math.min(image, other), minus: Math.max(image, other), window })
    }
    open.push(image)
  }
  return pairs.sort((p, q) => p.plus - q.plus || p.minus - q.minus)
}
