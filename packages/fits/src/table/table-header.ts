import { Header } from '../header/header.ts'
import type { Column, Table } from '../tables/model/table.ts'
import { type ColumnPlan, planFormat } from './column-plan.ts'
import { isStructuralKeyword } from './notes.ts'

/** Header of an extension with a table: mandatory cards, then those of the columns, then the notes of the table. */
export function bintableHeader(table: Table, plans: readonly ColumnPlan[], hasName: boolean): Header {
  const rowBytes = plans.reduce((sum, plan) => sum + plan.byteWidth, 0)
  const header = mandatoryCards('BINTABLE', rowBytes, table.rowCount, plans.length)
  plans.forEach((plan, index) => {
    const column = table.columns[index]
    if (column === undefined) return
    const number = index + 1
    header.append(`TTYPE${number}`, plan.name)
    header.append(`TFORM${number}`, planFormat(plan))
    if (column.unit !== undefined && column.unit !== '') header.append(`TUNIT${number}`, column.unit)
    if (plan.tzero !== 0n) {
      header.append(`TSCAL${number}`, 1)
      header.append(
        `TZERO${number}`,
        plan.tzero <= 2n ** 53n ? Number(plan.tzero) : plan.tzero,
        'offset of integers',
      )
    }
    if (plan.nullValue !== undefined) header.append(`TNULL${number}`, wholeCard(plan.nullValue - plan.tzero))
    if (plan.tdim !== undefined) header.append(`TDIM${number}`, `(${plan.tdim.join(',')})`)
    addMeta(header, column, number)
  })
  addNotes(header, table, hasName)
  return header
}

function wholeCard(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** The first cards of a table (FITS Standard 4.0, sections 7.2.1 and 7.3.1). */
export function mandatoryCards(
  xtension: 'TABLE' | 'BINTABLE',
  rowBytes: number,
  rowCount: number,
  columnCount: number,
): Header {
  const header = new Header()
  header.append('XTENSION', xtension, xtension === 'TABLE' ? 'ASCII table' : 'binary table')
  header.append('BITPIX', 8, 'bytes')
  header.append('NAXIS', 2)
  header.append('NAXIS1', rowBytes, 'bytes in a row')
  header.append('NAXIS2', rowCount, 'rows')
  header.append('PCOUNT', 0, 'bytes of the heap')
  header.append('GCOUNT', 1)
  header.append('TFIELDS', columnCount, 'columns')
  return header
}

/** TDISPn and TCOMMn. */
export function addMeta(header: Header, column: Column, number: number): void {
  const display = column.attributes?.get('TDISP')
  if (display !== undefined) header.append(`TDISP${number}`, display)
  if (column.description !== undefined && column.description !== '')
    header.append(`TCOMM${number}`, column.description)
}

/** EXTNAME, and keywords and comments in order. Keywords of the layout are left out: they belong to another table. */
export function addNotes(header: Header, table: Table, hasName: boolean): void {
  if (hasName && table.name !== undefined && table.name !== '') header.append('EXTNAME', table.name)
  for (const note of table.notes) {
    if (note.kind === 'comment') header.addComment(note.text)
    else if (note.name.toUpperCase() === 'HISTORY') header.addHistory(String(note.value))
    else if (!isStructuralKeyword(note.name)) header.append(note.name, note.value, note.comment ?? '')
  }
}
