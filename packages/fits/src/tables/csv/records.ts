import { TableError, type TableLocation } from '../errors.ts'

/** One field of a record. */
export interface CsvField {
  readonly text: string
  /** A quoted field is text also when it is empty. */
  readonly isQuoted: boolean
}

/** One record with the line on which it starts. */
export interface CsvRecord {
  readonly fields: readonly CsvField[]
  /** from 1 */
  readonly line: number
}

const QUOTE = '"'

/**
 * The records of a text after RFC 4180: fields parted by `delimiter`, quotes around fields with delimiters, quotes
 * or line breaks, quotes within doubled; lines end with CR LF or LF.
 *
 * @throws TableError `TABLE_BAD_SYNTAX`; `TABLE_TOO_LARGE` for more than `maxFields` fields
 */
export function* csvRecords(
  text: string,
  delimiter: string,
  source: string | undefined,
  maxFields: number,
): Generator<CsvRecord, void, undefined> {
  const state = { at: 0, line: 1, lineStart: 0 }
  while (state.at < text.length) {
    const record =
      plainRecord(text, delimiter, state, maxFields) ??
      quotedRecord(text, delimiter, source, state, maxFields)
    if (record.fields.length > maxFields) throw tooManyFields({ source, line: record.line }, maxFields)
    yield record
  }
}

function tooManyFields(location: TableLocation, maxFields: number): TableError {
  return new TableError('TABLE_TOO_LARGE', location, 'the record has too many fields', {
    found: `more than ${maxFields}`,
    allowed: `up to ${maxFields}`,
  })
}

interface Position {
  at: number
  line: number
  lineStart: number
}

/** A record on a line without quotes; undefined when there are some. */
function plainRecord(
  text: string,
  delimiter: string,
  state: Position,
  maxFields: number,
): CsvRecord | undefined {
  const newline = text.indexOf('\n', state.at)
  const stop = newline < 0 ? text.length : newline
  const content = text.slice(state.at, text[stop - 1] === '\r' && stop > state.at ? stop - 1 : stop)
  if (content.includes(QUOTE)) return undefined
  const fields = content
    .split(delimiter, maxFields + 1)
    .map((field): CsvField => ({ text: field, isQuoted: false }))
  const { line } = state
  state.at = newline < 0 ? text.length : newline + 1
  state.line++
  state.lineStart = state.at
  return { fields, line }
}

function quotedRecord(
  text: string,
  delimiter: string,
  source: string | undefined,
  state: Position,
  maxFields: number,
): CsvRecord {
  const fields: CsvField[] = []
  const { line } = state
  while (fields.length <= maxFields) {
    fields.push(
      text[state.at] === QUOTE
        ? quotedField(text, delimiter, source, state)
        : plainField(text, delimiter, source, state),
    )
    if (text[state.at] === delimiter) {
      state.at++
      continue
    }
    if (text[state.at] === '\r') state.at++
    if (text[state.at] === '\n') state.at++
    state.line++
    state.lineStart = state.at
    break
  }
  return { fields, line }
}

function plainField(text: string, delimiter: string, source: string | undefined, state: Position): CsvField {
  const start = state.at
  let end = start
  for (; end < text.length; end++) {
    const char = text[end]
    if (char === delimiter || char === '\n') break
    if (char === '\r' && (end + 1 === text.length || text[end + 1] === '\n')) break
    if (char === QUOTE)
      throw badQuote(source, state, end, 'a quote within a field that does not start with one')
  }
  state.at = end
  return { text: text.slice(start, end), isQuoted: false }
}

function quotedField(text: string, delimiter: string, source: string | undefined, state: Position): CsvField {
  const start = { ...state }
  let content = ''
  let from = state.at + 1
  for (;;) {
    const quote = text.indexOf(QUOTE, from)
    if (quote < 0) throw badQuote(source, start, start.at, 'a quoted field without closing quote')
    content += text.slice(from, quote)
    if (text[quote + 1] !== QUOTE) {
      state.at = quote + 1
      break
    }
    content += QUOTE
    from = quote + 2
  }
  countLines(text, start.at, state)
  const next = text[state.at]
  const isEnd = next === undefined || next === delimiter || next === '\n' || next === '\r'
  if (!isEnd) throw badQuote(source, state, state.at, 'text after the closing quote of a field')
  return { text: content, isQuoted: true }
}

function countLines(text: string, from: number, state: Position): void {
  for (let at = text.indexOf('\n', from); at >= 0 && at < state.at; at = text.indexOf('\n', at + 1)) {
    state.line++
    state.lineStart = at + 1
  }
}

function badQuote(source: string | undefined, state: Position, at: number, found: string): TableError {
  const location = { source, line: state.line, character: at - state.lineStart + 1 }
  return new TableError('TABLE_BAD_SYNTAX', location, 'the quotes of a field are not balanced', {
    found,
    allowed: 'quotes around a whole field, quotes within it doubled (RFC 4180)',
  })
}
