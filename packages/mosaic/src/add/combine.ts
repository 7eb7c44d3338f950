/**
 * How the values of overlapping images become one: mean weighted by area, mean weighted by the images' weights too, median, mean without
 * outliers, least, greatest, sum, or the number of images.
 */
export const COMBINE_METHODS = [
  'mean',
  'weighted',
  'median',
  'clipped',
  'min',
  'max',
  'sum',
  'count',
] as const

/** One of {@link COMBINE_METHODS}. */
export type CombineMethod = (typeof COMBINE_METHODS)[number]

/** Methods for which values and coverages are all that counts. */
export type PlainCombineMethod = 'mean' | 'median' | 'count'

/** Planes that can be made beside the mosaic and its area: what is known of each of its pixels. */
export const EXTRA_PLANES = ['variance', 'weight', 'count', 'context'] as const

/** One of {@link EXTRA_PLANES}. */
export type ExtraPlane = (typeof EXTRA_PLANES)[number]

/** Images whose part in a pixel one context plane tells, a bit each. */
export const CONTEXT_BITS = 32

/** How outliers are told from noise and from the slopes of stars. */
export interface ClipSettings {
  /** Values may differ from the median by so many standard deviations of their own noise, ... */
  readonly sigma: number
  /** ... and in addition by this part of the range of the medians of the nine pixels around. */
  readonly range: number
}
