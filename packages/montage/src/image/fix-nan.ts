import { type FloatPlane, replaceRanges, type ValueRange } from '@skyloom/mosaic'
import { pixelToSky, skyToPixel, type Wcs } from '@skyloom/wcs'
import { pathExists } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, HDU_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
  realArgument,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { classicWcs } from '../header/classic-wcs.ts'
import { readPart } from './read-part.ts'
import { rewriteImage } from './rewrite-image.ts'

/** Input of {@link mFixNaN}. */
export interface FixNaNInput {
  readonly image: string
  /** Image that is written; `-` for none. */
  readonly output: string
  /** Values that become NaN, ends included. */
  readonly ranges: readonly ValueRange[]
  /** Value instead of NaN; NaN pixels get it as well. */
  readonly value?: number
  /** Blank pixels that have no place on the sky. */
  readonly checksBoundary?: boolean
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** Result of {@link mFixNaN}. */
export interface FixNaNResult {
  /** Pixels within the ranges. */
  readonly rangeCount: number
  /** Pixels that were or became NaN or the value. */
  readonly nanCount: number
  /** Pixels without a place on the sky. */
  readonly boundaryCount: number
}

/** A pixel is off the sky when the way to the sky and back misses it by more, in pixels. */
const ROUND_TRIP_PIXELS = 0.01

/**
 * Turns values within ranges into NaN, or NaN into a value.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mFixNaN(input: FixNaNInput, place: Place = {}): Promise<FixNaNResult> {
  if (!(await pathExists(place, input.image)))
    throw new MontageError('MONTAGE_NO_FILE', `File ${input.image} not found.`, { where: [input.image] })
  const counts = { rangeCount: 0, nanCount: 0, boundaryCount: 0 }
  await rewriteImage(place, input.image, input.hdu ?? 0, input.output, (opened) => {
    const sky = input.checksBoundary === true ? classicWcs(opened.header, input.image) : undefined
    return {
      width: opened.width,
      height: opened.height,
      makeRows: async (row, height) => {
        const rows = await readPart(opened, input.image, { col: 0, row, width: opened.width, height })
        if (sky !== undefined) counts.boundaryCount += blankOffSky(rows, row, sky.wcs)
        const { rangeCount, nanCount } = replaceRanges(rows.data, input.ranges, input.value)
        counts.rangeCount += rangeCount
        counts.nanCount += nanCount
        return rows
      },
    }
  })
  return counts
}

function blankOffSky({ width, height, data }: FloatPlane, firstRow: number, wcs: Wcs): number {
  let count = 0
  for (let row = 0; row < height; row++) {
    const fitsY = firstRow + row + 1
    for (let col = 0; col < width; col++) {
      const sky = pixelToSky(wcs, col + 1, fitsY)
      const back = sky === undefined ? undefined : skyToPixel(wcs, sky.lonDeg, sky.latDeg)
      const isBack =
        back !== undefined &&
        Math.abs(back.fitsX - col - 1) <= ROUND_TRIP_PIXELS &&
        Math.abs(back.fitsY - fitsY) <= ROUND_TRIP_PIXELS
      if (isBack) continue
      data[row * width + col] = Number.NaN
      count++
    }
  }
  return count
}

function readCall(call: ModuleCall): FixNaNInput {
  const limits = call.operands.slice(2)
  const limit = (text: string, word: 'min' | 'max'): number =>
    text === word
      ? word === 'min'
        ? -Infinity
        : Infinity
      : realArgument(text, `${word} blank value string is not a number`)
  const ranges = limits.flatMap((text, index) =>
    index % 2 === 0 && index + 1 < limits.length
      ? [{ min: limit(text, 'min'), max: limit(limits[index + 1] ?? '', 'max') }]
      : [],
  )
  const value = optionValue(call, 'v')
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    ranges,
    checksBoundary: hasOption(call, 'b'),
    hdu: hduArgument(call),
    ...(value === undefined
      ? {}
      : { value: realArgument(value, 'NaN conversion value string is not a number') }),
  }
}

/** The module mFixNaN. As in the classic program a negative limit must stand behind `--`, and a limit without its partner is passed over. */
export const fixNaNModule: MontageModule = defineModule<FixNaNInput, FixNaNResult>({
  name: 'mFixNaN',
  summary: 'Turns ranges of values into NaN, or NaN into a value.',
  usage:
    "%s [-b(oundary-check)][-d level][-v NaN-value] in.fits out.fits [minblank maxblank] (output file name '-' means no file; min/max ranges can be repeated and can be the words 'min' and 'max')",
  style: 'getopt',
  options: 'bd:v:h:',
  ignoresUnknownOptions: true,
  operands: [2, 10_000],
  isNamed: true,
  fields: [
    ['rangeCount', 'd'],
    ['nanCount', 'd'],
    ['boundaryCount', 'd'],
  ],
  manual: {
    description: 'Turns values within ranges into NaN, or NaN into a value.',
    options: [
      ['-b', 'Blank pixels that have no place on the sky, as around maps of the whole sky.'],
      DEBUG_LEVEL_OPTION,
      ['-v value', 'Value for NaN pixels and for values within the ranges.'],
      HDU_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written; `-` for none, when only the counts are wanted.'],
      [
        '[min max]',
        'Range, ends included; may be repeated. The words `min` and `max` stand for the ends of all numbers.',
      ],
    ],
    returns: {
      rangeCount: 'Pixels within the ranges.',
      nanCount: 'Pixels that were or became NaN.',
      boundaryCount: 'Pixels without a place on the sky.',
    },
    example: ['mFixNaN raw.fits clean.fits -- -100 -5 60000 max'],
  },
  read: readCall,
  run: mFixNaN,
})
