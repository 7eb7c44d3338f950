import type { Place } from '../command/module.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'

/** A row of a table of overlaps. */
export interface DiffRow {
  /** Counters of the images; NaN when the table has none. */
  readonly cntr1: number
  readonly cntr2: number
  /** Names of the images and of their difference; empty when the table has none. */
  readonly plus: string
  readonly minus: string
  readonly diff: string
}

/** Names of the columns of a table of overlaps. */
export type DiffColumn = 'cntr1' | 'cntr2' | 'plus' | 'minus' | 'diff'

/**
 * Reads a table of overlaps, as mOverlaps writes it.
 *
 * @param needed columns that must be there
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readDiffTable(
  path: string,
  needed: readonly DiffColumn[],
  place: Place,
): Promise<readonly DiffRow[]> {
  const { table } = await readTable(place, path, `Invalid image difference list file: ${path}`)
  needColumns(table, needed, path, `Need columns: ${needed.join(' ')}`)
  const has = (name: DiffColumn): boolean => needed.includes(name)
  const counters = (name: DiffColumn): Float64Array | undefined =>
    has(name) ? numbers(table, name) : undefined
  const names = (name: DiffColumn): readonly string[] => (has(name) ? texts(table, name) : [])
  const [first, second] = [counters('cntr1'), counters('cntr2')]
  const [plus, minus, diff] = [names('plus'), names('minus'), names('diff')]
  return Array.from({ length: table.rowCount }, (_, row) => ({
    cntr1: first?.[row] ?? Number.NaN,
    cntr2: second?.[row] ?? Number.NaN,
    plus: plus[row] ?? '',
    minus: minus[row] ?? '',
    diff: diff[row] ?? '',
  }))
}
