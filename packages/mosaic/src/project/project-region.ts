import { pixelMap, type Wcs } from '@skyloom/wcs'
import { intersectRegions, type Region } from '../region.ts'

/** Points along each side of the image at which its border is followed. */
const POINTS_PER_SIDE = 65
/** Pixels added on every side beyond what the curvature of the border asks for. */
const PADDING = 2

/** An image as far as its place on the template is concerned. */
export interface PlacedImage {
  readonly wcs: Wcs
  readonly width: number
  readonly height: number
}

/**
 * Pixels of the template that an image may cover: a rectangle around its border, with room for the border's curvature
 * between the points that were followed. Where the border cannot be followed (it leaves the projection, crosses its
 * seam, or holds a pole) it is the whole template.
 */
export function projectRegion(image: PlacedImage, template: PlacedImage): Region {
  const whole = { col: 0, row: 0, width: template.width, height: template.height }
  const { x, y } = borderCorners(image)
  const mappedX = new Float64Array(x.length)
  const mappedY = new Float64Array(x.length)
  pixelMap(image.wcs, template.wcs)(x, y, mappedX, mappedY, x.length)
  const bend = largestBend(mappedX, mappedY)
  if (bend === undefined || holdsPole(image, template)) return whole
  const pad = PADDING + Math.ceil(bend)
  const col = Math.floor(least(mappedX)) - pad
  const row = Math.floor(least(mappedY)) - pad
  const width = Math.ceil(most(mappedX)) + pad - col
  const height = Math.ceil(most(mappedY)) + pad - row
  return intersectRegions(whole, { col, row, width, height })
}

/** Corner coordinates along the border, anticlockwise, the first point again at the end. */
function borderCorners({ width, height }: PlacedImage): { x: Float64Array; y: Float64Array } {
  const steps = POINTS_PER_SIDE - 1
  const count = 4 * steps + 1
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const side = Math.floor(i / steps) % 4
    const fraction = (i % steps) / steps
    // Along the lower side to the right, up, back along the upper side, down.
    const along = side === 0 ? fraction : side === 1 ? 1 : side === 2 ? 1 - fraction : 0
    const up = side === 0 ? 0 : side === 1 ? fraction : side === 2 ? 1 : 1 - fraction
    x[i] = width * along
    y[i] = height * up
  }
  return { x, y }
}

/** A step of the border this many times longer than the median step is a jump across a seam. */
const JUMP_FACTOR = 20

/**
 * How far the border bends between two points, pixels of the template: the largest distance of a point from the
 * middle of its neighbours, corners of the image left out. Undefined when the border cannot be followed.
 */
function largestBend(x: Float64Array, y: Float64Array): number | undefined {
  const steps = POINTS_PER_SIDE - 1
  const lengths = new Float64Array(x.length - 1)
  for (let i = 1; i < x.length; i++) {
    const length = Math.hypot(x[i]! - x[i - 1]!, y[i]! - y[i - 1]!)
    if (!Number.isFinite(length)) return undefined
    lengths[i - 1] = length
  }
  const median = lengths.toSorted()[lengths.length >> 1]!
  // Sides may differ in length by their ratio of pixels; beyond that a step is a jump.
  const longest = Math.max(1, median) * JUMP_FACTOR * sideRatio(lengths)
  let bend = 0
  for (let i = 1; i < x.length - 1; i++) {
    if (lengths[i - 1]! > longest) return undefined
    if (i % steps === 0) continue
    bend = Math.max(
      bend,
      Math.hypot(x[i]! - (x[i - 1]! + x[i + 1]!) / 2, y[i]! - (y[i - 1]! + y[i + 1]!) / 2),
    )
  }
  return bend
}

function sideRatio(lengths: Float64Array): number {
  const steps = POINTS_PER_SIDE - 1
  const first = lengths[steps >> 1]!
  const second = lengths[steps + (steps >> 1)]!
  const [short, long] = first < second ? [first, second] : [second, first]
  return short > 0 ? long / short : 1
}

/** True when a pole of the template's sphere lies inside the image: then the border does not bound the covered pixels. */
function holdsPole(image: PlacedImage, template: PlacedImage): boolean {
  const isTangent = ['TAN', 'SIN', 'ZEA', 'STG', 'ARC', 'ZPN', 'AIR', 'AZP', 'SZP'].includes(
    template.wcs.projection,
  )
  if (isTangent) return false
  const map = pixelMap(template.wcs, image.wcs)
  const rows = [0.25, template.height - 0.25]
  const x = Float64Array.of(template.width / 2, template.width / 2)
  const mappedX = new Float64Array(2)
  const mappedY = new Float64Array(2)
  map(x, Float64Array.from(rows), mappedX, mappedY, 2)
  return [0, 1].some((i) => {
    const col = mappedX[i]!
    const row = mappedY[i]!
    return col >= 0 && col <= image.width && row >= 0 && row <= image.height
  })
}

function least(values: Float64Array): number {
  let found = Infinity
  for (const value of values) found = Math.min(found, value)
  return found
}

function most(values: Float64Array): number {
  let found = -Infinity
  for (const value of values) found = Math.max(found, value)
  return found
}
