import { WcsError } from '../errors.ts'
import type { KeywordReader } from './keyword-reader.ts'

/** The celestial axes of a header. */
export interface CelestialAxes {
  /** Number of world coordinate axes. */
  readonly axisCount: number
  /** Number of the axis (from 1) of longitude and of latitude. */
  readonly lonAxis: number
  readonly latAxis: number
  /** CTYPE of longitude and of latitude. */
  readonly lonType: string
  readonly latType: string
  /** What stands before the projection code: `RA`, `GLON`, `ELON`, ... */
  readonly lonName: string
  /** Projection code as written, for example `TAN`, `TPV`, `GLS`. */
  readonly code: string
  /** What follows the projection code after a hyphen, for example `SIP`; empty when nothing does. */
  readonly suffix: string
}

/** More axes than any header has; keeps a lying NAXIS or WCSAXES harmless. */
const MAX_AXES = 99

/** One CTYPE of a celestial axis: name, code and suffix (Paper II, section 2.1; SIP suffix by Shupe et al. 2005). */
const CELESTIAL_CTYPE = /^([A-Z][A-Z0-9]{0,3})-+([A-Z0-9]{3})(?:-([A-Z0-9]+))?$/

const LON_NAME = /^(RA|.LON|..LN)$/
const LAT_NAME = /^(DEC|.LAT|..LT)$/

interface CelestialType {
  readonly axis: number
  readonly ctype: string
  readonly name: string
  readonly code: string
  readonly suffix: string
  readonly isLon: boolean
}

/** Number of world axes: WCSAXES, else NAXIS (ZNAXIS), else the highest CTYPEi up to four, as Paper I, section 2.2. */
export function countAxes(header: KeywordReader, alternate: string): number {
  const declared =
    header.number(`WCSAXES${alternate}`) ?? header.number('ZNAXIS') ?? header.number('NAXIS') ?? 0
  let count = Math.min(MAX_AXES, Math.max(0, Math.floor(declared)))
  for (let axis = 1; axis <= 9; axis++)
    if (axis > count && header.has(`CTYPE${axis}${alternate}`)) count = axis
  return count
}

/**
 * Finds the pair of celestial axes among the CTYPEs of a header.
 *
 * @throws {WcsError} `WCS_NO_CELESTIAL_AXES`, `WCS_AXIS_PAIR`, `WCS_NO_PROJECTION` or `WCS_MIXED_PROJECTIONS`
 */
export function findCelestialAxes(header: KeywordReader, alternate: string): CelestialAxes {
  const axisCount = countAxes(header, alternate)
  const types = celestialTypes(header, alternate, axisCount)
  const lons = types.filter((type) => type.isLon)
  const lats = types.filter((type) => !type.isLon)
  const [lon] = lons
  const [lat] = lats
  if (types.length === 0) throw noCelestialAxes(header, alternate, axisCount)
  if (lon === undefined || lat === undefined || types.length > 2) {
    const first = types.find((type) => type !== lon && type !== lat) ?? types[0]
    throw new WcsError('WCS_AXIS_PAIR', 'celestial axes do not make one pair', {
      where: header.where(`CTYPE${first?.axis ?? 1}${alternate}`),
      found: types.map((type) => `CTYPE${type.axis} = '${type.ctype}'`).join(', '),
      allowed: 'one longitude and one latitude, for example RA---TAN and DEC--TAN',
      remedy: 'name one axis as longitude and one as latitude',
    })
  }
  checkPair(header, alternate, lon, lat)
  return {
    axisCount,
    lonAxis: lon.axis,
    latAxis: lat.axis,
    lonType: lon.ctype,
    latType: lat.ctype,
    lonName: lon.name,
    code: lon.code,
    suffix: lon.suffix,
  }
}

function celestialTypes(header: KeywordReader, alternate: string, axisCount: number): CelestialType[] {
  const types: CelestialType[] = []
  for (let axis = 1; axis <= axisCount; axis++) {
    const ctype = header.text(`CTYPE${axis}${alternate}`)?.trim()
    if (ctype === undefined) continue
    const match = CELESTIAL_CTYPE.exec(ctype)
    const name = match?.[1] ?? ctype
    const isLon = LON_NAME.test(name)
    if (!isLon && !LAT_NAME.test(name)) continue
    if (match === null) {
      throw new WcsError('WCS_NO_PROJECTION', 'celestial axis names no projection', {
        where: header.where(`CTYPE${axis}${alternate}`),
        found: ctype,
        allowed: 'a name and a projection code, for example RA---TAN',
        remedy: 'add the projection code to both CTYPEs',
      })
    }
    types.push({ axis, ctype, name, code: match[2] ?? '', suffix: match[3] ?? '', isLon })
  }
  return types
}

function checkPair(header: KeywordReader, alternate: string, lon: CelestialType, lat: CelestialType): void {
  const expected = lon.name === 'RA' ? 'DEC' : lon.name.replace(/LON$/, 'LAT').replace(/LN$/, 'LT')
  if (lat.name !== expected) {
    throw new WcsError('WCS_AXIS_PAIR', 'longitude and latitude belong to different systems', {
      where: header.where(`CTYPE${lat.axis}${alternate}`),
      found: `${lon.ctype} with ${lat.ctype}`,
      allowed: `${lon.ctype} with ${expected}`,
      remedy: 'use the names of one system in both CTYPEs',
    })
  }
  if (lon.code !== lat.code || lon.suffix !== lat.suffix) {
    throw new WcsError('WCS_MIXED_PROJECTIONS', 'celestial axes name different projections', {
      where: header.where(`CTYPE${lat.axis}${alternate}`),
      found: `${lon.ctype} with ${lat.ctype}`,
      allowed: 'one projection for both axes',
      remedy: 'use the same projection code in both CTYPEs',
    })
  }
}

function noCelestialAxes(header: KeywordReader, alternate: string, axisCount: number): WcsError {
  const found: string[] = []
  for (let axis = 1; axis <= Math.min(axisCount, 9); axis++) {
    const value = header.raw(`CTYPE${axis}${alternate}`)
    if (value !== undefined) found.push(`CTYPE${axis}${alternate} = '${String(value).trim()}'`)
  }
  return new WcsError('WCS_NO_CELESTIAL_AXES', 'header has no celestial axes', {
    where: header.where(`CTYPE1${alternate}`),
    found: found.length === 0 ? 'no CTYPE' : found.join(', '),
    allowed: 'a longitude and a latitude with a projection, for example RA---TAN and DEC--TAN',
    remedy: 'choose an image that has a celestial coordinate system, or add one',
  })
}
