import { FitsError, type FitsLocation } from '../errors.ts'
import { CARD_CHARS, type Card, type CardValue, isCommentaryKeyword } from './card.ts'
import { formatCard, isStandardKeyword } from './format-card.ts'
import { Header } from './header.ts'
import { endsWithAmpersand, isContinueRecord, parseCard } from './parse-card.ts'
import { parseInteger, parseReal, parseValue, trimBlanks, trimRight } from './parse-value.ts'

/** More lines than this are refused; real templates have fewer than a hundred. */
const MAX_LINES = 10_000

/** Keywords whose values are numbers, whatever quotes are around them. */
const NUMERIC =
  /^(?:BITPIX|NAXIS[1-9]?\d*|WCSAXES|CRPIX\d+|CRVAL\d+|CDELT\d+|CROTA\d+|CD\d+_\d+|PC\d+_\d+|PV\d+_\d+|LONPOLE|LATPOLE|EQUINOX|EPOCH|BSCALE|BZERO|BLANK|(?:A|B|AP|BP)_(?:ORDER|\d+_\d+))$/

/**
 * Reads a header template (`.hdr`): FITS cards as lines of a text file, without column rules.
 *
 * `KEYWORD = value / comment` with any blanks around `=` (or none, or no `=`); strings with or without quotes; LF or
 * CRLF; blank lines are skipped; reading stops at END, which may be missing. Cards in fixed columns keep their exact
 * form. Values of the usual numeric keywords are numbers even in quotes, as Montage reads them. Errors of the header's
 * getters name the line.
 *
 * @param name named in errors: the path of the file
 * @throws FitsError `FITS_BAD_TEMPLATE` (with the line) for lines beyond 80 characters, names that are no keywords,
 *   missing or unreadable values, and for text that is a FITS file
 */
export function parseHeaderTemplate(text: string, name: string = 'template'): Header {
  const header = new Header({ file: name })
  if (
    text.startsWith('SIMPLE  =') &&
    !/[\r\n]/.test(text.slice(0, 2 * CARD_CHARS)) &&
    text.length > CARD_CHARS
  ) {
    throw new FitsError(
      'FITS_BAD_TEMPLATE',
      { file: name },
      'a FITS file cannot be used as a header template',
      {
        remedy: 'write its header as text, one card a line, first',
      },
    )
  }
  const cards: { raw: string; readonly line: number }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const location = { file: name, line: index + 1 }
    const content = checkLine(line.endsWith('\r') ? line.slice(0, -1) : line, location)
    if (/^END\s*$/.test(content)) break
    if (content.trim() === '') continue
    const raw = templateRecord(content, location)
    const last = cards.at(-1)
    if (last !== undefined && isContinueRecord(raw) && endsWithAmpersand(last.raw.slice(-CARD_CHARS)))
      last.raw += raw
    else cards.push({ raw, line: index + 1 })
  }
  for (const { raw, line } of cards) header.appendRaw(raw, line)
  return header
}

/** The header as a template: one card a line without trailing blanks, END at the end, LF line ends. */
export function formatHeaderTemplate(header: Header): string {
  const lines = header.cards().flatMap((card) => {
    const records: string[] = []
    for (let at = 0; at < card.raw.length; at += CARD_CHARS)
      records.push(trimRight(card.raw.slice(at, at + CARD_CHARS)))
    return records
  })
  return `${[...lines, 'END'].join('\n')}\n`
}

function checkLine(line: string, location: FitsLocation): string {
  if (location.line !== undefined && location.line > MAX_LINES) {
    throw new FitsError('FITS_BAD_TEMPLATE', location, 'the template is too long', {
      allowed: `${MAX_LINES} lines`,
    })
  }
  if (line.length > CARD_CHARS) {
    throw new FitsError(
      'FITS_BAD_TEMPLATE',
      location,
      'FITS header lines cannot be greater than 80 characters',
      {
        found: `${line.length} characters`,
        remedy: 'shorten the line',
      },
    )
  }
  if (/[^ -~\t]/.test(line)) {
    throw new FitsError(
      'FITS_BAD_TEMPLATE',
      location,
      'the line holds characters that FITS headers cannot hold',
      {
        found: line,
        allowed: 'printable ASCII',
      },
    )
  }
  return line.replaceAll('\t', ' ')
}

const INDENTED_CARD = /^ +[A-Z0-9_-]{1,8} *=/

/** One line as a record of 80 characters: as it is when it follows the columns, else written anew. */
function templateRecord(line: string, location: FitsLocation): string {
  const record = line.padEnd(CARD_CHARS)
  if (isContinueRecord(record) || (/^ {8}/.test(record) && !INDENTED_CARD.test(record))) return record
  const card = parseCard(record)
  if (isProper(card)) return checkNumeric(card, location)
  return looseRecord(line, location)
}

function isProper(card: Card): boolean {
  if (isCommentaryKeyword(card.keyword)) return true
  if (card.type === 'commentary' || card.type === 'invalid' || card.type === 'undefined') return false
  return card.fault === undefined && (isStandardKeyword(card.keyword) || card.raw.startsWith('HIERARCH '))
}

function checkNumeric(card: Card, location: FitsLocation): string {
  if (!NUMERIC.test(card.keyword) || card.type === 'integer' || card.type === 'float') return card.raw
  const value = typeof card.value === 'string' ? numberOf(trimBlanks(card.value)) : undefined
  if (value === undefined) throw notANumber(card.keyword, card.raw.slice(10).trim(), location)
  return writeCard(card.keyword, value, card.comment, location)
}

/** Blanks, keyword up to a blank or `=`, any blanks and one `=`, value, comment behind a slash. */
function looseRecord(line: string, location: FitsLocation): string {
  const match = /^ *([^ =]+) *=? *(.*)$/.exec(line)
  const keyword = match?.[1] ?? ''
  const rest = match?.[2] ?? ''
  if (keyword !== '' && isCommentaryKeyword(keyword)) return line.padEnd(CARD_CHARS)
  if (!isStandardKeyword(keyword))
    throw badLine(location, 'the line does not begin with a FITS keyword', keyword === '' ? line : keyword)
  const { value, comment } = looseValue(keyword, rest, location)
  return writeCard(keyword, value, comment, location)
}

interface LooseValue {
  readonly value: CardValue
  readonly comment: string
}

function looseValue(keyword: string, rest: string, location: FitsLocation): LooseValue {
  if (rest.startsWith("'")) {
    const { value, comment } = parseValue(rest)
    if (typeof value !== 'string') throw badLine(location, 'the string has no closing quote', rest)
    return { value: NUMERIC.test(keyword) ? numeric(keyword, value, location) : value, comment }
  }
  const slash = rest.search(/(?:^| )\//)
  const text = trimBlanks(slash < 0 ? rest : rest.slice(0, slash))
  const comment = slash < 0 ? '' : trimBlanks(rest.slice(rest.indexOf('/', slash) + 1))
  if (text === '') throw badLine(location, `${keyword} has no value`, rest)
  if (NUMERIC.test(keyword)) return { value: numeric(keyword, text, location), comment }
  if (text === 'T' || text === 'F') return { value: text === 'T', comment }
  return { value: numberOf(text) ?? text, comment }
}

function numeric(keyword: string, text: string, location: FitsLocation): number | bigint {
  const value = numberOf(trimBlanks(text))
  if (value === undefined) throw notANumber(keyword, text, location)
  return value
}

function numberOf(text: string): number | bigint | undefined {
  return parseInteger(text) ?? parseReal(text)
}

function writeCard(keyword: string, value: CardValue, comment: string, location: FitsLocation): string {
  try {
    return formatCard(keyword, value, comment, { location })
  } catch (cause) {
    throw new FitsError(
      'FITS_BAD_TEMPLATE',
      { ...location, keyword },
      'the line cannot be written as a card',
      { cause },
    )
  }
}

function notANumber(keyword: string, found: string, location: FitsLocation): FitsError {
  return new FitsError('FITS_BAD_TEMPLATE', { ...location, keyword }, 'the value is not a number', {
    found,
    allowed: 'a number',
    remedy: `correct line ${location.line ?? 0}`,
  })
}

function badLine(location: FitsLocation, problem: string, found: string): FitsError {
  return new FitsError('FITS_BAD_TEMPLATE', location, problem, {
    found: found === '' ? 'nothing' : found,
    allowed: 'KEYWORD = value / comment',
    remedy: `correct line ${location.line ?? 0}`,
  })
}
