/**
 * Limits of exact-area reprojection, the same in both implementations.
 */

/** Corners farther out than this many input pixels make a pixel blank: no image reaches there. */
export const MAX_CORNER: number = 2 ** 30

/** Coverage below this is rounding, not light. */
export const MIN_COVERAGE = 1e-9

/**
 * A quadrilateral is degenerate when its area is below this fraction of the product of its diagonals' lengths (|dx| + |dy|): its
 * flux would be a difference of nearly equal numbers.
 */
export const MIN_SHAPE = 1e-10

/** Relative difference of overlapped area and quadrilateral area that is rounding: such a pixel is fully covered. */
export const FULL_COVERAGE_RTOL = 1e-10
