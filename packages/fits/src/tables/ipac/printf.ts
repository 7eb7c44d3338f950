import { TableError } from '../errors.ts'

/** A printf format with one conversion, taken apart. */
export interface PrintfFormat {
  /** literal text before the conversion */
  readonly before: string
  readonly conversion: 'd' | 'f' | 'e' | 'E' | 'g' | 'G' | 's'
  readonly isLeftJustified: boolean
  readonly isZeroPadded: boolean
  readonly plus: '' | '+' | ' '
  /** `'longest'` for `*`: as wide as the longest value of the column */
  readonly width: number | 'longest'
  readonly precision: number | undefined
  /** literal text after the conversion */
  readonly after: string
}

/** Widest field and largest precision that a format may ask for. */
const MAX_FIELD = 1000
const MAX_PRECISION = 60

/**
 * Takes a C printf format with exactly one conversion apart: `%8d`, ` %13.7f`, `  %-*s`, `diff.%06d`.
 * `*` as width means the longest value of the column. Conversions d f e E g G s; flags `-`, `0`, `+`, blank.
 *
 * @throws TableError `TABLE_UNSUPPORTED`
 */
export function parsePrintf(format: string): PrintfFormat {
  const match = /^([^%]*)%([-0+ ]*)(\*|\d+)?(?:\.(\d+))?([dfeEgGs])([^%]*)$/.exec(format)
  const width = match?.[3] === '*' ? 'longest' : Number(match?.[3] ?? 0)
  const precision = match?.[4] === undefined ? undefined : Number(match[4])
  const isSane = (width === 'longest' || width <= MAX_FIELD) && (precision ?? 0) <= MAX_PRECISION
  const conversion = match?.[5]
  if (match === null || !isSane || !isConversion(conversion)) {
    throw new TableError('TABLE_UNSUPPORTED', {}, 'the column format is not understood', {
      found: format,
      allowed: `one of %d %f %e %g %s with flags, width up to ${MAX_FIELD}, precision up to ${MAX_PRECISION}, text around it`,
    })
  }
  const flags = match[2] ?? ''
  return {
    before: match[1] ?? '',
    conversion,
    isLeftJustified: flags.includes('-'),
    isZeroPadded: flags.includes('0'),
    plus: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '',
    width,
    precision,
    after: match[6] ?? '',
  }
}

function isConversion(text: string | undefined): text is PrintfFormat['conversion'] {
  return text !== undefined && 'dfeEgGs'.includes(text)
}

/**
 * The digits of a value as C prints them, before padding: `%d` cuts fractions off toward zero, halves that are
 * exact round to even, exponents have at least two digits.
 */
export function printfDigits(format: PrintfFormat, value: number | bigint | string | boolean): string {
  if (format.conversion === 's') {
    const text = String(value)
    return format.precision === undefined ? text : text.slice(0, format.precision)
  }
  if (typeof value === 'bigint' && format.conversion === 'd')
    return withSign(format, value < 0n, absolute(value).toString())
  const number = Number(value)
  if (!Number.isFinite(number)) {
    return withSign(format, number < 0, Number.isNaN(number) ? 'nan' : 'inf')
  }
  const isNegative = number < 0 || Object.is(number, -0)
  const size = Math.abs(number)
  if (format.conversion === 'd') return withSign(format, number <= -1, BigInt(Math.trunc(size)).toString())
  return withSign(format, isNegative, unsignedReal(format, size))
}

/** Pads digits to the width of the format: blanks on the left, zeros with flag `0`, blanks on the right with `-`. */
export function padToWidth(format: PrintfFormat, digits: string, width: number): string {
  if (format.isLeftJustified) return digits.padEnd(width)
  if (!format.isZeroPadded || format.conversion === 's' || /[a-z]{3}$/.test(digits))
    return digits.padStart(width)
  const sign = /^[-+ ]/.exec(digits)?.[0] ?? ''
  return sign + digits.slice(sign.length).padStart(width - sign.length, '0')
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value
}

function withSign(format: PrintfFormat, isNegative: boolean, digits: string): string {
  return (isNegative ? '-' : format.plus) + digits
}

function unsignedReal(format: PrintfFormat, size: number): string {
  const precision = format.precision ?? 6
  const text =
    format.conversion === 'f'
      ? fixed(size, precision)
      : format.conversion === 'e' || format.conversion === 'E'
        ? exponential(size, precision)
        : general(size, precision)
  return format.conversion === 'E' || format.conversion === 'G' ? text.toUpperCase() : text
}

/** `%.Nf` of a number that is not negative. */
function fixed(size: number, precision: number): string {
  if (size >= 1e21) return BigInt(size).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '')
  const text = size.toFixed(precision)
  // A tie has at most one binary digit more than decimals; only then can rounding half up differ from half to even.
  if (!Number.isInteger(size * 2 ** (precision + 1))) return text
  const exact = size.toFixed(precision + 1)
  return exact.endsWith('5') ? halfToEven(exact.slice(0, -1), text) : text
}

/** `%.Ne` of a number that is not negative. */
function exponential(size: number, precision: number): string {
  let text = size.toExponential(precision)
  // More digits than any sum of 53 bits can hide behind a five and zeros.
  const exact = size.toExponential(precision + 40)
  const digits = exact.slice(0, exact.indexOf('e'))
  const cut = precision === 0 ? 1 : precision + 2
  const rest = digits.slice(cut).replace('.', '')
  if (/^50*$/.test(rest)) {
    const exponent = exact.slice(exact.indexOf('e'))
    text = halfToEven(digits.slice(0, cut) + exponent, text)
  }
  return text.replace(/e([+-])(\d)$/, 'e$10$2')
}

/** Of an exact tie the neighbour with the even last digit: `down` is the cut text, `up` the one rounded up. */
function halfToEven(down: string, up: string): string {
  const mantissa = down.replace(/e.*$/, '').replace(/\.$/, '')
  const last = mantissa.charCodeAt(mantissa.length - 1) - 48
  return last % 2 === 0 ? down.replace(/\.$/, '').replace('.e', 'e') : up
}

/** `%.Ng` of a number that is not negative. */
function general(size: number, precision: number): string {
  const significant = Math.max(1, precision)
  if (size === 0) return '0'
  const rounded = exponential(size, significant - 1)
  const exponent = Number(rounded.slice(rounded.indexOf('e') + 1))
  if (exponent < -4 || exponent >= significant) {
    const mantissa = rounded.slice(0, rounded.indexOf('e'))
    return trimZeros(mantissa) + rounded.slice(rounded.indexOf('e'))
  }
  return trimZeros(fixed(size, significant - 1 - exponent))
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
