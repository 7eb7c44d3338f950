import { TableError } from '../errors.ts'
import { assembleColumn } from '../model/build.ts'
import type { Column } from '../model/table.ts'
import { inferType, valuesFromTexts } from '../text-values.ts'
import type { WarningList } from '../warnings.ts'
import type { IpacHeadColumn } from './head.ts'

/** What reading the values of a column needs. */
export interface IpacColumnContext {
  readonly source: string | undefined
  readonly records: readonly string[]
  /** line of each record, from 1 */
  readonly lineNumbers: readonly number[]
  readonly warnings: WarningList
  readonly onBadValue: 'error' | 'null'
}

/** The values under one column's bars. */
export function readIpacColumn(head: IpacHeadColumn, context: IpacColumnContext): Column {
  const texts = context.records.map((record) => cellText(record, head.start, head.end))
  const isTextNull = (text: string): boolean => text === '' || text === head.nullText
  const isNumberNull = (text: string): boolean => isTextNull(text) || text === 'null' || text === 'NULL'
  const type = head.type ?? inferType(texts, isTextNull)
  const onBadValue = (text: string, row: number, allowed: string): void => {
    reportBadValue(text, row, allowed, head, context)
  }
  const isNull = type === 'string' ? isTextNull : isNumberNull
  // Sizes of files and large identifiers stand under the type int too, hence the widening.
  const made = valuesFromTexts(type, texts, { isNull, onBadValue }, true)
  return assembleColumn(made.type, made.values, {
    name: head.name,
    ...(head.unit === undefined ? {} : { unit: head.unit }),
    ...(head.nullText === undefined ? {} : { nullText: head.nullText }),
    ...(made.nulls === undefined ? {} : { nulls: made.nulls }),
  })
}

const BLANK = 32
const TAB = 9

/** Text of a record from `start` up to `end`, without blanks around it. */
function cellText(record: string, start: number, end: number): string {
  let first = start
  let last = Math.min(end, record.length) - 1
  while (first <= last && isBlank(record.charCodeAt(first))) first++
  while (last >= first && isBlank(record.charCodeAt(last))) last--
  return first > last ? '' : record.slice(first, last + 1)
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB
}

/** Throws or notes a warning, as the options say. */
function reportBadValue(
  text: string,
  row: number,
  allowed: string,
  head: IpacHeadColumn,
  context: IpacColumnContext,
): void {
  const record = context.records[row] ?? ''
  const location = {
    source: context.source,
    line: context.lineNumbers[row] ?? 0,
    character: record.indexOf(text, head.start) + 1,
    column: head.name,
  }
  if (context.onBadValue === 'null') {
    const problem = `the value is not ${allowed}; read as no value`
    context.warnings.add('TABLE_VALUE_REPLACED', location, problem, text)
    return
  }
  const orNull = head.nullText === undefined || head.nullText === '' ? '' : `, or ${head.nullText}`
  throw new TableError('TABLE_BAD_VALUE', location, 'the value is not of the type of its column', {
    found: text,
    allowed: `${allowed}, blank${orNull}`,
    remedy: "correct the value or read with onBadValue: 'null'",
  })
}
