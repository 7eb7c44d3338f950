import { MIN_COVERAGE } from '../pixels/area-limits.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { cellOverlap, quadArea } from './quad-overlap.ts'
import type { WholeMemory } from './whole-memory.ts'

/**
 * Plain twin of `areaTile`: for every output pixel the overlap with each input pixel that its quadrilateral can touch,
 * by Green's theorem over the four edges. No sums are shared, so nothing cancels; it needs no scratch.
 */
export function plainAreaTile(whole: () => WholeMemory): PixelKernels['areaTile'] {
  return (
    imageAt,
    windowCol,
    windowRow,
    windowWidth,
    windowHeight,
    imageStride,
    weightAt,
    cornersXAt,
    cornersYAt,
    tileWidth,
    tileHeight,
    valueAt,
    coverageAt,
    outStride,
  ) => {
    const { f32, f64 } = whole()
    const image = imageAt / 4
    const weights = weightAt / 4
    const x = new Float64Array(4)
    const y = new Float64Array(4)
    const pitch = tileWidth + 1
    for (let row = 0; row < tileHeight; row++) {
      for (let col = 0; col < tileWidth; col++) {
        for (let k = 0; k < 4; k++) {
          const corner = (row + (k >> 1)) * pitch + col + ((k ^ (k >> 1)) & 1)
          x[k] = f64[cornersXAt / 8 + corner]!
          y[k] = f64[cornersYAt / 8 + corner]!
        }
        const area = quadArea(x, y)
        let flux = 0
        let weight = 0
        let isWhole = weightAt === 0
        if (area !== 0) {
          const lowX = Math.min(x[0]!, x[1]!, x[2]!, x[3]!)
          const highX = Math.max(x[0]!, x[1]!, x[2]!, x[3]!)
          const lowY = Math.min(y[0]!, y[1]!, y[2]!, y[3]!)
          const highY = Math.max(y[0]!, y[1]!, y[2]!, y[3]!)
          const firstCol = Math.max(windowCol, Math.floor(lowX))
          const endCol = Math.min(windowCol + windowWidth, Math.ceil(highX))
          const firstRow = Math.max(windowRow, Math.floor(lowY))
          const endRow = Math.min(windowRow + windowHeight, Math.ceil(highY))
          isWhole &&= firstCol <= lowX && endCol >= highX && firstRow <= lowY && endRow >= highY
          for (let r = firstRow; r < endRow; r++) {
            for (let c = firstCol; c < endCol; c++) {
              const overlap = cellOverlap(x, y, c, r) / area
              const at = (r - windowRow) * imageStride + c - windowCol
              const value = f32[image + at]!
              const w = weightAt === 0 ? 1 : f32[weights + at]!
              if (Number.isFinite(value) && w > 0 && w < Infinity) {
                flux += value * w * overlap
                weight += w * overlap
              } else if (overlap > MIN_COVERAGE) isWhole = false
            }
          }
        }
        const out = row * outStride + col
        const isBlank = !(weight >= MIN_COVERAGE)
        f32[valueAt / 4 + out] = isBlank ? NaN : flux / weight
        f32[coverageAt / 4 + out] = isBlank ? 0 : isWhole ? 1 : weight
      }
    }
    return 0
  }
}
