import type { FloatPlane } from '../float-plane.ts'
import type { BackgroundPlane } from './plane.ts'

/** An image and its areas after a plane was taken from it. */
export interface CorrectedImage {
  readonly image: FloatPlane
  readonly area: FloatPlane | undefined
}

/**
 * Takes a background plane from an image. Pixels without data or without area become NaN with area 0. Offsets are `col - CRPIX1` and
 * `row - CRPIX2` with `col` and `row` from 0.
 */
export function subtractFromImage(
  image: FloatPlane,
  area: FloatPlane | undefined,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  plane: BackgroundPlane,
): CorrectedImage {
  const { width, height } = image
  const data = new Float64Array(width * height)
  const areas = area === undefined ? undefined : new Float64Array(width * height)
  const { a, b, c } = plane
  for (let row = 0; row < height; row++) {
    const rowLevel = b * (row - crpix.fitsY)
    for (let col = 0; col < width; col++) {
      const at = row * width + col
      const value = image.data[at]!
      const weight = area === undefined ? 1 : area.data[at]!
      const isGood = !Number.isNaN(value) && weight > 0
      data[at] = isGood ? value - (a * (col - crpix.fitsX) + rowLevel + c) : Number.NaN
      if (areas !== undefined) areas[at] = isGood ? weight : 0
    }
  }
  return {
    image: { width, height, data },
    area: areas === undefined ? undefined : { width, height, data: areas },
  }
}
