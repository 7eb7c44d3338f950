import { type Header, readImage } from '@skyloom/fits'
import { type IntegerBitpix, integerScale, storedIntegers } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { openImage, writePixels } from './open-image.ts'

/** Types of pixels that {@link mConvert} writes. */
export type ConvertBitpix = IntegerBitpix | -32 | -64

/** Input of {@link mConvert}. */
export interface ConvertInput {
  readonly image: string
  readonly output: string
  /** Default -64. */
  readonly bitpix?: ConvertBitpix
  /**
   * Stored values that become the ends of the integer range; default the whole range of an integer image, 0 and 1 for others unless
   * both are given.
   */
  readonly min?: number
  readonly max?: number
  /** Integer for pixels without data; default the low end of the range. */
  readonly blank?: number
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** {@link mConvert} reports nothing but success. */
export type ConvertResult = Readonly<Record<string, never>>

const BITPIX: ReadonlyMap<string, ConvertBitpix> = new Map([
  ['8', 8],
  ['16', 16],
  ['32', 32],
  ['-32', -32],
  ['-64', -64],
])

/** Significant digits of BSCALE and BZERO, as the classic program writes them. */
const SCALE_DIGITS = 14

/**
 * Writes an image with another type of pixels.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mConvert(input: ConvertInput, place: Place = {}): Promise<ConvertResult> {
  const { image: path, output, bitpix = -64 } = input
  const { file, hdu, header, width, height } = await openImage(place, path, input.hdu ?? 0)
  try {
    const image = await readImage(hdu, { as: 'float64' })
    const shape = [height, width]
    if (bitpix < 0) {
      await writePixels(place, output, withoutBlank(header), { bitpix, shape }, image.data)
      return {}
    }
    const [min, max] = rangeOf(input, image.bitpix)
    const toValue = (stored: number): number => image.bzero + image.bscale * stored
    const scale = integerScale(integerType(bitpix), toValue(min), toValue(max))
    const stored = storedIntegers(image.data, scale, input.blank)
    const bscale = Number(scale.bscale.toPrecision(SCALE_DIGITS))
    const bzero = Number(scale.bzero.toPrecision(SCALE_DIGITS))
    const values = Float64Array.from(stored, (integer) => bzero + bscale * integer)
    await writePixels(place, output, withoutBlank(header), { bitpix, shape, bscale, bzero }, values)
    return {}
  } finally {
    await file.close()
  }
}

function integerType(bitpix: ConvertBitpix): IntegerBitpix {
  return bitpix === 8 || bitpix === 16 ? bitpix : 32
}

function withoutBlank(header: Header): Header {
  const cards = header.clone()
  cards.delete('BLANK')
  return cards
}

function rangeOf({ min, max }: ConvertInput, bitpix: number): readonly [number, number] {
  if (min !== undefined && max !== undefined) {
    if (max > min) return [min, max]
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Maximum value must be greater than minimum value', {
      found: `${min} to ${max}`,
    })
  }
  if (bitpix < 0) return [0, 1]
  if (bitpix === 8) return [min ?? 0, max ?? 255]
  const high = 2 ** (bitpix - 1) - 1
  return [min ?? -high, max ?? high]
}

function readCall(call: ModuleCall): ConvertInput {
  const text = optionValue(call, 'b') ?? '-64'
  const bitpix = BITPIX.get(text)
  if (bitpix === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Bitpix must be one of (8, 16, 32, -32, -64)', {
      found: text,
    })
  const number = (name: string): number | undefined => {
    const value = optionValue(call, name)
    return value === undefined ? undefined : namedReal(value, `Argument for -${name}`)
  }
  const [min, max, blank] = ['min', 'max', 'blank'].map(number)
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    bitpix,
    hdu: hduArgument(call),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(blank === undefined ? {} : { blank: Math.trunc(blank) }),
  }
}

/** The module mConvert. */
export const convertModule: MontageModule = defineModule<ConvertInput, ConvertResult>({
  name: 'mConvert',
  summary: 'Writes an image with another type of pixels.',
  usage:
    'mConvert [-d level][-s statusfile][-b bitpix][-min minval][-max maxval][-blank blankval] in.fits out.fits',
  style: 'leading',
  options: ['d:', 's:', 'b:', 'min:', 'max:', 'blank:', 'h:'],
  operands: [2, 2],
  isNamed: false,
  fields: [],
  manual: {
    description:
      'Writes an image with another type of pixels. For integers the range from `minval` to `maxval` is spread over all integers with BSCALE and BZERO; values outside are cut, NaN becomes `blankval`.',
    options: [
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
      ['-b bitpix', '8, 16, 32, -32 or -64; default -64.'],
      ['-min minval', 'Least value that integers can hold.'],
      ['-max maxval', 'Largest value that integers can hold.'],
      ['-blank blankval', 'Integer for NaN; default the least one.'],
      HDU_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
    ],
    example: ['mConvert -b -32 in.fits out.fits', 'mConvert -b 16 -min 0 -max 500 in.fits out.fits'],
  },
  read: readCall,
  run: mConvert,
})
