import { type Card, isCommentaryKeyword } from '../header/card.ts'
import { formatCard, isStandardKeyword } from '../header/format-card.ts'
import { Header } from '../header/header.ts'
import { parseCard } from '../header/parse-card.ts'
import { isFixedFormat, isTable, mandatoryKeywords } from './mandatory.ts'

/**
 * A header without the faults that can be mended without guessing; cards that are right keep their bytes.
 * What it mends is listed at `repairFits`.
 */
export function repairHeader(header: Header, isPrimary: boolean): Header {
  const cleaned = new Header(header.origin)
  for (const card of header) cleaned.appendRaw(repairCard(card))
  const result = new Header(header.origin)
  const mandatory = mandatoryKeywords(cleaned)
  for (const keyword of mandatory) {
    const card = cleaned.card(keyword)
    if (card !== undefined) result.appendRaw(fixedFormat(card))
    else if (keyword === 'PCOUNT') result.append(keyword, 0)
    else if (keyword === 'GCOUNT') result.append(keyword, 1)
  }
  const seen = new Set<string>()
  for (const card of cleaned) {
    if (mandatory.includes(card.keyword) || isMisplaced(card, cleaned, isPrimary)) continue
    const isRepeated = seen.has(card.raw) && !isCommentaryKeyword(card.keyword)
    if (!isRepeated) result.appendRaw(card.raw)
    seen.add(card.raw)
  }
  return result
}

/** Characters, name and form of the value. */
function repairCard(card: Card): string {
  let raw = card.raw.replace(/[^ -~]/g, (char) => (char.charCodeAt(0) < 32 ? ' ' : '?'))
  const name = raw.slice(0, 8).trim().toUpperCase()
  const isMisnamed = raw.slice(0, 8) !== name.padEnd(8) && isStandardKeyword(name)
  if (isMisnamed) raw = name.padEnd(8) + raw.slice(8)
  // Column 10: a value follows directly behind the equals sign.
  if (isStandardKeyword(name) && /^.{8}=[^ ]/.test(raw) && raw.endsWith(' ') && !isCommentaryKeyword(name)) {
    raw = `${raw.slice(0, 9)} ${raw.slice(9, -1)}`
  }
  const cleaned = parseCard(raw)
  if (cleaned.fault === undefined || cleaned.type === 'invalid' || cleaned.type === 'commentary') return raw
  return formatCard(cleaned.keyword, cleaned.value, cleaned.comment, { isFloat: cleaned.type === 'float' })
}

/** Mandatory cards in fixed format; those that are already are not touched. */
function fixedFormat(card: Card): string {
  const isUnreadable = card.type === 'commentary' || card.type === 'invalid'
  return isUnreadable || isFixedFormat(card) ? card.raw : formatCard(card.keyword, card.value, card.comment)
}

/** Cards that a check calls `NOT_ALLOWED` and that can go without loss. */
function isMisplaced(card: Card, header: Header, isPrimary: boolean): boolean {
  const { keyword } = card
  const number = (name: string): number | undefined => {
    const value = header.card(name)?.value
    return typeof value === 'number' ? value : undefined
  }
  const axis = /^NAXIS([1-9]\d{0,2})$/.exec(keyword)
  if (axis !== null) return Number(axis[1]) > (number('NAXIS') ?? Infinity)
  if (keyword === 'BLANK') return (number('BITPIX') ?? 0) < 0
  if (keyword === 'SIMPLE') return !isPrimary
  if (keyword === 'INHERIT') return isPrimary
  const column = /^(?:TFORM|TTYPE|TBCOL|TUNIT|TNULL|TSCAL|TZERO|TDISP|TDIM)([1-9]\d*)$/.exec(keyword)
  return column !== null && isTable(header) && Number(column[1]) > (number('TFIELDS') ?? Infinity)
}
