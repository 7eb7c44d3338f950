import { WcsError } from '../errors.ts'
import { type CelestialFrame, EQUINOX_YEAR_RANGE } from '../frame/frame.ts'
import type { CelestialAxes } from './axes.ts'
import type { KeywordReader } from './keyword-reader.ts'
import type { HeaderRules } from './rules.ts'

/** Equinoxes before this year are Besselian (FITS Standard 4.0, section 8.3). */
const FIRST_FK5_YEAR = 1984

/**
 * The celestial frame a header names.
 *
 * Standard rules: RADESYS, else RADECSYS; the equinox is EQUINOX, else EPOCH. Without RADESYS, an equinox before
 * 1984 means FK4, a later one FK5, none ICRS. Without an equinox FK4 has 1950, FK5 2000. An equinox of 0 counts as none. GAPPT, being apparent places,
 * cannot be converted and is refused.
 *
 * Montage's rules (`montage`): RADECSYS alone; without it FK5 for equinoxes after 1980, else FK4; an EPOCH of 0 means 1950;
 * ICRS counts as FK5 2000. Where no equinox is given: FK4 1950, else 2000. So a header with RADESYS 'ICRS' alone is FK5
 * 2000 there and ICRS by the standard (0.02 arcsec apart); one with RADESYS 'FK4' alone is FK5 2000 there, FK4 1950 by the
 * standard (half a degree apart).
 *
 * @throws {WcsError} `WCS_UNKNOWN_FRAME` for a system that has no place among the celestial frames, `WCS_BAD_VALUE` for an
 *   equinox outside 0 to 4000
 *
 * Source: FITS Standard 4.0, section 8.3 and table 24; Paper II, section 3.1.
 */
export function frameOf(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  rules: HeaderRules,
): CelestialFrame {
  switch (axes.lonName) {
    case 'RA':
      return equatorialFrame(header, alternate, rules)
    case 'ELON': {
      const equatorial = equatorialFrame(header, alternate, rules)
      const isBesselian = equatorial.system === 'fk4' || equatorial.system === 'fk4-no-e'
      return { system: isBesselian ? 'ecliptic-b' : 'ecliptic', equinoxYear: equatorial.equinoxYear ?? 2000 }
    }
    case 'GLON':
      return { system: 'galactic' }
    case 'SLON':
      return { system: 'supergalactic' }
    default:
      throw new WcsError('WCS_UNKNOWN_FRAME', 'celestial system is not one this library converts', {
        where: header.where(`CTYPE${axes.lonAxis}${alternate}`),
        found: axes.lonType,
        allowed: 'RA, ELON, GLON or SLON with their latitudes',
        remedy: 'give the frame yourself in the option `frame`',
      })
  }
}

function equatorialFrame(header: KeywordReader, alternate: string, rules: HeaderRules): CelestialFrame {
  return rules === 'montage' ? montageFrame(header) : standardFrame(header, alternate)
}

function standardFrame(header: KeywordReader, alternate: string): CelestialFrame {
  const keyword = header.has(`RADESYS${alternate}`) ? `RADESYS${alternate}` : 'RADECSYS'
  const system = header.text(keyword)?.trim().toUpperCase()
  const equinoxYear = knownEquinox(header, `EQUINOX${alternate}`) ?? knownEquinox(header, 'EPOCH')
  switch (system) {
    case undefined:
    case '':
      if (equinoxYear === undefined) return { system: 'icrs' }
      return { system: equinoxYear < FIRST_FK5_YEAR ? 'fk4' : 'fk5', equinoxYear }
    case 'ICRS':
      return { system: 'icrs' }
    case 'FK5':
      return { system: 'fk5', equinoxYear: equinoxYear ?? 2000 }
    case 'FK4':
      return { system: 'fk4', equinoxYear: equinoxYear ?? 1950 }
    case 'FK4-NO-E':
      return { system: 'fk4-no-e', equinoxYear: equinoxYear ?? 1950 }
    default:
      throw new WcsError('WCS_UNKNOWN_FRAME', 'unknown equatorial system', {
        where: header.where(keyword),
        found: system,
        allowed: 'ICRS, FK5, FK4 or FK4-NO-E',
        remedy: `correct ${keyword}, or give the frame yourself in the option \`frame\``,
      })
  }
}

function montageFrame(header: KeywordReader): CelestialFrame {
  const system = header.has('RADECSYS') ? header.text('RADECSYS')?.trim().toUpperCase() : undefined
  const epoch = equinoxOf(header, 'EPOCH')
  const given = equinoxOf(header, 'EQUINOX') ?? (epoch === 0 ? 1950 : epoch)
  const equinoxYear = given ?? (system === 'FK4' ? 1950 : 2000)
  const isFk4 = system === 'FK4' || (system === undefined && equinoxYear <= 1980)
  return { system: isFk4 ? 'fk4' : 'fk5', equinoxYear }
}

/** Year of an equinox, also when written as text (`J2000.0`, `B1950`, `2000.0`). */
function equinoxOf(header: KeywordReader, keyword: string): number | undefined {
  const value = header.raw(keyword)
  if (typeof value === 'string' && value.trim() === '') return undefined
  const match = typeof value === 'string' ? /^\s*[JB]?\s*(\d{1,4}(?:\.\d*)?)\s*$/i.exec(value) : null
  const year = match === null ? header.number(keyword) : Number(match[1])
  const [first, last] = EQUINOX_YEAR_RANGE
  if (year === undefined || (year >= first && year <= last)) return year
  throw new WcsError('WCS_BAD_VALUE', 'equinox is no year of our time', {
    where: header.where(keyword),
    found: String(year),
    allowed: `${first} to ${last}`,
    remedy: `correct ${keyword}, or give the frame yourself in the option \`frame\``,
  })
}

/** The same, where 0 says that the equinox is not known. */
function knownEquinox(header: KeywordReader, keyword: string): number | undefined {
  const year = equinoxOf(header, keyword)
  return year === 0 ? undefined : year
}

/**
 * The frame of a plate solution: RADESYS when given, else FK5 of EQUINOX or 2000. EPOCH is there the date of the plate, not an
 * equinox.
 */
export function equatorialFrameOfPlate(header: KeywordReader): CelestialFrame {
  if (header.has('RADESYS') || header.has('RADECSYS')) return standardFrame(header, '')
  return { system: 'fk5', equinoxYear: knownEquinox(header, 'EQUINOX') ?? 2000 }
}
