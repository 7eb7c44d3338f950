import type { Header } from '@skyloom/fits'
import { shrinkPlane } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
  realArgument,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { readPlane, writePixels } from './open-image.ts'

/** Input of {@link mShrink}. */
export interface ShrinkInput {
  readonly image: string
  readonly output: string
  /** Old pixels in the side of a new one, or with `isFixedSize` the pixels of the larger side. */
  readonly factor: number
  readonly isFixedSize?: boolean
  readonly hdu?: number
}

/** Result of {@link mShrink}. */
export interface ShrinkResult {
  /** Seconds. */
  readonly time: number
}

/** Most pixels of an enlarged image: 2^30. */
const MAX_PIXELS = 2 ** 30

/**
 * Makes an image with larger pixels (smaller ones for factors below 1). The type of the pixels stays.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mShrink(input: ShrinkInput, place: Place = {}): Promise<ShrinkResult> {
  const start = systemSeconds()
  const isFixed = input.isFixedSize === true
  if (!(input.factor > 0))
    throw badFactor(
      isFixed ? 'Requested image size must be positive' : 'Shrink factor must be positive',
      input,
    )
  const { header, bitpix, ...image } = await readPlane(place, input.image, input.hdu ?? 0)
  const factor = isFixed ? Math.max(image.width, image.height) / Math.trunc(input.factor) : input.factor
  const width = Math.floor(image.width / factor)
  const height = Math.floor(image.height / factor)
  if (!(width >= 1 && height >= 1)) throw badFactor('Trying to shrink image to smaller than one pixel', input)
  if (width * height > MAX_PIXELS)
    throw badFactor('Trying to enlarge image beyond what fits into memory', input)
  const small = shrinkPlane(image, factor, { width, height }, { isClassic: true })
  const layout = { bitpix: bitpix > 0 ? (-32 as const) : bitpix, shape: [height, width] }
  await writePixels(place, input.output, shrunkenHeader(header, factor), layout, small.data)
  return { time: secondsSince(start) }
}

function badFactor(problem: string, { factor }: ShrinkInput): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: String(factor) })
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
  const text = operand(call, 2)
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    factor: realArgument(text, `Shrink factor (${text}) cannot be interpreted as a real number`),
    isFixedSize: hasOption(call, 'f'),
    hdu: hduArgument(call),
  }
}

/** The module mShrink. */
export const shrinkModule: MontageModule = defineModule<ShrinkInput, ShrinkResult>({
  name: 'mShrink',
  summary: 'Makes an image with larger or smaller pixels.',
  usage: '%s [-f(ixed-size)] [-d level] [-h hdu] [-s statusfile] in.fits out.fits factor',
  style: 'getopt',
  options: 'fd:h:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Makes an image with larger pixels, each the mean of the pixels under it weighted by the part that is covered; NaN counts as nothing. Factors below 1 make smaller pixels.',
    options: [
      ['-f', '`factor` is the size of the larger side in pixels.'],
      DEBUG_LEVEL_OPTION,
      HDU_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['factor', 'How many pixels become one along each axis; need not be whole.'],
    ],
    returns: { time: 'Time it took.' },
    example: ['mShrink mosaic.fits small.fits 2.5', 'mShrink -f mosaic.fits preview.fits 500'],
  },
  read: readCall,
  run: mShrink,
})
