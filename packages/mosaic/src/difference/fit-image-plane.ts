import type { PlaneSums } from '@skyloom/kernels'
import type { BackgroundPlane } from '../background/plane.ts'
import type { FloatPlane } from '../float-plane.ts'
import { extentBox } from '../geometry/extent-box.ts'
import { convexHull, type Point, type RotatedBox, smallestBox } from '../geometry/hull.ts'
import { type FitPlaneOptions, fitPlane, fitRounds, type PassRequest, type PlaneFit } from './fit-plane.ts'
import { rowEnds } from './row-ends.ts'

/** How a plane is fitted to an image. */
export interface FitImagePlaneOptions extends FitPlaneOptions {
  /** Pixels along each side that the fit leaves out; default 0. */
  readonly borderPixels?: number
}

/** An image that is read by strips. */
export interface StripedImage {
  readonly width: number
  readonly height: number
  /** Rows of a strip. */
  readonly stripRows: number
  /** Reads some rows; called from the first row to the last, again for each round of the fit. */
  readonly readRows: (row: number, count: number) => Promise<FloatPlane>
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
  const pass = (plane: BackgroundPlane, limit: number): PlaneSums => {
    const sums = noSums(image, crpix)
    addPlaneSums(sums, image, 0, image, crpix, border, { plane, limit })
    return sums
  }
  const points = rowEnds(image.data, image.width, image.height, -crpix.fitsX, -crpix.fitsY)
  return fitPlane(pass, boxAround(points), options)
}

/** As {@link fitImagePlane} for an image of any size, of which a strip is in memory at a time: the same to the bit. */
export async function fitStripedPlane(
  image: StripedImage,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  options: FitImagePlaneOptions = {},
): Promise<PlaneFit | undefined> {
  const border = Math.max(0, options.borderPixels ?? 0)
  const eachStrip = async (work: (strip: FloatPlane, row: number) => void): Promise<void> => {
    for (let row = 0; row < image.height; row += image.stripRows)
      work(await image.readRows(row, Math.min(image.stripRows, image.height - row)), row)
  }
  const points: Point[] = []
  await eachStrip((strip, row) => {
    for (const { x, y } of rowEnds(strip.data, strip.width, strip.height, -crpix.fitsX, 0))
      points.push({ x, y: -crpix.fitsY + (row + y) })
  })
  const rounds = fitRounds(boxAround(points), options)
  let step = rounds.next()
  while (step.done !== true) {
    const request = step.value
    const sums = noSums(image, crpix)
    await eachStrip((strip, row) => addPlaneSums(sums, strip, row, image, crpix, border, request))
    step = rounds.next(sums)
  }
  return step.value
}

type OpenSums = { -readonly [Key in keyof PlaneSums]: PlaneSums[Key] }

function noSums(
  { width, height }: { readonly width: number; readonly height: number },
  crpix: { readonly fitsX: number; readonly fitsY: number },
): OpenSums {
  const centre = { centreX: (width - 1) / 2 - crpix.fitsX, centreY: (height - 1) / 2 - crpix.fitsY }
  const sums = { count: 0, x: 0, y: 0, xx: 0, xy: 0, yy: 0, d: 0, xd: 0, yd: 0, residuals: 0 }
  return { ...centre, ...sums, minX: Infinity, maxX: -Infinity, minY: Infinity, maxY: -Infinity }
}

/** Adds some rows of an image, the first of them `firstRow`, in order: strips give the sums of the whole to the bit. */
function addPlaneSums(
  sums: OpenSums,
  strip: FloatPlane,
  firstRow: number,
  { height }: { readonly height: number },
  crpix: { readonly fitsX: number; readonly fitsY: number },
  border: number,
  { plane, limit }: Pick<PassRequest, 'plane' | 'limit'>,
): void {
  const { width, data } = strip
  const { centreX, centreY } = sums
  let { count, x, y, xx, xy, yy, d, xd, yd, residuals, minX, maxX, minY, maxY } = sums
  const end = Math.min(firstRow + strip.height, height - border)
  for (let row = Math.max(firstRow, border); row < end; row++) {
    const ty = row - crpix.fitsY
    const dy = ty - centreY
    const start = (row - firstRow) * width
    for (let col = border; col < width - border; col++) {
      const value = data[start + col]!
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
  Object.assign(sums, { count, x, y, xx, xy, yy, d, xd, yd, residuals, minX, maxX, minY, maxY })
}

/**
 * Smallest rectangle around the first and last pixels with data of the rows that have at least two. Of equal ones the one along an
 * upright edge, so that the rectangle of a whole image has the angle 90. Angles are in [0, 180); a side of 0 counts as 1.
 */
function boxAround(points: readonly Point[]): RotatedBox {
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
