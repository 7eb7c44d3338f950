import type { BackgroundPlane } from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { needColumns, numbers, readTable } from '../table/table-columns.ts'

/**
 * Reads a table of corrections, as mBgModel writes it: the planes by the counters of the images. Coefficients that are no numbers count as 0.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readCorrectionTable(
  path: string,
  place: Place,
): Promise<ReadonlyMap<number, BackgroundPlane>> {
  const { table } = await readTable(place, path, `Invalid corrections file: ${path}`)
  needColumns(table, ['id', 'a', 'b', 'c'], path, 'Need columns: id,a,b,c in corrections file')
  const [a, b, c] = [numbers(table, 'a'), numbers(table, 'b'), numbers(table, 'c')]
  const planes = new Map<number, BackgroundPlane>()
  numbers(table, 'id').forEach((id, row) => planes.set(id, { a: a[row]!, b: b[row]!, c: c[row]! }))
  return planes
}
