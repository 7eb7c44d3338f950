import type { PlaneSums } from '@skyloom/kernels'
import type { BackgroundPlane } from '../background/plane.ts'
import type { FloatPlane } from '../float-plane.ts'
import { extentBox } from '../geometry/extent-box.ts'
import { convexHull, type RotatedBox, smallestBox } from '../geometry/hull.ts'
import { type FitPlaneOptions, fitPlane, type PlaneFit } from './fit-plane.ts'
import { rowEnds } from './row-ends.ts'

/** How a plane is fitted to an image. */
export interface FitImagePlaneOptions extends FitPlaneOptions {
  /** Pixels along each side that the fit leaves out; default 0. */
  readonly borderPixels?: number
}

/**
 * Plane through an image of a difference, by the rule of mFitplane, in float64. Offsets are `col - CRPIX1` and `row - CRPIX2` with `col` and
 * `row` from 0. The rectangle is around all pixels with data, those of the border as well.
 *
 * @returns undefined when fewer than three pixels are left
 */
export function fitImagePlane(
  image: FloatPlane,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  options: FitImagePlaneOptions = {},
): PlaneFit | undefined {
  const border = Math.max(0, options.borderPixels ?? 0)
  const pass = (plane: BackgroundPlane, limit: number): PlaneSums =>
    planeSums(image, crpix, border, plane, limit)
  return fitPlane(pass, boxAround(image, crpix), options)
}

function planeSums(
  { width, height, data }: FloatPlane,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  border: number,
  plane: BackgroundPlane,
  limit: number,
): PlaneSums {
  const centreX = (width - 1) / 2 - crpix.fitsX
  const centreY = (height - 1) / 2 - crpix.fitsY
  let [count, x, y, xx, xy, yy, d, xd, yd, residuals] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  let [minX, maxX, minY, maxY] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let row = border; row < height - border; row++) {
    const ty = row - crpix.fitsY
    const dy = ty - centreY
    for (let col = border; col < width - border; col++) {
      const value = data[row * width + col]!
      const tx = col - crpix.fitsX
      const residual = value - (plane.a * tx + plane.b * ty + plane.c)
      if (!Number.isFinite(value) || !(Math.abs(residual) <= limit)) continue
      const dx = tx - centreX
      count++
      x += dx
      y += dy
      xx += dx * dx
      xy += dx * dy
      yy += dy * dy
      d += value
      xd += dx * value
      yd += dy * value
      residuals += residual * residual
      minX = Math.min(minX, tx)
      maxX = Math.max(maxX, tx)
      minY = Math.min(minY, ty)
      maxY = Math.max(maxY, ty)
    }
  }
  return { count, centreX, centreY, x, y, xx, xy, yy, d, xd, yd, residuals, minX, maxX, minY, maxY }
}

/**
 * Smallest rectangle around the first and last pixels with data of the rows that have at least two. Of equal ones the one along an
 * upright edge, so that the rectangle of a whole image has the angle 90. Angles are in [0, 180); a side of 0 counts as 1.
 */
function boxAround(
  { width, height, data }: FloatPlane,
  crpix: { readonly fitsX: number; readonly fitsY: number },
): RotatedBox {
  const points = rowEnds(data, width, height, -crpix.fitsX, -crpix.fitsY)
  const hull = convexHull(points)
  const box = smallestBox([...hull.slice(1), ...hull.slice(0, 1)]) ?? extentBox(points)
  const angleDeg = ((box.angleDeg % 180) + 180) % 180
  const hasUpright = hull.some((point, index) => point.x === hull[(index + 1) % hull.length]?.x)
  const isLying = angleDeg === 0 && hasUpright && hull.length >= 3
  const [boxWidth, boxHeight] = isLying ? [box.height, box.width] : [box.width, box.height]
  return {
    x: box.x,
    y: box.y,
    angleDeg: isLying ? 90 : angleDeg,
    width: boxWidth > 0 ? boxWidth : 1,
    height: boxHeight > 0 ? boxHeight : 1,
  }
}
