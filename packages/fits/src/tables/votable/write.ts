import type { Table, TableKeyword } from '../model/table.ts'
import { float64Text } from '../number-text.ts'
import { encodeBase64 } from './base64.ts'
import { binaryRows } from './binary-write.ts'
import type { VoSerialization } from './document.ts'
import { tabledataText } from './tabledata-write.ts'
import { type WriteField, writeField } from './write-field.ts'
import { escapeXml } from './xml-text.ts'

/** How a VOTable is written. */
export interface VoTableWriteOptions {
  /** default `tabledata` */
  readonly serialization?: VoSerialization
}

/** Attributes of a column that FIELD knows, besides name, datatype, arraysize and unit. */
const FIELD_ATTRIBUTES = ['ucd', 'utype', 'xtype', 'width', 'precision'] as const

/**
 * Tables as a VOTable 1.4 document in UTF-8, each in a TABLE of one RESOURCE.
 *
 * Columns of int8, uint16 and uint32 become the next larger type of VOTable, text with characters beyond ASCII becomes
 * `unicodeChar`. Keywords become PARAM, comments the DESCRIPTION of the table. Null cells are empty in TABLEDATA and flagged in
 * BINARY2; in BINARY they hold a value that no row has, NaN, or empty text. Array cells with several
 * axes, the slowest open, carry a count of elements in the binary serializations, as the standard says (astropy 5 counts
 * otherwise).
 *
 * @throws TableError `TABLE_UNWRITABLE` for control characters, uint64 values beyond int64, and nulls that BINARY cannot tell
 */
export function writeVoTable(tables: Table | readonly Table[], options: VoTableWriteOptions = {}): string {
  const serialization = options.serialization ?? 'tabledata'
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">',
    '<RESOURCE type="results">',
  ]
  for (const table of isTableList(tables) ? tables : [tables]) lines.push(tableText(table, serialization))
  lines.push('</RESOURCE>', '</VOTABLE>', '')
  return lines.join('\n')
}

function isTableList(tables: Table | readonly Table[]): tables is readonly Table[] {
  return Array.isArray(tables)
}

function tableText(table: Table, serialization: VoSerialization): string {
  const fields = table.columns.map((column) => writeField(table, column, serialization))
  const name = table.name === undefined ? '' : ` name="${escapeXml(table.name)}"`
  const comments = table.notes.flatMap((note) => (note.kind === 'comment' ? [note.text] : []))
  const lines = [`<TABLE${name} nrows="${table.rowCount}">`]
  if (comments.length > 0) {
    lines.push(`<DESCRIPTION>${comments.map((text) => escapeXml(text)).join('\n')}</DESCRIPTION>`)
  }
  for (const note of table.notes) if (note.kind === 'keyword') lines.push(...paramLines(note))
  for (const field of fields) lines.push(...fieldLines(field))
  lines.push('<DATA>', dataText(table, fields, serialization), '</DATA>', '</TABLE>')
  return lines.join('\n')
}

function dataText(table: Table, fields: readonly WriteField[], serialization: VoSerialization): string {
  if (serialization === 'tabledata') return tabledataText(fields, table.rowCount)
  const element = serialization === 'binary' ? 'BINARY' : 'BINARY2'
  const bytes = binaryRows(fields, table.rowCount, serialization === 'binary2')
  return `<${element}>\n<STREAM encoding="base64">\n${encodeBase64(bytes)}\n</STREAM>\n</${element}>`
}

function paramLines(note: TableKeyword): string[] {
  const { value } = note
  const type =
    typeof value === 'string'
      ? `datatype="${/^[ -~\t\r\n]*$/.test(value) ? 'char' : 'unicodeChar'}" arraysize="*"`
      : `datatype="${datatypeOf(value)}"`
  const text = typeof value === 'number' ? float64Text(value) : String(value)
  const open = `<PARAM name="${escapeXml(note.name)}" ${type} value="${escapeXml(text)}"`
  if (note.comment === undefined) return [`${open}/>`]
  return [`${open}><DESCRIPTION>${escapeXml(note.comment)}</DESCRIPTION></PARAM>`]
}

function datatypeOf(value: number | bigint | boolean): string {
  if (typeof value === 'bigint') return 'long'
  if (typeof value === 'boolean') return 'boolean'
  return value === (value | 0) && !Object.is(value, -0) ? 'int' : 'double'
}

function fieldLines(field: WriteField): string[] {
  const { column } = field
  let open = `<FIELD name="${escapeXml(column.name)}" datatype="${field.datatype}"`
  if (field.arraysize !== undefined) open += ` arraysize="${field.arraysize}"`
  if (column.unit !== undefined && column.unit !== '') open += ` unit="${escapeXml(column.unit)}"`
  for (const key of FIELD_ATTRIBUTES) {
    const value = column.attributes?.get(key)
    if (value !== undefined) open += ` ${key}="${escapeXml(value)}"`
  }
  const inner: string[] = []
  if (column.description !== undefined)
    inner.push(`<DESCRIPTION>${escapeXml(column.description)}</DESCRIPTION>`)
  if (field.nullValue !== undefined) inner.push(`<VALUES null="${field.nullValue}"/>`)
  return inner.length === 0 ? [`${open}/>`] : [`${open}>${inner.join('')}</FIELD>`]
}
