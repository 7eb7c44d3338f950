import { CARD_CHARS } from '../header/card.ts'
import type { Header } from '../header/header.ts'
import { type Finding, finding } from './finding.ts'
import { headerLocation, recordLocation } from './locate.ts'
import { isFixedFormat, isTable, mandatoryKeywords } from './mandatory.ts'

/** Extension types of the standard and of its registry, and some that were in use before. */
const KNOWN_EXTENSIONS: readonly string[] = [
  'IMAGE',
  'TABLE',
  'BINTABLE',
  'IUEIMAGE',
  'A3DTABLE',
  'FOREIGN',
  'DUMP',
]

/** Checks presence, order, format and values of the mandatory keywords (FITS Standard 4.0, sections 4.4.1 and 7). */
export function checkMandatory(header: Header, isPrimary: boolean): Finding[] {
  return [
    ...checkOrder(header),
    ...checkFixedFormat(header),
    ...checkSimple(header, isPrimary),
    ...(isPrimary ? [] : checkExtension(header)),
  ]
}

function checkOrder(header: Header): Finding[] {
  const findings: Finding[] = []
  const wanted = mandatoryKeywords(header)
  for (const keyword of wanted) {
    if (header.has(keyword)) continue
    const isRepairable = keyword === 'PCOUNT' || keyword === 'GCOUNT'
    const message = `${keyword} is missing`
    findings.push(finding('MISSING_KEYWORD', { ...headerLocation(header), keyword }, message, isRepairable))
  }
  const present = wanted.filter((keyword) => header.has(keyword))
  let record = 1
  let index = 0
  for (const card of header) {
    const expected = present[index++]
    if (expected === undefined) break
    if (card.keyword !== expected) {
      const location = recordLocation(header, card.keyword, record)
      const found = card.keyword === '' ? 'a blank card' : card.keyword
      findings.push(
        finding('MANDATORY_ORDER', location, `card ${record} is ${found}, but must be ${expected}`, true),
      )
      break
    }
    record += card.raw.length / CARD_CHARS
  }
  return findings
}

function checkFixedFormat(header: Header): Finding[] {
  return mandatoryKeywords(header).flatMap((keyword) => {
    const card = header.card(keyword)
    if (card === undefined || card.type === 'commentary' || isFixedFormat(card)) return []
    return [finding('MANDATORY_FORMAT', header.locate(keyword), `${keyword} is not in fixed format`, true)]
  })
}

function checkSimple(header: Header, isPrimary: boolean): Finding[] {
  const findings: Finding[] = []
  const simple = header.card('SIMPLE')
  if (isPrimary && simple?.value === false) {
    const message = 'SIMPLE is F: the file says that it does not conform to the standard'
    findings.push(finding('NOT_CONFORMING', header.locate('SIMPLE'), message))
  }
  if (!isPrimary && simple !== undefined) {
    findings.push(
      finding('NOT_ALLOWED', header.locate('SIMPLE'), 'SIMPLE belongs into the primary header only', true),
    )
  }
  return findings
}

function checkExtension(header: Header): Finding[] {
  const findings: Finding[] = []
  const xtension = header.card('XTENSION')?.value
  const name = typeof xtension === 'string' ? xtension : ''
  const must = (keyword: string, allowed: number): void => {
    const value = header.card(keyword)?.value
    if (typeof value !== 'number' || value === allowed) return
    const message = `${keyword} is ${value}, but must be ${allowed} in ${name} extensions`
    findings.push(finding('MANDATORY_VALUE', header.locate(keyword), message))
  }
  if (name === 'IMAGE' || name === 'TABLE') must('PCOUNT', 0)
  if (KNOWN_EXTENSIONS.includes(name)) must('GCOUNT', 1)
  if (isTable(header)) {
    must('BITPIX', 8)
    must('NAXIS', 2)
  }
  if (name !== '' && !KNOWN_EXTENSIONS.includes(name)) {
    findings.push(
      finding('UNKNOWN_EXTENSION', header.locate('XTENSION'), `extensions of type ${name} are not known`),
    )
  }
  if (name === 'A3DTABLE' || name === 'IUEIMAGE') {
    const current = name === 'A3DTABLE' ? 'BINTABLE' : 'IMAGE'
    findings.push(finding('DEPRECATED', header.locate('XTENSION'), `${name} is an old name of ${current}`))
  }
  return findings
}
