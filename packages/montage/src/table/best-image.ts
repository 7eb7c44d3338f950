import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, namedReal, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { edgeDistanceDeg } from './edge-distance.ts'
import { hasCoverage, imageCorners } from './image-corners.ts'
import { hasColumns, needColumns, numbers, readTable, texts } from './table-columns.ts'

/** Input of {@link mBestImage}. */
export interface BestImageInput {
  /** Image metadata table. */
  readonly images: string
  /** J2000 position, degrees. */
  readonly ra: number
  readonly dec: number
}

/** Result of {@link mBestImage}. */
export interface BestImageResult {
  readonly file: string
  readonly hdu: number
  readonly url: string
  /** Degrees from the position to the nearest edge of the image. */
  readonly edgedist: number
}

const NEED =
  'Need columns: fname ctype1 ctype2 nl ns crval1 crval2 crpix1 crpix2 cdelt1 cdelt2 and crota2 or cd matrix / ra dec ra1 ... dec4'

/**
 * Finds the image in which a position lies deepest.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_NO_RESULT`
 */
export async function mBestImage(input: BestImageInput, place: Place = {}): Promise<BestImageResult> {
  const { images, ra, dec } = input
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['fname|file'], images, NEED)
  if (!hasCoverage(table)) throw new MontageError('MONTAGE_BAD_TABLE', NEED, { where: [images] })
  const position = { lonDeg: ra, latDeg: dec }
  const distances = imageCorners(table).map((corners) => edgeDistanceDeg(corners, position))
  const edgedist = distances.reduce((most, distance) => Math.max(most, distance), -Infinity)
  if (!(edgedist > 0))
    throw new MontageError('MONTAGE_NO_RESULT', 'No image covers this point', { found: `${ra}, ${dec}` })
  const row = distances.indexOf(edgedist)
  const optional = (name: string): string =>
    hasColumns(table, [name]) ? (texts(table, name)[row] ?? '') : ''
  return {
    file: texts(table, 'fname|file')[row] ?? '',
    hdu: hasColumns(table, ['hdu']) ? numbers(table, 'hdu')[row]! : 0,
    url: optional('url|URL'),
    edgedist,
  }
}

/** The module mBestImage. */
export const bestImageModule: MontageModule = defineModule<BestImageInput, BestImageResult>({
  name: 'mBestImage',
  summary: 'Finds the image in which a position lies deepest.',
  usage: '%s [-d] images.tbl ra dec',
  style: 'leading',
  options: ['d'],
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['file', 's'],
    ['hdu', 'd'],
    ['url', 's'],
    ['edgedist', 'f6'],
  ],
  manual: {
    description:
      'Finds the image of a table in which a position lies deepest, that is farthest from the nearest edge.',
    options: [DEBUG_OPTION],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it.'],
      ['ra', 'Right ascension J2000, degrees.'],
      ['dec', 'Declination J2000, degrees.'],
    ],
    reads: [['images.tbl', 'Column `fname`, and corners or coordinates of the images.']],
    returns: {
      file: 'Name of the image.',
      hdu: 'Its HDU.',
      url: 'Column `url` or `URL`, when there is one.',
      edgedist: 'Distance from the nearest edge, degrees.',
    },
    example: ['mBestImage images.tbl 83.82 -5.39'],
  },
  read: (call) => ({
    images: operand(call, 0),
    ra: namedReal(operand(call, 1), 'RA'),
    dec: namedReal(operand(call, 2), 'Dec'),
  }),
  run: mBestImage,
})
