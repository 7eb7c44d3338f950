import {
  createPixelMemory,
  overlapScratchBytes,
  type PixelKernels,
  type PixelMemory,
  pixelKernels,
} from '@skyloom/kernels'
import { approximateMap, type PixelMap } from '@skyloom/wcs'
import type { OverlapImage, OverlapOptions } from './overlap-sums.ts'
import { gridScratchBytes, type ProjectMap } from './tile-corners.ts'

/** Side of a block of input pixels: with its corners and the output under it it stays in cache. */
export const BLOCK_SIDE = 64
/** Side of the largest window of the output that one call of the kernel works on. */
export const WINDOW_SIDE = 256
/** Bytes of a pair of sums. */
export const PAIR_BYTES = 16
/** A quadrilateral this many times wider than a pixel of the image is at the reference point is odd. */
const ODD_FACTOR = 8

/** Width in pixels of the output from which a footprint is odd: not one quadrilateral of the plane. */
export function oddExtent(pixelRatio: number, drop: number): number {
  return ODD_FACTOR * (pixelRatio * drop + 1)
}

/** Memory and maps of one run of `overlapSums`. */
export interface OverlapBench {
  readonly memory: PixelMemory
  readonly kernels: PixelKernels
  /** One map of shared corners, or four of the corners of drops. */
  readonly maps: readonly ProjectMap[]
  readonly isFlux: boolean
  readonly maxExtent: number
  readonly sphere: OverlapOptions['sphere']
  readonly within: OverlapOptions['within']
  readonly drop: number
  readonly sumsAt: number
  readonly valueAt: number
  readonly weightAt: number
  readonly cornersAt: number
  readonly gridAt: number
  /** Eight planes of corners of drops. */
  readonly dropsAt: number
  readonly scratchAt: number
}

/** Takes the memory of one run, for `sumCount` pairs of sums, and makes its maps. */
export function createOverlapBench(
  image: OverlapImage,
  sumCount: number,
  pixelRatio: number,
  options: OverlapOptions,
): OverlapBench {
  const { drop = 1, isFlux = false, boundPx = 1e-6, sphere } = options
  const whole = { col: 0, row: 0, width: image.width, height: image.height }
  const maps = cornerShifts(drop).map(([dx, dy]) => {
    const exact = shifted(options.toOutput, dx, dy)
    return { grid: approximateMap(exact, whole, { boundPx }), exact }
  })
  const gridBytes = Math.max(...maps.map(({ grid }) => gridScratchBytes(grid, BLOCK_SIDE)))
  const blockPixels = BLOCK_SIDE ** 2
  const cornerBytes = 2 * 8 * (BLOCK_SIDE + 1) ** 2
  const scratchBytes = overlapScratchBytes(BLOCK_SIDE, BLOCK_SIDE, WINDOW_SIDE, WINDOW_SIDE)
  const sizes = [PAIR_BYTES * sumCount, 8 * blockPixels, 8 * blockPixels, cornerBytes, gridBytes]
  const all = [...sizes, 64 * blockPixels, scratchBytes]
  const maximumBytes = all.reduce((sum, bytes) => sum + bytes + 64, 0)
  const memory = createPixelMemory({ maximumBytes, shared: false })
  const [sumsAt = 0, valueAt = 0, weightAt = 0, cornersAt = 0, gridAt = 0, dropsAt = 0, scratchAt = 0] =
    all.map((bytes) => memory.alloc(bytes))
  return {
    memory,
    kernels: pixelKernels(memory),
    maps,
    isFlux,
    maxExtent: oddExtent(pixelRatio, drop),
    sphere,
    within: options.within,
    drop,
    sumsAt,
    valueAt,
    weightAt,
    cornersAt,
    gridAt,
    dropsAt,
    scratchAt,
  }
}

/** Shifts from the lower left corner of a pixel to the corners of its footprint; one for footprints that are the pixels. */
function cornerShifts(drop: number): readonly (readonly [number, number])[] {
  if (drop === 1) return [[0, 0]]
  const low = 0.5 - drop / 2
  const high = 0.5 + drop / 2
  return [
    [low, low],
    [high, low],
    [high, high],
    [low, high],
  ]
}

function shifted(exact: PixelMap, dx: number, dy: number): PixelMap {
  if (dx === 0 && dy === 0) return exact
  return (x, y, outX, outY, count) => {
    for (let i = 0; i < count; i++) {
      outX[i] = x[i]! + dx
      outY[i] = y[i]! + dy
    }
    exact(outX, outY, outX, outY, count)
  }
}
