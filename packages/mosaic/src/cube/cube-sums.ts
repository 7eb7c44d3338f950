import type { PixelMap } from '@skyloom/wcs'
import { dropOutside } from '../project/block-corners.ts'
import { BLOCK_SIDE, oddExtent } from '../project/overlap-bench.ts'
import { overlapsOnSphere, type SpherePixels } from '../project/sphere-cells.ts'
import type { Region } from '../region.ts'

/** Pixels of a region in several planes of a cube. */
export interface CubePart {
  /** Plane after plane, each row-major; NaN without data. */
  readonly values: Float64Array
  /** Of one plane, for all; undefined: all weights are 1. */
  readonly weights: Float64Array | undefined
}

/** A cube whose pixels are spread over the pixels of the output. */
export interface CubeImage {
  readonly width: number
  readonly height: number
  /** Pixels of a region in planes `plane` to `plane + count - 1`. */
  read(region: Region, plane: number, count: number): Promise<CubePart>
}

/** How pixels are spread. */
export interface CubeOverlapOptions {
  /** Exact map from corner coordinates of the image to those of the output. */
  readonly toOutput: PixelMap
  readonly pixels: SpherePixels
  /** Side of the footprint of a pixel, in pixels. */
  readonly drop: number
  readonly isFlux: boolean
  /** Areas with the losses of the classic mProject instead of the true ones. */
  readonly isClassic: boolean
  /** Leave out pixels with a corner beyond an output of this size. */
  readonly within: { readonly width: number; readonly height: number } | undefined
  /** Pixels of the output in the side of a pixel of the image, about. */
  readonly pixelRatio: number
}

/** Sums of some planes over a region of the output. */
export interface CubeSums {
  /** Value times weight times area of each plane, and weight times area of the pixels with data. */
  readonly values: readonly Float64Array[]
  readonly areas: readonly Float64Array[]
  /** Weight times area of all pixels, with or without data. */
  readonly coverage: Float64Array
  /** Largest weight that was met. */
  readonly largestWeight: number
}

/**
 * Spreads some planes of a cube over a region of the output by the area of overlap on the sphere. Each overlap is computed once and applied
 * to all planes.
 *
 * Memory: two numbers for each plane and pixel of the region, and one block of the planes.
 */
export async function cubeSums(
  cube: CubeImage,
  region: Region,
  firstPlane: number,
  planeCount: number,
  options: CubeOverlapOptions,
): Promise<CubeSums> {
  const count = region.width * region.height
  const values = Array.from({ length: planeCount }, () => new Float64Array(count))
  const areas = Array.from({ length: planeCount }, () => new Float64Array(count))
  const coverage = new Float64Array(count)
  const rule = {
    drop: options.drop,
    isFlux: options.isFlux,
    maxExtent: oddExtent(options.pixelRatio, options.drop),
    isOddOnly: false,
    isClassic: options.isClassic,
  }
  let largestWeight = 0
  for (const block of blocksOf(cube)) {
    const corners = blockCorners(block, options)
    if (!touches(corners, region)) continue
    const part = await cube.read(block, firstPlane, planeCount)
    const pixels = block.width * block.height
    for (const weight of part.weights ?? [1])
      if (weight > largestWeight && weight < Infinity) largestWeight = weight
    const source = {
      region: block,
      // All pixels: which planes have data there is asked below.
      values: new Float64Array(pixels),
      weights: part.weights,
      corners: (k: number, x: Float64Array, y: Float64Array): void => {
        corners.at(k, x, y)
      },
    }
    overlapsOnSphere(options.pixels, source, rule, region, (k, at, overlap, perValue) => {
      const area = overlap * (part.weights?.[k] ?? 1)
      coverage[at]! += area
      for (let plane = 0; plane < planeCount; plane++) {
        const value = part.values[plane * pixels + k]!
        if (!Number.isFinite(value)) continue
        values[plane]![at]! += value * perValue * area
        areas[plane]![at]! += area
      }
    })
  }
  return { values, areas, coverage, largestWeight }
}

function* blocksOf({ width, height }: CubeImage): Generator<Region, void, undefined> {
  for (let row = 0; row < height; row += BLOCK_SIDE) {
    for (let col = 0; col < width; col += BLOCK_SIDE)
      yield {
        col,
        row,
        width: Math.min(BLOCK_SIDE, width - col),
        height: Math.min(BLOCK_SIDE, height - row),
      }
  }
}

/** Places of the corners of the footprints of a block in the output. */
interface BlockCorners {
  readonly x: Float64Array
  readonly y: Float64Array
  /** The four corners of pixel `k`. */
  at(k: number, x: Float64Array, y: Float64Array): void
}

function blockCorners(block: Region, options: CubeOverlapOptions): BlockCorners {
  const { drop, toOutput, within } = options
  const count = block.width * block.height
  const low = 0.5 - drop / 2
  const high = 0.5 + drop / 2
  const x = new Float64Array(4 * count)
  const y = new Float64Array(4 * count)
  for (let k = 0; k < count; k++) {
    const col = block.col + (k % block.width)
    const row = block.row + Math.floor(k / block.width)
    x.set([col + low, col + high, col + high, col + low], 4 * k)
    y.set([row + low, row + low, row + high, row + high], 4 * k)
  }
  toOutput(x, y, x, y, 4 * count)
  if (within !== undefined) dropOutside(x, y, within)
  return {
    x,
    y,
    at(k, outX, outY) {
      for (let i = 0; i < 4; i++) {
        outX[i] = x[4 * k + i]!
        outY[i] = y[4 * k + i]!
      }
    },
  }
}

/** False when all corners lie to one side of the region. */
function touches({ x, y }: BlockCorners, region: Region): boolean {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let k = 0; k < x.length; k++) {
    if (Number.isNaN(x[k]!) || Number.isNaN(y[k]!)) continue
    left = Math.min(left, x[k]!)
    right = Math.max(right, x[k]!)
    bottom = Math.min(bottom, y[k]!)
    top = Math.max(top, y[k]!)
  }
  // A pixel more on each side, for sides that bulge.
  return (
    right >= region.col - 1 &&
    left <= region.col + region.width + 1 &&
    top >= region.row - 1 &&
    bottom <= region.row + region.height + 1
  )
}
