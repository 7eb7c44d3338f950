import { basename } from 'node:path'
import { isEmptyRegion, outlineRegion, type Region } from '@skyloom/mosaic'
import type { SkyPosition } from '@skyloom/wcs'
import type { Place } from '../command/module.ts'
import type { HeaderTemplate } from '../header/read-template.ts'
import { hasCoverage, imageCorners } from '../table/image-corners.ts'
import type { ParsedTable } from '../table/parse-table.ts'
import { needColumns, readTable, texts } from '../table/table-columns.ts'

/** An image that will lie on the template once it is projected. */
export interface PredictedImage {
  /** Row of the table, from 0. */
  readonly row: number
  /** Name in the table. */
  readonly name: string
  /** Name of the projected image without a folder: of FITS whatever the image is packed with. */
  readonly baseName: string
  /** Its pixels on the template, a few more than it will cover. */
  readonly region: Region
}

/** Images of a table and those that touch a template. */
export interface PredictedImages {
  readonly source: ParsedTable
  /** Rows of the table. */
  readonly total: number
  readonly images: readonly PredictedImage[]
}

/** Pixels by which the prediction is larger than the outline, as projection reaches beyond it. */
const PAD_PIXELS = 3

/**
 * Where the images of a table will lie on a template, from the table alone.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function predictImages(
  path: string,
  template: HeaderTemplate,
  place: Place,
): Promise<PredictedImages> {
  const source = await readTable(place, path, `Invalid image metadata file: ${path}`)
  const { table } = source
  const problem =
    'Need columns: fname, and either the corners ra1 ... dec4 or the coordinates ctype1 ... crota2'
  needColumns(table, hasCoverage(table) ? ['fname|file'] : ['fname|file', 'ra1'], path, problem)
  const { wcs } = template.sky
  const { width, height } = template
  const names = texts(table, 'fname|file')
  const images = imageCorners(table).flatMap((corners: readonly SkyPosition[], row): PredictedImage[] => {
    const region = outlineRegion(corners, { wcs, width, height }, PAD_PIXELS)
    if (isEmptyRegion(region)) return []
    const name = (names[row] ?? '').trim()
    return [{ row, name, baseName: fitsName(name), region }]
  })
  return { source, total: table.rowCount, images }
}

function fitsName(name: string): string {
  return `${basename(name)
    .replace(/\.(?:gz|fz|bz2)$/i, '')
    .replace(/\.(?:fits?|fts)$/i, '')}.fits`
}
