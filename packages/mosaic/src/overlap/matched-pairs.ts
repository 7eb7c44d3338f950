import type { BackgroundMode } from '../background/solve.ts'
import type { Region } from '../region.ts'
import { findOverlaps, type OverlapPair } from './pairs.ts'
import { thinPairs } from './thin-pairs.ts'

/**
 * Pairs of images that are differenced to match backgrounds, by their regions on the template, in the order of (plus, minus): none when
 * backgrounds stay as they are, and no more than a deep stack needs.
 */
export function matchedPairs(regions: readonly Region[], background: BackgroundMode): readonly OverlapPair[] {
  return background === 'none' ? [] : thinPairs(findOverlaps(regions), regions.length)
}
