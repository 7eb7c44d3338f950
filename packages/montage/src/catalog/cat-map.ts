import {
  type FloatPlane,
  fillPolygon,
  type Point,
  SPREAD_SIZES,
  type SpreadSize,
  spreadSource,
} from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { productCards } from '../header/product-cards.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { isOnImage } from '../image/on-image.ts'
import { stripRowsOf } from '../image/read-part.ts'
import { writeStrips } from '../image/write-strips.ts'
import { brightnesses, catalogPixels, fluxOfMagnitude } from '../make-image/catalog-positions.ts'
import { outlineOf } from '../make-image/make-img.ts'
import { hasCornerColumns, imageCorners } from '../table/image-corners.ts'
import { readTable } from '../table/table-columns.ts'

/** Input of {@link mCatMap}. */
export interface CatMapInput {
  /** Table with `ra` and `dec` in degrees, J2000; or with the corners of images. */
  readonly table: string
  /** Image that is written. */
  readonly output: string
  readonly template: string
  /** Column of fluxes or magnitudes; default: every source counts one. */
  readonly column?: string
  /** Magnitude of flux one; the column holds magnitudes. */
  readonly refmag?: number
  /** Pixels over which a source is spread; default 1. */
  readonly spread?: SpreadSize
  /** Take tables with corners for positions, too. */
  readonly isPoints?: boolean
}

/** Result of {@link mCatMap}. */
export interface CatMapResult {
  /** Seconds. */
  readonly time: number
}

const J2000 = { system: 'EQUJ', epochYear: 2000 } as const

/**
 * Makes a map of a catalogue: the number of sources, or their flux, in each pixel. For tables with the corners of images it is the number of
 * images.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mCatMap(input: CatMapInput, place: Place = {}): Promise<CatMapResult> {
  const start = systemSeconds()
  const template = await readTemplateFile(place, input.template)
  const draw = await drawing(input, template, place)
  const { width, height, header } = template
  const { fitsX, fitsY } = referencePixel(header, input.template)
  await writeStrips(
    place,
    [input.output],
    productCards(header, fitsX, fitsY),
    { width, height },
    stripRowsOf(width),
    async (row, rows) => {
      const strip = { width, height: rows, data: new Float64Array(width * rows) }
      draw(strip, row)
      return await Promise.resolve([strip.data])
    },
  )
  return { time: secondsSince(start) }
}

type Draw = (strip: FloatPlane, row: number) => void

async function drawing(input: CatMapInput, template: HeaderTemplate, place: Place): Promise<Draw> {
  const { table: path, column, refmag, spread = 1 } = input
  const { table } = await readTable(place, path, `Can't open input table ${path}`)
  const values = column === undefined ? undefined : brightnesses(table, path, column)
  const valueOf = (index: number): number => {
    const value = values?.[index] ?? 1
    return refmag === undefined || values === undefined ? value : fluxOfMagnitude(value, refmag)
  }
  if (hasCornerColumns(table) && input.isPoints !== true) {
    const outlines: readonly (readonly Point[])[] = imageCorners(table).map((corners) =>
      outlineOf(corners, template),
    )
    return (strip, row) =>
      outlines.forEach((outline, index) => fillPolygon(strip, row, outline, valueOf(index)))
  }
  // As in Montage sources beyond the edges are left out, also when their spread reaches onto the map.
  const pixels = catalogPixels(table, path, J2000, template.sky).map((pixel) =>
    isOnImage(pixel, template) ? pixel : undefined,
  )
  return (strip, row) =>
    pixels.forEach((pixel, index) => {
      if (pixel !== undefined) spreadSource(strip, row, { ...pixel, value: valueOf(index) }, spread)
    })
}

function readCall(call: ModuleCall): CatMapInput {
  const [column, mag, size] = ['c', 'm', 'w'].map((name) => optionValue(call, name))
  const wanted = size === undefined ? 1 : integerArgument(size, `Source size (${size}) must be 1, 3 or 5`)
  const spread = SPREAD_SIZES.find((one) => one === wanted)
  if (spread === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Source size (${size ?? ''}) must be 1, 3 or 5`, {
      found: String(wanted),
      allowed: '1, 3, 5',
    })
  return {
    table: operand(call, 0),
    output: operand(call, 1),
    template: operand(call, 2),
    spread,
    isPoints: hasOption(call, 'p'),
    ...(column === undefined ? {} : { column }),
    ...(mag === undefined ? {} : { refmag: namedReal(mag, 'Reference magnitude') }),
  }
}

/** The module mCatMap. */
export const catMapModule: MontageModule = defineModule<CatMapInput, CatMapResult>({
  name: 'mCatMap',
  summary: 'Makes a map of a catalogue.',
  usage: '%s [-c column][-m refmag][-d level][-w size] in.tbl out.fits hdr.template',
  style: 'getopt',
  options: 'c:m:d:w:p',
  operands: [3, 3],
  isNamed: false,
  fields: [['time', 'seconds']],
  manual: {
    description:
      'Makes an image of a catalogue on the grid of a template: the number of sources in each pixel, or with `-c` the sum of their fluxes. For a table with the corners of images (`ra1` ... `dec4`) it is the number of images over each pixel.',
    options: [
      ['-c column', 'Column of fluxes; with `-m` of magnitudes.'],
      ['-m refmag', 'The column holds magnitudes; this one is flux one.'],
      DEBUG_LEVEL_OPTION,
      ['-w size', 'Spread each source over 1, 3 or 5 pixels with a fixed kernel of sum one; default 1.'],
      ['-p', 'Take a table with corners for positions: `ra` and `dec`.'],
    ],
    operands: [
      ['in.tbl', 'Table of sources.'],
      ['out.fits', 'Image that is written.'],
      ['hdr.template', 'Header template.'],
    ],
    reads: [
      ['in.tbl', 'Columns `ra` and `dec` (or `lon` and `lat`), J2000 degrees; or `ra1`, `dec1` ... `dec4`.'],
    ],
    returns: { time: 'Time that it took.' },
    example: ['mCatMap -c jmag -m 20 -w 3 stars.tbl map.fits region.hdr'],
  },
  read: readCall,
  run: mCatMap,
})
