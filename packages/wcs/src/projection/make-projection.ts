import { codProjection, coeProjection, cooProjection, copProjection } from './conic.ts'
import { cscProjection, qscProjection, tscProjection } from './cube.ts'
import {
  carProjection,
  ceaProjection,
  cypProjection,
  type LongitudeRange,
  merProjection,
} from './cylindrical.ts'
import { hpxProjection, xphProjection } from './healpix-plane.ts'
import { bonProjection, pcoProjection } from './polyconic.ts'
import type { Projection, ProjectionParameters } from './projection.ts'
import { aitProjection, molProjection, parProjection, sflProjection } from './pseudocylindrical.ts'
import { toaProjection } from './toast.ts'
import {
  arcProjection,
  azpProjection,
  sinProjection,
  stgProjection,
  szpProjection,
  tanProjection,
  zeaProjection,
} from './zenithal.ts'
import { airProjection, zpnProjection } from './zenithal-polynomial.ts'

/** Codes of the spherical projections this package computes. */
export const PROJECTION_CODES = [
  'AZP',
  'SZP',
  'TAN',
  'STG',
  'SIN',
  'ARC',
  'ZPN',
  'ZEA',
  'AIR',
  'CYP',
  'CEA',
  'CAR',
  'MER',
  'SFL',
  'PAR',
  'MOL',
  'AIT',
  'COP',
  'COE',
  'COD',
  'COO',
  'BON',
  'PCO',
  'TSC',
  'CSC',
  'QSC',
  'HPX',
  'XPH',
  'TOA',
] as const

/** Three-letter code of a spherical projection (Paper II, table 13). */
export type ProjectionCode = (typeof PROJECTION_CODES)[number]

/** True for the code of a projection this package computes. */
export function isProjectionCode(code: string): code is ProjectionCode {
  return (PROJECTION_CODES as readonly string[]).includes(code)
}

/**
 * The projection of a code.
 *
 * @param pv PVi_m of the latitude axis by m
 * @param range native longitudes of cylindrical projections
 * @throws {WcsError} `WCS_BAD_PARAMETER` when the projection does not exist with these parameters
 */
export function makeProjection(
  code: ProjectionCode,
  pv: ProjectionParameters,
  range: LongitudeRange,
): Projection {
  switch (code) {
    case 'AZP':
      return azpProjection(pv)
    case 'SZP':
      return szpProjection(pv)
    case 'TAN':
      return tanProjection()
    case 'STG':
      return stgProjection()
    case 'SIN':
      return sinProjection(pv)
    case 'ARC':
      return arcProjection()
    case 'ZEA':
      return zeaProjection()
    case 'CYP':
      return cypProjection(pv, range)
    case 'CEA':
      return ceaProjection(pv, range)
    case 'CAR':
      return carProjection(range)
    case 'MER':
      return merProjection(range)
    case 'SFL':
      return sflProjection()
    case 'PAR':
      return parProjection()
    case 'MOL':
      return molProjection()
    case 'AIT':
      return aitProjection()
    case 'ZPN':
      return zpnProjection(pv)
    case 'AIR':
      return airProjection(pv)
    case 'COP':
      return copProjection(pv)
    case 'COE':
      return coeProjection(pv)
    case 'COD':
      return codProjection(pv)
    case 'COO':
      return cooProjection(pv)
    case 'BON':
      return bonProjection(pv)
    case 'PCO':
      return pcoProjection()
    case 'TSC':
      return tscProjection()
    case 'CSC':
      return cscProjection()
    case 'QSC':
      return qscProjection()
    case 'HPX':
      return hpxProjection(pv)
    case 'XPH':
      return xphProjection()
    case 'TOA':
      return toaProjection(pv)
  }
}
