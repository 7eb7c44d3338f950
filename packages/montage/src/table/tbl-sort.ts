import { findColumn, numberColumn } from '@skyloom/fits/tables'
import { readText, writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, hasOption, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { parseTable } from './parse-table.ts'

/** Input of {@link mTblSort}. */
export interface TblSortInput {
  readonly table: string
  /** Column of numbers to sort by. */
  readonly column: string
  /** Table that is written. */
  readonly output: string
  /** Largest first. */
  readonly isDescending?: boolean
}

/** Result of {@link mTblSort}. */
export interface TblSortResult {
  readonly count: number
}

/**
 * Sorts the records of a table by a column of numbers; records and head are copied as they are, equal numbers keep their order.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mTblSort(input: TblSortInput, place: Place = {}): Promise<TblSortResult> {
  const text = await readText(place, input.table, 'Cannot open input file')
  const { table, head, records } = parseTable(
    text,
    input.table,
    `Table file open failed for [${input.table}]`,
  )
  if (findColumn(table, input.column) === undefined)
    throw badTable(input, `Table does not contain column [${input.column}]`)
  if (records.length === 0) throw badTable(input, 'Table has no data records')
  if (new Set(records.map((record) => record.length)).size > 1)
    throw badTable(input, 'Table file does not have fixed-length records')
  const values = numberColumn(table, input.column)
  const order = Array.from(records, (_, index) => index)
  const keyOf = (index: number): number => (Number.isNaN(values[index]!) ? 0 : values[index]!)
  const sign = input.isDescending === true ? -1 : 1
  order.sort((a, b) => sign * (keyOf(a) - keyOf(b)))
  const sorted = [...head, ...order.map((index) => records[index] ?? '')]
  await writeText(place, input.output, `${sorted.join('\n')}\n`, 'Cannot open output file')
  return { count: records.length }
}

function badTable({ table }: TblSortInput, problem: string): MontageError {
  return new MontageError('MONTAGE_BAD_TABLE', problem, { where: [table] })
}

/** The module mTblSort. */
export const tblSortModule: MontageModule = defineModule<TblSortInput, TblSortResult>({
  name: 'mTblSort',
  summary: 'Sorts a table by a column of numbers.',
  usage: '%s [-d] in.tbl colname out.tbl',
  style: 'getopt',
  options: 'dr',
  operands: [3, 3],
  isNamed: false,
  errorExitCode: 0,
  usageExitCode: 0,
  fields: [['count', 'd']],
  manual: {
    description:
      'Sorts the rows of an IPAC table by a column of numbers. Rows with equal numbers keep their order.',
    options: [DEBUG_OPTION, ['-r', 'Largest number first.']],
    operands: [
      ['in.tbl', 'IPAC table.'],
      ['colname', 'Column of numbers.'],
      ['out.tbl', 'Table that is written.'],
    ],
    returns: { count: 'Rows.' },
    example: ['mTblSort stars.tbl mag bright.tbl'],
  },
  read: (call) => ({
    table: operand(call, 0),
    column: operand(call, 1),
    output: operand(call, 2),
    isDescending: hasOption(call, 'r'),
  }),
  run: mTblSort,
})
