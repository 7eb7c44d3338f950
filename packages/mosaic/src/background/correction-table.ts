import { montageCorrectionTableFormat, tableFromRows, writeIpacTable } from '@skyloom/fits/tables'
import type { ImageCorrection } from './relax.ts'

/** A table of corrections as mBgModel writes it: the plane to subtract from each image. */
export function formatCorrectionTable(corrections: readonly ImageCorrection[]): string {
  const columns = [
    { name: 'id', type: 'int32' },
    { name: 'a', type: 'float64' },
    { name: 'b', type: 'float64' },
    { name: 'c', type: 'float64' },
  ] as const
  const rows = corrections.map(({ id, a, b, c }) => [id, a, b, c])
  return writeIpacTable(tableFromRows(columns, rows), montageCorrectionTableFormat)
}
