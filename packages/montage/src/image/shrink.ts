import { type Hdu, type Header, readImage } from '@skyloom/fits'
import {
  type FloatPlane,
  type Region,
  type ShrinkPlan,
  shrinkPlan,
  shrinkRows,
  shrinkSource,
} from '@skyloom/mosaic'
import { pixelScaleDeg } from '@skyloom/wcs'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
  usageError,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { uncheckedWcs } from '../header/classic-wcs.ts'
import { type OpenImage, openImage } from './open-image.ts'
import { pixelLayout } from './pixel-layout.ts'
import { stripRowsOf } from './read-part.ts'
import { writeStrips } from './write-strips.ts'

/** Input of {@link mShrink}. */
export interface ShrinkInput {
  readonly image: string
  readonly output: string
  /** Old pixels in the side of a new one, or with `isFixedSize` the pixels of the larger side. */
  readonly factor?: number
  readonly isFixedSize?: boolean
  /** Degrees per pixel of the new image, instead of `factor`. */
  readonly scaleDeg?: number
  readonly hdu?: number
}

/** Result of {@link mShrink}. */
export interface ShrinkResult {
  /** Seconds. */
  readonly time: number
}

/** Longest side of an enlarged image. */
const MAX_SIDE = 2 ** 31 - 1

/**
 * Makes an image with larger pixels (smaller ones for factors below 1), strip by strip. The type of the pixels stays: whole numbers without
 * scaling are cut off toward zero as the classic program does, scaled ones rounded.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mShrink(input: ShrinkInput, place: Place = {}): Promise<ShrinkResult> {
  const start = systemSeconds()
  checkFactor(input)
  const open = await openImage(place, input.image, input.hdu ?? 0)
  try {
    const { header, width, height } = open
    const factor = factorOf(input, header, { width, height })
    const plan = shrinkPlan({ width, height }, factor, { isClassic: true })
    if (!(plan.width >= 1 && plan.height >= 1))
      throw badFactor('Trying to shrink image to smaller than one pixel', input)
    if (!(plan.width <= MAX_SIDE && plan.height <= MAX_SIDE))
      throw badFactor('Trying to enlarge image beyond what FITS files hold', input)
    await writeShrunken(open, plan, factor, input, place)
  } finally {
    await open.file.close()
  }
  return { time: secondsSince(start) }
}

function checkFactor(input: ShrinkInput): void {
  const { factor, scaleDeg, isFixedSize = false } = input
  if (scaleDeg !== undefined) {
    if (!(scaleDeg > 0)) throw badFactor('Pixel scale must be positive', input)
  } else if (!((factor ?? 0) > 0))
    throw badFactor(
      isFixedSize ? 'Requested image size must be positive' : 'Shrink factor must be positive',
      input,
    )
}

function factorOf(
  input: ShrinkInput,
  header: Header,
  size: { readonly width: number; readonly height: number },
): number {
  const { image, factor = 1, scaleDeg, isFixedSize = false } = input
  if (scaleDeg !== undefined) return scaleDeg / pixelScaleDeg(uncheckedWcs(header, image).wcs)[1]
  return isFixedSize ? Math.max(size.width, size.height) / Math.trunc(factor) : factor
}

async function writeShrunken(
  { hdu, header }: OpenImage,
  plan: ShrinkPlan,
  factor: number,
  { image, output }: ShrinkInput,
  place: Place,
): Promise<void> {
  const { bitpix, bscale, bzero, blank } = pixelLayout(hdu, header)
  const isPlainInteger = bitpix > 0 && bscale === 1 && bzero === 0
  const layout = { bitpix, bscale, bzero, clip: true, ...(blank === undefined ? {} : { blank }) }
  const oldWidth = plan.from.width
  const rowPixels = plan.width + oldWidth * Math.max(1, factor)
  const stripRows = stripRowsOf(rowPixels)
  const make = async (row: number, count: number): Promise<readonly Float64Array[]> => {
    const rows = shrinkSource(plan, row, count)
    const part = await readRows(hdu, { col: 0, width: oldWidth, ...rows }, image)
    const { data } = shrinkRows(plan, row, count, part)
    return [isPlainInteger ? data.map(Math.trunc) : data]
  }
  await writeStrips(place, [output], shrunkenHeader(header, factor), plan, stripRows, make, layout)
}

async function readRows(hdu: Hdu, region: Region, path: string): Promise<FloatPlane> {
  try {
    return await readImage(hdu, { as: 'float64', region })
  } catch (cause) {
    const problem = `Image file ${path} missing or invalid FITS`
    throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [path], cause })
  }
}

function badFactor(problem: string, { factor, scaleDeg }: ShrinkInput): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: String(scaleDeg ?? factor) })
}

/** Keywords of lengths that grow with the pixels. */
const SCALED = ['CDELT1', 'CDELT2', 'CD1_1', 'CD1_2', 'CD2_1', 'CD2_2', 'XPIXELSZ', 'YPIXELSZ'] as const
/** Significant digits of numbers computed for headers. */
const DIGITS = 14

/** The header of an image whose pixels become `factor` times as large. */
export function shrunkenHeader(header: Header, factor: number): Header {
  const cards = header.clone()
  const change = (keyword: string, compute: (value: number) => number): void => {
    const value = header.number(keyword, undefined)
    if (value !== undefined) cards.setFloat(keyword, Number(compute(value).toPrecision(DIGITS)))
  }
  for (const keyword of ['CRPIX1', 'CRPIX2']) change(keyword, (value) => (value - 0.5) / factor + 0.5)
  for (const keyword of SCALED) change(keyword, (value) => value * factor)
  return cards
}

function readCall(call: ModuleCall): ShrinkInput {
  const scale = optionValue(call, 'p')
  const common = { image: operand(call, 0), output: operand(call, 1), hdu: hduArgument(call) }
  if (scale !== undefined) {
    return { ...common, scaleDeg: namedReal(scale, 'Pixel scale') }
  }
  if (call.operands.length < 3) throw usageError()
  const text = operand(call, 2)
  const factor = namedReal(text, 'Shrink factor')
  return { ...common, factor, isFixedSize: hasOption(call, 'f') }
}

/** The module mShrink. */
export const shrinkModule: MontageModule = defineModule<ShrinkInput, ShrinkResult>({
  name: 'mShrink',
  summary: 'Makes an image with larger or smaller pixels.',
  usage: '%s [-f(ixed-size)] [-p pixscale] [-d level] [-h hdu] [-s statusfile] in.fits out.fits factor',
  style: 'getopt',
  options: 'fp:d:h:s:',
  operands: [2, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Makes an image with larger pixels, each the mean of the pixels under it weighted by the part that is covered; NaN counts as nothing. Factors below 1 make smaller pixels. The type of the pixels stays; means of whole numbers without BSCALE and BZERO are cut off toward zero, as Montage does. Pixels without data keep the value of BLANK.',
    options: [
      ['-f', '`factor` is the size of the larger side in pixels.'],
      ['-p pixscale', 'Degrees per pixel of the new image; `factor` is then left out.'],
      DEBUG_LEVEL_OPTION,
      HDU_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['[factor]', 'How many pixels become one along each axis; need not be whole.'],
    ],
    returns: { time: 'Time it took.' },
    example: ['mShrink mosaic.fits small.fits 2.5', 'mShrink -f mosaic.fits preview.fits 500'],
  },
  read: readCall,
  run: mShrink,
})
