import { readIpacTable, type Table } from '@skyloom/fits/tables'
import { MontageError } from '../errors.ts'

/** An IPAC table with its lines as they stand. */
export interface ParsedTable {
  readonly table: Table
  readonly head: readonly string[]
  readonly records: readonly string[]
}

/**
 * Reads an IPAC table by the rules of the classic programs: unreadable numbers count as no value, the last column reaches the end of
 * the line.
 *
 * @param problem the sentence of the error
 * @throws MontageError `MONTAGE_BAD_TABLE`
 */
export function parseTable(text: string, name: string, problem: string): ParsedTable {
  try {
    const { table, lines } = readIpacTable(text, { name, onBadValue: 'null', extendLastColumn: true })
    return { table, head: lines.head, records: lines.records }
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [name], cause })
  }
}
