import {
  angularDistanceDeg,
  type FitsPixel,
  pixelScaleDeg,
  pixelToSky,
  type SkyPosition,
  skyToPixel,
  type Wcs,
} from '@skyloom/wcs'
import { effectiveScale } from '../image-table/image-table.ts'
import type { Region } from '../region.ts'

/** A position whose pixel leads back to another place, farther in pixels, has no pixel. Inexact inverse distortions stay below. */
const ROUND_TRIP_PIXELS = 1

/**
 * The pixel of a position, undefined for one that has none. Positions behind a tangent plane, whose formula gives the pixel of another
 * place, have none.
 *
 * @param position degrees, in the frame of the image
 */
export function facingPixel(wcs: Wcs, position: SkyPosition): FitsPixel | undefined {
  const pixel = skyToPixel(wcs, position.lonDeg, position.latDeg)
  const back = pixel === undefined ? undefined : pixelToSky(wcs, pixel.fitsX, pixel.fitsY)
  if (back === undefined) return undefined
  const allowedDeg = ROUND_TRIP_PIXELS * Math.max(...pixelScaleDeg(wcs))
  return angularDistanceDeg(back, position) > allowedDeg ? undefined : pixel
}

/**
 * The pixels around one by the rule of Montage's mSubimage: from the truncated lower corner one pixel more than the size covers. Width and
 * height change places when the image is turned by about 90 degrees, so that the width is along the longitude.
 *
 * @param sizeDeg degrees along longitude and latitude
 * @returns pixels that may lie off the image
 */
export function classicRegion(
  wcs: Wcs,
  centre: FitsPixel,
  sizeDeg: { readonly width: number; readonly height: number },
): Region {
  const { cdelt1, cdelt2, crota2 } = effectiveScale(wcs)
  const isSideways = Math.abs((crota2 % 180) - 90) < 45
  const halfX = Math.abs((isSideways ? sizeDeg.height : sizeDeg.width) / 2 / cdelt1)
  const halfY = Math.abs((isSideways ? sizeDeg.width : sizeDeg.height) / 2 / cdelt2)
  return {
    col: Math.trunc(centre.fitsX - halfX) - 1,
    row: Math.trunc(centre.fitsY - halfY) - 1,
    width: Math.floor(2 * halfX + 1) + 1,
    height: Math.floor(2 * halfY + 1) + 1,
  }
}

/** A region moved onto an image, by no more than needed; a larger one begins at the first pixel. */
export function shiftOnto(
  region: Region,
  image: { readonly width: number; readonly height: number },
): Region {
  const shifted = (start: number, length: number, size: number): number =>
    Math.max(0, Math.min(start, size - length))
  return {
    ...region,
    col: shifted(region.col, region.width, image.width),
    row: shifted(region.row, region.height, image.height),
  }
}
