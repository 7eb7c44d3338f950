import type { CelestialAxes } from '../keywords/axes.ts'
import type { KeywordSource } from '../keywords/keyword-reader.ts'
import type { Wcs } from '../wcs/wcs.ts'
import type { WcsOptions } from '../wcs/wcs-from-keywords.ts'
import type { WcsReading } from './reading.ts'

/** What can be doubtful about the coordinates of a header. */
export type WcsFindingCode =
  /** No coordinates can be had from the header. */
  | 'unusable'
  | 'sip-with-pv'
  | 'pv-under-tan'
  | 'sip-without-suffix'
  | 'sip-without-coefficients'
  | 'sip-beside-other-distortion'
  | 'tpv-with-cdelt'
  | 'plate-solution-beside-projection'
  | 'distortion-missing'
  | 'distortion-unknown'
  | 'lookup-tables-missing'
  | 'matrix-forms-mixed'
  | 'rotation-on-longitude'
  | 'frame-missing'
  | 'frame-contradicts-equinox'
  | 'frame-old-keyword'
  | 'equinox-given-twice'
  | 'longitude-out-of-range'
  | 'reference-missing'

/** One doubt, what it may mean on the sky, and what to do. */
export interface WcsFinding {
  readonly code: WcsFindingCode
  readonly severity: 'error' | 'warning'
  readonly keywords: readonly string[]
  readonly problem: string
  /** The readings that the header allows, the one that is used first; empty where there is only one. */
  readonly readings: readonly WcsReading[]
  readonly fix: string
}

/** A readable header under examination. */
export interface Patient {
  readonly get: KeywordSource
  readonly wcs: Wcs
  readonly options: WcsOptions
  /** Its celestial axes; a plate solution without CTYPE has RA and declination on axes 1 and 2. */
  readonly axes: CelestialAxes
  /** Letter of the description, empty for the primary one. */
  readonly alternate: string
}

/** The reading that is used. */
export function used(reading: string): WcsReading {
  return { reading, isUsed: true, shiftArcsec: 0 }
}
