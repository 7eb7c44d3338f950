import { basename } from 'node:path'
import { Header } from '@skyloom/fits'
import {
  cellOfTurnedPlane,
  type HealpixOrdering,
  HPX_PLANE_FACES,
  type HpxFrame,
  hpxCdelt,
  hpxHeader,
  mapIndex,
} from '@skyloom/mosaic'
import { type HealpixCell, healpixCellAt, pixelToSky } from '@skyloom/wcs'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { classicWcs } from '../header/classic-wcs.ts'
import { stripRowsOf } from '../image/read-part.ts'
import { writeStrips } from '../image/write-strips.ts'
import { type HealpixMap, type ReadMapOptions, readHealpixMap } from './read-map.ts'

/** Input of {@link HPXcvt}. */
export interface HpxCvtInput extends ReadMapOptions {
  readonly map: string
  /** Image that is written. */
  readonly output: string
  /** Frame when the header of the map does not tell; default galactic. */
  readonly frame?: HpxFrame
  /** Longitude of the middle in quarter turns; default 0. */
  readonly quarter?: number
  /** Layout: the HPX plane (default), or the one around a pole (XPH). */
  readonly layout?: 'plane' | 'north' | 'south'
}

/** Result of {@link HPXcvt}. */
export interface HpxCvtResult {
  readonly nside: number
  /** Pixels along a side of the image. */
  readonly naxis: number
}

const FRAME_OF_LETTER: ReadonlyMap<string, HpxFrame> = new Map([
  ['G', 'galactic'],
  ['E', 'ecliptic'],
  ['C', 'equatorial'],
  ['Q', 'equatorial'],
])
/** Faces along a side of the layout around a pole. */
const POLAR_FACES = 4

/**
 * Turns a HEALPix map into an image in the HPX or XPH projection, pixel by pixel.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
// biome-ignore lint/style/useNamingConvention: the name of the program
export async function HPXcvt(input: HpxCvtInput, place: Place = {}): Promise<HpxCvtResult> {
  const { quarter = 0, layout = 'plane' } = input
  const map = await readHealpixMap(input.map, input, place)
  const frame = FRAME_OF_LETTER.get(map.frame ?? '') ?? input.frame ?? 'galactic'
  const naxis = (layout === 'plane' ? HPX_PLANE_FACES : POLAR_FACES) * 2 ** map.order
  const header =
    layout === 'plane' ? planeHeader(map.order, frame, quarter) : polarHeader(map, frame, quarter, layout)
  if (map.unit !== undefined) header.set('BUNIT', map.unit)
  header.addHistory(`HEALPix map ${basename(input.map)}, NSIDE ${2 ** map.order}, ${map.ordering} ordering`)
  const cellAt =
    layout === 'plane'
      ? (col: number, row: number): HealpixCell | undefined => cellOfTurnedPlane(map.order, quarter, col, row)
      : polarCells(header, input.output, map.order)
  await writeStrips(
    place,
    [input.output],
    header,
    { width: naxis, height: naxis },
    stripRowsOf(naxis),
    async (row, rows) => await Promise.resolve([stripOf(map, cellAt, naxis, row, rows)]),
    { bitpix: map.values instanceof Float32Array ? -32 : -64 },
  )
  return { nside: 2 ** map.order, naxis }
}

function stripOf(
  { values, ordering }: HealpixMap,
  cellAt: (col: number, row: number) => HealpixCell | undefined,
  width: number,
  first: number,
  rows: number,
): Float64Array {
  const data = new Float64Array(width * rows).fill(Number.NaN)
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < width; col++) {
      const cell = cellAt(col, first + row)
      if (cell !== undefined) data[row * width + col] = values[mapIndex(cell, ordering)] ?? Number.NaN
    }
  }
  return data
}

function planeHeader(order: number, frame: HpxFrame, quarter: number): Header {
  const side = HPX_PLANE_FACES * 2 ** order
  const header = hpxHeader(order, { col: 0, row: 0, width: side, height: side }, frame)
  return header.setFloat('CRVAL1', 90 * (((quarter % 4) + 4) % 4))
}

/**
 * The map around a pole. Source: Calabretta & Lowe 2013, PASA 30, e050. The pixels are those of HPXcvt; CRVAL1 is not: HPXcvt 7.12 writes half
 * a turn more, with which WCSLIB itself finds other pixels than HPXcvt put there.
 */
function polarHeader(
  { order }: HealpixMap,
  frame: HpxFrame,
  quarter: number,
  pole: 'north' | 'south',
): Header {
  const side = POLAR_FACES * 2 ** order
  const plane = hpxHeader(order, { col: 0, row: 0, width: side, height: side }, frame)
  const cdelt = hpxCdelt(order)
  const header = new Header()
    .set('SIMPLE', true)
    .set('BITPIX', -32)
    .set('NAXIS', 2)
    .set('NAXIS1', side)
    .set('NAXIS2', side)
    .set('CTYPE1', plane.string('CTYPE1').replace('HPX', 'XPH'))
    .set('CTYPE2', plane.string('CTYPE2').replace('HPX', 'XPH'))
    .setFloat('CRPIX1', (side + 1) / 2)
    .setFloat('CRPIX2', (side + 1) / 2)
    .setFloat('CDELT1', -cdelt)
    .setFloat('CDELT2', cdelt)
    .setFloat('CRVAL1', 90 * (((quarter % 4) + 4) % 4))
    .setFloat('CRVAL2', pole === 'north' ? 90 : -90)
    .setFloat('LONPOLE', 180)
  if (frame !== 'galactic') header.set('RADESYS', 'ICRS')
  return header
}

/** The cells of an image around a pole, by its coordinates: the middle of each pixel is that of a cell. */
function polarCells(
  header: Header,
  name: string,
  order: number,
): (col: number, row: number) => HealpixCell | undefined {
  const { wcs } = classicWcs(header, name)
  return (col, row) => {
    const sky = pixelToSky(wcs, col + 1, row + 1)
    return sky === undefined ? undefined : healpixCellAt(order, sky.lonDeg, sky.latDeg)
  }
}

function readCall(call: ModuleCall): HpxCvtInput {
  const [column, frame, quarter, pole] = ['C', 'c', 'q', 'x'].map((name) => optionValue(call, name))
  const choice = <T>(text: string, values: ReadonlyMap<string, T>, what: string): T => {
    const value = values.get(text)
    if (value !== undefined) return value
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      `${what} (${text}) must be one of ${[...values.keys()].join(', ')}`,
    )
  }
  const frames = new Map<string, HpxFrame>([
    ['g', 'galactic'],
    ['e', 'ecliptic'],
    ['q', 'equatorial'],
  ])
  const poles = new Map<string, 'north' | 'south'>([
    ['n', 'north'],
    ['s', 'south'],
  ])
  const ordering: HealpixOrdering | undefined = hasOption(call, 'n')
    ? 'nested'
    : hasOption(call, 'r')
      ? 'ring'
      : undefined
  return {
    map: operand(call, 0),
    output: operand(call, 1),
    ...(column === undefined ? {} : { column: columnNumber(column) }),
    ...(frame === undefined ? {} : { frame: choice(frame, frames, 'Coordinate system') }),
    ...(quarter === undefined
      ? {}
      : { quarter: integerArgument(quarter, `Quadrant (${quarter}) must be a whole number`) }),
    ...(pole === undefined ? {} : { layout: choice(pole, poles, 'Pole') }),
    ...(ordering === undefined ? {} : { ordering }),
  }
}

function columnNumber(text: string): number {
  const problem = `Column (${text}) must be a whole number from 1`
  const column = integerArgument(text, problem)
  if (column >= 1) return column
  throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: text })
}

/** The module HPXcvt. */
export const hpxCvtModule: MontageModule = defineModule<HpxCvtInput, HpxCvtResult>({
  name: 'HPXcvt',
  summary: 'Turns a HEALPix map into an image.',
  usage: '%s [-C col][-c g|e|q][-n|-r][-q quad][-x n|s] in.fits out.fits',
  style: 'getopt',
  options: 'C:c:nrq:x:',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['nside', 'd'],
    ['naxis', 'd'],
  ],
  manual: {
    description:
      'Writes the pixels of a HEALPix map, a binary table or an image of them in ring or nested order, as an image in the HPX projection, which all other modules can read; nothing is interpolated. Both places of the face on the seam are filled. Tables may give the numbers of their pixels (INDXSCHM EXPLICIT), which HPXcvt of WCSLIB does not read. Pixels of -1.6375e30 become NaN; doubles stay doubles.',
    options: [
      ['-C col', 'Number of the column, from 1; default 1, in tables with numbers of pixels 2.'],
      ['-c g|e|q', 'Galactic, ecliptic or equatorial, when the map has no COORDSYS; default `g`.'],
      ['-n', 'Nested order, when the map has no ORDERING.'],
      ['-r', 'Ring order, when the map has no ORDERING.'],
      ['-q quad', 'Longitude of the middle, in units of 90 degrees; default 0.'],
      ['-x n|s', 'Layout around the north or the south pole (XPH).'],
    ],
    operands: [
      ['in.fits', 'HEALPix map.'],
      ['out.fits', 'Image that is written.'],
    ],
    returns: { nside: 'Pixels along a side of a face.', naxis: 'Pixels along a side of the image.' },
    example: ['HPXcvt planck_353.fits planck_353_hpx.fits', 'HPXcvt -xn -C2 mask.fits mask_north.fits'],
  },
  read: readCall,
  run: HPXcvt,
})
