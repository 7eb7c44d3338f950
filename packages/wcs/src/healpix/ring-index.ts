import { checkedCell, type HealpixCell } from './cell.ts'
import { checkedOrder, MAX_NUMBER_ORDER } from './healpix-grid.ts'
import { checkIndex } from './nested-index.ts'

/** Where {@link ringPlace} leaves what it found: ring from the north (1 to 4 nside - 1), place on it from 0, cells on it. */
interface RingPlace {
  readonly ring: number
  readonly place: number
}

/**
 * Ring of a cell, from 1 in the north, and its place on the ring, from 0 at longitude 0 eastwards.
 *
 * Source: Gorski et al. 2005, section 5.3: rings of 4, 8, 12 ... cells in the caps, of 4 nside cells between, every other one shifted by half a cell.
 */
function ringPlaceOf({ order, face, x, y }: HealpixCell): RingPlace {
  const nside = 2 ** order
  const row = face >> 2
  const column = face & 3
  const ring = (row + 2) * nside - x - y - 1
  const half = halfPlaceOf(ring, nside, row, column, x - y)
  const around = 2 * cellsOnRing(ring, nside)
  return { ring, place: ((half + around) % around) >> 1 }
}

/** Twice the place of a cell on its ring, before it is brought into the range: what is left over is the shift of the ring. */
function halfPlaceOf(ring: number, nside: number, row: number, column: number, across: number): number {
  const side = sideOnRing(ring, nside)
  const centre = (2 * column + (row === 1 ? 0 : 1)) * side + across
  // In the caps the first cell of a ring starts at longitude 0; between, the rings of even distance from them are shifted.
  const isShifted = side < nside || (ring - nside) % 2 === 0
  return isShifted ? centre - 1 : centre
}

/** A quarter of the cells of a ring. */
function sideOnRing(ring: number, nside: number): number {
  return Math.min(ring, nside, 4 * nside - ring)
}

function cellsOnRing(ring: number, nside: number): number {
  return 4 * sideOnRing(ring, nside)
}
