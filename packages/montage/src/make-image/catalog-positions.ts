import type { Table } from '@skyloom/fits/tables'
import { facingPixel } from '@skyloom/mosaic'
import { type FitsPixel, type MontageFrame, montageFrameConverter, type Wcs } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import { hasColumns, numbers } from '../table/table-columns.ts'

/** Columns that positions may stand in. */
const POSITION_COLUMNS = [
  ['ra', 'dec'],
  ['lon', 'lat'],
] as const

/**
 * The pixels of the positions of a table; undefined for those that have none.
 *
 * @param from system of the positions
 * @param to coordinate system of the image with the system that it is in
 * @throws MontageError `MONTAGE_BAD_TABLE`
 */
export function catalogPixels(
  table: Table,
  path: string,
  from: MontageFrame,
  to: { readonly wcs: Wcs; readonly frame: MontageFrame },
): readonly (FitsPixel | undefined)[] {
  const names = POSITION_COLUMNS.find((pair) => hasColumns(table, pair))
  if (names === undefined)
    throw new MontageError(
      'MONTAGE_BAD_TABLE',
      `Can't find column '${hasColumns(table, ['ra']) ? 'dec' : 'ra'}'`,
      {
        where: [path],
        allowed: 'the columns ra and dec, or lon and lat',
      },
    )
  const latitudes = numbers(table, names[1])
  const converter = montageFrameConverter(from, to.frame)
  return Array.from(numbers(table, names[0]), (lonDeg, row) =>
    facingPixel(to.wcs, converter.convert(lonDeg, latitudes[row]!)),
  )
}

/**
 * A column of brightnesses.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE`
 */
export function brightnesses(table: Table, path: string, column: string): Float64Array {
  if (hasColumns(table, [column])) return numbers(table, column)
  throw new MontageError('MONTAGE_BAD_TABLE', `Can't find column '${column}'`, { where: [path] })
}

/** Flux of a magnitude, one at the reference magnitude. */
export function fluxOfMagnitude(magnitude: number, reference: number): number {
  return 10 ** (0.4 * (reference - magnitude))
}
