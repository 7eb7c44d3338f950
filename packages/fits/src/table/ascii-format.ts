/** TFORMn of an ASCII table taken apart (FITS Standard 4.0, section 7.2.1, table 15). */
export interface AsciiFormat {
  readonly letter: 'A' | 'I' | 'F' | 'E' | 'D'
  /** characters */
  readonly width: number
  /** digits behind the decimal point, also where the field has none */
  readonly decimals: number
}

/** Takes `A20`, `I6`, `F8.3`, `E15.7`, `D25.17` apart; undefined when it is not understood. */
export function parseAsciiFormat(text: string): AsciiFormat | undefined {
  const match = /^([AIFED])(\d{1,9})(?:\.(\d{1,3}))?$/.exec(text.trim().toUpperCase())
  const letter = match?.[1]
  if (letter !== 'A' && letter !== 'I' && letter !== 'F' && letter !== 'E' && letter !== 'D') return undefined
  return { letter, width: Number(match?.[2]), decimals: Number(match?.[3] ?? 0) }
}

const WHOLE = /^[+-]?\d+$/
const REAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:(?:[ED] *([+-]?\d+))|([+-]\d+))?$/

/**
 * The number in a field as Fortran reads it (section 7.2.5): a blank field is 0, a number without decimal point has the
 * last `decimals` digits behind it, the exponent may come without letter. Undefined when it is none.
 */
export function parseAsciiNumber(field: string, format: AsciiFormat): number | bigint | undefined {
  const text = field.trim()
  if (text === '') return 0
  if (format.letter === 'I') {
    if (!WHOLE.test(text)) return undefined
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : BigInt(text.startsWith('+') ? text.slice(1) : text)
  }
  const match = REAL.exec(text.toUpperCase())
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction, letterExponent, bareExponent] = match
  if (whole === '' && (fraction ?? '') === '') return undefined
  const exponent = Number(letterExponent ?? bareExponent ?? 0)
  const shift = fraction === undefined ? exponent - format.decimals : exponent
  return Number(`${sign}${whole === '' ? '0' : whole}.${fraction ?? '0'}e${shift}`)
}
