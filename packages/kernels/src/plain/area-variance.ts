import { MIN_COVERAGE } from '../pixels/area-limits.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { cellOverlap, quadArea } from './quad-overlap.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `areaVarianceTile`. */
export function plainAreaVarianceTile(whole: () => WholeMemory): PixelKernels['areaVarianceTile'] {
  return (
    varianceAt,
    windowCol,
    windowRow,
    windowWidth,
    windowHeight,
    imageStride,
    cornersXAt,
    cornersYAt,
    tileWidth,
    tileHeight,
    drop,
    outAt,
    outStride,
  ) => {
    const { f32, f64 } = whole()
    const x = new Float64Array(4)
    const y = new Float64Array(4)
    // Footprints have side 1 in these coordinates, so that the overlap with a unit square serves.
    const inset = (1 - drop) / 2
    const scaledX = new Float64Array(4)
    const scaledY = new Float64Array(4)
    const overlapWith = (col: number, row: number): number => {
      for (let k = 0; k < 4; k++) {
        corner(scaledX, scaledY, k, (x[k]! - col - inset) / drop, (y[k]! - row - inset) / drop)
      }
      return Math.abs(cellOverlap(scaledX, scaledY, 0, 0)) * drop * drop
    }
    for (let row = 0; row < tileHeight; row++) {
      for (let col = 0; col < tileWidth; col++) {
        for (const [k, step] of [0, 1, tileWidth + 2, tileWidth + 1].entries()) {
          const at = row * (tileWidth + 1) + col + step
          corner(x, y, k, f64[cornersXAt / 8 + at]!, f64[cornersYAt / 8 + at]!)
        }
        const area = Math.abs(quadArea(x, y))
        let overlaps = 0
        let squares = 0
        const endRow = Math.min(windowRow + windowHeight, Math.ceil(Math.max(...y)))
        const endCol = Math.min(windowCol + windowWidth, Math.ceil(Math.max(...x)))
        for (let r = Math.max(windowRow, Math.floor(Math.min(...y))); r < endRow && area > 0; r++) {
          for (let c = Math.max(windowCol, Math.floor(Math.min(...x))); c < endCol; c++) {
            const variance = f32[varianceAt / 4 + (r - windowRow) * imageStride + c - windowCol]!
            if (!(variance < Infinity)) continue
            const overlap = overlapWith(c, r)
            overlaps += overlap
            squares += overlap * overlap * variance
          }
        }
        const isBlank = area === 0 || !(overlaps >= area * MIN_COVERAGE)
        f32[outAt / 4 + row * outStride + col] = isBlank ? Number.NaN : squares / (overlaps * overlaps)
      }
    }
  }
}

function corner(x: Float64Array, y: Float64Array, k: number, placeX: number, placeY: number): void {
  x[k] = placeX
  y[k] = placeY
}
