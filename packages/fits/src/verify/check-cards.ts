import { CARD_CHARS, type Card, isCommentaryKeyword } from '../header/card.ts'
import { isStandardKeyword } from '../header/format-card.ts'
import type { Header } from '../header/header.ts'
import { type Finding, finding } from './finding.ts'
import { recordLocation } from './locate.ts'
import { mandatoryKeywords } from './mandatory.ts'

/** Keywords that may stand more than once. */
const REPEATED: readonly string[] = ['CONTINUE', 'HIERARCH']

/** Checks every card for itself: characters, name, form of the value; then names that are there twice. */
export function* checkCards(header: Header): Generator<Finding, void, undefined> {
  const seen = new Map<string, Card>()
  const mandatory = mandatoryKeywords(header)
  let record = 1
  for (const card of header) {
    yield* checkCard(card, header, record)
    const first = seen.get(card.keyword)
    if (first !== undefined && !mayRepeat(card)) {
      const isSame = first.raw === card.raw
      const location = recordLocation(header, card.keyword, record)
      const what = isSame
        ? 'the same card again'
        : `${valueText(card)} after ${valueText(first)}; the first counts`
      const isMandatory = mandatory.includes(card.keyword)
      const found = finding('DUPLICATE_KEYWORD', location, `${card.keyword} is there twice: ${what}`, isSame)
      yield isMandatory ? { ...found, severity: 'error' } : found
    }
    seen.set(card.keyword, first ?? card)
    record += card.raw.length / CARD_CHARS
  }
}

/** Field specifiers of record-valued cards (WCS Paper IV, draft): `DP1 = 'NAXES: 2'`, one card for each field. */
const RECORD_FIELD = /^[A-Za-z][\w.]*: [-+.\d]/

function mayRepeat(card: Card): boolean {
  if (isCommentaryKeyword(card.keyword) || REPEATED.includes(card.keyword)) return true
  return typeof card.value === 'string' && RECORD_FIELD.test(card.value)
}

function valueText(card: Card): string {
  return card.raw.slice(10, 30).trim()
}

function checkCard(card: Card, header: Header, record: number): Finding[] {
  const findings: Finding[] = []
  const location = recordLocation(header, card.keyword, record)
  const bad = card.raw.search(/[^ -~]/)
  if (bad >= 0) {
    const code = card.raw.charCodeAt(bad).toString(16).padStart(2, '0')
    const column = (bad % CARD_CHARS) + 1
    findings.push(
      finding('BAD_CHARACTER', location, `byte 0x${code} in column ${column} is not printable ASCII`, true),
    )
  }
  if (!isProperName(card)) {
    const isRepairable = isStandardKeyword(card.raw.slice(0, 8).trim().toUpperCase())
    const name = JSON.stringify(card.raw.slice(0, 8))
    findings.push(
      finding('BAD_KEYWORD', location, `${name} is no keyword: up to 8 of A-Z, 0-9, '-', '_'`, isRepairable),
    )
  }
  if (card.type === 'invalid') {
    findings.push(
      finding('BAD_VALUE', location, `the value of ${card.keyword} ${card.fault ?? 'cannot be read'}`),
    )
  } else if (card.fault !== undefined) {
    findings.push(finding('VALUE_FORM', location, `${card.keyword}: ${card.fault}`, true))
  }
  if (card.keyword === 'CONTINUE') {
    findings.push(finding('ORPHAN_CONTINUE', location, 'the card before does not end with & in a string'))
  }
  return findings
}

/** The ESO convention is not part of the standard but registered and in wide use. */
function isProperName(card: Card): boolean {
  const field = card.raw.slice(0, 8)
  return isCommentaryKeyword(card.keyword) ? true : isStandardKeyword(field.trimEnd()) && !/^ /.test(field)
}
