import { WcsError } from '../errors.ts'

/** The celestial reference systems, in the words of FITS WCS Paper II, section 3.1. */
export const CELESTIAL_SYSTEMS = [
  'icrs',
  'fk5',
  'fk4',
  'fk4-no-e',
  'galactic',
  'supergalactic',
  'ecliptic',
  'ecliptic-b',
] as const

/**
 * A celestial reference system.
 *
 * - `icrs`: International Celestial Reference System;
 * - `fk5`: mean equator and equinox of a Julian year;
 * - `fk4`, `fk4-no-e`: mean equator and equinox of a Besselian year, with and without E-terms of aberration;
 * - `galactic`: IAU 1958 (Blaauw et al. 1960); `supergalactic`: de Vaucouleurs et al.;
 * - `ecliptic`: mean ecliptic and equinox of a Julian year, barycentric;
 * - `ecliptic-b`: `fk4` (E-terms kept) turned by Newcomb's mean obliquity of a Besselian year, as catalogs of that
 *   time and Montage's ECLB have it.
 */
export type CelestialSystem = (typeof CELESTIAL_SYSTEMS)[number]

/** A celestial reference frame: a system with the year of its equinox where it has one. */
export interface CelestialFrame {
  readonly system: CelestialSystem
  /**
   * Year of equator, ecliptic and equinox: Julian for `fk5` and `ecliptic` (default 2000), Besselian for `fk4`,
   * `fk4-no-e` and `ecliptic-b` (default 1950). The other systems have none and ignore it.
   */
  readonly equinoxYear?: number
  /**
   * Julian year for which positions of `fk4`, `fk4-no-e` and `ecliptic-b` are taken (FK4 rotates against FK5);
   * default the equinox. The other systems ignore it.
   */
  readonly observationYear?: number
}

/** International Celestial Reference System. */
export const ICRS: CelestialFrame = Object.freeze({ system: 'icrs' })
/** FK5, mean equator and equinox J2000.0. */
export const FK5_J2000: CelestialFrame = Object.freeze({ system: 'fk5', equinoxYear: 2000 })
/** FK4, mean equator and equinox B1950.0, E-terms included. */
export const FK4_B1950: CelestialFrame = Object.freeze({ system: 'fk4', equinoxYear: 1950 })
/** Galactic coordinates. */
export const GALACTIC: CelestialFrame = Object.freeze({ system: 'galactic' })
/** Supergalactic coordinates. */
export const SUPERGALACTIC: CelestialFrame = Object.freeze({ system: 'supergalactic' })
/** Mean ecliptic and equinox of J2000.0. */
export const ECLIPTIC_J2000: CelestialFrame = Object.freeze({ system: 'ecliptic', equinoxYear: 2000 })

/**
 * Equinoxes outside these years are refused: the precession polynomials are fits over a few centuries and
 * are off by degrees a hundred centuries away (Capitaine et al. 2003, section 5).
 */
export const EQUINOX_YEAR_RANGE: readonly [number, number] = Object.freeze([0, 4000] as const)

/** Days of the tropical and of the Julian year (Lieske 1979, A&A 73, 282). */
const TROPICAL_YEAR_DAYS = 365.242198781
const JULIAN_YEAR_DAYS = 365.25

/** Julian date (TT) of a Besselian year. Source: Lieske 1979, A&A 73, 282. */
export function besselianYearToJd(year: number): number {
  return 2415020.31352 + (year - 1900) * TROPICAL_YEAR_DAYS
}

/** Julian date (TT) of a Julian year. */
export function julianYearToJd(year: number): number {
  return 2451545 + (year - 2000) * JULIAN_YEAR_DAYS
}

/** Julian year of a Besselian year. */
export function besselianToJulianYear(year: number): number {
  return 2000 + (besselianYearToJd(year) - 2451545) / JULIAN_YEAR_DAYS
}

/** A frame with every default filled in; years that the system does not have are 0. */
export interface ResolvedFrame {
  readonly system: CelestialSystem
  readonly equinoxYear: number
  readonly observationYear: number
}

/**
 * The frame with its defaults filled in and checked.
 *
 * @throws {WcsError} `WCS_BAD_FRAME` for an unknown system or a year outside {@link EQUINOX_YEAR_RANGE}
 */
export function resolveFrame(frame: CelestialFrame): ResolvedFrame {
  switch (frame.system) {
    case 'icrs':
    case 'galactic':
    case 'supergalactic':
      return { system: frame.system, equinoxYear: 0, observationYear: 0 }
    case 'fk5':
    case 'ecliptic':
      return {
        system: frame.system,
        equinoxYear: checkedYear('equinoxYear', frame.equinoxYear ?? 2000),
        observationYear: 0,
      }
    case 'fk4':
    case 'fk4-no-e':
    case 'ecliptic-b': {
      const equinoxYear = checkedYear('equinoxYear', frame.equinoxYear ?? 1950)
      const observationYear = checkedYear(
        'observationYear',
        frame.observationYear ?? besselianToJulianYear(equinoxYear),
      )
      return { system: frame.system, equinoxYear, observationYear }
    }
    default:
      throw new WcsError('WCS_BAD_FRAME', 'unknown celestial system', {
        found: String(frame.system satisfies never),
        allowed: CELESTIAL_SYSTEMS.join(', '),
      })
  }
}

function checkedYear(place: string, year: number): number {
  const [first, last] = EQUINOX_YEAR_RANGE
  if (year >= first && year <= last) return year
  throw new WcsError('WCS_BAD_FRAME', 'year outside the range of the precession formulas', {
    where: [place],
    found: String(year),
    allowed: `${first} to ${last}`,
    remedy: 'give a year such as 1950 or 2000',
  })
}

/** True when positions of both frames are the same numbers. ICRS and FK5 J2000 differ by 0.02 arcsec: not the same. */
export function sameFrame(a: CelestialFrame, b: CelestialFrame): boolean {
  const ra = resolveFrame(a)
  const rb = resolveFrame(b)
  return (
    ra.system === rb.system && ra.equinoxYear === rb.equinoxYear && ra.observationYear === rb.observationYear
  )
}

/** Short name for people and for JSON: `icrs`, `fk5 J2000`, `fk4 B1950`, `galactic`, `ecliptic J2000`. */
export function frameName(frame: CelestialFrame): string {
  const { system, equinoxYear } = resolveFrame(frame)
  switch (system) {
    case 'fk5':
    case 'ecliptic':
      return `${system} J${equinoxYear}`
    case 'fk4':
    case 'fk4-no-e':
    case 'ecliptic-b':
      return `${system} B${equinoxYear}`
    default:
      return system
  }
}
