import type { PixelMap } from '@skyloom/wcs'
import type { SpherePixels } from './sphere-cells.ts'
import { sphereOverlap } from './sphere-overlap.ts'

/** Pixels along each side of the image at which the plane is compared with the sphere. */
const PROBES = 7

/**
 * How far overlaps in the plane of the output are from those on the sphere, about: the largest of, at some pixels of an image, the
 * distance between the middle of a straight side and that of the great circle through its ends (of the image's pixel and of the output's),
 * in pixels of the output, and the relative change of the output's pixel area from one pixel to the next. Infinity when no probe has a
 * place.
 */
export function planarError(
  size: { readonly width: number; readonly height: number },
  toOutput: PixelMap,
  pixels: SpherePixels,
): number {
  const geometry = sphereOverlap()
  let worst = -1
  for (let j = 0; j < PROBES; j++) {
    for (let i = 0; i < PROBES; i++) {
      const col = ((size.width - 1) * i) / (PROBES - 1)
      const row = ((size.height - 1) * j) / (PROBES - 1)
      const error = errorAt(col, row, toOutput, pixels, geometry)
      if (error > worst) worst = error
    }
  }
  return worst < 0 ? Number.POSITIVE_INFINITY : worst
}

/** The error at one pixel; NaN where it has no place. */
function errorAt(
  col: number,
  row: number,
  toOutput: PixelMap,
  pixels: SpherePixels,
  geometry: ReturnType<typeof sphereOverlap>,
): number {
  const [x, y] = unitSquare(col, row)
  const quad = new Float64Array(12)
  pixels.ofImage(x, y, quad, 4)
  toOutput(x, y, x, y, 4)
  const middleX = (x[0]! + x[1]! + x[2]! + x[3]!) / 4
  const middleY = (y[0]! + y[1]! + y[2]! + y[3]!) / 4
  const cell = cellAt(Math.floor(middleX), Math.floor(middleY), pixels)
  const area = geometry.areaSr(cell)
  const side = Math.sqrt(area)
  const [cellX, cellY] = unitSquare(Math.floor(middleX), Math.floor(middleY))
  const right = geometry.areaSr(cellAt(Math.floor(middleX) + 1, Math.floor(middleY), pixels))
  const above = geometry.areaSr(cellAt(Math.floor(middleX), Math.floor(middleY) + 1, pixels))
  const change = (Math.abs(right - area) + Math.abs(above - area)) / area
  return Math.max(sagitta(x, y, quad, pixels) / side, sagitta(cellX, cellY, cell, pixels) / side, change)
}

/** Corner coordinates around a pixel. */
function unitSquare(col: number, row: number): readonly [Float64Array, Float64Array] {
  return [Float64Array.of(col, col + 1, col + 1, col), Float64Array.of(row, row, row + 1, row + 1)]
}

function cellAt(col: number, row: number, pixels: SpherePixels): Float64Array {
  const vectors = new Float64Array(12)
  const [x, y] = unitSquare(col, row)
  pixels.ofOutput(x, y, vectors, 4)
  return vectors
}

/** Largest angle between the middle of a side in the plane and on the great circle, radian. */
function sagitta(x: Float64Array, y: Float64Array, quad: Float64Array, pixels: SpherePixels): number {
  const middleX = new Float64Array(4)
  const middleY = new Float64Array(4)
  for (let k = 0; k < 4; k++) {
    const next = (k + 1) & 3
    middleX[k] = (x[k]! + x[next]!) / 2
    middleY[k] = (y[k]! + y[next]!) / 2
  }
  const middles = new Float64Array(12)
  pixels.ofOutput(middleX, middleY, middles, 4)
  let largest = 0
  for (let k = 0; k < 4; k++) {
    const next = (k + 1) & 3
    const great = [0, 1, 2].map((i) => quad[3 * k + i]! + quad[3 * next + i]!)
    const norm = Math.hypot(great[0]!, great[1]!, great[2]!)
    const distance = Math.hypot(
      great[0]! / norm - middles[3 * k]!,
      great[1]! / norm - middles[3 * k + 1]!,
      great[2]! / norm - middles[3 * k + 2]!,
    )
    if (!(distance <= largest)) largest = distance
  }
  return largest
}
