import { isEmptyRegion, type Region } from '../region.ts'
import { type OverlapBench, WINDOW_SIDE } from './overlap-bench.ts'

/** Cuts a window of the output into parts that the work array of the kernel holds. */
export function windowParts(window: Region): readonly Region[] {
  if (isEmptyRegion(window)) return []
  if (window.width <= WINDOW_SIDE && window.height <= WINDOW_SIDE) return [window]
  const parts: Region[] = []
  for (let row = 0; row < window.height; row += WINDOW_SIDE) {
    for (let col = 0; col < window.width; col += WINDOW_SIDE) {
      parts.push({
        col: window.col + col,
        row: window.row + row,
        width: Math.min(WINDOW_SIDE, window.width - col),
        height: Math.min(WINDOW_SIDE, window.height - row),
      })
    }
  }
  return parts
}

/** Adds the pixels of a block, as quadrilaterals in the plane, to the sums of one window; gives the number of pixels that it could not use. */
export function addWindow(
  bench: OverlapBench,
  block: Region,
  band: Region,
  window: Region,
  weightAt: number,
): number {
  const { kernels, valueAt, cornersAt, maxExtent, scratchAt } = bench
  const start = 2 * ((window.row - band.row) * band.width + window.col - band.col)
  const sumsAt = bench.sumsAt + 8 * start
  const isFlux = bench.isFlux ? 1 : 0
  if (bench.drop === 1) {
    const cornersYAt = cornersAt + 8 * (block.width + 1) * (block.height + 1)
    return kernels.overlapBlock(
      valueAt,
      weightAt,
      block.width,
      block.height,
      cornersAt,
      cornersYAt,
      maxExtent,
      isFlux,
      window.col,
      window.row,
      window.width,
      window.height,
      sumsAt,
      band.width,
      scratchAt,
    )
  }
  return kernels.overlapDrops(
    valueAt,
    weightAt,
    block.width * block.height,
    bench.dropsAt,
    maxExtent,
    isFlux,
    window.col,
    window.row,
    window.width,
    window.height,
    sumsAt,
    band.width,
    scratchAt,
  )
}
