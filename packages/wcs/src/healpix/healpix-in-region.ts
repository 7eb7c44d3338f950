import { WcsError } from '../errors.ts'
import type { SkyRegion } from '../sphere/region.ts'
import { boundOf, countCells, lowWordPlace, wordsOf } from './cell-ranges.ts'
import { checkedOrder, MAX_HEALPIX_ORDER, MAX_NUMBER_ORDER } from './healpix-grid.ts'
import { type CellSelection, cellsInRegion } from './region-descent.ts'
import { type HealpixGrid, nestedToRing } from './sky-index.ts'

/** How to choose the cells of a region. */
export interface HealpixRegionOptions {
  /** Default `overlapping`: no place of the region is without a cell. */
  readonly select?: CellSelection
}

/** Most cells of one answer: 256 MiB of indices. A MOC has no such limit. */
export const MAX_REGION_CELLS = 33_554_432

/**
 * Indices of the cells that stand for a circle or polygon, ascending.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for no such grid; `WCS_BAD_REGION` for no such circle; `WCS_TOO_LARGE` for more than
 *   33,554,432 cells or an edge of more than a million
 */
export function healpixInRegion(
  grid: HealpixGrid,
  region: SkyRegion,
  options: HealpixRegionOptions = {},
): Float64Array {
  const { order, scheme } = grid
  checkedOrder(order, MAX_NUMBER_ORDER)
  const ranges = cellsInRegion(region, order, options.select ?? 'overlapping')
  const count = countCells(ranges, order)
  if (count > MAX_REGION_CELLS) {
    throw new WcsError('WCS_TOO_LARGE', `a region of too many cells of order ${order}`, {
      found: String(count),
      allowed: `at most ${MAX_REGION_CELLS}`,
      remedy: 'take a lower order, or a MOC',
    })
  }
  const words = wordsOf(ranges)
  const low = lowWordPlace()
  const scale = 4 ** (order - MAX_HEALPIX_ORDER)
  const cells = new Float64Array(count)
  let at = 0
  for (let i = 0; i < words.length; i += 4) {
    const end = boundOf(words, i + 2, low) * scale
    for (let cell = boundOf(words, i, low) * scale; cell < end; cell++) cells[at++] = cell
  }
  if (scheme === 'nested') return cells
  for (let i = 0; i < count; i++) cells[i] = nestedToRing(order, cells[i]!)
  return cells.sort()
}
