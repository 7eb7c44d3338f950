import {
  frameConverter,
  ICRS,
  positionOf,
  type SkyPosition,
  skyToPixel,
  vectorOf,
  type Wcs,
} from '@skyloom/wcs'
import { intersectRegions, type Region } from '../region.ts'

/** Points along each side of an outline. */
const POINTS_PER_SIDE = 33

/**
 * Pixels of a template that an image with this outline may cover: the rectangle around its sides, which are great circles.
 *
 * @param corners  J2000, in order around the image
 * @param padPixels added on every side
 * @returns within the template, empty when the image lies beside it; the whole template when a side leaves the projection
 */
export function outlineRegion(
  corners: readonly SkyPosition[],
  template: { readonly wcs: Wcs; readonly width: number; readonly height: number },
  padPixels: number,
): Region {
  const whole = { col: 0, row: 0, width: template.width, height: template.height }
  const toTemplate = frameConverter(ICRS, template.wcs.frame)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const point of sidePoints(corners)) {
    const { lonDeg, latDeg } = toTemplate.convert(point.lonDeg, point.latDeg)
    const pixel = skyToPixel(template.wcs, lonDeg, latDeg)
    if (pixel === undefined) return whole
    left = Math.min(left, pixel.fitsX)
    right = Math.max(right, pixel.fitsX)
    bottom = Math.min(bottom, pixel.fitsY)
    top = Math.max(top, pixel.fitsY)
  }
  // Pixel 1 reaches from 0.5 to 1.5.
  const col = Math.floor(left - 0.5) - padPixels
  const row = Math.floor(bottom - 0.5) - padPixels
  const width = Math.ceil(right - 0.5) + padPixels - col
  const height = Math.ceil(top - 0.5) + padPixels - row
  return intersectRegions(whole, { col, row, width, height })
}

function sidePoints(corners: readonly SkyPosition[]): readonly SkyPosition[] {
  const vectors = corners.map(({ lonDeg, latDeg }) => vectorOf(lonDeg, latDeg))
  return vectors.flatMap((from, index) => {
    const to = vectors[(index + 1) % vectors.length] ?? from
    return Array.from({ length: POINTS_PER_SIDE }, (_, step) => {
      const part = step / POINTS_PER_SIDE
      const rest = 1 - part
      return positionOf([
        from[0] * rest + to[0] * part,
        from[1] * rest + to[1] * part,
        from[2] * rest + to[2] * part,
      ])
    })
  })
}
