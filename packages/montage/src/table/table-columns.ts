import { findColumn, numberColumn, type Table, textColumn } from '@skyloom/fits/tables'
import { readText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type ParsedTable, parseTable } from './parse-table.ts'

/**
 * Reads a table file.
 *
 * @param problem the sentence of the error
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readTable(place: Place, path: string, problem: string): Promise<ParsedTable> {
  return parseTable(await readText(place, path, problem), path, problem)
}

/** True when the table has each of these columns; alternatives are separated by a bar: `naxis1|ns`. */
export function hasColumns(table: Table, names: readonly string[]): boolean {
  return names.every((name) => name.split('|').some((one) => findColumn(table, one) !== undefined))
}

/**
 * A column of numbers, 0 where there is none, as the classic programs read it.
 *
 * @param name alternatives are separated by a bar: `naxis1|ns`
 */
export function numbers(table: Table, name: string): Float64Array {
  const values = numberColumn(table, ...name.split('|'))
  return values.map((value) => (Number.isNaN(value) ? 0 : value))
}

/** A column of text; alternatives are separated by a bar: `fname|file`. */
export function texts(table: Table, name: string): readonly string[] {
  return textColumn(table, ...name.split('|'))
}

/**
 * Demands columns.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE` with `problem` as its sentence
 */
export function needColumns(table: Table, names: readonly string[], path: string, problem: string): void {
  if (hasColumns(table, names)) return
  const missing = names.filter((name) => !hasColumns(table, [name])).map((name) => name.replace('|', ' or '))
  throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [path], found: `no ${missing.join(', ')}` })
}
