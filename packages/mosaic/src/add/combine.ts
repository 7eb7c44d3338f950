/** How the values of overlapping images become one: area-weighted mean, median, or the number of images. */
export const COMBINE_METHODS = ['mean', 'median', 'count'] as const

/** One of {@link COMBINE_METHODS}. */
export type CombineMethod = (typeof COMBINE_METHODS)[number]
