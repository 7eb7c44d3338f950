import { boxCorners } from '@skyloom/mosaic'
import { convexHull, positionOf, type SkyPosition, type SkyRegion, skyPolygon } from '@skyloom/wcs'
import { namedReal, usageError } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** A region that images are sought for; J2000, degrees. */
export type CoverageRegion =
  /** The convex hull of three positions or more. */
  | { readonly kind: 'points'; readonly positions: readonly SkyPosition[] }
  /** A box on the plane that touches the sky at its centre. */
  | {
      readonly kind: 'box' | 'cutout'
      readonly ra: number
      readonly dec: number
      readonly xsize: number
      readonly ysize: number
      readonly rotation?: number
    }
  | { readonly kind: 'circle'; readonly ra: number; readonly dec: number; readonly radius: number }
  | { readonly kind: 'point'; readonly ra: number; readonly dec: number }
  /** The area of a header template. */
  | { readonly kind: 'header'; readonly template: string }

/** Modes of mCoverageCheck. */
export const COVERAGE_MODES = ['points', 'box', 'circle', 'header', 'point', 'cutout'] as const

/**
 * Reads `-mode params`.
 *
 * @throws MontageError `MONTAGE_USAGE` for an unknown mode, `MONTAGE_BAD_ARGUMENT`
 */
export function readRegion([mode = '', ...words]: readonly string[]): CoverageRegion {
  const kind = COVERAGE_MODES.find((name) => mode === `-${name}`)
  if (kind === undefined) throw usageError(`Invalid region definition mode: "${mode}"`)
  if (kind === 'header') return { kind, template: words[0] ?? '' }
  const numbers = words.map((word, index) => namedReal(word, `Input ${index + 1}`))
  const [ra, dec, xsize, ysize = xsize, rotation] = numbers
  const bad = (problem: string): MontageError =>
    new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: words.join(' ') })
  switch (kind) {
    case 'points':
      if (numbers.length < 6) throw bad('Too few vertices for region (must be at least three)')
      return { kind, positions: pairs(numbers) }
    case 'circle':
    case 'point':
      if (ra === undefined || dec === undefined)
        throw bad(`Too few arguments for ${kind} (must have coordinates)`)
      if (kind === 'point') return { kind, ra, dec }
      if (xsize !== undefined && xsize < 0) throw bad(`Circle radius (${xsize}) must not be negative`)
      return { kind, ra, dec, radius: xsize ?? 0 }
    default:
      if (ra === undefined || dec === undefined || xsize === undefined || ysize === undefined)
        throw bad('Too few arguments for box or cutout (must at least have center and size)')
      if (!(xsize > 0)) throw bad(`X box size (${words[2] ?? ''}) must be a positive number`)
      if (!(ysize > 0)) throw bad(`Y box size (${words[3] ?? ''}) must be a positive number`)
      return { kind, ra, dec, xsize, ysize, ...(rotation === undefined ? {} : { rotation }) }
  }
}

function pairs(numbers: readonly number[]): readonly SkyPosition[] {
  const positions: SkyPosition[] = []
  for (let at = 0; at + 1 < numbers.length; at += 2)
    positions.push({ lonDeg: numbers[at] ?? 0, latDeg: numbers[at + 1] ?? 0 })
  return positions
}

/**
 * The part of the sky that a region stands for.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` for a region that does not fit into less than half the sky, or is none
 */
export function skyRegion(region: Exclude<CoverageRegion, { readonly kind: 'header' }>): SkyRegion {
  try {
    switch (region.kind) {
      case 'points':
        return hullOf(region.positions)
      case 'circle':
        return { centre: { lonDeg: region.ra, latDeg: region.dec }, radiusDeg: region.radius }
      case 'point':
        return { centre: { lonDeg: region.ra, latDeg: region.dec }, radiusDeg: 0 }
      default: {
        const size = { width: region.xsize, height: region.ysize }
        return skyPolygon(boxCorners({ lonDeg: region.ra, latDeg: region.dec }, size, region.rotation))
      }
    }
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'The region is not a part of the sky', { cause })
  }
}

function hullOf(positions: readonly SkyPosition[]): SkyRegion {
  return skyPolygon((convexHull(positions)?.corners ?? []).map((corner) => positionOf(corner)))
}
