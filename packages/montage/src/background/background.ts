import { basename } from 'node:path'
import { numberColumn, textColumn } from '@skyloom/fits/tables'
import { type BackgroundPlane, subtractFromImage } from '@skyloom/mosaic'
import { readText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  type Place,
  realArgument,
  usageError,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { areaName } from '../image/area-name.ts'
import { readPlane, writePlane } from '../image/open-image.ts'
import { parseTable } from '../table/parse-table.ts'

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
  const { header, ...image } = await readPlane(place, imageName(input.image), 0)
  const area = input.hasNoAreas === true ? undefined : await readArea(input.image, image, place)
  const crpix = referencePixel(header, input.image)
  const corrected = subtractFromImage(image, area, crpix, plane)
  await writePlane(place, imageName(input.output), header, corrected.image)
  if (corrected.area !== undefined) await writePlane(place, areaName(input.output), header, corrected.area)
  return { time: secondsSince(start) }
}

function imageName(path: string): string {
  return `${path.replace(/\.fits$/, '')}.fits`
}

async function readArea(
  image: string,
  size: { readonly width: number; readonly height: number },
  place: Place,
): Promise<{ readonly width: number; readonly height: number; readonly data: Float64Array }> {
  const path = areaName(image)
  const problem = `Area file ${path} missing or invalid FITS`
  const area = await readPlane(place, path, 0, problem)
  if (area.width === size.width && area.height === size.height) return area
  throw new MontageError('MONTAGE_BAD_IMAGE', problem, {
    where: [path],
    found: `${area.width} x ${area.height}`,
    allowed: `the size of the image, ${size.width} x ${size.height}`,
  })
}

async function planeOfTables(
  image: string,
  tables: CorrectionTables,
  place: Place,
): Promise<BackgroundPlane> {
  const imageProblem = 'Image table needs columns cntr and fname'
  const images = parseTable(
    await readText(place, tables.images, `Invalid image metadata file: ${tables.images}`),
    tables.images,
    imageProblem,
  ).table
  const [counters, names] = columns(
    imageProblem,
    tables.images,
    () => [numberColumn(images, 'cntr'), textColumn(images, 'fname', 'file')] as const,
  )
  const wanted = basename(image)
  const row = names.findIndex((name) => name === image || basename(name) === wanted)
  if (row < 0) {
    const problem = 'Hit end of image table without finding file name'
    throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [tables.images], found: image })
  }
  const problem = 'Need columns: id,a,b,c in corrections file'
  const text = await readText(place, tables.corrections, `Invalid corrections file: ${tables.corrections}`)
  const { table } = parseTable(text, tables.corrections, problem)
  const [id, a, b, c] = columns(problem, tables.corrections, () =>
    ['id', 'a', 'b', 'c'].map((name) => numberColumn(table, name)),
  )
  const at = id?.indexOf(counters[row] ?? Number.NaN) ?? -1
  return at < 0 ? { a: 0, b: 0, c: 0 } : { a: a?.[at] ?? 0, b: b?.[at] ?? 0, c: c?.[at] ?? 0 }
}

function columns<T>(problem: string, path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [path], cause })
  }
}

function readCall(call: ModuleCall): BackgroundInput {
  const [image = '', output = '', ...rest] = call.operands
  const hasNoAreas = hasOption(call, 'n')
  if (hasOption(call, 't')) {
    const [images, corrections] = rest
    if (images === undefined || corrections === undefined || rest.length > 2) throw usageError()
    return { image, output, hasNoAreas, correction: { images, corrections } }
  }
  const [a, b, c] = rest
  if (a === undefined || b === undefined || c === undefined) throw usageError()
  const coefficient = (text: string, letter: string): number =>
    realArgument(text, `${letter} coefficient string is not a number`)
  const correction = { a: coefficient(a, 'A'), b: coefficient(b, 'B'), c: coefficient(c, 'C') }
  return { image, output, hasNoAreas, correction }
}

/** The module mBackground. */
export const backgroundModule: MontageModule = defineModule<BackgroundInput, BackgroundResult>({
  name: 'mBackground',
  summary: 'Takes a plane from an image.',
  usage:
    'mBackground [-d level] [-n(o-areas)] [-s statusfile] in.fits out.fits A B C | mBackground [-t(able-mode)] [-d level] [-n(o-areas)] [-s statusfile] in.fits out.fits images.tbl corrfile.tbl',
  style: 'leading',
  options: ['t', 'd:', 'n', 's:'],
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
