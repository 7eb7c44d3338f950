import {
  montageDiffFitTableFormat,
  montageFitTableFormat,
  tableFromRows,
  writeIpacTable,
} from '@skyloom/fits/tables'
import { FIT_FIELDS, type FitValues } from './fit-values.ts'

/** A row of a table of fits: the counters of two images and the plane through their difference. */
export interface FitRow {
  readonly plus: number
  readonly minus: number
  readonly values: FitValues
}

const INTEGERS: ReadonlySet<string> = new Set(['plus', 'minus', 'xmin', 'xmax', 'ymin', 'ymax'])

/**
 * A table of fits as mFitExec writes it. Ranges are cut to whole pixels.
 *
 * @param options `isCentred`: names centred as mDiffFitExec has them
 */
export function formatFitTable(
  rows: readonly FitRow[],
  options: { readonly isCentred?: boolean } = {},
): string {
  const columns = ['plus', 'minus', ...FIT_FIELDS].map((name) => ({
    name,
    type: INTEGERS.has(name) ? ('int32' as const) : ('float64' as const),
  }))
  const cells = rows.map(({ plus, minus, values }) => [
    plus,
    minus,
    ...FIT_FIELDS.map((name) => (INTEGERS.has(name) ? Math.trunc(values[name]) : values[name])),
  ])
  const format = options.isCentred === true ? montageDiffFitTableFormat : montageFitTableFormat
  return writeIpacTable(tableFromRows(columns, cells), format)
}
