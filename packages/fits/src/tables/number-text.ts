/** Numbers as tables write them: decimal, exponent with e or d, blanks trimmed by the caller. */
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/
const WHOLE = /^[+-]?\d+$/
const SPECIAL = /^([+-])?(?:(nan)|inf(?:inity)?)$/i

/** The number a text stands for, or undefined. `nan` and `inf` in any case count as numbers. */
export function parseReal(text: string): number | undefined {
  if (REAL.test(text)) {
    const number = Number(text)
    return Number.isNaN(number) ? Number(text.replace(/[dD]/, 'e')) : number
  }
  const special = SPECIAL.exec(text)
  if (special === null) return undefined
  if (special[2] !== undefined) return Number.NaN
  return special[1] === '-' ? -Infinity : Infinity
}

/**
 * The whole number a text stands for, or undefined. `2000.00` and `2e3` count as whole; a number when it is
 * exact as float64, else a bigint.
 */
export function parseWhole(text: string): number | bigint | undefined {
  if (WHOLE.test(text)) {
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : BigInt(text.startsWith('+') ? text.slice(1) : text)
  }
  const real = parseReal(text)
  return real !== undefined && Number.isSafeInteger(real) ? real : undefined
}

/** Shortest text that reads back as the same float64. */
export function float64Text(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Shortest text that reads back as the same float32. */
export function float32Text(value: number): string {
  if (!Number.isFinite(value) || value === 0) return float64Text(value)
  // 9 significant digits always suffice for 24 bits.
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return float64Text(Number(text))
  }
  return float64Text(Number(value.toPrecision(9)))
}
