import type { CardValue, Header } from '@skyloom/fits'
import type { CombineMethod } from '../add/combine.ts'

/**
 * Cards that describe one image's own geometry, layout, time, statistics or processing, and so never reach a mosaic:
 * structure, scaling, checksums, every form of WCS and distortion, and cards that are rewritten below.
 */
const OWN_TO_ONE_IMAGE =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|EXTEND|BLOCKED|GROUPS|EXTNAME|EXTVER|EXTLEVEL|INHERIT|BSCALE|BZERO|BLANK|DATAMIN|DATAMAX|CHECKSUM|DATASUM|ZHECKSUM|ZDATASUM|Z[A-Z]+\d*|T(?:FORM|TYPE|UNIT|DIM|NULL|SCAL|ZERO|DISP)\d+|TFIELDS|THEAP|WCSAXES[A-Z]?|WCSNAME[A-Z]?|CTYPE\d+[A-Z]?|CUNIT\d+[A-Z]?|CRPIX\d+[A-Z]?|CRVAL\d+[A-Z]?|CDELT\d+[A-Z]?|CROTA\d+|CD\d+_\d+[A-Z]?|CD\d{6}|PC\d+_\d+[A-Z]?|PC\d{6}|PV\d+_\d+[A-Z]?|PS\d+_\d+[A-Z]?|CRDER\d+[A-Z]?|CSYER\d+[A-Z]?|LONPOLE[A-Z]?|LATPOLE[A-Z]?|RADESYS[A-Z]?|RADECSYS|EQUINOX[A-Z]?|EPOCH|[AB]P?_(?:ORDER|DMAX|\d+_\d+)|WAT\d+_\d+|WCSDIM|LTM\d+_\d+|LTV\d+|DTM\d+_\d+|DTV\d+|CPDIS\d+|CQDIS\d+|CPERR\d+|D2IM\w+|DP\d+|DQ\d+|AMD[XY]\d+|PLT\w+|PPO\d+|[XY]PIXELSZ|CNPIX[12]|CO[12]_\d+|CCDSEC|DATASEC|TRIMSEC|BIASSEC|DETSEC|AMPSEC|PIXSCALE|SECPIX\d?|PIXAREA|COMMENT|HISTORY|DATE|FILENAME|ORIGFILE|IRAF-\w+|CHECKVER|FZ\w+)$/

/** Quantities that describe when and how long, and how they combine. */
const COMBINED = [
  'DATE-OBS',
  'DATE-BEG',
  'DATE-END',
  'MJD-OBS',
  'MJD-BEG',
  'MJD-END',
  'EXPTIME',
  'GAIN',
  'SATURATE',
] as const

/** A card that a product carries on from its inputs. */
export interface InheritedCard {
  readonly keyword: string
  readonly value: CardValue
  readonly comment: string
}

/**
 * What a mosaic can truthfully say of its inputs' metadata.
 *
 * - Cards with the same value in every input are kept, save those that belong to one image alone and those with characters that
 *   FITS does not allow.
 * - DATE-OBS, DATE-BEG, MJD-OBS, MJD-BEG: the earliest. DATE-END, MJD-END: the latest.
 * - EXPTIME: the mean (a mean or median has the scale of one exposure); TEXPTIME: the sum.
 * - SATURATE: the least. GAIN: left out unless there is one image, because it changes with the number of
 *   images from pixel to pixel.
 * - Of a count image nothing but identical descriptive cards is kept; BUNIT is `count`'s own affair.
 */
export function inheritCards(headers: readonly Header[], combine: CombineMethod): readonly InheritedCard[] {
  const first = headers[0]
  if (first === undefined) return []
  const cards: InheritedCard[] = []
  const seen = new Set<string>()
  for (const { keyword, value, comment, type } of first) {
    if (seen.has(keyword) || type === 'commentary' || type === 'invalid' || type === 'undefined') continue
    seen.add(keyword)
    if (keyword === '' || OWN_TO_ONE_IMAGE.test(keyword) || COMBINED.some((name) => name === keyword))
      continue
    if (combine === 'count' && keyword === 'BUNIT') continue
    if (!isPrintable(comment) || (typeof value === 'string' && !isPrintable(value))) continue
    if (headers.every((header) => sameValue(header.card(keyword)?.value, value)))
      cards.push({ keyword, value, comment })
  }
  return combine === 'count' ? cards : [...cards, ...combinedCards(headers)]
}

/** Only printable ASCII can be written into a header (FITS Standard 4.0, section 3.2). */
function isPrintable(text: string): boolean {
  return /^[ -~]*$/.test(text)
}

function sameValue(a: CardValue, b: CardValue): boolean {
  if (typeof a === 'object' && typeof b === 'object') return a.re === b.re && a.im === b.im
  return a === b
}

function combinedCards(headers: readonly Header[]): readonly InheritedCard[] {
  const cards: InheritedCard[] = []
  const add = (keyword: string, value: CardValue, comment: string): void => {
    if (value !== undefined) cards.push({ keyword, value, comment })
  }
  for (const keyword of ['DATE-OBS', 'DATE-BEG'] as const)
    add(keyword, least(texts(headers, keyword)), 'earliest of the images')
  add('DATE-END', most(texts(headers, 'DATE-END')), 'latest of the images')
  for (const keyword of ['MJD-OBS', 'MJD-BEG'] as const)
    add(keyword, least(numbers(headers, keyword)), '[d] earliest of the images')
  add('MJD-END', most(numbers(headers, 'MJD-END')), '[d] latest of the images')
  const exposures = numbers(headers, 'EXPTIME')
  if (exposures.length === headers.length) {
    const total = exposures.reduce((sum, seconds) => sum + seconds, 0)
    add('EXPTIME', total / exposures.length, '[s] mean of the images')
    add('TEXPTIME', total, '[s] sum over the images')
  }
  add('SATURATE', least(numbers(headers, 'SATURATE')), 'least of the images')
  if (headers.length === 1) add('GAIN', numbers(headers, 'GAIN')[0], headers[0]?.card('GAIN')?.comment ?? '')
  return cards
}

function numbers(headers: readonly Header[], keyword: string): readonly number[] {
  return headers.map((header) => header.card(keyword)?.value).filter((value) => typeof value === 'number')
}

/** ISO dates sort as text; other forms are not comparable and are left out. */
function texts(headers: readonly Header[], keyword: string): readonly string[] {
  const values = headers.map((header) => header.card(keyword)?.value)
  const dates = values.filter(
    (value): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value),
  )
  return dates.length === headers.length ? dates : []
}

function least<T extends string | number>(values: readonly T[]): T | undefined {
  return values.reduce<T | undefined>(
    (best, value) => (best === undefined || value < best ? value : best),
    undefined,
  )
}

function most<T extends string | number>(values: readonly T[]): T | undefined {
  return values.reduce<T | undefined>(
    (best, value) => (best === undefined || value > best ? value : best),
    undefined,
  )
}
