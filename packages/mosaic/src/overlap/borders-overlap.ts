import type { FitsPixel, SkyPosition } from '@skyloom/wcs'

/** An image with the way to the sky and back. */
export interface MappedImage {
  readonly width: number
  readonly height: number
  /** Position of a pixel; undefined where there is no sky. */
  readonly toSky: (fitsX: number, fitsY: number) => SkyPosition | undefined
  /** Pixel of a position; undefined when the projection does not show it. */
  readonly toPixel: (lonDeg: number, latDeg: number) => FitsPixel | undefined
}

/** A border point counts for an image when it lies no farther than half a pixel outside (mOverlaps). */
const MARGIN_PIXELS = 0.5

/**
 * True when a point of the border of one image, taken at every pixel, lies in the other, in either direction. Unlike a test of polygons
 * this follows borders that are no great circles.
 */
export function bordersOverlap(first: MappedImage, second: MappedImage): boolean {
  return touches(first, second) || touches(second, first)
}

function touches(from: MappedImage, to: MappedImage): boolean {
  const right = from.width + 0.5
  const top = from.height + 0.5
  const isInside = (fitsX: number, fitsY: number): boolean => {
    const sky = from.toSky(fitsX, fitsY)
    const pixel = sky === undefined ? undefined : to.toPixel(sky.lonDeg, sky.latDeg)
    return (
      pixel !== undefined &&
      pixel.fitsX >= 0.5 - MARGIN_PIXELS &&
      pixel.fitsX <= to.width + 0.5 + MARGIN_PIXELS &&
      pixel.fitsY >= 0.5 - MARGIN_PIXELS &&
      pixel.fitsY <= to.height + 0.5 + MARGIN_PIXELS
    )
  }
  for (let i = 0; i <= from.width; i++) if (isInside(i + 0.5, 0.5) || isInside(i + 0.5, top)) return true
  for (let j = 0; j <= from.height; j++) if (isInside(0.5, j + 0.5) || isInside(right, j + 0.5)) return true
  return false
}
