import { CARD_CHARS, type Card, type CardType } from '../header/card.ts'
import type { Header } from '../header/header.ts'
import { type Finding, finding } from './finding.ts'
import { recordLocation } from './locate.ts'

interface Rule {
  readonly names: RegExp
  readonly types: readonly CardType[]
  readonly allowed: string
}

const STRING: readonly CardType[] = ['string']
const NUMBER: readonly CardType[] = ['integer', 'float']
const INTEGER: readonly CardType[] = ['integer']
const LOGICAL: readonly CardType[] = ['logical']

/** Types of reserved keywords (FITS Standard 4.0, tables C.2 and 22). `[A-Z]?` is the letter of an alternate description. */
const RULES: readonly Rule[] = [
  {
    names: /^(?:SIMPLE|EXTEND|GROUPS|INHERIT|BLOCKED|ZIMAGE|ZTABLE|ZSIMPLE|ZEXTEND)$/,
    types: LOGICAL,
    allowed: 'T or F',
  },
  {
    names:
      /^(?:Z?BITPIX|Z?NAXIS[1-9]?\d{0,2}|PCOUNT|GCOUNT|EXTVER|EXTLEVEL|BLANK|TFIELDS|TBCOL[1-9]\d*|THEAP|WCSAXES[A-Z]?|ZTILE\d+)$/,
    types: INTEGER,
    allowed: 'a whole number',
  },
  {
    names:
      /^(?:BSCALE|BZERO|DATAMAX|DATAMIN|EPOCH|EQUINOX[A-Z]?|(?:CRPIX|CRVAL|CDELT|CROTA|CRDER|CSYER)[1-9]\d*[A-Z]?|(?:PC|CD|PV)[1-9]\d*_\d+[A-Z]?|LONPOLE[A-Z]?|LATPOLE[A-Z]?|RESTFRQ[A-Z]?|RESTFREQ|RESTWAV[A-Z]?|MJD-OBS|MJD-AVG|MJDREF|(?:TSCAL|TZERO|PSCAL|PZERO)[1-9]\d*)$/,
    types: NUMBER,
    allowed: 'a number',
  },
  {
    names:
      /^(?:XTENSION|EXTNAME|DATE|DATE-[A-Z]{3}|ORIGIN|TELESCOP|INSTRUME|OBSERVER|OBJECT|AUTHOR|REFERENC|BUNIT|(?:CTYPE|CUNIT|CNAME)[1-9]\d*[A-Z]?|RADESYS[A-Z]?|WCSNAME[A-Z]?|SPECSYS[A-Z]?|TIMESYS|(?:TTYPE|TFORM|TUNIT|TDISP|TDIM|PTYPE)[1-9]\d*|CHECKSUM|DATASUM|ZCMPTYPE)$/,
    types: STRING,
    allowed: 'a string',
  },
]

/** Dates in the form of today, or DD/MM/YY of the last century (section 9.1.1). */
const DATE =
  /^[+-]?\d{4,5}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d*)?)?$/
const OLD_DATE = /^(?:0[1-9]|[12]\d|3[01])\/(?:0[1-9]|1[0-2])\/\d\d$/

/** Checks types and some values of reserved keywords (FITS Standard 4.0, sections 4.4.2, 8 and 9). */
export function* checkReserved(header: Header, isPrimary: boolean): Generator<Finding, void, undefined> {
  let record = 1
  for (const card of header) {
    yield* checkType(card, header, record)
    yield* checkDate(card, header, record)
    record += card.raw.length / CARD_CHARS
  }
  yield* checkScaling(header)
  yield* checkPlaces(header, isPrimary)
  yield* checkDeprecated(header)
}

function checkType(card: Card, header: Header, record: number): Finding[] {
  if (card.type === 'commentary' || card.type === 'invalid' || card.type === 'undefined') return []
  const rule = RULES.find(({ names }) => names.test(card.keyword))
  if (rule === undefined || rule.types.includes(card.type)) return []
  const location = recordLocation(header, card.keyword, record)
  const value = card.raw.slice(10, CARD_CHARS).trim()
  return [finding('WRONG_TYPE', location, `${card.keyword} is ${value}, but must be ${rule.allowed}`)]
}

function checkDate(card: Card, header: Header, record: number): Finding[] {
  if (!/^DATE(?:-(?:OBS|BEG|AVG|END|REF))?$/.test(card.keyword) || typeof card.value !== 'string') return []
  if (card.value === '' || DATE.test(card.value)) return []
  const location = recordLocation(header, card.keyword, record)
  if (OLD_DATE.test(card.value)) {
    return [
      finding(
        'DEPRECATED',
        location,
        `${card.keyword} is ${card.value}: dates are written as YYYY-MM-DD today`,
      ),
    ]
  }
  return [
    finding('DATE_FORM', location, `${card.keyword} is ${card.value}, but must be YYYY-MM-DD[Thh:mm:ss[.s]]`),
  ]
}

function checkScaling(header: Header): Finding[] {
  const findings: Finding[] = []
  if (header.card('BSCALE')?.value === 0) {
    findings.push(
      finding('SCALE_ZERO', header.locate('BSCALE'), 'BSCALE is 0: all pixels have the value of BZERO'),
    )
  }
  const bitpix = header.card('BITPIX')?.value
  const isCompressed = header.card('ZIMAGE')?.value === true
  if (header.has('BLANK') && typeof bitpix === 'number' && bitpix < 0 && !isCompressed) {
    const message = 'BLANK is only for integers; floating-point pixels without value are NaN'
    findings.push(finding('NOT_ALLOWED', header.locate('BLANK'), message, true))
  }
  return findings
}

/** Keywords in a header where they mean nothing: axes beyond NAXIS, INHERIT in the primary, WCS keywords before WCSAXES. */
function checkPlaces(header: Header, isPrimary: boolean): Finding[] {
  const findings: Finding[] = []
  const naxis = header.card('NAXIS')?.value
  const wcsaxes = new Set<string>()
  const early = new Map<string, string>()
  for (const card of header) {
    const axis = /^NAXIS([1-9]\d{0,2})$/.exec(card.keyword)
    if (axis !== null && typeof naxis === 'number' && Number(axis[1]) > naxis) {
      const message = `${card.keyword} is there, but NAXIS is ${naxis}`
      findings.push(finding('NOT_ALLOWED', header.locate(card.keyword), message, true))
    }
    const axes = /^WCSAXES([A-Z]?)$/.exec(card.keyword)
    if (axes !== null) wcsaxes.add(axes[1] ?? '')
    const wcs = /^(?:CTYPE|CUNIT|CRPIX|CRVAL|CDELT)[1-9]\d*([A-Z]?)$/.exec(card.keyword)
    const letter = wcs?.[1]
    if (letter !== undefined && !wcsaxes.has(letter) && !early.has(letter)) early.set(letter, card.keyword)
  }
  for (const [letter, keyword] of early) {
    if (!wcsaxes.has(letter)) continue
    // Section 8.2: WCSAXES must precede the keywords it describes.
    findings.push(
      finding('MANDATORY_ORDER', header.locate(keyword), `${keyword} must follow WCSAXES${letter}`),
    )
  }
  if (isPrimary && header.has('INHERIT')) {
    findings.push(
      finding('NOT_ALLOWED', header.locate('INHERIT'), 'INHERIT belongs into extensions only', true),
    )
  }
  return findings
}

function checkDeprecated(header: Header): Finding[] {
  const findings: Finding[] = []
  const advise = (keyword: string, message: string): void => {
    if (header.has(keyword)) findings.push(finding('DEPRECATED', header.locate(keyword), message))
  }
  advise('BLOCKED', 'BLOCKED shall no longer be used')
  if (!header.has('EQUINOX')) advise('EPOCH', 'EPOCH is an old name of EQUINOX')
  if (header.card('GROUPS')?.value === true) advise('GROUPS', 'random groups shall not be used for new files')
  return findings
}
