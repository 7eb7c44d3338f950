import { WcsError } from '../errors.ts'
import type { SkyPosition } from '../sphere/sky-position.ts'
import { checkedCell, facePoint, type HealpixCell, locate } from './cell.ts'
import { checkedOrder, type HealpixScheme, MAX_NUMBER_ORDER } from './healpix-grid.ts'
import { gatherBits } from './interleave.ts'
import { cellFromNested, checkIndex, nestedFrom, nestedIndex } from './nested-index.ts'
import {
  cellFromRing,
  cellsBefore,
  placeCell,
  placeOnRing,
  ringIndex,
  ringOf,
  ringOfIndex,
} from './ring-index.ts'

/** A grid whose cells have an index as `number`. */
export interface HealpixGrid {
  /** 0 to 24; finer grids have {@link HealpixCell}s and bigint indices. */
  readonly order: number
  readonly scheme: HealpixScheme
}

function checkedGrid(grid: HealpixGrid): HealpixGrid {
  checkedOrder(grid.order, MAX_NUMBER_ORDER)
  // A caller without types may give anything.
  const scheme: string = grid.scheme
  if (scheme === 'nested' || scheme === 'ring') return grid
  throw new WcsError('WCS_BAD_HEALPIX', 'no such scheme of HEALPix', {
    found: scheme,
    allowed: 'nested, ring',
  })
}

/** Index of a cell on the grid of its order. @throws {WcsError} `WCS_BAD_HEALPIX` */
export function healpixIndex(cell: HealpixCell, scheme: HealpixScheme): number {
  return scheme === 'ring' ? ringIndex(cell) : nestedIndex(cell)
}

/** The cell of an index. @throws {WcsError} `WCS_BAD_HEALPIX` when there is none */
export function healpixCell(grid: HealpixGrid, index: number): HealpixCell {
  const { order, scheme } = checkedGrid(grid)
  return scheme === 'ring' ? cellFromRing(order, index) : cellFromNested(order, index)
}

/** Index of the cell at a position, NaN when the position is not finite or beyond a pole. */
export function skyToHealpix(grid: HealpixGrid, lonDeg: number, latDeg: number): number {
  const index = new Float64Array(1)
  skyToHealpixBulk(grid, Float64Array.of(lonDeg), Float64Array.of(latDeg), index)
  return index[0]!
}

/** Position of the centre of a cell. @throws {WcsError} `WCS_BAD_HEALPIX` when there is no such cell */
export function healpixToSky(grid: HealpixGrid, index: number): SkyPosition {
  const { order, face, x, y } = checkedCell(healpixCell(grid, index))
  const out = new Float64Array(2)
  facePoint(face, (x + 0.5) * 2 ** -order, (y + 0.5) * 2 ** -order, out)
  return { lonDeg: out[0]!, latDeg: out[1]! }
}

// The two bulk loops mirror each other (position to place to index, and back) and share their steps: locate, ringOf, nestedFrom; placeCell,
// placeNested, facePoint. The loops themselves stay apart, as a shared one would call a function for every point.

/**
 * Indices of the cells at the first `count` (default all) positions, written to `index`; NaN for a position that is not finite or beyond a pole.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for no such grid, or arrays shorter than `count`
 */
export function skyToHealpixBulk(
  grid: HealpixGrid,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  index: Float64Array,
  count: number = lonDeg.length,
): void {
  const { order, scheme } = checkedGrid(grid)
  checkLengths(count, lonDeg, latDeg, index)
  const nside = 2 ** order
  const faceSize = nside * nside
  const isRing = scheme === 'ring'
  const place = new Int32Array(3)
  for (let i = 0; i < count; i++) {
    if (!locate(nside, lonDeg[i]!, latDeg[i]!, place)) {
      index[i] = Number.NaN
      continue
    }
    const face = place[0]!
    const x = place[1]!
    const y = place[2]!
    if (isRing) {
      const ring = ringOf(nside, face, x, y)
      index[i] = cellsBefore(ring, nside) + placeOnRing(nside, ring, face, x, y)
    } else {
      index[i] = nestedFrom(faceSize, face, x, y)
    }
  }
}

/**
 * Positions of the centres of the first `count` (default all) cells, written to `lonDeg` and `latDeg`.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for no such grid or cell, or arrays shorter than `count`
 */
export function healpixToSkyBulk(
  grid: HealpixGrid,
  index: Float64Array,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  count: number = index.length,
): void {
  const { order, scheme } = checkedGrid(grid)
  checkLengths(count, index, lonDeg, latDeg)
  const nside = 2 ** order
  const faceSize = nside * nside
  const isRing = scheme === 'ring'
  const place = new Int32Array(3)
  const point = new Float64Array(2)
  for (let i = 0; i < count; i++) {
    const value = index[i]!
    if (!(value >= 0 && value < 12 * faceSize && Math.floor(value) === value)) checkIndex(order, value)
    if (isRing) {
      const ring = ringOfIndex(nside, value)
      placeCell(nside, ring, value - cellsBefore(ring, nside), place)
    } else {
      placeNested(faceSize, value, place)
    }
    facePoint(place[0]!, (place[1]! + 0.5) / nside, (place[2]! + 0.5) / nside, point)
    lonDeg[i] = point[0]!
    latDeg[i] = point[1]!
  }
}

/** Face, x and y of a nested index, written to `out`. */
function placeNested(faceSize: number, index: number, out: Int32Array): void {
  const face = Math.floor(index / faceSize)
  const inFace = index - face * faceSize
  const high = Math.floor(inFace / 4294967296)
  const low = inFace - high * 4294967296
  out[0] = face
  out[1] = gatherBits(low) | (gatherBits(high) << 16)
  out[2] = gatherBits(low >>> 1) | (gatherBits(high >>> 1) << 16)
}

/** Index in the ring scheme of a nested index. @throws {WcsError} `WCS_BAD_HEALPIX` when there is no such cell */
export function nestedToRing(order: number, index: number): number {
  return ringIndex(cellFromNested(order, index))
}

/** Index in the nested scheme of a ring index. @throws {WcsError} `WCS_BAD_HEALPIX` when there is no such cell */
export function ringToNested(order: number, index: number): number {
  return nestedIndex(cellFromRing(order, index))
}

function checkLengths(count: number, ...arrays: readonly Float64Array[]): void {
  if (Number.isInteger(count) && count >= 0 && arrays.every((array) => array.length >= count)) return
  throw new WcsError('WCS_BAD_HEALPIX', 'arrays do not hold the cells asked for', {
    found: `lengths ${arrays.map((array) => array.length).join(', ')}, count ${count}`,
    allowed: 'a count from 0 to the length of every array',
  })
}
