import { montageOverlapTableFormat, tableFromRows, writeIpacTable } from '@skyloom/fits/tables'

/** A row of a table of overlaps: the counters and file names of two images. */
export interface OverlapRow {
  readonly cntr1: number
  readonly cntr2: number
  readonly plus: string
  readonly minus: string
}

/** A table of overlaps as mOverlaps writes it. Names of difference images are `diff.000000.000001.fits`. */
export function formatOverlapTable(rows: readonly OverlapRow[]): string {
  const columns = [
    { name: 'cntr1', type: 'int32' },
    { name: 'cntr2', type: 'int32' },
    { name: 'plus', type: 'string' },
    { name: 'minus', type: 'string' },
    { name: 'diff', type: 'string' },
  ] as const
  const cells = rows.map(({ cntr1, cntr2, plus, minus }) => [
    cntr1,
    cntr2,
    plus,
    minus,
    `diff.${six(cntr1)}.${six(cntr2)}.fits`,
  ])
  return writeIpacTable(tableFromRows(columns, cells), montageOverlapTableFormat)
}

function six(value: number): string {
  return String(value).padStart(6, '0')
}
