import type { SkyPosition } from '../sphere/sky-position.ts'
import type { MontageFrame, MontageSystem } from './montage-frame-converter.ts'

/** A position with the system in which it was given. */
export interface SkyLocation {
  /** Degrees, in `frame`. */
  readonly position: SkyPosition
  readonly frame: MontageFrame
}

const SYSTEMS: ReadonlyMap<string, MontageSystem> = new Map([
  ...['eq', 'equ', 'equatorial', 'equj', 'j2000', 'fk5', 'icrs'].map((name) => [name, 'EQUJ'] as const),
  ...['equb', 'b1950', 'fk4'].map((name) => [name, 'EQUB'] as const),
  ...['ec', 'ecl', 'ecliptic', 'eclj'].map((name) => [name, 'ECLJ'] as const),
  ['eclb', 'ECLB'],
  ...['ga', 'gal', 'galactic'].map((name) => [name, 'GAL'] as const),
  ...['sgal', 'supergal', 'supergalactic'].map((name) => [name, 'SGAL'] as const),
])

/**
 * A position as people write it: two numbers in degrees, or hours and degrees in parts, and then the system and the equinox, if they
 * are not J2000 equatorial: `83.82 -5.39`, `5h35m17.3s -5d23m28s`, `05:35:17.3 -05:23:28`, `5 35 17.3 -5 23 28`, `209.0 -19.4 gal`,
 * `83.2 -5.4 eq B1950`.
 *
 * Longitudes in parts are hours in equatorial systems and degrees in others, unless they carry a letter.
 *
 * @returns undefined for what is no position, such as the name of an object
 */
export function parseSkyLocation(text: string): SkyLocation | undefined {
  const words = text.trim().replaceAll(',', ' ').split(/\s+/)
  const firstName = words.findIndex((word, index) => index > 1 && /^[a-z]/i.test(word))
  const numbers = firstName < 0 ? words : words.slice(0, firstName)
  const frame = readFrame(firstName < 0 ? [] : words.slice(firstName))
  if (frame === undefined || ![2, 4, 6].includes(numbers.length)) return undefined
  const half = numbers.length / 2
  const inHours = frame.system === 'EQUJ' || frame.system === 'EQUB'
  const lonDeg = readAngle(numbers.slice(0, half), inHours)
  const latDeg = readAngle(numbers.slice(half), false)
  if (lonDeg === undefined || latDeg === undefined || Math.abs(latDeg) > 90 || Math.abs(lonDeg) > 360)
    return undefined
  return { position: { lonDeg: (lonDeg + 360) % 360, latDeg }, frame }
}

/** The system: a name, and a year that may carry a J or B. */
function readFrame(words: readonly string[]): MontageFrame | undefined {
  const [name = 'equj', year, ...rest] = words
  const system = SYSTEMS.get(name.toLowerCase())
  if (system === undefined || rest.length > 0) return undefined
  if (system === 'GAL' || system === 'SGAL') return year === undefined ? { system } : undefined
  const besselian = { EQUJ: 'EQUB', EQUB: 'EQUB', ECLJ: 'ECLB', ECLB: 'ECLB' } as const
  const match = /^([JB]?)(\d{4}(?:\.\d*)?)$/i.exec(year ?? '')
  if (year !== undefined && match === null) return undefined
  const isBesselian = match?.[1]?.toUpperCase() === 'B'
  const used = isBesselian ? besselian[system] : system
  const standard = used === 'EQUB' || used === 'ECLB' ? 1950 : 2000
  return { system: used, epochYear: match === null ? standard : Number(match[2]) }
}

/** An angle in one word or up to three. */
function readAngle(words: readonly string[], inHours: boolean): number | undefined {
  const [first = ''] = words
  if (words.length > 1) return sexagesimal(words, inHours)
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?d?$/i.test(first)) return Number(first.replace(/d$/i, ''))
  const parts =
    /^([+-]?\d+(?:\.\d*)?)([hd:°])(?:(\d+(?:\.\d*)?)(?:[m:'′](?:(\d+(?:\.\d*)?)(?:s|"|″)?)?)?)?$/i.exec(first)
  if (parts === null) return undefined
  const [, whole = '', mark = '', minutes = '0', seconds = '0'] = parts
  return sexagesimal([whole, minutes, seconds], mark === ':' ? inHours : mark.toLowerCase() === 'h')
}

function sexagesimal(words: readonly string[], inHours: boolean): number | undefined {
  const [whole = '', minutes = '0', seconds = '0'] = words
  if (
    !/^[+-]?\d+(?:\.\d*)?$/.test(whole) ||
    ![minutes, seconds].every((word) => /^\d+(?:\.\d*)?$/.test(word))
  )
    return undefined
  if (Number(minutes) >= 60 || Number(seconds) >= 60) return undefined
  const size = Math.abs(Number(whole)) + Number(minutes) / 60 + Number(seconds) / 3600
  return (whole.startsWith('-') ? -size : size) * (inHours ? 15 : 1)
}
