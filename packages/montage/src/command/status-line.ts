import { parsePrintf, printfDigits } from '@skyloom/fits/tables'

/**
 * How a value of a status line is printed: `g` six significant digits, `fN` N decimals, `eN` an exponent and N decimals, `d` a whole number, `s` text in quotes,
 * `time` whole seconds with one decimal, `seconds` without decimals.
 */
export type FieldFormat = 'd' | 'g' | 's' | 'time' | 'seconds' | `f${number}` | `e${number}`

/** A value that a status line can hold. */
export type FieldValue = string | number

/** One `key=value` of a status line, already printed. */
export interface StatusField {
  readonly key: string
  readonly text: string
}

/** A status line: `[struct stat="OK", module="mGetHdr", ncard=17]`. */
export function statusLine(stat: 'OK' | 'ERROR' | 'INFO', fields: readonly StatusField[]): string {
  const pairs = [{ key: 'stat', text: `"${stat}"` }, ...fields].map(({ key, text }) => `${key}=${text}`)
  return `[struct ${pairs.join(', ')}]\n`
}

/** One field, printed as C prints it. */
export function statusField(key: string, value: FieldValue, format: FieldFormat): StatusField {
  return { key, text: typeof value === 'string' ? quoted(value) : numberText(value, format) }
}

/** Text in double quotes on one line; quotes inside become single ones. */
function quoted(text: string): string {
  return `"${text.replaceAll(/\s*[\r\n]+\s*/g, ' ').replaceAll('"', "'")}"`
}

function numberText(value: number, format: FieldFormat): string {
  switch (format) {
    case 'g':
      return printfDigits(GENERAL, value)
    case 'd':
    case 's':
      return printfDigits(WHOLE, value)
    case 'time':
      return Math.round(value).toFixed(1)
    case 'seconds':
      return Math.round(value).toFixed(0)
    default:
      return printfDigits(parsePrintf(`%.${format.slice(1)}${format.charAt(0)}`), value)
  }
}

const GENERAL = parsePrintf('%g')
const WHOLE = parsePrintf('%d')
