import { healpixResolutionDeg } from '@skyloom/wcs'
import { ALLSKY_ORDER, MAX_HIPS_ORDER, TILE_PIXEL_ORDER } from './tile.ts'

/** Side of the pixels of an order of tiles in degrees: the square root of their area. */
export function hipsPixelScaleDeg(order: number): number {
  return healpixResolutionDeg(order + TILE_PIXEL_ORDER)
}

/** Pixels a little larger than those of the images lose nothing; the next order would take four times the space. */
const LARGEST_STEP = 1.05

/** The first order of tiles, 3 or more, whose pixels are not larger than these by more than a twentieth. */
export function hipsOrderFor(pixelScaleDeg: number): number {
  for (let order = ALLSKY_ORDER; order < MAX_HIPS_ORDER; order++) {
    if (hipsPixelScaleDeg(order) <= LARGEST_STEP * pixelScaleDeg) return order
  }
  return MAX_HIPS_ORDER
}
