import { tableFromRows, writeIpacTable } from '@skyloom/fits/tables'
import { formatImageTable, type Template } from '@skyloom/mosaic'
import { derivedFiles, statusName } from './mosaic-files.ts'
import type { PlacedSource } from './predict-images.ts'

/** Image table of what projecting will make, as far as outlines tell: the table that mBgModel and mBackground read. */
export function projectedTable(placed: readonly PlacedSource[], template: Template): string {
  const { wcs } = template
  const [fitsX, fitsY] = wcs.crpix
  return formatImageTable(
    placed.map(({ image, region }) => ({
      name: derivedFiles('p', image.lfn).image.lfn,
      hdu: 0,
      sizeBytes: 0,
      width: region.width,
      height: region.height,
      wcs: { ...wcs, crpix: [fitsX - region.col, fitsY - region.row] as const },
    })),
  )
}

/** Table of the status files of all pairs, for mConcatFit. */
export function statusTable(pairs: readonly { readonly plus: number; readonly minus: number }[]): string {
  const columns = [
    { name: 'cntr1', type: 'int32' },
    { name: 'cntr2', type: 'int32' },
    { name: 'stat', type: 'string' },
  ] as const
  return writeIpacTable(
    tableFromRows(
      columns,
      pairs.map(({ plus, minus }) => [plus, minus, statusName(plus, minus)]),
    ),
  )
}

/** List of the images that are added, for mImgtbl. */
export function imageList(names: readonly string[]): string {
  return writeIpacTable(
    tableFromRows(
      [{ name: 'fname', type: 'string' }],
      names.map((name) => [name]),
    ),
  )
}
