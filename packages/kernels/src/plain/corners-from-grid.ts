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
    for (const [gridAt, cornersAt] of [
      [gridXAt, cornersXAt],
      [gridYAt, cornersYAt],
    ] as const) {
      const grid = gridAt / 8
      let out = cornersAt / 8
      for (let row = startRow; row <= startRow + tileHeight; row++) {
        const cellRow = cellOf(row, step, nodeRows)
        const top = grid + (cellRow - 1) * nodeCols
        const [w0, w1, w2, w3] = lagrangeWeights((row - cellRow * step) / step)
        const column = (node: number): number =>
          w0 * f64[node]! +
          w1 * f64[node + nodeCols]! +
          w2 * f64[node + 2 * nodeCols]! +
          w3 * f64[node + 3 * nodeCols]!
        let cell = -1
        let [c0, c1, c2, c3, next] = [0, 0, 0, 0, 0]
        for (let col = startCol; col <= startCol + tileWidth; col++) {
          if (cellOf(col, step, nodeCols) !== cell) {
            cell = cellOf(col, step, nodeCols)
            const node = top + cell - 1
            const [v0, v1, v2, v3] = [column(node), column(node + 1), column(node + 2), column(node + 3)]
            // The cubic through the four values at -1, 0, 1, 2, as a polynomial.
            next = v2
            c0 = v1
            c1 = v2 - v0 / 3 - v1 / 2 - v3 / 6
            c2 = (v0 + v2) / 2 - v1
            c3 = (v3 - v0) / 6 + (v1 - v2) / 2
          }
          const place = col - cell * step
          const t = place * (1 / step)
          // The last inner node has the value that the cell after it would give, to the last bit.
          f64[out++] = place === step ? next : c0 + t * (c1 + t * (c2 + t * c3))
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
function lagrangeWeights(u: number): readonly [number, number, number, number] {
  return [
    (-u * (u - 1) * (u - 2)) / 6,
    ((u + 1) * (u - 1) * (u - 2)) / 2,
    (-(u + 1) * u * (u - 2)) / 2,
    ((u + 1) * u * (u - 1)) / 6,
  ]
}
