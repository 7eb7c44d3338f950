import type { PixelMap } from '@skyloom/wcs'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'

/** Size of an image in pixels. */
interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Pixels of a template that the classic programs fill from an image; undefined when the two have no place in common.
 *
 * They follow the border of the image in steps of a pixel, and that of the template where it lies on the image. From the extremes of the
 * points that lie on the template, in FITS coordinates, the first column is trunc(least - 1) and the number of columns
 * trunc(most - least + 2), rows likewise. This may leave out the last column or row when less than half of it is covered.
 *
 * @param toTemplate exact map of corner coordinates; `toImage` is its inverse
 */
export function classicWindow(
  image: Size,
  template: Size,
  toTemplate: PixelMap,
  toImage: PixelMap,
): Region | undefined {
  const extent = classicExtent(image, template, toTemplate, toImage)
  if (extent === undefined) return undefined
  const [col, width] = classicRange(extent.left, extent.right)
  const [row, height] = classicRange(extent.bottom, extent.top)
  const whole = { col: 0, row: 0, width: template.width, height: template.height }
  const window = intersectRegions(whole, { col, row, width, height })
  return isEmptyRegion(window) ? undefined : window
}

/** Corner coordinates that an image spans on a template. */
export interface ClassicExtent {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** The extremes that {@link classicWindow} goes by; undefined when the two have no place in common. */
export function classicExtent(
  image: Size,
  template: Size,
  toTemplate: PixelMap,
  toImage: PixelMap,
): ClassicExtent | undefined {
  const own = borderPoints(image)
  const count = own.x.length
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  toTemplate(own.x, own.y, x, y, count)
  const edge = borderPoints(template)
  const edgeX = new Float64Array(edge.x.length)
  const edgeY = new Float64Array(edge.x.length)
  toImage(edge.x, edge.y, edgeX, edgeY, edgeX.length)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  const include = (px: number, py: number): void => {
    left = Math.min(left, px)
    right = Math.max(right, px)
    bottom = Math.min(bottom, py)
    top = Math.max(top, py)
  }
  for (let k = 0; k < count; k++) if (isInside(x[k]!, y[k]!, template)) include(x[k]!, y[k]!)
  for (let k = 0; k < edgeX.length; k++)
    if (isInside(edgeX[k]!, edgeY[k]!, image)) include(edge.x[k]!, edge.y[k]!)
  return left <= right ? { left, right, bottom, top } : undefined
}

/** FITS coordinates are corner coordinates and this. */
const CORNER_TO_FITS = 0.5

/** First pixel and number of pixels for corner coordinates from `low` to `high`. */
function classicRange(low: number, high: number): readonly [first: number, count: number] {
  return [Math.max(0, Math.trunc(low + CORNER_TO_FITS - 1)), Math.trunc(high - low + 2)]
}

function isInside(x: number, y: number, { width, height }: Size): boolean {
  return x >= 0 && x <= width && y >= 0 && y <= height
}

/** Corner coordinates along the border, once around, a pixel apart. */
function borderPoints({ width, height }: Size): { readonly x: Float64Array; readonly y: Float64Array } {
  const count = 2 * (width + height)
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    const half = k < width + height ? k : k - width - height
    const [px, py] = half < width ? [half, 0] : [width, half - width]
    x[k] = k === half ? px : width - px
    y[k] = k === half ? py : height - py
  }
  return { x, y }
}
