import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'

/** What mAdd takes from a row of an image metadata table. */
export interface AddImage {
  readonly fname: string
  readonly crpix1: number
  readonly crpix2: number
  readonly cdelt1: number
  readonly cdelt2: number
  readonly naxis1: number
  readonly naxis2: number
  /** Factor of its areas. */
  readonly weight: number
}

const COLUMNS = [
  'cntr',
  'fname|file',
  'crpix1',
  'crpix2',
  'cdelt1',
  'cdelt2',
  'naxis1|ns',
  'naxis2|nl',
  'crval1',
  'crval2',
  'ctype1',
  'ctype2',
] as const
const NEED =
  'Need columns: cntr,fname, crpix1, crpix2, cdelt1, cdelt2, naxis1, naxis2, crval1, crval2 ctype1, ctype2 in image list'
/** Values of the table that must be equal in all rows. */
const SHARED = ['crval1', 'crval2', 'cdelt1', 'cdelt2'] as const
/** Images in CAR may have reference points a whole number of pixels apart, within this fraction of a pixel. */
const CAR_TOLERANCE = 0.1

/**
 * The images to add; those in CAR brought to one reference point.
 *
 * @param weightColumn column of factors; 0 counts as 1, as in mProjExec
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readAddTable(
  place: Place,
  path: string,
  weightColumn?: string,
): Promise<readonly AddImage[]> {
  const { table } = await readTable(place, path, `Invalid image metadata file: ${path}`)
  needColumns(table, COLUMNS, path, NEED)
  if (weightColumn !== undefined)
    needColumns(table, [weightColumn], path, `Need column ${weightColumn} in input`)
  if (table.rowCount === 0)
    throw new MontageError('MONTAGE_BAD_TABLE', `Invalid image metadata file: ${path}`, {
      where: [path],
      found: 'no rows',
    })
  const isCar = texts(table, 'ctype1').every((type) => type.includes('CAR'))
  const column = (name: string): Float64Array => numbers(table, name)
  const crvals = column('crval1')
  const cdelts = column('cdelt1')
  for (const name of SHARED) {
    if (isCar && name === 'crval1') continue
    const values = column(name)
    if (values.some((value) => value !== values[0]))
      throw new MontageError('MONTAGE_BAD_TABLE', 'Images are not in same pixel space', {
        where: [path, name],
        allowed: 'one value in all rows',
      })
  }
  const crpix1 = column('crpix1')
  const weights = weightColumn === undefined ? undefined : column(weightColumn)
  const [crpix2, cdelt2, naxis1, naxis2] = ['crpix2', 'cdelt2', 'naxis1|ns', 'naxis2|nl'].map(column)
  return texts(table, 'fname|file').map((fname, row) => {
    const shift = isCar ? (crvals[row]! - crvals[0]!) / cdelts[0]! : 0
    if (Math.abs(shift - Math.round(shift)) > CAR_TOLERANCE)
      throw new MontageError(
        'MONTAGE_BAD_TABLE',
        `CRVAL1 CAR pixel offset (${shift}) not integer for image ${fname}`,
        { where: [path] },
      )
    return {
      fname,
      crpix1: crpix1[row]! - Math.round(shift),
      crpix2: crpix2?.[row] ?? 0,
      cdelt1: cdelts[row]!,
      cdelt2: cdelt2?.[row] ?? 0,
      naxis1: naxis1?.[row] ?? 0,
      naxis2: naxis2?.[row] ?? 0,
      weight: weightOf(weights?.[row]),
    }
  })
}

/** As in mProjExec a weight of 0 counts as 1. */
function weightOf(value: number | undefined): number {
  return value === undefined || value === 0 ? 1 : value
}
