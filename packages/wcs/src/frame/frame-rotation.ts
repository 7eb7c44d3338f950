import type { Vector3 } from '../sphere/vector3.ts'
import type { ResolvedFrame } from './frame.ts'
import { IDENTITY3, type Matrix3, multiply3, rotationX, rotationY, rotationZ, transpose3 } from './matrix3.ts'
import {
  eTerms,
  icrsToEclipticIau2006,
  obliquityIau1980Rad,
  obliquityNewcombRad,
  precessionIau1976,
  precessionIau2006,
  precessionNewcomb,
} from './precession.ts'
import type { SkyRotation } from './sky-rotation.ts'

/** Model of the precession of FK5 equinoxes and of the ecliptic. */
export type PrecessionModel = 'iau2006' | 'iau1976'

const MAS_TO_RAD = Math.PI / 648000000
const DEG_TO_RAD = Math.PI / 180

/** ICRS to FK5 J2000: eta0, xi0 and dalpha0 in milliarcseconds of USNO Circular 179, section 3.5. */
function icrsToFk5(): Matrix3 {
  return multiply3(rotationX(19.9 * MAS_TO_RAD), rotationY(9.1 * MAS_TO_RAD), rotationZ(-22.9 * MAS_TO_RAD))
}

/** FK4 without E-terms at B1950 to FK5 J2000: Murray 1989, equation 28. */
const FK4_TO_FK5: Matrix3 = [
  0.9999256794956877, -0.0111814832204662, -0.0048590038153592, 0.0111814832391717, 0.9999374848933135,
  -0.0000271625947142, 0.0048590037723143, -0.000027170293744, 0.9999881946023742,
]

/** Its change per Julian century: Murray 1989, equation 29, in units of 1e-6. */
const FK4_TO_FK5_RATE: Matrix3 = [
  -0.0026455262, -1.1539918689, 2.111134619, 1.1540628161, -0.0129042997, 0.0236021478, -2.1112979048,
  -0.0056024448, 0.0102587734,
]

function fk4ToFk5(observationYear: number): Matrix3 {
  const centuries = (observationYear - 1950) / 100
  const at = (i: number): number => FK4_TO_FK5[i]! + FK4_TO_FK5_RATE[i]! * 1e-6 * centuries
  return [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7), at(8)]
}

/** Equatorial to galactic for a pole and the longitude of the north celestial pole, degrees. */
function toGalactic(poleLonDeg: number, poleLatDeg: number, lon0Deg: number): Matrix3 {
  return multiply3(
    rotationZ((180 - lon0Deg) * DEG_TO_RAD),
    rotationY((90 - poleLatDeg) * DEG_TO_RAD),
    rotationZ(poleLonDeg * DEG_TO_RAD),
  )
}

const fk5ToGalactic = (): Matrix3 => toGalactic(192.8594812065348, 27.12825118085622, 122.9319185680026)
const fk4ToGalactic = (): Matrix3 => toGalactic(192.25, 27.4, 123)

function galacticToSupergalactic(): Matrix3 {
  return multiply3(
    rotationZ(90 * DEG_TO_RAD),
    rotationY((90 - 6.32) * DEG_TO_RAD),
    rotationZ(47.37 * DEG_TO_RAD),
  )
}

function precessJulian(fromYear: number, toYear: number, model: PrecessionModel): Matrix3 {
  if (fromYear === toYear) return IDENTITY3
  return model === 'iau1976' ? precessionIau1976(fromYear, toYear) : precessionIau2006(fromYear, toYear)
}

/** The three families: FK4 without E-terms, FK5 and ICRS, galactic. Inside one no catalog tie is crossed. */
type Family = 'besselian' | 'julian' | 'galactic'

const FAMILY: Readonly<Record<ResolvedFrame['system'], Family>> = {
  icrs: 'julian',
  fk5: 'julian',
  ecliptic: 'julian',
  fk4: 'besselian',
  'fk4-no-e': 'besselian',
  'ecliptic-b': 'besselian',
  galactic: 'galactic',
  supergalactic: 'galactic',
}

/** Rotation from one frame to another; the way is told at `frameConverter`. */
export function rotationBetween(from: ResolvedFrame, to: ResolvedFrame, model: PrecessionModel): SkyRotation {
  if (from.system === to.system && from.equinoxYear === to.equinoxYear) {
    return { removed: null, matrix: IDENTITY3, added: null }
  }
  if (hasETerms(from) && hasETerms(to) && from.equinoxYear === to.equinoxYear) {
    // Equator to ecliptic of the same equinox: the E-terms turn with the axes.
    return { removed: null, matrix: axesBetween(from, to, model), added: null }
  }
  return { removed: eTermsOf(from), matrix: axesBetween(from, to, model), added: eTermsOf(to) }
}

/** Rotation of the axes alone. */
function axesBetween(from: ResolvedFrame, to: ResolvedFrame, model: PrecessionModel): Matrix3 {
  switch (FAMILY[from.system]) {
    case 'julian': {
      const start = transpose3(fk5To(from, model))
      switch (FAMILY[to.system]) {
        case 'julian':
          return multiply3(fk5To(to, model), start)
        case 'galactic':
          return multiply3(galacticTo(to), fk5ToGalactic(), start)
        case 'besselian':
          return multiply3(fk4To(to), transpose3(fk4ToFk5(to.observationYear)), start)
      }
    }
    case 'galactic': {
      const start = transpose3(galacticTo(from))
      switch (FAMILY[to.system]) {
        case 'julian':
          return multiply3(fk5To(to, model), transpose3(fk5ToGalactic()), start)
        case 'galactic':
          return multiply3(galacticTo(to), start)
        case 'besselian':
          return multiply3(transpose3(toFk4(to)), transpose3(fk4ToGalactic()), start)
      }
    }
    case 'besselian': {
      switch (FAMILY[to.system]) {
        case 'julian':
          return multiply3(fk5To(to, model), fk4ToFk5(from.observationYear), toFk4(from))
        case 'galactic':
          return multiply3(galacticTo(to), fk4ToGalactic(), toFk4(from))
        case 'besselian':
          return multiply3(
            fk4AxesTo(to),
            precessBesselian(from.equinoxYear, to.equinoxYear),
            transpose3(fk4AxesTo(from)),
          )
      }
    }
  }
}

/** From FK5 J2000 to a frame of the Julian family. */
function fk5To(frame: ResolvedFrame, model: PrecessionModel): Matrix3 {
  switch (frame.system) {
    case 'icrs':
      return transpose3(icrsToFk5())
    case 'ecliptic':
      return model === 'iau1976'
        ? multiply3(
            rotationX(obliquityIau1980Rad(frame.equinoxYear)),
            precessJulian(2000, frame.equinoxYear, model),
          )
        : multiply3(icrsToEclipticIau2006(frame.equinoxYear), transpose3(icrsToFk5()))
    default:
      return precessJulian(2000, frame.equinoxYear, model)
  }
}

/** From galactic to galactic or supergalactic. */
function galacticTo(frame: ResolvedFrame): Matrix3 {
  return frame.system === 'supergalactic' ? galacticToSupergalactic() : IDENTITY3
}

/** From FK4 without E-terms, B1950, to the axes of a frame of the Besselian family. */
function fk4To(frame: ResolvedFrame): Matrix3 {
  return multiply3(fk4AxesTo(frame), precessBesselian(1950, frame.equinoxYear))
}

/** From the axes of a frame of the Besselian family to FK4 without E-terms, B1950. */
function toFk4(frame: ResolvedFrame): Matrix3 {
  return multiply3(precessBesselian(frame.equinoxYear, 1950), transpose3(fk4AxesTo(frame)))
}

/** From the equator to the axes of a frame of the Besselian family, same equinox. */
function fk4AxesTo(frame: ResolvedFrame): Matrix3 {
  return frame.system === 'ecliptic-b' ? rotationX(obliquityNewcombRad(frame.equinoxYear)) : IDENTITY3
}

function precessBesselian(fromYear: number, toYear: number): Matrix3 {
  return fromYear === toYear ? IDENTITY3 : precessionNewcomb(fromYear, toYear)
}

/** E-terms of a frame along its own axes, or `null` when it has none. */
function eTermsOf(frame: ResolvedFrame): Vector3 | null {
  if (!hasETerms(frame)) return null
  const [x, y, z] = eTerms(frame.equinoxYear)
  const m = fk4AxesTo(frame)
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z]
}

function hasETerms(frame: ResolvedFrame): boolean {
  return frame.system === 'fk4' || frame.system === 'ecliptic-b'
}
