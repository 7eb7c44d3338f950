import { footprint, polygonsOverlap, type SkyPolygon, skyPolygon, skyToPixel } from '@skyloom/wcs'
import { fromJ2000, toJ2000 } from '../header/classic-wcs.ts'
import type { HeaderTemplate } from '../header/read-template.ts'
import { isOnImage } from '../image/on-image.ts'
import { pointsAlong } from './points-along.ts'

/** Arcs on each side of a template's outline: enough for any projection at the size of an image. */
const ARCS_PER_SIDE = 16
/** Points along each side of an image that are looked for on a template without outline, as of the whole sky. */
const POINTS_PER_SIDE = 8

/** The test whether an image shares a place with a template; the outline of the template is computed once. */
export function templateTest({ sky, width, height }: HeaderTemplate): (image: SkyPolygon) => boolean {
  const { boundary, polygon } = footprint(sky.wcs, { width, height, arcsPerSide: ARCS_PER_SIDE })
  if (polygon !== undefined) {
    const converter = toJ2000(sky.frame)
    const outline = skyPolygon(boundary.map(({ lonDeg, latDeg }) => converter.convert(lonDeg, latDeg)))
    return (image) => polygonsOverlap(outline, image)
  }
  const converter = fromJ2000(sky.frame)
  return (image) =>
    pointsAlong(image.vertices, POINTS_PER_SIDE).some(({ lonDeg, latDeg }) => {
      const native = converter.convert(lonDeg, latDeg)
      return isOnImage(skyToPixel(sky.wcs, native.lonDeg, native.latDeg), { width, height })
    })
}
