import { WcsError } from '../errors.ts'
import type { KeywordReader } from './keyword-reader.ts'

/** Degrees of the angular units a CUNIT may name (FITS Standard 4.0, table 4, and common spellings). */
const UNIT_DEG: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['deg', 1],
  ['degree', 1],
  ['degrees', 1],
  ['arcmin', 1 / 60],
  ['arcsec', 1 / 3600],
  ['mas', 1 / 3600000],
  ['rad', 180 / Math.PI],
])

/**
 * Degrees per unit of a celestial axis; 1 when CUNIT is absent.
 *
 * @throws {WcsError} `WCS_BAD_UNIT` for a unit that is no angle
 */
export function unitDeg(header: KeywordReader, keyword: string): number {
  const unit = header.text(keyword)?.trim() ?? ''
  const degrees = UNIT_DEG.get(unit) ?? UNIT_DEG.get(unit.toLowerCase())
  if (degrees !== undefined) return degrees
  throw new WcsError('WCS_BAD_UNIT', 'unit of a celestial axis is not an angle', {
    where: header.where(keyword),
    found: unit,
    allowed: 'deg, arcmin, arcsec, mas or rad',
    remedy: 'correct CUNIT',
  })
}
