import { headerError } from './header-error.ts'

/** Text of a keyword's value, undefined when the keyword is absent. */
export type ValueText = (keyword: string) => string | undefined

const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][+-]?\d+)?$/
const WHOLE = /^[+-]?\d+$/
const BITPIX = new Set([8, 16, 32, 64, -32, -64])
const REALS = [
  'CRPIX1',
  'CRPIX2',
  'CRVAL1',
  'CRVAL2',
  'CDELT1',
  'CDELT2',
  'CROTA2',
  'CD1_1',
  'CD1_2',
  'CD2_1',
  'CD2_2',
  'BSCALE',
  'BZERO',
  'BLANK',
  'EPOCH',
  'EQUINOX',
] as const
const NEEDED = ['BITPIX', 'NAXIS', 'NAXIS1', 'NAXIS2'] as const
const NEEDED_WCS = ['CTYPE1', 'CTYPE2', 'CRPIX1', 'CRPIX2', 'CRVAL1', 'CRVAL2'] as const
const MATRIX = ['CD1_1', 'CD1_2', 'CD2_1', 'CD2_2'] as const
/** Years that an equinox may have. */
const EQUINOX_RANGE = [1900, 2050] as const

/**
 * Checks the keywords of an image or template with the questions, and in the order, of the classic programs.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER` with their sentence and `name`
 */
export function checkHeader(get: ValueText, name: string): void {
  const problem = missingKeyword(get) ?? badValue(get) ?? badAxes(get)
  if (problem !== undefined) throw headerError(name, problem, { remedy: 'correct the header' })
}

function missingKeyword(get: ValueText): string | undefined {
  const absent = (keywords: readonly string[]): string | undefined =>
    keywords.find((keyword) => get(keyword) === undefined)
  const size = absent(NEEDED)
  if (size !== undefined) return `No ${size} keyword in FITS header`
  if (get('PLTRAH') !== undefined) return undefined
  const wcs = absent(NEEDED_WCS)
  if (wcs !== undefined) return `No ${wcs} keyword in FITS header`
  if (MATRIX.some((keyword) => get(keyword) !== undefined)) return undefined
  const scale = absent(['CDELT1', 'CDELT2'])
  return scale === undefined ? undefined : `No ${scale} keyword (or incomplete CD matrix) in FITS header`
}

function badValue(get: ValueText): string | undefined {
  const simple = get('SIMPLE')
  if (simple !== undefined && simple !== 'T' && simple !== 'F') return 'SIMPLE keyword must be T or F'
  const bitpix = get('BITPIX') ?? ''
  if (!WHOLE.test(bitpix)) return 'BITPIX keyword in FITS header not an integer'
  if (!BITPIX.has(Number(bitpix))) return 'Invalid BITPIX in FITS header (must be 8,16,32,64,-32 or -64)'
  for (const [keyword, least] of [
    ['NAXIS', 2],
    ['NAXIS1', 1],
    ['NAXIS2', 1],
  ] as const) {
    const text = get(keyword) ?? ''
    if (!WHOLE.test(text)) return `${keyword} keyword in FITS header not an integer`
    if (Number(text) < least)
      return `${keyword} keyword in FITS header must be ${least === 2 ? '>= 2' : '> 0'}`
  }
  for (const keyword of REALS) {
    const text = get(keyword)
    const isEquinox = keyword === 'EQUINOX'
    if (text === undefined || (isEquinox && /^[JB]\d/.test(text))) continue
    const year = Number(text)
    const isYear = !isEquinox || (year >= EQUINOX_RANGE[0] && year <= EQUINOX_RANGE[1])
    if (!REAL.test(text) || !isYear) return `${keyword} keyword in FITS header not a real number`
  }
  return undefined
}

function badAxes(get: ValueText): string | undefined {
  if (get('PLTRAH') !== undefined) return undefined
  const [first = '', second = ''] = [get('CTYPE1'), get('CTYPE2')]
  if (first.length < 8) return 'CTYPE1 must be at least 8 characters'
  if (second.length < 8) return 'CTYPE2 must be at least 8 characters'
  const codes = [first, second].map((text) => /^[^-]*-+(.*)$/.exec(text)?.[1] ?? '')
  if (codes[0] === '' || codes[1] === '') return 'Invalid CTYPE1 or CTYPE2 projection information'
  if (codes[0] !== codes[1]) return 'CTYPE1, CTYPE2 projection information mismatch'
  return undefined
}
