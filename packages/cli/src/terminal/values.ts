import { InvalidArgumentError } from 'commander'

/** A number above zero. */
export function parsePositive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a number above 0 is needed.')
  return value
}

/** A whole number from 1. */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('a whole number from 1 is needed.')
  return Number(text)
}

/** A whole number from 0. */
export function parseWhole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number from 0 is needed.')
  return Number(text)
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['K', 1024],
  ['M', 1024 ** 2],
  ['G', 1024 ** 3],
  ['T', 1024 ** 4],
])

/** `512M`, `2G`, `1.5GiB`, or bytes. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim())
  const unit = UNITS.get((match?.[2] ?? '?').toUpperCase())
  if (match?.[1] === undefined || unit === undefined) {
    throw new InvalidArgumentError('a size such as 512M or 2G is needed.')
  }
  return Math.floor(Number(match[1]) * unit)
}

/** Two numbers separated by blanks or a comma: longitude and latitude in degrees. */
export function parseAngles(text: string): { lonDeg: number; latDeg: number } {
  const [lonDeg, latDeg] = numbers(text, 2, 'two angles in degrees such as "83.8 -5.4" are needed.')
  if (lonDeg === undefined || latDeg === undefined || Math.abs(latDeg) > 90) {
    throw new InvalidArgumentError('the second angle must lie between -90 and 90.')
  }
  return { lonDeg: ((lonDeg % 360) + 360) % 360, latDeg }
}

/** One side or two, degrees. */
export function parseSize(text: string): { width: number; height: number } {
  const words = text.trim().split(/[\s,]+/)
  const [width = Number.NaN, height = width] = numbers(
    text,
    words.length === 2 ? 2 : 1,
    'one or two sizes in degrees are needed.',
  )
  if (!(width > 0 && height > 0)) throw new InvalidArgumentError('sizes must be above 0.')
  return { width, height }
}

/** An angle in degrees or the word `fit`. */
export function parseRotation(text: string): number | 'fit' {
  if (text === 'fit') return 'fit'
  const [angle = 0] = numbers(text, 1, 'an angle in degrees or the word fit is needed.')
  return angle
}

/** A number, `all`, or the name of an extension. */
export function parseHdu(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text
}

function numbers(text: string, count: number, problem: string): readonly number[] {
  const values = text
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  if (values.length !== count || !values.every(Number.isFinite)) throw new InvalidArgumentError(problem)
  return values
}

/** Any finite number. */
export function parseNumber(text: string): number {
  const [value = 0] = numbers(text, 1, 'a number is needed.')
  return value
}

/** `first:last`, whole numbers from 1. */
export function parseRange(text: string): { first: number; last: number } {
  const match = /^(\d+):(\d+)$/.exec(text)
  const range = { first: Number(match?.[1]), last: Number(match?.[2]) }
  if (!(range.first >= 1 && range.last >= range.first)) {
    throw new InvalidArgumentError('rows such as 1:20 are needed.')
  }
  return range
}

/** `x1 x2 y1 y2`: FITS pixels from 1, as array indices. */
export function parseRegion(text: string): { col: number; row: number; width: number; height: number } {
  const problem = 'four whole numbers x1 x2 y1 y2 with x1 <= x2 and y1 <= y2 are needed.'
  const [x1 = 0, x2 = 0, y1 = 0, y2 = 0] = numbers(text, 4, problem)
  if (![x1, x2, y1, y2].every(Number.isInteger) || x2 < x1 || y2 < y1) throw new InvalidArgumentError(problem)
  return { col: x1 - 1, row: y1 - 1, width: x2 - x1 + 1, height: y2 - y1 + 1 }
}
