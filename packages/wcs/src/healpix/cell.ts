import { WcsError } from '../errors.ts'
import type { SkyPosition } from '../sphere/sky-position.ts'
import { wrapDegrees } from '../sphere/vector3.ts'
import { checkedOrder, FACE_COUNT } from './healpix-grid.ts'

const DEG_TO_RAD = Math.PI / 180
const RAD_TO_DEG = 180 / Math.PI
const SQRT6 = Math.sqrt(6)

/**
 * One cell of HEALPix by its place on a base face: exact at every order.
 *
 * Faces 0 to 3 lie around the north pole, 4 to 7 along the equator, 8 to 11 around the south pole. From the southern corner of a face
 * x runs to the north-east and y to the north-west.
 */
export interface HealpixCell {
  readonly order: number
  /** 0 to 11. */
  readonly face: number
  /** 0 to nside - 1. */
  readonly x: number
  /** 0 to nside - 1. */
  readonly y: number
}

/**
 * The cell, checked.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` when order, face, x or y are out of range
 */
export function checkedCell(cell: HealpixCell): HealpixCell {
  const nside = 2 ** checkedOrder(cell.order)
  const isOn = (value: number, end: number): boolean => Number.isInteger(value) && value >= 0 && value < end
  if (isOn(cell.face, FACE_COUNT) && isOn(cell.x, nside) && isOn(cell.y, nside)) return cell
  throw new WcsError('WCS_BAD_HEALPIX', 'no such cell', {
    found: `face ${cell.face}, x ${cell.x}, y ${cell.y}`,
    allowed: `face 0 to 11, x and y 0 to ${nside - 1}`,
  })
}

/** Where {@link locate} leaves face, x and y. */
export type CellPlace = Int32Array

/**
 * Face, x and y of the cell at a position, written to `out`; false when the position is not finite or beyond a pole.
 *
 * Source: Gorski et al. 2005, section 5; the polar caps by half the polar distance, which keeps all digits at the poles.
 */
export function locate(nside: number, lonDeg: number, latDeg: number, out: CellPlace): boolean {
  if (!(latDeg >= -90 && latDeg <= 90)) return false
  const last = nside - 1
  // Quarter turns in [0, 4).
  const turns = lonDeg / 90
  const quarters = turns - 4 * Math.floor(turns / 4)
  if (!(quarters >= 0)) return false
  const z = Math.sin(latDeg * DEG_TO_RAD)
  if (Math.abs(z) <= 2 / 3) {
    const across = nside * (quarters + 0.5)
    const up = nside * z * 0.75
    const fall = Math.floor(across - up)
    const rise = Math.floor(across + up)
    const fallFace = Math.floor(fall / nside)
    const riseFace = Math.floor(rise / nside)
    out[0] =
      fallFace === riseFace ? 4 + (fallFace & 3) : fallFace < riseFace ? fallFace & 3 : 8 + (riseFace & 3)
    out[1] = rise - riseFace * nside
    out[2] = last - (fall - fallFace * nside)
    return true
  }
  const quarter = Math.min(3, Math.floor(quarters))
  const part = quarters - quarter
  // nside sqrt(3 (1 - |z|)), with 1 - |z| = 2 sin^2 of half the polar distance.
  const reach = nside * SQRT6 * Math.sin((90 - Math.abs(latDeg)) * (DEG_TO_RAD / 2))
  const fall = Math.min(last, Math.floor(part * reach))
  const rise = Math.min(last, Math.floor((1 - part) * reach))
  if (z > 0) {
    out[0] = quarter
    out[1] = last - rise
    out[2] = last - fall
  } else {
    out[0] = quarter + 8
    out[1] = fall
    out[2] = rise
  }
  return true
}

/** The cell of an order at a position, or `undefined` when the position is not finite or beyond a pole. */
export function healpixCellAt(order: number, lonDeg: number, latDeg: number): HealpixCell | undefined {
  checkedOrder(order)
  const place = new Int32Array(3)
  if (!locate(2 ** order, lonDeg, latDeg, place)) return undefined
  return { order, face: place[0]!, x: place[1]!, y: place[2]! }
}

/**
 * Position of a point of a face, its coordinates from 0 to 1 along x and y, written to `out` as longitude and latitude in degrees.
 *
 * Source: Calabretta & Roukema 2007, section 2 (equatorial zone |sin lat| <= 2/3 and polar caps).
 */
export function facePoint(face: number, x: number, y: number, out: Float64Array): void {
  const row = face >> 2
  const column = face & 3
  // Distance from the north pole in units of a face's half diagonal, 0 to 4.
  const down = row + 2 - x - y
  // Centre of the face in half quarters: polar faces lie half a quarter east of the equatorial ones.
  const centre = 2 * column + (row === 1 ? 0 : 1)
  if (down >= 1 && down <= 3) {
    out[0] = wrapDegrees(45 * (centre + x - y))
    out[1] = Math.asin(((2 - down) * 2) / 3) * RAD_TO_DEG
    return
  }
  const fromPole = down < 1 ? down : 4 - down
  const shift = fromPole > 0 ? (x - y) / fromPole : 0
  const polarDistance = 2 * Math.asin(Math.min(1, fromPole / SQRT6)) * RAD_TO_DEG
  out[0] = wrapDegrees(45 * (centre + shift))
  out[1] = down < 1 ? 90 - polarDistance : polarDistance - 90
}

/** Centre of a cell. */
export function healpixCellCentre(cell: HealpixCell): SkyPosition {
  const { order, face, x, y } = checkedCell(cell)
  const scale = 2 ** -order
  const out = new Float64Array(2)
  facePoint(face, (x + 0.5) * scale, (y + 0.5) * scale, out)
  return { lonDeg: out[0]!, latDeg: out[1]! }
}

/** Most arcs along a side of a cell. */
export const MAX_ARCS_PER_CELL_SIDE = 4096

/**
 * Positions along the edge of a cell: from its southern corner by the eastern, northern and western ones, counter-clockwise as seen from outside.
 * With `arcsPerSide` 1 (default) these are the four corners. The sides are not great circles: more arcs follow them closer.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for a cell out of range or `arcsPerSide` not in 1 to 4096
 */
export function healpixCellBoundary(cell: HealpixCell, arcsPerSide: number = 1): SkyPosition[] {
  const { order, face, x, y } = checkedCell(cell)
  if (!Number.isInteger(arcsPerSide) || arcsPerSide < 1 || arcsPerSide > MAX_ARCS_PER_CELL_SIDE) {
    throw new WcsError('WCS_BAD_HEALPIX', 'an impossible number of arcs on a side', {
      found: String(arcsPerSide),
      allowed: `a whole number from 1 to ${MAX_ARCS_PER_CELL_SIDE}`,
    })
  }
  const scale = 2 ** -order
  const out = new Float64Array(2)
  const positions: SkyPosition[] = []
  for (let side = 0; side < 4; side++) {
    for (let i = 0; i < arcsPerSide; i++) {
      const part = i / arcsPerSide
      const dx = [part, 1, 1 - part, 0][side]!
      const dy = [0, part, 1, 1 - part][side]!
      facePoint(face, (x + dx) * scale, (y + dy) * scale, out)
      positions.push({ lonDeg: out[0]!, latDeg: out[1]! })
    }
  }
  return positions
}

/** The cell of a coarser order that holds a cell, or a cell itself for its own order. */
export function healpixParent(cell: HealpixCell, order: number): HealpixCell {
  checkedCell(cell)
  checkedOrder(order, cell.order)
  const shift = cell.order - order
  return { order, face: cell.face, x: cell.x >> shift, y: cell.y >> shift }
}
