import type { ApproximateMap } from '@skyloom/wcs'

/** How well places were mapped. */
export interface MapAccuracy {
  /** Largest error found, pixels. */
  readonly maxErrorPx: number
  /** Share of the cells of the grid that were evaluated exactly, because the bound fails there or the image ends. */
  readonly exactCellFraction: number
}

/** Accuracy of one map or of several together. */
export function mapAccuracy(grids: readonly ApproximateMap[]): MapAccuracy {
  let [maxErrorPx, exact, cells] = [0, 0, 0]
  for (const grid of grids) {
    maxErrorPx = Math.max(maxErrorPx, grid.maxErrorPx)
    exact += grid.exactCellCount
    cells += grid.exactCells.length
  }
  return { maxErrorPx, exactCellFraction: cells > 0 ? exact / cells : 0 }
}
