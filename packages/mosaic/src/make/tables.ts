import {
  montageCorrectionTableFormat,
  montageFitTableFormat,
  montageOverlapTableFormat,
  tableFromRows,
  writeIpacTable,
} from '@skyloom/fits/tables'
import type { BackgroundPlane } from '../background/plane.ts'
import type { OverlapFit } from '../background/reject.ts'
import type { Region } from '../region.ts'

/** `diffs.tbl`: the pairs of overlapping images, as mOverlaps writes it. */
export function formatOverlapTable(
  names: readonly string[],
  pairs: readonly { plus: number; minus: number }[],
): string {
  const rows = pairs.map(({ plus, minus }) => [
    plus,
    minus,
    names[plus] ?? '',
    names[minus] ?? '',
    `diff.${six(plus)}.${six(minus)}.fits`,
  ])
  const columns = [
    { name: 'cntr1', type: 'int32' },
    { name: 'cntr2', type: 'int32' },
    { name: 'plus', type: 'string' },
    { name: 'minus', type: 'string' },
    { name: 'diff', type: 'string' },
  ] as const
  return writeIpacTable(tableFromRows(columns, rows), montageOverlapTableFormat)
}

/** One fitted pair with the window of its difference on the template. */
export interface FittedPair extends OverlapFit {
  readonly window: Region
}

/**
 * `fits.tbl`: the fitted planes, as mFitExec writes it.
 *
 * @param crpix reference pixel of the template; the table gives that of each difference image
 */
export function formatFitTable(
  fits: readonly FittedPair[],
  crpix: { readonly fitsX: number; readonly fitsY: number },
): string {
  const columns = FIT_COLUMNS.map((name) => ({
    name,
    type: INTEGERS.has(name) ? ('int32' as const) : ('float64' as const),
  }))
  const rows = fits.map(({ plus, minus, fit, window }) => [
    plus,
    minus,
    fit.a,
    fit.b,
    fit.c,
    crpix.fitsX - window.col,
    crpix.fitsY - window.row,
    Math.trunc(fit.xmin),
    Math.trunc(fit.xmax),
    Math.trunc(fit.ymin),
    Math.trunc(fit.ymax),
    fit.xcenter,
    fit.ycenter,
    fit.npixel,
    fit.rms,
    fit.box.x,
    fit.box.y,
    fit.box.width,
    fit.box.height,
    fit.box.angleDeg,
  ])
  return writeIpacTable(tableFromRows(columns, rows), montageFitTableFormat)
}

const FIT_COLUMNS = [
  'plus',
  'minus',
  'a',
  'b',
  'c',
  'crpix1',
  'crpix2',
  'xmin',
  'xmax',
  'ymin',
  'ymax',
  'xcenter',
  'ycenter',
  'npixel',
  'rms',
  'boxx',
  'boxy',
  'boxwidth',
  'boxheight',
  'boxang',
] as const
const INTEGERS: ReadonlySet<string> = new Set(['plus', 'minus', 'xmin', 'xmax', 'ymin', 'ymax'])

/** `corrections.tbl`: the plane subtracted from each image, as mBgModel writes it. */
export function formatCorrectionTable(corrections: readonly BackgroundPlane[]): string {
  const columns = [
    { name: 'id', type: 'int32' },
    { name: 'a', type: 'float64' },
    { name: 'b', type: 'float64' },
    { name: 'c', type: 'float64' },
  ] as const
  const rows = corrections.map(({ a, b, c }, image) => [image, a, b, c])
  return writeIpacTable(tableFromRows(columns, rows), montageCorrectionTableFormat)
}

function six(value: number): string {
  return String(value).padStart(6, '0')
}
