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

/**
 * Opposite edges cross where, at two neighbouring corners, turn * (twice the area - turn) is below this fraction of (twice the area)
 * squared. Slightly below 0, so that a triangle (two equal corners) stays in.
 */
export const MIN_FOLD = -1e-6
