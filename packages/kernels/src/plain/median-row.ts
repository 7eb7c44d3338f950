import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { MEDIAN_ENTRY_BYTES, medianScratchBytes } from '../pixels/records.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `medianRow`: sorts the values of each pixel. Values are float32 after the plane is subtracted. */
export function plainMedianRow(whole: () => WholeMemory): PixelKernels['medianRow'] {
  return (
    entriesAt,
    entryCount,
    firstCol,
    count,
    minArea,
    evenRule,
    valueAt,
    areaAt,
    countsAt,
    _scratchAt,
    scratchBytes,
  ) => {
    if (scratchBytes < medianScratchBytes(entryCount)) return 1
    const { f32, f64, u32, i32 } = whole()
    const stack = new Float32Array(entryCount)
    const threshold = Math.fround(minArea)
    for (let i = 0; i < count; i++) {
      const col = firstCol + i
      let depth = 0
      let areaSum = 0
      for (let k = 0; k < entryCount; k++) {
        const at = entriesAt + k * MEDIAN_ENTRY_BYTES
        const planeCol = i32[at / 4 + 2]!
        if (col < planeCol || col >= i32[at / 4 + 3]!) continue
        const planeAreaAt = u32[at / 4 + 1]!
        const area = planeAreaAt === 0 ? 1 : f32[planeAreaAt / 4 + col - planeCol]!
        const value = f32[u32[at / 4]! / 4 + col - planeCol]! - (f64[at / 8 + 2]! * col + f64[at / 8 + 3]!)
        if (!(area > threshold) || Number.isNaN(value)) continue
        stack[depth++] = value
        areaSum += area
      }
      f32[valueAt / 4 + i] = medianOf(stack.subarray(0, depth).sort(), evenRule)
      f32[areaAt / 4 + i] = areaSum
      if (countsAt !== 0) i32[countsAt / 4 + i] = depth
    }
    return 0
  }
}

function medianOf(sorted: Float32Array, evenRule: number): number {
  const depth = sorted.length
  if (depth === 0) return NaN
  const low = sorted[(depth - 1) >> 1]!
  const high = sorted[depth >> 1]!
  const takesLow = depth % 2 === 1 || evenRule === 1 || (evenRule === 2 && depth === 2)
  return takesLow ? low : 0.5 * (low + high)
}
