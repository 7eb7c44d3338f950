import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import { cellOverlap, quadArea } from './quad-overlap.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `overlapBlock`: every input pixel with every output pixel that it can touch. */
export function plainOverlapBlock(whole: () => WholeMemory): PixelKernels['overlapBlock'] {
  return (
    valueAt,
    weightAt,
    cols,
    rows,
    cornersXAt,
    cornersYAt,
    maxExtent,
    isFlux,
    windowCol,
    windowRow,
    windowWidth,
    windowHeight,
    sumsAt,
    sumsStride,
  ) => {
    const { f64 } = whole()
    const window = { windowCol, windowRow, windowWidth, windowHeight, sums: sumsAt / 8, sumsStride }
    const x = new Float64Array(4)
    const y = new Float64Array(4)
    let skipped = 0
    for (let k = 0; k < cols * rows; k++) {
      const value = f64[valueAt / 8 + k]!
      const weight = weightAt === 0 ? 1 : f64[weightAt / 8 + k]!
      const corner = Math.floor(k / cols) * (cols + 1) + (k % cols)
      for (const [i, step] of [0, 1, cols + 2, cols + 1].entries()) {
        x[i] = f64[cornersXAt / 8 + corner + step]!
        y[i] = f64[cornersYAt / 8 + corner + step]!
      }
      if (isUsable(value, weight) && !addQuad(f64, x, y, value, weight, maxExtent, isFlux, window)) skipped++
    }
    return skipped
  }
}

/** Plain twin of `overlapDrops`. */
export function plainOverlapDrops(whole: () => WholeMemory): PixelKernels['overlapDrops'] {
  return (
    valueAt,
    weightAt,
    count,
    cornersAt,
    maxExtent,
    isFlux,
    windowCol,
    windowRow,
    windowWidth,
    windowHeight,
    sumsAt,
    sumsStride,
  ) => {
    const { f64 } = whole()
    const window = { windowCol, windowRow, windowWidth, windowHeight, sums: sumsAt / 8, sumsStride }
    const x = new Float64Array(4)
    const y = new Float64Array(4)
    let skipped = 0
    for (let k = 0; k < count; k++) {
      const value = f64[valueAt / 8 + k]!
      const weight = weightAt === 0 ? 1 : f64[weightAt / 8 + k]!
      for (let i = 0; i < 4; i++) {
        x[i] = f64[cornersAt / 8 + 2 * i * count + k]!
        y[i] = f64[cornersAt / 8 + (2 * i + 1) * count + k]!
      }
      if (isUsable(value, weight) && !addQuad(f64, x, y, value, weight, maxExtent, isFlux, window)) skipped++
    }
    return skipped
  }
}

/** The part of the output that takes sums; `sums` is an index of float64. */
interface SumsWindow {
  readonly windowCol: number
  readonly windowRow: number
  readonly windowWidth: number
  readonly windowHeight: number
  readonly sums: number
  readonly sumsStride: number
}

function isUsable(value: number, weight: number): boolean {
  return Number.isFinite(value) && weight > 0 && weight < Infinity
}

/** Adds one quadrilateral to the sums; false when it cannot be used. */
function addQuad(
  f64: Float64Array,
  x: Float64Array,
  y: Float64Array,
  value: number,
  weight: number,
  maxExtent: number,
  isFlux: number,
  window: SumsWindow,
): boolean {
  const lowX = Math.min(x[0]!, x[1]!, x[2]!, x[3]!)
  const highX = Math.max(x[0]!, x[1]!, x[2]!, x[3]!)
  const lowY = Math.min(y[0]!, y[1]!, y[2]!, y[3]!)
  const highY = Math.max(y[0]!, y[1]!, y[2]!, y[3]!)
  const area = quadArea(x, y)
  if (area === 0 || highX - lowX > maxExtent || highY - lowY > maxExtent) return false
  const density = isFlux === 0 ? value : value / Math.abs(area)
  const { windowCol, windowRow, windowWidth, windowHeight, sums, sumsStride } = window
  const endCol = Math.min(windowCol + windowWidth, Math.ceil(highX))
  const endRow = Math.min(windowRow + windowHeight, Math.ceil(highY))
  for (let row = Math.max(windowRow, Math.floor(lowY)); row < endRow; row++) {
    for (let col = Math.max(windowCol, Math.floor(lowX)); col < endCol; col++) {
      const overlap = weight * Math.sign(area) * cellOverlap(x, y, col, row)
      const at = sums + 2 * ((row - windowRow) * sumsStride + col - windowCol)
      f64[at] = f64[at]! + density * overlap
      f64[at + 1] = f64[at + 1]! + overlap
    }
  }
  return true
}
