import { type HealpixCell, nestedIndex, ringIndex } from '@skyloom/wcs'
import { cellOfPlane, HPX_PLANE_FACES } from './hpx-plane.ts'

/** How the pixels of a HEALPix map are numbered. */
export type HealpixOrdering = 'ring' | 'nested'

/** Number of a cell in a map. */
export function mapIndex(cell: HealpixCell, ordering: HealpixOrdering): number {
  return ordering === 'nested' ? nestedIndex(cell) : ringIndex(cell)
}

/**
 * The HEALPix cell at a pixel of the HPX plane whose middle square lies at a reference longitude; both places of the face on the seam hold
 * it.
 *
 * @param quarter reference longitude in quarter turns
 */
export function cellOfTurnedPlane(
  order: number,
  quarter: number,
  col: number,
  row: number,
): HealpixCell | undefined {
  const side = 2 ** order
  const turn = (HPX_PLANE_FACES - 1) * side
  // A quarter turn moves the faces by one square along both axes; four of them are the whole turn.
  const shift = (((quarter % 4) + 4) % 4) * side
  for (const back of [0, turn, -turn]) {
    const cell = cellOfPlane({ order, col: col - shift + back, row: row - shift + back })
    if (cell !== undefined) return cell
  }
  return undefined
}
