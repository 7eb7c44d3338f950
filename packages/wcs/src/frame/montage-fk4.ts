import { fk5MinusFk4 } from './fk5-minus-fk4.ts'
import { type Matrix3, rotationX, transpose3 } from './matrix3.ts'
import { obliquityNewcombRad, precessionIau1976 } from './precession.ts'
import { rotateInPlace, type SkyRotation } from './sky-rotation.ts'

const DEG_TO_RAD = Math.PI / 180
const ARCSEC_TO_DEG = 1 / 3600

/** Julian year of B1950 from the constants of Montage. */
const J_OF_B1950 = 2000 + (2433282.4235 - 2451545) / 365.25

/** Equinox correction of FK4 at 1950: 0.035 s in right ascension (Fricke 1982, A&A 107, L13). */
const EQUINOX_CORRECTION_DEG = 0.035 * 15 * ARCSEC_TO_DEG

/**
 * Poleward of this declination the catalog differences are left out and the E-terms are taken in ecliptic coordinates:
 * both divide by cos(dec).
 */
const POLE_DEC_DEG = 89.999

/** Steps of the inverse. The terms are 1e-6, so the second one is already exact to 1e-12. */
const INVERSE_STEPS = 3

/** A correction of right ascension and declination in degrees. */
interface Offset {
  readonly raDeg: number
  readonly decDeg: number
}

/** Positions of FK4 B1950 to FK5 J2000 in place, as Montage does for the epoch of observation 1950. */
export function montageFk4ToFk5(raDeg: Float64Array, decDeg: Float64Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const catalog = catalogOffset(raDeg[i]!, decDeg[i]!)
    const ra = raDeg[i]! + catalog.raDeg
    const dec = decDeg[i]! + catalog.decDeg
    const eTerms = eTermOffset(ra, dec)
    raDeg[i] = ra + eTerms.raDeg + EQUINOX_CORRECTION_DEG
    decDeg[i] = dec + eTerms.decDeg
  }
  rotateInPlace(turn(precessionIau1976(J_OF_B1950, 2000)), raDeg, decDeg, count)
}

/** Positions of FK5 J2000 to FK4 B1950 in place: the inverse of {@link montageFk4ToFk5}. */
export function montageFk5ToFk4(raDeg: Float64Array, decDeg: Float64Array, count: number): void {
  rotateInPlace(turn(precessionIau1976(2000, J_OF_B1950)), raDeg, decDeg, count)
  for (let i = 0; i < count; i++) {
    const ra = raDeg[i]! - EQUINOX_CORRECTION_DEG
    const dec = decDeg[i]!
    const inner = undo(ra, dec, eTermOffset)
    const outer = undo(inner.raDeg, inner.decDeg, catalogOffset)
    raDeg[i] = outer.raDeg
    decDeg[i] = outer.decDeg
  }
}

/** The place that an offset has carried to (`ra`, `dec`). */
function undo(ra: number, dec: number, offsetAt: (ra: number, dec: number) => Offset): Offset {
  let place: Offset = { raDeg: ra, decDeg: dec }
  for (let step = 0; step < INVERSE_STEPS; step++) {
    const offset = offsetAt(place.raDeg, place.decDeg)
    place = { raDeg: ra - offset.raDeg, decDeg: dec - offset.decDeg }
  }
  return place
}

function turn(matrix: Matrix3): SkyRotation {
  return { removed: null, matrix, added: null }
}

/** Systematic difference FK5 - FK4 as an offset. */
function catalogOffset(ra: number, dec: number): Offset {
  if (Math.abs(dec) > POLE_DEC_DEG) return { raDeg: 0, decDeg: 0 }
  const difference = fk5MinusFk4(ra, dec)
  return { raDeg: difference.raCosDecDeg / Math.cos(dec * DEG_TO_RAD), decDeg: difference.decDeg }
}

/** What the removal of the E-terms of aberration adds to a position of FK4. */
function eTermOffset(ra: number, dec: number): Offset {
  if (Math.abs(dec) > POLE_DEC_DEG) return polarETermOffset(ra, dec)
  // Explanatory Supplement (1961), section 2D: 0.341 arcsec, 11 h 15 min, 0.029 arcsec.
  const angleRad = (ra + 168.75) * DEG_TO_RAD
  const decRad = dec * DEG_TO_RAD
  return {
    raDeg: (0.341 * ARCSEC_TO_DEG * Math.sin(angleRad)) / Math.cos(decRad),
    decDeg: (0.341 * Math.cos(angleRad) * Math.sin(decRad) + 0.029 * Math.cos(decRad)) * ARCSEC_TO_DEG,
  }
}

/** The same in ecliptic coordinates. Source: Meeus 1991, Astronomical Algorithms, chapter 23. */
function polarETermOffset(ra: number, dec: number): Offset {
  const t = -0.5
  const size = 0.0056932 * (0.016708617 - 0.000042037 * t - 0.0000001236 * t * t)
  const perihelionDeg = 102.93735 + 0.71953 * t + 0.00046 * t * t
  const toEcliptic = rotationX(obliquityNewcombRad(1950))
  const lon = Float64Array.of(ra)
  const lat = Float64Array.of(dec)
  rotateInPlace(turn(toEcliptic), lon, lat, 1)
  const angleRad = (perihelionDeg - lon[0]!) * DEG_TO_RAD
  const latRad = lat[0]! * DEG_TO_RAD
  lon[0] = lon[0]! - (size * Math.cos(angleRad)) / Math.cos(latRad)
  lat[0] = lat[0]! - size * Math.sin(angleRad) * Math.sin(latRad)
  rotateInPlace(turn(transpose3(toEcliptic)), lon, lat, 1)
  // The shorter way round, so that the offset stays small across right ascension 0.
  const raDeg = ((((lon[0] - ra) % 360) + 540) % 360) - 180
  return { raDeg, decDeg: lat[0] - dec }
}
