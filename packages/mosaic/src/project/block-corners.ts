import type { PixelMemory } from '@skyloom/kernels'
import type { Region } from '../region.ts'
import type { OverlapBench } from './overlap-bench.ts'
import { loadBand, tileCorners } from './tile-corners.ts'

/** Corners of the footprints of a block: positions of corner k of pixel i. */
export interface BlockCorners {
  readonly x: readonly Float64Array[]
  readonly y: readonly Float64Array[]
  /** Where the corner lies: `base(pixel) + offset[k]`. */
  readonly pitch: number
  readonly width: number
  readonly offsets: readonly number[]
}

/** Maps the corners of a block; of drops they are also brought into the planes that the kernel reads. */
export function blockCorners(bench: OverlapBench, block: Region): BlockCorners {
  const { memory, kernels, maps, cornersAt, gridAt, dropsAt } = bench
  const pitch = block.width + 1
  const cornerCount = pitch * (block.height + 1)
  const shared = bench.drop === 1
  const x: Float64Array[] = []
  const y: Float64Array[] = []
  for (const [index, map] of maps.entries()) {
    const band = loadBand(memory, map, block.row, block.height, gridAt)
    const cornersYAt = tileCorners(memory, kernels, band, block, { cornersAt, gridAt })
    const [mappedX, mappedY] = [memory.f64(cornersAt, cornerCount), memory.f64(cornersYAt, cornerCount)]
    if (bench.within !== undefined) dropOutside(mappedX, mappedY, bench.within)
    if (shared) {
      x.push(mappedX)
      y.push(mappedY)
    } else {
      x.push(toPlane(memory, mappedX, block, dropsAt, 2 * index))
      y.push(toPlane(memory, mappedY, block, dropsAt, 2 * index + 1))
    }
  }
  return shared
    ? { x, y, pitch, width: block.width, offsets: [0, 1, pitch + 1, pitch] }
    : { x, y, pitch: block.width, width: block.width, offsets: [0, 0, 0, 0] }
}

/** Corners that lie on the border of the output but for rounding, in pixels. */
const BORDER_SLACK = 1e-6

/** Takes the place from corners outside an output of this size. */
export function dropOutside(
  x: Float64Array,
  y: Float64Array,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  for (let k = 0; k < x.length; k++) {
    const isX = x[k]! >= -BORDER_SLACK && x[k]! <= width + BORDER_SLACK
    const isY = y[k]! >= -BORDER_SLACK && y[k]! <= height + BORDER_SLACK
    if (!(isX && isY)) x[k] = Number.NaN
  }
}

/** Takes the corners that belong to pixels (all but the last column and row) into a plane. */
function toPlane(
  memory: PixelMemory,
  mapped: Float64Array,
  { width, height }: Region,
  dropsAt: number,
  index: number,
): Float64Array {
  const plane = memory.f64(dropsAt + 8 * index * width * height, width * height)
  for (let row = 0; row < height; row++) {
    const start = row * (width + 1)
    plane.set(mapped.subarray(start, start + width), row * width)
  }
  return plane
}

/** Corners beyond this many output pixels are not on any image. */
const MAX_PLACE = 2 ** 30

/** Whole output pixels around the finite corners; undefined when there are none. */
export function boxOf(corners: BlockCorners): Region | undefined {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const [index, xs] of corners.x.entries()) {
    const ys = corners.y[index]!
    for (let k = 0; k < xs.length; k++) {
      const x = xs[k]!
      const y = ys[k]!
      // NaN fails all comparisons.
      if (x < left && x > -MAX_PLACE) left = x
      if (x > right && x < MAX_PLACE) right = x
      if (y < bottom && y > -MAX_PLACE) bottom = y
      if (y > top && y < MAX_PLACE) top = y
    }
  }
  if (!(left <= right && bottom <= top)) return undefined
  const col = Math.floor(left)
  const row = Math.floor(bottom)
  return { col, row, width: Math.ceil(right) - col + 1, height: Math.ceil(top) - row + 1 }
}
