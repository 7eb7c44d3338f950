import { writeIpacTable } from '@skyloom/fits/tables'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION, HDU_OPTION } from '../command/manual.ts'
import { defineModule, hduArgument, type MontageModule, operand, type Place } from '../command/module.ts'
import { openExamined } from '../examine/examined-image.ts'
import { CATALOG_OPTION, findCatalog, readStarOptions } from './find-catalog.ts'
import { starsOnImage } from './stars-on-image.ts'

/** Input of {@link mCatSearch}. */
export interface CatSearchInput {
  readonly image: string
  /** Table that is written. */
  readonly output: string
  /** Path, or address of a cone search; default: the environment variable `SKYLOOM_CATALOG`. */
  readonly catalog?: string
  readonly hdu?: number
}

/** Result of {@link mCatSearch}. */
export interface CatSearchResult {
  /** Stars on the image. */
  readonly count: number
}

/**
 * Writes the stars of a catalogue that lie on an image.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` without a catalogue, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`,
 *   `MONTAGE_CANNOT_WRITE`
 * @throws MosaicError for catalogues that cannot be used: `MOSAIC_BAD_CATALOG`, `MOSAIC_ARCHIVE_FAILED`, `MOSAIC_BAD_ANSWER`
 */
export async function mCatSearch(input: CatSearchInput, place: Place = {}): Promise<CatSearchResult> {
  const { image, output } = input
  const catalog = findCatalog(input.catalog, place)
  const examined = await openExamined(place, image, input.hdu ?? 0, [], `Cannot open FITS file ${image}`)
  try {
    const { table } = await starsOnImage(examined, catalog)
    await writeText(place, output, writeIpacTable(table), `Can't open output table ${output}`)
    return { count: table.rowCount }
  } finally {
    await examined.opened.file.close()
  }
}

/** The module mCatSearch. */
export const catSearchModule: MontageModule = defineModule<CatSearchInput, CatSearchResult>({
  name: 'mCatSearch',
  summary: 'Lists the stars of a catalogue that lie on an image.',
  usage: '%s [-d] in.fits out.tbl',
  style: 'getopt',
  options: 'dc:h:',
  operands: [2, 2],
  isNamed: false,
  fields: [['count', 'd']],
  manual: {
    description:
      'Writes the stars of a catalogue that lie on an image, with all columns of the catalogue. The service that Montage asks no longer exists: the catalogue is a table of your own, or a service that answers IVOA cone searches.',
    options: [DEBUG_OPTION, CATALOG_OPTION, HDU_OPTION],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.tbl', 'Table that is written.'],
    ],
    returns: { count: 'Stars on the image.' },
    example: ['mCatSearch -c stars.tbl image.fits on-image.tbl'],
  },
  read: (call) => ({
    image: operand(call, 0),
    output: operand(call, 1),
    hdu: hduArgument(call),
    ...readStarOptions(call),
  }),
  run: mCatSearch,
})
