import { WcsError } from '../errors.ts'
import { type Matrix3, multiply3, rotationX, rotationZ, transpose3 } from './matrix3.ts'
import { montageFk4ToFk5, montageFk5ToFk4 } from './montage-fk4.ts'
import { type PositionConverter, positionConverter } from './position-converter.ts'
import {
  obliquityIau1980Rad,
  obliquityNewcombRad,
  precessionIau1976,
  precessionNewcomb1900,
} from './precession.ts'
import { rotateInPlace, type SkyRotation } from './sky-rotation.ts'

const DEG_TO_RAD = Math.PI / 180

/** The coordinate systems of Montage's commands, in their spelling. */
export const MONTAGE_SYSTEMS = ['EQUJ', 'EQUB', 'ECLJ', 'ECLB', 'GAL', 'SGAL'] as const

/** A coordinate system as Montage's commands name it. */
export type MontageSystem = (typeof MONTAGE_SYSTEMS)[number]

/** A coordinate system of Montage with its epoch. */
export interface MontageFrame {
  readonly system: MontageSystem
  /** Equinox: Julian year for EQUJ and ECLJ (default 2000), Besselian for EQUB and ECLB (default 1950). */
  readonly epochYear?: number
}

/** Converts positions between two coordinate systems with Montage's formulas. */
export type MontageFrameConverter = PositionConverter<MontageFrame>

/** The part of a conversion on one side of the step between FK4 and FK5. */
type Step =
  | { readonly kind: 'turn'; readonly rotation: SkyRotation }
  | { readonly kind: 'fk4-to-fk5' | 'fk5-to-fk4' }

/**
 * Converter with the formulas of Montage, for results that agree with its commands to the last printed digit.
 *
 * Everything Besselian (EQUB, ECLB, GAL, SGAL) is joined to everything Julian (EQUJ, ECLJ) at B1950 and J2000: galactic is
 * the 1958 rotation of B1950 with its E-terms left in, which is why it parts from the modern matrix of
 * `frameConverter` by up to 0.4 arcsec. Epoch 0 stands for the default of the system.
 *
 * Accuracy: agrees with Montage 6.0 to 1e-9 degree, its printed digits, over the sphere.
 *
 * @throws {WcsError} `WCS_BAD_FRAME` for an unknown system or an epoch that is not a finite number
 */
export function montageFrameConverter(from: MontageFrame, to: MontageFrame): MontageFrameConverter {
  const steps = stepsBetween(resolve(from), resolve(to))
  const isIdentity = steps.length === 0
  const run = (lonDeg: Float64Array, latDeg: Float64Array, count: number): void => {
    for (const step of steps) {
      switch (step.kind) {
        case 'turn':
          rotateInPlace(step.rotation, lonDeg, latDeg, count)
          break
        case 'fk4-to-fk5':
          montageFk4ToFk5(lonDeg, latDeg, count)
          break
        case 'fk5-to-fk4':
          montageFk5ToFk4(lonDeg, latDeg, count)
          break
      }
    }
  }
  return positionConverter(from, to, isIdentity ? undefined : run)
}

interface ResolvedMontageFrame {
  readonly system: MontageSystem
  readonly epochYear: number
}

function resolve(frame: MontageFrame): ResolvedMontageFrame {
  const { system, epochYear = 0 } = frame
  if (!MONTAGE_SYSTEMS.includes(system) || !Number.isFinite(epochYear)) {
    throw new WcsError('WCS_BAD_FRAME', 'not a coordinate system of Montage', {
      found: `${system} ${epochYear}`,
      allowed: `${MONTAGE_SYSTEMS.join(', ')} with a finite epoch`,
    })
  }
  if (system === 'GAL' || system === 'SGAL') return { system, epochYear: 1950 }
  if (epochYear !== 0) return { system, epochYear }
  return { system, epochYear: isJulian(system) ? 2000 : 1950 }
}

function isJulian(system: MontageSystem): boolean {
  return system === 'EQUJ' || system === 'ECLJ'
}

/** Equatorial of the same flavour and epoch to the system. */
function axesOf(frame: ResolvedMontageFrame): Matrix3 | null {
  switch (frame.system) {
    case 'EQUJ':
    case 'EQUB':
      return null
    case 'ECLJ':
      return rotationX(obliquityIau1980Rad(frame.epochYear))
    case 'ECLB':
      return rotationX(obliquityNewcombRad(frame.epochYear))
    case 'GAL':
      return galactic()
    case 'SGAL':
      return multiply3(supergalactic(), galactic())
  }
}

/** B1950 to galactic: Euler angles of Blaauw et al. 1960, MNRAS 121, 123. */
function galactic(): Matrix3 {
  return multiply3(rotationZ(-33 * DEG_TO_RAD), rotationX(62.6 * DEG_TO_RAD), rotationZ(282.25 * DEG_TO_RAD))
}

/** Galactic to supergalactic: de Vaucouleurs et al. 1976, Second Reference Catalogue. */
function supergalactic(): Matrix3 {
  return multiply3(rotationX(83.68 * DEG_TO_RAD), rotationZ(137.37 * DEG_TO_RAD))
}

function stepsBetween(from: ResolvedMontageFrame, to: ResolvedMontageFrame): Step[] {
  if (from.system === to.system && from.epochYear === to.epochYear) return []
  const fromAxes = axesOf(from)
  const toAxes = axesOf(to)
  const start = fromAxes === null ? [] : [transpose3(fromAxes)]
  const end = toAxes === null ? [] : [toAxes]
  if (isJulian(from.system)) {
    if (isJulian(to.system)) return [turn(...end, precessionIau1976(from.epochYear, to.epochYear), ...start)]
    return [
      turn(precessionIau1976(from.epochYear, 2000), ...start),
      { kind: 'fk5-to-fk4' },
      turn(...end, precessionNewcomb1900(1950, to.epochYear)),
    ]
  }
  if (!isJulian(to.system))
    return [turn(...end, precessionNewcomb1900(from.epochYear, to.epochYear), ...start)]
  return [
    turn(precessionNewcomb1900(from.epochYear, 1950), ...start),
    { kind: 'fk4-to-fk5' },
    turn(...end, precessionIau1976(2000, to.epochYear)),
  ]
}

/** One turn by the product of the matrices in written order. */
function turn(...matrices: readonly Matrix3[]): Step {
  return { kind: 'turn', rotation: { removed: null, matrix: multiply3(...matrices), added: null } }
}
