import { basename } from 'node:path'
import {
  cellOfPlane,
  type FloatPlane,
  fitGap,
  type GapFit,
  HPX_PLANE_FACES,
  type Point,
  type Seam,
  seamsBetween,
} from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { TILE_PIXEL_ORDER } from '../healpix/order-argument.ts'
import { plateInPlane } from '../healpix/plate-in-plane.ts'
import { type OpenImage, openImage } from '../image/open-image.ts'
import { readPart } from '../image/read-part.ts'
import { gapBlock } from './gap-block.ts'

/** Input of {@link mHPXGapDiff}. */
export interface GapDiffInput {
  readonly plus: string
  readonly minus: string
  /** File of fits that is written. */
  readonly output: string
  /** Pixels from the side that are compared; default 16. */
  readonly depth?: number
}

/** Result of {@link mHPXGapDiff}: the difference `a t + c` along the side, t in pixels from its first one. */
export interface GapDiffResult {
  readonly a: number
  readonly c: number
  /** Mean of the difference. */
  readonly level: number
  readonly npixel: number
  readonly rms: number
}

const DEFAULT_DEPTH = 16
const MAX_DEPTH = 4096

/** An image in the plane. */
interface Plate {
  readonly name: string
  readonly image: OpenImage
  /** First pixel. */
  readonly col: number
  readonly row: number
  readonly face: number
  readonly pixelOrder: number
  readonly crpix: { readonly fitsX: number; readonly fitsY: number }
}

/** The part of a side that two plates have in common: its first pixel and its length along the side. */
interface Stretch {
  readonly seam: Seam
  readonly first: number
  readonly length: number
}

/**
 * Compares two plates that touch on the sky but lie apart in the HPX plane: the difference along their common side, as mBgModel takes it
 * with `-g`.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXGapDiff(input: GapDiffInput, place: Place = {}): Promise<GapDiffResult> {
  const depth = input.depth ?? DEFAULT_DEPTH
  if (!(Number.isInteger(depth) && depth >= 1 && depth <= MAX_DEPTH))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Depth (${depth}) must be from 1 to ${MAX_DEPTH}`)
  const plus = await openPlate(input.plus, place)
  try {
    const minus = await openPlate(input.minus, place)
    try {
      const stretch = commonSide(plus, minus)
      const sides = { plus, minus, stretch, depth }
      const fit = fitGap(await readSide(plus, sides, 'plus'), await readSide(minus, sides, 'minus'))
      if (fit === undefined)
        throw new MontageError('MONTAGE_NO_RESULT', 'Too few pixels to fit', {
          where: [input.plus, input.minus],
          allowed: 'at least three pixels with data on both sides',
        })
      await writeText(place, input.output, gapText(sides, fit), `Cannot open gap file: ${input.output}`)
      return { a: fit.plane.a, c: fit.plane.c, level: fit.level, npixel: fit.npixel, rms: fit.rms }
    } finally {
      await minus.image.file.close()
    }
  } finally {
    await plus.image.file.close()
  }
}

async function openPlate(name: string, place: Place): Promise<Plate> {
  const image = await openImage(place, name, 0)
  try {
    const { order, col, row } = plateInPlane(image.header, name)
    const pixelOrder = order + TILE_PIXEL_ORDER
    const size = 2 ** pixelOrder
    const square = (at: number, length: number): number => Math.floor((at + length / 2) / size)
    const cell = cellOfPlane({ order: 0, col: square(col, image.width), row: square(row, image.height) })
    if (cell === undefined)
      throw new MontageError('MONTAGE_BAD_HEADER', `The middle of ${name} lies between the faces`, {
        where: [name],
        allowed: `one of the twelve faces in the plane of ${HPX_PLANE_FACES} x ${HPX_PLANE_FACES}`,
      })
    return { name, image, col, row, face: cell.face, pixelOrder, crpix: referencePixel(image.header, name) }
  } catch (error) {
    await image.file.close()
    throw error
  }
}

/** The side along which the plates touch. */
function commonSide(plus: Plate, minus: Plate): Stretch {
  const apart = (): MontageError =>
    new MontageError('MONTAGE_NO_RESULT', 'The images do not touch across a gap', {
      where: [plus.name, minus.name],
      remedy: 'compare neighbours in the plane with mDiffFit',
    })
  if (plus.pixelOrder !== minus.pixelOrder) throw apart()
  for (const seam of seamsBetween(plus.pixelOrder, plus.face, minus.face)) {
    const own = rangeOn(plus, pixelAt(seam, 0, 0), pixelAt(seam, 1, 0))
    const other = rangeOn(minus, across(seam, 0, 0), across(seam, 1, 0))
    const first = Math.max(0, own.first, other.first)
    const end = Math.min(2 ** plus.pixelOrder, own.end, other.end)
    if (end > first) return { seam, first, length: end - first }
  }
  throw apart()
}

/** Pixel of the plane at pixel t of a side, d pixels inward. */
function pixelAt({ start, along, outward }: Seam, t: number, d: number): Point {
  return { x: start.x + t * along.x - d * outward.x, y: start.y + t * along.y - d * outward.y }
}

/** Pixel of the plane that lies d pixels beyond the side, where that sky stands. */
function across(seam: Seam, t: number, d: number): Point {
  const { x, y } = pixelAt(seam, t, -1 - d)
  const [xx, xy, yx, yy] = seam.rotation
  return { x: xx * x + xy * y + seam.shift.x, y: yx * x + yy * y + seam.shift.y }
}

/** The pixels of a line along an axis that a plate holds, by their number on the line: from `first` up to `end`. */
function rangeOn({ col, row, image }: Plate, zero: Point, one: Point): { first: number; end: number } {
  const range = (from: number, step: number, low: number, length: number): { first: number; end: number } => {
    if (step > 0) return { first: low - from, end: low + length - from }
    if (step < 0) return { first: from - (low + length - 1), end: from - low + 1 }
    return from >= low && from < low + length ? { first: 0, end: Infinity } : { first: 0, end: 0 }
  }
  const x = range(zero.x, one.x - zero.x, col, image.width)
  const y = range(zero.y, one.y - zero.y, row, image.height)
  return { first: Math.max(x.first, y.first), end: Math.min(x.end, y.end) }
}

/** What is compared. */
interface Sides {
  readonly plus: Plate
  readonly minus: Plate
  readonly stretch: Stretch
  readonly depth: number
}

/** The pixels of a plate along the side: column t, row the distance from it. */
async function readSide(
  plate: Plate,
  { stretch: { seam, first, length }, depth }: Sides,
  which: 'plus' | 'minus',
): Promise<FloatPlane> {
  const at = which === 'plus' ? pixelAt : across
  const corners = [
    at(seam, first, 0),
    at(seam, first + length - 1, 0),
    at(seam, first, depth - 1),
    at(seam, first + length - 1, depth - 1),
  ]
  const low = (values: readonly number[], least: number): number => Math.max(least, Math.min(...values))
  const high = (values: readonly number[], end: number): number => Math.min(end - 1, Math.max(...values))
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)]
  const { col, row, image } = plate
  const [left, bottom] = [low(xs, col), low(ys, row)]
  const [right, top] = [high(xs, col + image.width), high(ys, row + image.height)]
  const region = { col: left - col, row: bottom - row, width: right - left + 1, height: top - bottom + 1 }
  const part = await readPart(image, plate.name, region)
  const data = new Float64Array(length * depth).fill(Number.NaN)
  for (let d = 0; d < depth; d++) {
    for (let t = 0; t < length; t++) {
      const { x, y } = at(seam, first + t, d)
      if (x < left || x > right || y < bottom || y > top) continue
      data[d * length + t] = part.data[(y - bottom) * part.width + x - left] ?? Number.NaN
    }
  }
  return { width: length, height: depth, data }
}

/** The two blocks of a gap file: the fit as each plate sees it. */
function gapText(sides: Sides, fit: GapFit): string {
  const { plus, minus, stretch, depth } = sides
  const { seam, first } = stretch
  const [xx, xy, yx, yy] = seam.rotation
  const middle = first + (fit.first + fit.last) / 2
  const inward = (depth - 1) / 2
  const length = fit.last - fit.first + 1
  const span = (direction: { readonly x: number }): { readonly width: number; readonly height: number } =>
    direction.x === 0 ? { width: depth, height: length } : { width: length, height: depth }
  const offset = (plate: Plate, at: Point): Point => ({
    x: at.x - plate.col - plate.crpix.fitsX,
    y: at.y - plate.row - plate.crpix.fitsY,
  })
  // The side as the other plate sees it: along what `along` becomes.
  const turned = {
    x: xx * seam.along.x + xy * seam.along.y,
    y: yx * seam.along.x + yy * seam.along.y,
  }
  const plusZero = offset(plus, pixelAt(seam, first, 0))
  const minusZero = offset(minus, across(seam, first, 0))
  const plane = (along: Point, zero: Point, sign: number): { a: number; b: number; c: number } => {
    const [a, b] = [sign * fit.plane.a * along.x, sign * fit.plane.a * along.y]
    return { a, b, c: sign * fit.plane.c - a * zero.x - b * zero.y }
  }
  // Offsets of the other plate from offsets of this one: R p + shift.
  const shiftX =
    xx * (plus.col + plus.crpix.fitsX) +
    xy * (plus.row + plus.crpix.fitsY) +
    seam.shift.x -
    minus.col -
    minus.crpix.fitsX
  const shiftY =
    yx * (plus.col + plus.crpix.fitsX) +
    yy * (plus.row + plus.crpix.fitsY) +
    seam.shift.y -
    minus.row -
    minus.crpix.fitsY
  const common = { npixel: fit.npixel, rms: fit.rms }
  const plusBlock = gapBlock({
    ...common,
    plus: basename(plus.name),
    minus: basename(minus.name),
    plane: plane(seam.along, plusZero, 1),
    level: fit.level,
    crpix: plus.crpix,
    centre: offset(plus, pixelAt(seam, middle, inward)),
    ...span(seam.along),
    rotation: seam.rotation,
    shift: { x: shiftX, y: shiftY },
  })
  const minusBlock = gapBlock({
    ...common,
    plus: basename(minus.name),
    minus: basename(plus.name),
    plane: plane(turned, minusZero, -1),
    level: -fit.level,
    crpix: minus.crpix,
    centre: offset(minus, across(seam, middle, inward)),
    ...span(turned),
    // The inverse: R^T (q - shift).
    rotation: [xx, yx, xy, yy],
    shift: { x: -(xx * shiftX + yx * shiftY), y: -(xy * shiftX + yy * shiftY) },
  })
  return plusBlock + minusBlock
}

function readCall(call: ModuleCall): GapDiffInput {
  const depth = optionValue(call, 'w')
  const files = { plus: operand(call, 0), minus: operand(call, 1), output: operand(call, 2) }
  if (depth === undefined) return files
  return { ...files, depth: integerArgument(depth, `Depth (${depth}) must be a whole number`) }
}

/** The module mHPXGapDiff. */
export const gapDiffModule: MontageModule = defineModule<GapDiffInput, GapDiffResult>({
  name: 'mHPXGapDiff',
  summary: 'Compares two plates of a HEALPix map that touch on the sky but lie apart in its plane.',
  usage: '%s [-d][-w depth][-s statusfile] plus.fits minus.fits gap.txt',
  style: 'getopt',
  options: 'dw:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['a', 'g'],
    ['c', 'g'],
    ['level', 'g'],
    ['npixel', 'd'],
    ['rms', 'g'],
  ],
  manual: {
    description:
      'Fits the difference of two plates along the side at which they touch: between two faces around a pole, which the HPX plane puts apart and turns by a quarter, or across its seam at longitude 180. Pixels of equal distance from the side are compared and their difference is taken at the side itself, so that the gradient of the sky across it does not count.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [
      DEBUG_OPTION,
      ['-w depth', `Pixels from the side that are compared; default ${DEFAULT_DEPTH}.`],
      STATUS_OPTION,
    ],
    operands: [
      ['plus.fits', 'First plate, an image on a part of the grid of mHPXHdr.'],
      ['minus.fits', 'Plate that is subtracted.'],
      ['gap.txt', 'File of fits that is written, for mBgModel -g.'],
    ],
    writes: [
      ['gap.txt', 'Two blocks of 15 lines: the fit as the first plate sees it, and as the second does.'],
    ],
    returns: {
      a: 'Slope of the difference along the side, per pixel.',
      c: 'Difference at the first pixel of the side that both plates have.',
      level: 'Mean difference.',
      npixel: 'Pairs of pixels that took part.',
      rms: 'Root mean square of the residuals.',
    },
    example: [
      'mHPXGapDiff mosaics/plate08_12.fits mosaics/plate12_16.fits gaps/gap.plate08_12.plate12_16.txt',
    ],
  },
  read: readCall,
  run: mHPXGapDiff,
})
