// Limits of exact-area reprojection, the same as in src/pixels/area-limits.ts.

export const MAX_CORNER: f64 = 1073741824.0
export const MIN_COVERAGE: f64 = 1e-9
export const MIN_SHAPE: f64 = 1e-10
/** Difference between overlapped area and quadrilateral area that is rounding: relative part, and per pixel of extent. */
export const FULL_RTOL: f64 = 1e-10
export const FULL_PER_EXTENT: f64 = 1e-12
/** Product of a turn and its partner, in units of their sum squared: below this a pair of edges crosses. */
export const MIN_FOLD: f64 = -1e-6
