/** In Montage 6.0 corners lie this far on the low sides: one pixel beyond the edge of the first pixel. */
const LOW_CORNER = -0.5

/** A corner in FITS pixels: x, then y. */
export type PixelCorner = readonly [x: number, y: number]

/** Corners of an image where Montage 6.0 has them: lower left, lower right, upper right, upper left. */
export function classicCorners(
  width: number,
  height: number,
): readonly [PixelCorner, PixelCorner, PixelCorner, PixelCorner] {
  const [right, top] = [width + 0.5, height + 0.5]
  return [
    [LOW_CORNER, LOW_CORNER],
    [right, LOW_CORNER],
    [right, top],
    [LOW_CORNER, top],
  ]
}
