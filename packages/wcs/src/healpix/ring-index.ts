import { checkedCell, type HealpixCell } from './cell.ts'
import { checkedOrder, MAX_NUMBER_ORDER } from './healpix-grid.ts'
import { checkIndex } from './nested-index.ts'

/*
 * Source: Gorski et al. 2005, section 5.3: rings of 4, 8, 12 ... cells in the caps and of 4 nside cells between, every other one of those turned by half
 * a cell. Rings count from 1 in the north to 4 nside - 1, places on a ring from 0 at longitude 0 eastwards. Both stay below 2^32 at
 * every order, so only the sum over the rings before needs more than a number.
 */

/** Quarter of the cells of a ring. */
function quarterOf(ring: number, nside: number): number {
  return Math.min(ring, nside, 4 * nside - ring)
}

/** True when the edge of the first cell lies at longitude 0, false when its centre does. */
function startsAtZero(ring: number, nside: number): boolean {
  return ring < nside || ring > 3 * nside || (ring - nside) % 2 === 0
}

/** Ring of a cell, unchecked. */
export function ringOf(nside: number, face: number, x: number, y: number): number {
  return ((face >> 2) + 2) * nside - x - y - 1
}

/** Place of a cell on its ring, unchecked. */
export function placeOnRing(nside: number, ring: number, face: number, x: number, y: number): number {
  const quarter = quarterOf(ring, nside)
  // Centres lie at odd or even multiples of half a cell from longitude 0.
  const faceCentre = 2 * (face & 3) + ((face & 12) === 4 ? 0 : 1)
  const halves = faceCentre * quarter + x - y - (startsAtZero(ring, nside) ? 1 : 0)
  return (halves < 0 ? halves + 8 * quarter : halves) / 2
}

/** Cells on the rings before a ring, for orders up to 24. */
export function cellsBefore(ring: number, nside: number): number {
  if (ring < nside) return 2 * ring * (ring - 1)
  if (ring <= 3 * nside) return 2 * nside * (nside - 1) + (ring - nside) * 4 * nside
  const fromSouth = 4 * nside - ring
  return 12 * nside * nside - 2 * fromSouth * (fromSouth + 1)
}

function cellsBeforeBig(ring: number, nside: number): bigint {
  const r = BigInt(ring)
  const n = BigInt(nside)
  if (ring < nside) return 2n * r * (r - 1n)
  if (ring <= 3 * nside) return 2n * n * (n - 1n) + (r - n) * 4n * n
  const fromSouth = 4n * n - r
  return 12n * n * n - 2n * fromSouth * (fromSouth + 1n)
}

/** Index of a cell in the ring scheme, for orders up to 24. @throws {WcsError} `WCS_BAD_HEALPIX` */
export function ringIndex(cell: HealpixCell): number {
  checkedOrder(cell.order, MAX_NUMBER_ORDER)
  const { order, face, x, y } = checkedCell(cell)
  const nside = 2 ** order
  const ring = ringOf(nside, face, x, y)
  return cellsBefore(ring, nside) + placeOnRing(nside, ring, face, x, y)
}

/** Index of a cell in the ring scheme, for every order. @throws {WcsError} `WCS_BAD_HEALPIX` */
export function ringIndexBig(cell: HealpixCell): bigint {
  const { order, face, x, y } = checkedCell(cell)
  const nside = 2 ** order
  const ring = ringOf(nside, face, x, y)
  return cellsBeforeBig(ring, nside) + BigInt(placeOnRing(nside, ring, face, x, y))
}

/**
 * The cell of a ring index.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` when the index is not a whole number below the count of cells, or a `number` is given above order 24
 */
export function cellFromRing(order: number, index: number | bigint): HealpixCell {
  checkIndex(order, index)
  const nside = 2 ** order
  const ring = typeof index === 'bigint' ? ringOfIndexBig(nside, index) : ringOfIndex(nside, index)
  const place =
    typeof index === 'bigint' ? Number(index - cellsBeforeBig(ring, nside)) : index - cellsBefore(ring, nside)
  const out = new Int32Array(3)
  placeCell(nside, ring, place, out)
  return { order, face: out[0]!, x: out[1]!, y: out[2]! }
}

/** Ring of an index, for orders up to 24, unchecked. */
export function ringOfIndex(nside: number, index: number): number {
  const cap = 2 * nside * (nside - 1)
  const count = 12 * nside * nside
  if (index < cap) return capRing(index)
  if (index < count - cap) return nside + Math.floor((index - cap) / (4 * nside))
  return 4 * nside - capRing(count - 1 - index)
}

/** The ring r with 2 r (r - 1) <= index < 2 r (r + 1). */
function capRing(index: number): number {
  const ring = Math.floor((1 + Math.sqrt(1 + 2 * index)) / 2)
  // The root is rounded: it may have reached the next ring.
  if (2 * ring * (ring - 1) > index) return ring - 1
  return 2 * ring * (ring + 1) <= index ? ring + 1 : ring
}

function ringOfIndexBig(nside: number, index: bigint): number {
  const n = BigInt(nside)
  const cap = 2n * n * (n - 1n)
  const count = 12n * n * n
  if (index < cap) return capRingBig(index)
  if (index < count - cap) return nside + Number((index - cap) / (4n * n))
  return 4 * nside - capRingBig(count - 1n - index)
}

function capRingBig(index: bigint): number {
  let ring = BigInt(Math.floor((1 + Math.sqrt(1 + 2 * Number(index))) / 2))
  while (2n * ring * (ring - 1n) > index) ring--
  while (2n * ring * (ring + 1n) <= index) ring++
  return Number(ring)
}

/** Face, x and y of a place on a ring, written to `out`, unchecked. */
export function placeCell(nside: number, ring: number, place: number, out: Int32Array): void {
  const halves = 2 * place + (startsAtZero(ring, nside) ? 1 : 0)
  if (ring < nside || ring > 3 * nside) {
    const quarter = quarterOf(ring, nside)
    const column = Math.floor(place / quarter)
    const row = ring < nside ? 0 : 2
    const across = halves - (2 * column + 1) * quarter
    const sum = (row + 2) * nside - ring - 1
    out[0] = 4 * row + column
    out[1] = (sum + across) / 2
    out[2] = (sum - across) / 2
    return
  }
  // As for a position in the equatorial zone: the diagonals that fall and rise to the east.
  const fall = Math.floor((halves + ring - nside) / 2)
  const rise = Math.floor((halves + 3 * nside - ring) / 2)
  const fallFace = Math.floor(fall / nside)
  const riseFace = Math.floor(rise / nside)
  out[0] =
    fallFace === riseFace ? 4 + (fallFace & 3) : fallFace < riseFace ? fallFace & 3 : 8 + (riseFace & 3)
  out[1] = rise - riseFace * nside
  out[2] = nside - 1 - (fall - fallFace * nside)
}
