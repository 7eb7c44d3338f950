import { healpixNeighbours } from '@skyloom/wcs'
import { cellOfPlane, HPX_PLANE_FACES, type PlaneCell, planeCellOf } from './hpx-plane.ts'

/** A plate of the HPX plane: a square part of a face, column and row among the plates from the lower left. */
export interface HpxPlate {
  readonly i: number
  readonly j: number
}

/** A plate that touches another along a side. */
export interface PlateNeighbour {
  readonly plate: HpxPlate
  /** The plates do not lie side by side on one grid: between them the plane has a gap or its seam. */
  readonly isAcrossGap: boolean
}

/** Where SW, NW, NE and SE stand among the neighbours of a cell: those that share a side. */
const SIDES = [0, 2, 4, 6] as const

/**
 * HEALPix order of the plates when each is a cell, undefined otherwise.
 *
 * @param across plates along a side of the plane
 */
export function plateOrder(across: number): number | undefined {
  const order = Math.log2(across / HPX_PLANE_FACES)
  return Number.isInteger(order) && order >= 0 ? order : undefined
}

/**
 * Reference longitude, 0 or 180 degrees, with which no part of a plate is cut: the face on the seam of the plane, at longitude 180, is
 * whole only there.
 */
export function plateReferenceDeg({ i, j }: HpxPlate, across: number): 0 | 180 {
  const onFace = across / HPX_PLANE_FACES
  return i < onFace && j < onFace ? 180 : 0
}

/** The four plates that touch a plate along its sides on the sky. Each plate is a cell of this HEALPix order. */
export function plateNeighbours({ i, j }: HpxPlate, order: number): readonly PlateNeighbour[] {
  const across = HPX_PLANE_FACES * 2 ** order
  const cell = cellOfPlane({ order, col: i, row: j })
  if (cell === undefined) return []
  const around = healpixNeighbours(cell)
  return SIDES.flatMap((side) => {
    const other = around[side]
    if (other === undefined) return []
    const { col, row }: PlaneCell = planeCellOf(other)
    const plate = { i: col, j: row }
    const isBeside = Math.abs(col - i) + Math.abs(row - j) === 1
    const isSameGrid = plateReferenceDeg(plate, across) === plateReferenceDeg({ i, j }, across)
    return [{ plate, isAcrossGap: !(isBeside && isSameGrid) }]
  })
}
