import { basename } from 'node:path'
import { type BackgroundPlane, subtractFromImage, ZERO_PLANE } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  type Place,
  realArgument,
  usageError,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { areaName, fitsName } from '../image/area-name.ts'
import { type AreaPair, openAreaPair, readAreaPart } from '../image/area-pair.ts'
import { inputImageName } from '../image/input-name.ts'
import { float64Cards } from '../image/open-image.ts'
import { stripRowsOf } from '../image/read-part.ts'
import { writeStrips } from '../image/write-strips.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { readCorrectionTable } from './correction-table.ts'

/** Tables from which {@link mBackground} takes the plane of an image. */
export interface CorrectionTables {
  readonly images: string
  readonly corrections: string
}

/** Input of {@link mBackground}. */
export interface BackgroundInput {
  readonly image: string
  readonly output: string
  /** The plane, or the tables that give it. */
  readonly correction: BackgroundPlane | CorrectionTables
  /** No area images are read or written. */
  readonly hasNoAreas?: boolean
  /** Number of the HDU of the image; default the first with pixels. */
  readonly hdu?: number
}

/** Result of {@link mBackground}. */
export interface BackgroundResult {
  /** Seconds. */
  readonly time: number
}

/**
 * Takes a plane from an image. Pixels without area become NaN.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mBackground(input: BackgroundInput, place: Place = {}): Promise<BackgroundResult> {
  const start = systemSeconds()
  const plane =
    'images' in input.correction
      ? await planeOfTables(input.image, input.correction, place)
      : input.correction
  const hasNoAreas = input.hasNoAreas === true
  const pair = await openAreaPair(place, await inputImageName(place, input.image), {
    hasNoAreas,
    hdu: input.hdu ?? 0,
  })
  try {
    await subtractPlane(pair, plane, input, place)
  } finally {
    await pair.close()
  }
  return { time: secondsSince(start) }
}

async function subtractPlane(
  pair: AreaPair,
  plane: BackgroundPlane,
  { image, output }: BackgroundInput,
  place: Place,
): Promise<void> {
  const { header, width, height } = pair.image
  const { fitsX, fitsY } = referencePixel(header, image)
  const paths = [fitsName(output), ...(pair.area === undefined ? [] : [areaName(output)])]
  const stripRows = stripRowsOf(width)
  await writeStrips(place, paths, float64Cards(header), { width, height }, stripRows, async (row, rows) => {
    const part = await readAreaPart(pair, { col: 0, row, width, height: rows })
    const crpix = { fitsX, fitsY: fitsY - row }
    const corrected = subtractFromImage(part.image, part.area, crpix, plane)
    return corrected.area === undefined ? [corrected.image.data] : [corrected.image.data, corrected.area.data]
  })
}

async function planeOfTables(
  image: string,
  tables: CorrectionTables,
  place: Place,
): Promise<BackgroundPlane> {
  const { table } = await readTable(place, tables.images, `Invalid image metadata file: ${tables.images}`)
  needColumns(table, ['cntr|id', 'fname|file'], tables.images, 'Image table needs columns cntr and fname')
  const counters = numbers(table, 'cntr|id')
  const names = texts(table, 'fname|file')
  const wanted = basename(image)
  const row = names.findIndex((name) => name === image || basename(name) === wanted)
  if (row < 0) {
    const problem = 'Hit end of image table without finding file name'
    throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [tables.images], found: image })
  }
  const planes = await readCorrectionTable(tables.corrections, place)
  return planes.get(counters[row] ?? Number.NaN) ?? ZERO_PLANE
}

function readCall(call: ModuleCall): BackgroundInput {
  const [image = '', output = '', ...rest] = call.operands
  const hasNoAreas = hasOption(call, 'n')
  const hdu = hduArgument(call)
  if (hasOption(call, 't')) {
    const [images, corrections] = rest
    if (images === undefined || corrections === undefined || rest.length > 2) throw usageError()
    return { image, output, hasNoAreas, hdu, correction: { images, corrections } }
  }
  const [a, b, c] = rest
  if (a === undefined || b === undefined || c === undefined) throw usageError()
  const coefficient = (text: string, letter: string): number =>
    realArgument(text, `${letter} coefficient string is not a number`)
  const correction = { a: coefficient(a, 'A'), b: coefficient(b, 'B'), c: coefficient(c, 'C') }
  return { image, output, hasNoAreas, hdu, correction }
}

/** The module mBackground. */
export const backgroundModule: MontageModule = defineModule<BackgroundInput, BackgroundResult>({
  name: 'mBackground',
  summary: 'Takes a plane from an image.',
  usage:
    'mBackground [-d level] [-n(o-areas)] [-s statusfile] in.fits out.fits A B C | mBackground [-t(able-mode)] [-d level] [-n(o-areas)] [-s statusfile] in.fits out.fits images.tbl corrfile.tbl',
  style: 'leading',
  options: ['t', 'd:', 'n', 's:', 'h:'],
  operands: [4, 5],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Takes a plane from an image: every pixel becomes `value - (A x + B y + C)`, with `x = col - CRPIX1` and `y = row - CRPIX2` and the first pixel 0, as mFitplane and mBgModel give the planes. Pixels whose area is 0 become NaN; the area image is copied.',
    options: [
      ['-t', 'Take the plane of the image from two tables.'],
      DEBUG_LEVEL_OPTION,
      ['-n', 'There are no area images.'],
      STATUS_OPTION,
      HDU_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['A', 'Slope along axis 1.'],
      ['B', 'Slope along axis 2.'],
      ['C', 'Level.'],
    ],
    synopsis: [
      '[-d level] [-n] [-s statusfile] in.fits out.fits A B C',
      '-t [-d level] [-n] [-s statusfile] in.fits out.fits images.tbl corrections.tbl',
    ],
    reads: [
      ['images.tbl', 'Image table as mImgtbl writes it; columns `cntr`, `fname`.'],
      [
        'corrections.tbl',
        'Table of mBgModel; columns `id`, `a`, `b`, `c`. An image that is not in it keeps its values.',
      ],
      ['in_area.fits', 'Area image beside the input, unless `-n`.'],
    ],
    returns: { time: 'Time it took.' },
    example: [
      'mBackground projected/a.fits corrected/a.fits 0.01 -0.02 3.5',
      'mBackground -t projected/a.fits corrected/a.fits images.tbl corrections.tbl',
    ],
  },
  read: readCall,
  run: mBackground,
})
