/** An image on a shared grid. */
export interface FeatheredSide {
  /** First column and row of the image on the grid. */
  readonly col: number
  readonly row: number
  readonly width: number
  readonly height: number
}

/**
 * Weight of a pixel of an image that overlaps its neighbours by `overlap` pixels at each side: it falls linearly to the edges, so that
 * the weights of two neighbours add to 1 across their overlap.
 *
 * @param col  column of the grid
 * @returns 0 outside the image
 */
export function featherWeight(side: FeatheredSide, overlap: number, col: number, row: number): number {
  const [x, y] = [col - side.col, row - side.row]
  if (x < 0 || y < 0 || x >= side.width || y >= side.height) return 0
  const ramp = (at: number, length: number): number =>
    overlap <= 0 ? 1 : Math.min(1, (Math.min(at, length - 1 - at) + 0.5) / overlap)
  return ramp(x, side.width) * ramp(y, side.height)
}
