import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { WholeMemory } from './whole-memory.ts'

/** Plain twin of `cornersFromGrid`. */
export function plainCornersFromGrid(whole: () => WholeMemory): PixelKernels['cornersFromGrid'] {
  return (
    gridXAt,
    gridYAt,
    nodeCols,
    nodeRows,
    originCol,
    originRow,
    step,
    tileCol,
    tileRow,
    tileWidth,
    tileHeight,
    cornersXAt,
    cornersYAt,
  ) => {
    const startCol = tileCol - originCol
    const startRow = tileRow - originRow
    const reachesBeyond =
      nodeCols < 4 ||
      nodeRows < 4 ||
      startCol < step ||
      startRow < step ||
      startCol + tileWidth > (nodeCols - 2) * step ||
      startRow + tileHeight > (nodeRows - 2) * step
    if (reachesBeyond) return 1
    const { f64 } = whole()
    const pitch = tileWidth + 1
    for (const [gridAt, cornersAt] of [
      [gridXAt, cornersXAt],
      [gridYAt, cornersYAt],
    ] as const) {
      const grid = gridAt / 8
      let out = cornersAt / 8
      for (let row = startRow; row <= startRow + tileHeight; row++) {
        const cellRow = cellOf(row, step, nodeRows)
        const top = grid + (cellRow - 1) * nodeCols
        const u = (row - cellRow * step) / step
        for (let k = 0; k < pitch; k++) {
          const col = startCol + k
          const cellCol = cellOf(col, step, nodeCols)
          const node = top + cellCol - 1
          const v0 = interpolateColumn(f64, node, nodeCols, u)
          const v1 = interpolateColumn(f64, node + 1, nodeCols, u)
          const v2 = interpolateColumn(f64, node + 2, nodeCols, u)
          const v3 = interpolateColumn(f64, node + 3, nodeCols, u)
          f64[out++] = cubic(v0, v1, v2, v3, (col - cellCol * step) / step)
        }
      }
    }
    return 0
  }
}

/** First inner node of the cell that holds a position; the last inner node belongs to the cell before it. */
function cellOf(position: number, step: number, nodeCount: number): number {
  return Math.min(Math.floor(position / step), nodeCount - 3)
}

/** Lagrange weights of four nodes at -1, 0, 1, 2 for a position u in [0, 1]. */
function interpolateColumn(f64: Float64Array, node: number, pitch: number, u: number): number {
  const w0 = (-u * (u - 1) * (u - 2)) / 6
  const w1 = ((u + 1) * (u - 1) * (u - 2)) / 2
  const w2 = (-(u + 1) * u * (u - 2)) / 2
  const w3 = ((u + 1) * u * (u - 1)) / 6
  return w0 * f64[node]! + w1 * f64[node + pitch]! + w2 * f64[node + 2 * pitch]! + w3 * f64[node + 3 * pitch]!
}

/** The cubic through v0 to v3 at -1, 0, 1, 2, as a polynomial. */
function cubic(v0: number, v1: number, v2: number, v3: number, t: number): number {
  const c1 = v2 - v0 / 3 - v1 / 2 - v3 / 6
  const c2 = (v0 + v2) / 2 - v1
  const c3 = (v3 - v0) / 6 + (v1 - v2) / 2
  return v1 + t * (c1 + t * (c2 + t * c3))
}
