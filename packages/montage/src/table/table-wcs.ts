import { Header } from '@skyloom/fits'
import type { Table } from '@skyloom/fits/tables'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, uncheckedWcs } from '../header/classic-wcs.ts'
import { hasColumns, numbers, texts } from './table-columns.ts'

const WCS_COLUMNS = [
  'ctype1',
  'ctype2',
  'naxis1|ns',
  'naxis2|nl',
  'crval1',
  'crval2',
  'crpix1',
  'crpix2',
] as const
const SCALE = ['cdelt1', 'cdelt2', 'crota2'] as const
const MATRIX = ['cd1_1', 'cd1_2', 'cd2_1', 'cd2_2'] as const

/** The coordinate system of a row of an image metadata table. */
export interface RowWcs {
  readonly sky: ClassicWcs
  readonly width: number
  readonly height: number
}

/** True when a table has the columns of coordinate systems. */
export function hasWcsColumns(table: Table): boolean {
  return hasColumns(table, WCS_COLUMNS) && (hasColumns(table, SCALE) || hasColumns(table, MATRIX))
}

/**
 * The coordinate systems of the images of a metadata table, equinox included.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE` for one that cannot be used
 */
export function tableWcs(table: Table): readonly RowWcs[] {
  const values = ['crval1', 'crval2', 'crpix1', 'crpix2', ...(hasColumns(table, SCALE) ? SCALE : MATRIX)]
  const columns = new Map(values.map((name) => [name, numbers(table, name)]))
  const widths = numbers(table, 'naxis1|ns')
  const heights = numbers(table, 'naxis2|nl')
  const types = [texts(table, 'ctype1'), texts(table, 'ctype2')]
  const equinoxes = hasColumns(table, ['equinox']) ? numbers(table, 'equinox') : undefined
  return Array.from({ length: table.rowCount }, (_, row) => {
    const header = new Header({ file: `row ${row + 1}` })
    const width = widths[row]!
    const height = heights[row]!
    header.set('NAXIS', 2).set('NAXIS1', width).set('NAXIS2', height)
    header.set('CTYPE1', types[0]?.[row] ?? '').set('CTYPE2', types[1]?.[row] ?? '')
    for (const [name, column] of columns) header.setFloat(name.toUpperCase(), column[row]!)
    header.setFloat('EQUINOX', equinoxes?.[row] ?? 2000)
    try {
      return { sky: uncheckedWcs(header, `row ${row + 1}`), width, height }
    } catch (cause) {
      throw badWcs(row, cause)
    }
  })
}

/** The error of a row whose coordinate system cannot be used. */
export function badWcs(row: number, cause?: unknown): MontageError {
  return new MontageError('MONTAGE_BAD_TABLE', `Bad WCS for image ${row}`, {
    where: [`row ${row + 1}`],
    cause,
  })
}
