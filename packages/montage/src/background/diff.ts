import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
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
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { areaName, fitsName } from '../image/area-name.ts'
import { type DifferenceInput, openDifference, writeDifference } from './open-difference.ts'

/** Input of {@link mDiff}. */
export interface DiffInput extends DifferenceInput {
  readonly output: string
}

/** Result of {@link mDiff}. */
export interface DiffResult {
  /** Seconds. */
  readonly time: number
  /** Extremes of value times area over both images. */
  readonly min_pixel: number
  readonly max_pixel: number
  readonly min_diff: number
  readonly max_diff: number
}

/**
 * Difference of two images on one grid, with the area image of the difference beside it.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mDiff(input: DiffInput, place: Place = {}): Promise<DiffResult> {
  const start = systemSeconds()
  const difference = await openDifference(input, place)
  try {
    const { minPixel, maxPixel } = await difference.range()
    await writeDifference(place, difference, [fitsName(input.output), areaName(input.output)])
    const { minDiff, maxDiff } = difference
    const extremes = { min_pixel: minPixel, max_pixel: maxPixel, min_diff: minDiff, max_diff: maxDiff }
    return { time: secondsSince(start), ...extremes }
  } finally {
    await difference.close()
  }
}

function readCall(call: ModuleCall): DiffInput {
  const factor = optionValue(call, 'z')
  const files = {
    plus: operand(call, 0),
    minus: operand(call, 1),
    output: operand(call, 2),
    template: operand(call, 3),
    hasNoAreas: hasOption(call, 'n'),
    hdu: hduArgument(call),
  }
  if (factor === undefined) return files
  return { ...files, factor: namedReal(factor, 'Argument for -z') }
}

/** The module mDiff. */
export const diffModule: MontageModule = defineModule<DiffInput, DiffResult>({
  name: 'mDiff',
  summary: 'Subtracts an image from another on the same grid.',
  usage: '%s [-d level] [-n(o-areas)] [-z factor] [-s statusfile] in1.fits in2.fits out.fits hdr.template',
  style: 'getopt',
  options: 'd:nz:s:h:',
  operands: [4, 4],
  isNamed: true,
  fields: [
    ['time', 'time'],
    ['min_pixel', 'g'],
    ['max_pixel', 'g'],
    ['min_diff', 'g'],
    ['max_diff', 'g'],
  ],
  manual: {
    description:
      'Subtracts the second image from the first. Both are on the grid of the template; only the region that both cover is written. With area images a pixel counts where both areas exceed a third of the larger mean area.',
    options: [
      DEBUG_LEVEL_OPTION,
      ['-n', 'There are no area images.'],
      ['-z factor', 'Factor for the second image before it is subtracted; default 1.'],
      STATUS_OPTION,
      ['-h hdu', 'HDU of both images, counted from 0; default 0.'],
    ],
    operands: [
      ['in1.fits', 'First image.'],
      ['in2.fits', 'Image that is subtracted.'],
      ['out.fits', 'Difference that is written.'],
      ['hdr.template', 'Header template: one card a line, at most 80 characters, END last.'],
    ],
    returns: {
      time: 'Time it took.',
      min_pixel: 'Least value of the inputs.',
      max_pixel: 'Largest value of the inputs.',
      min_diff: 'Least difference.',
      max_diff: 'Largest difference.',
    },
    example: ['mDiff projected/a.fits projected/b.fits diff/a_b.fits region.hdr'],
  },
  read: readCall,
  run: mDiff,
})
