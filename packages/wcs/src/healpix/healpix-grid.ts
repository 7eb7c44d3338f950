import { WcsError } from '../errors.ts'

/**
 * HEALPix, the hierarchical equal-area isolatitude pixelisation of the sphere: twelve base faces, each divided into
 * nside x nside cells, nside = 2^order.
 *
 * Source: Gorski et al. 2005, ApJ 622, 759; Calabretta & Roukema 2007, MNRAS 381, 865.
 */
export type HealpixScheme = 'nested' | 'ring'

/** Finest order: an index then takes 62 bits; a cell is 0.4 milliarcsec wide. */
export const MAX_HEALPIX_ORDER = 29

/** Finest order whose indices (and unique identifiers) are exact as `number`; beyond it they are `bigint`. */
export const MAX_NUMBER_ORDER = 24

/** Faces of the coarsest grid. */
export const FACE_COUNT = 12

/**
 * The order, checked.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` unless it is a whole number from 0 to `maxOrder`
 */
export function checkedOrder(order: number, maxOrder: number = MAX_HEALPIX_ORDER): number {
  if (Number.isInteger(order) && order >= 0 && order <= maxOrder) return order
  throw new WcsError('WCS_BAD_HEALPIX', 'no such order of HEALPix', {
    found: String(order),
    allowed: `a whole number from 0 to ${maxOrder}`,
    ...(order > maxOrder && order <= MAX_HEALPIX_ORDER ? { remedy: 'use cells and bigint indices' } : {}),
  })
}

/** Cells along the side of a base face: 2^order. */
export function healpixNside(order: number): number {
  return 2 ** checkedOrder(order)
}

/**
 * Order of an nside.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` unless nside is a power of 2 up to 2^29
 */
export function healpixOrder(nside: number): number {
  const order = Math.log2(nside)
  if (Number.isInteger(order) && order >= 0 && order <= MAX_HEALPIX_ORDER) return order
  throw new WcsError('WCS_BAD_HEALPIX', 'no such nside of hierarchical HEALPix', {
    found: String(nside),
    allowed: 'a power of 2 from 1 to 536870912',
  })
}

/** Cells on the whole sky, 12 x 4^order: exact as a number for every order. */
export function healpixCellCount(order: number): number {
  return FACE_COUNT * 4 ** checkedOrder(order)
}

/** Solid angle of a cell in steradians. */
export function healpixCellAreaSr(order: number): number {
  return (4 * Math.PI) / healpixCellCount(order)
}

/** Square root of the area of a cell in degrees: 58.6 at order 0, half of it with each order. */
export function healpixResolutionDeg(order: number): number {
  return (Math.sqrt(healpixCellAreaSr(order)) * 180) / Math.PI
}

/** The coarsest order whose resolution is at least as fine as asked, at most 29. */
export function healpixOrderForResolution(resolutionDeg: number): number {
  for (let order = 0; order < MAX_HEALPIX_ORDER; order++) {
    if (healpixResolutionDeg(order) <= resolutionDeg) return order
  }
  return MAX_HEALPIX_ORDER
}
