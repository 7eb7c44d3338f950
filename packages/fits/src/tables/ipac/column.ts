import { TableError } from '../errors.ts'
import { assembleColumn } from '../model/build.ts'
import type { Column, ColumnType } from '../model/table.ts'
import type { WarningList } from '../warnings.ts'
import type { IpacHeadColumn } from './head.ts'
import { parseReal, parseWhole } from './number-text.ts'

/** What reading the values of a column needs. */
export interface IpacColumnContext {
  readonly name: string
  readonly records: readonly string[]
  /** line of each record, from 1 */
  readonly lineNumbers: readonly number[]
  readonly warnings: WarningList
  readonly onBadValue: 'error' | 'null'
}

/** The values under one column's bars. */
export function readIpacColumn(head: IpacHeadColumn, context: IpacColumnContext): Column {
  const texts = context.records.map((record) => cellText(record, head.start, head.end))
  const type = head.type ?? inferType(texts, head.nullText)
  const filled = fillValues(type, texts, head, context)
  return assembleColumn(filled.type, filled.values, {
    name: head.name,
    ...(head.unit === undefined ? {} : { unit: head.unit }),
    ...(head.nullText === undefined ? {} : { nullText: head.nullText }),
    ...(filled.nulls.includes(1) ? { nulls: filled.nulls } : {}),
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

/** The narrowest of int32, int64, float64 and text that keeps every value. */
function inferType(texts: readonly string[], nullText: string | undefined): ColumnType {
  let type: 'int32' | 'int64' | 'float64' | undefined
  for (const text of texts) {
    if (text === '' || text === nullText) continue
    if (/^[+-]?0\d/.test(text)) return 'string'
    const whole = /^[+-]?\d+$/.test(text) ? parseWhole(text) : undefined
    if (whole !== undefined && isInt64(whole)) {
      if (type === undefined || type === 'int32') type = isInt32(whole) ? (type ?? 'int32') : 'int64'
    } else if (parseReal(text) !== undefined) type = 'float64'
    else return 'string'
  }
  return type ?? 'string'
}

function isInt32(value: number | bigint): boolean {
  return Number(value) === (Number(value) | 0)
}

function isInt64(value: number | bigint): boolean {
  return typeof value === 'number' || BigInt.asIntN(64, value) === value
}

interface Filled {
  readonly type: ColumnType
  readonly values: string[] | Int32Array | BigInt64Array | Float64Array
  readonly nulls: Uint8Array
}

function fillValues(
  type: ColumnType,
  texts: string[],
  head: IpacHeadColumn,
  context: IpacColumnContext,
): Filled {
  switch (type) {
    case 'string':
      return {
        type,
        values: texts,
        nulls: Uint8Array.from(texts, (text) => Number(text === '' || text === head.nullText)),
      }
    case 'int32':
      return fillInt32(texts, head, context)
    case 'int64':
      return fillInt64(texts, head, context)
    case 'float64':
      return fillFloat64(texts, head, context)
    default:
      throw new TableError('TABLE_UNSUPPORTED', 'IPAC tables have no columns of this type', {
        where: [context.name, `column ${head.name}`],
        found: type,
        allowed: 'int32, int64, float64, string',
      })
  }
}

function isNullText(text: string, head: IpacHeadColumn): boolean {
  return text === '' || text === head.nullText || text === 'null' || text === 'NULL'
}

function fillFloat64(texts: readonly string[], head: IpacHeadColumn, context: IpacColumnContext): Filled {
  const values = new Float64Array(texts.length)
  const nulls = new Uint8Array(texts.length)
  texts.forEach((text, row) => {
    const value = isNullText(text, head)
      ? undefined
      : (parseReal(text) ?? badValue(text, row, 'a number', head, context))
    if (value === undefined) {
      nulls[row] = 1
      values[row] = Number.NaN
    } else values[row] = value
  })
  return { type: 'float64', values, nulls }
}

function fillInt32(texts: readonly string[], head: IpacHeadColumn, context: IpacColumnContext): Filled {
  const values = new Int32Array(texts.length)
  const nulls = new Uint8Array(texts.length)
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row] ?? ''
    const value = isNullText(text, head)
      ? undefined
      : (parseWhole(text) ?? badValue(text, row, 'a whole number', head, context))
    if (value === undefined) nulls[row] = 1
    else if (isInt32(value)) values[row] = Number(value)
    // Sizes of files and large identifiers stand under the type int too.
    else return fillInt64(texts, head, context)
  }
  return { type: 'int32', values, nulls }
}

function fillInt64(texts: readonly string[], head: IpacHeadColumn, context: IpacColumnContext): Filled {
  const values = new BigInt64Array(texts.length)
  const nulls = new Uint8Array(texts.length)
  const allowed = 'a whole number of 64 bits'
  texts.forEach((text, row) => {
    const whole = isNullText(text, head)
      ? undefined
      : (parseWhole(text) ?? badValue(text, row, allowed, head, context))
    const value = whole === undefined || isInt64(whole) ? whole : badValue(text, row, allowed, head, context)
    if (value === undefined) nulls[row] = 1
    else values[row] = BigInt(value)
  })
  return { type: 'int64', values, nulls }
}

/** Throws, or notes a warning and gives undefined, as the options say. */
function badValue(
  text: string,
  row: number,
  allowed: string,
  head: IpacHeadColumn,
  context: IpacColumnContext,
): undefined {
  const record = context.records[row] ?? ''
  const at = record.indexOf(text, head.start) + 1
  const line = context.lineNumbers[row] ?? 0
  if (context.onBadValue === 'error') {
    throw new TableError('TABLE_BAD_VALUE', `column ${head.name} holds what is not of its type`, {
      where: [context.name, `line ${line}`, `column ${at}`],
      found: text,
      allowed: `${allowed}, blank${head.nullText === undefined || head.nullText === '' ? '' : `, or ${head.nullText}`}`,
      remedy: "correct the value or read with onBadValue: 'null'",
    })
  }
  context.warnings.add(
    'TABLE_VALUE_REPLACED',
    `${context.name}, line ${line}, column ${at}: ${text.slice(0, 60)} is not ${allowed}; read as no value`,
  )
  return undefined
}
