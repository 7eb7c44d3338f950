import { cellFromNested, nestedIndex } from '@skyloom/wcs'
import { faceReferenceDeg, type HpxFrame, hpxHeader } from '../healpix/hpx-header.ts'
import { cellOfPlane, type PlaneCell, planeCellOf } from '../healpix/hpx-plane.ts'
import type { Region } from '../region.ts'
import { type Template, templateFromHeader } from '../template/template.ts'
import { HIPS_TILE_SIDE, type HipsTile, TILE_PIXEL_ORDER } from './tile.ts'

/**
 * A tile with all its descendants `depth` orders below: a square of the HPX plane, in whose pixel grid the tiles of each order lie side by side.
 *
 * Tiles of HiPS are mirrored against the HPX plane: columns run to the north-west, rows (upwards, as in FITS) to the south-west. Viewers such
 * as Aladin Lite 3.8 expect FITS and PNG tiles so.
 */
export interface HipsBranch {
  readonly root: HipsTile
  readonly depth: number
}

/** Pixels along a side of a branch at its deepest order. */
export function branchSide({ depth }: HipsBranch): number {
  return HIPS_TILE_SIDE << depth
}

/** A tile of a branch, and the place of its first pixel in the grid of its order. */
export interface BranchTile {
  readonly tile: HipsTile
  readonly col: number
  readonly row: number
}

/** The tiles of a branch that are `level` orders below its root, row after row from the lower left. */
export function branchTiles({ root }: HipsBranch, level: number): readonly BranchTile[] {
  const origin = planeCellOf(cellFromNested(root.order, root.npix))
  const order = root.order + level
  const count = 2 ** level
  return Array.from({ length: count * count }, (_, index) => {
    const across = index % count
    const up = Math.floor(index / count)
    const cell: PlaneCell = { order, col: origin.col * count + up, row: origin.row * count + across }
    const found = cellOfPlane(cell)
    if (found === undefined) throw new RangeError('a part of a tile lies outside its face')
    return {
      tile: { order, npix: nestedIndex(found) },
      col: across * HIPS_TILE_SIDE,
      row: up * HIPS_TILE_SIDE,
    }
  })
}

/** The pixel grid of one tile. */
export function hipsTileTemplate(tile: HipsTile, frame: HpxFrame): Template {
  const cell = cellFromNested(tile.order, tile.npix)
  const { col, row } = planeCellOf(cell)
  const side = HIPS_TILE_SIDE
  const region: Region = { col: col * side, row: row * side, width: side, height: side }
  const header = hpxHeader(tile.order + TILE_PIXEL_ORDER, region, frame, faceReferenceDeg(cell.face))
  for (const [one, other] of SWAPPED) {
    const value = header.number(one)
    header.setFloat(one, header.number(other)).setFloat(other, value)
  }
  return templateFromHeader(header, `tile ${tile.npix} of order ${tile.order}`)
}

/** What the two pixel axes have each. */
const SWAPPED = [
  ['CRPIX1', 'CRPIX2'],
  ['PC1_1', 'PC1_2'],
  ['PC2_1', 'PC2_2'],
] as const
