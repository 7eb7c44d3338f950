import { FIT_FIELDS, type FitValues, fitStripedPlane, fitValues } from '@skyloom/mosaic'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
} from '../command/module.ts'
import type { FieldFormat } from '../command/status-line.ts'
import { MontageError } from '../errors.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { areaName, fitsName } from '../image/area-name.ts'
import { stripsOf } from '../image/strips-of.ts'
import { borderArgument, FIT_RETURNS } from './fit-arguments.ts'
import { type DifferenceInput, openDifference, writeDifference } from './open-difference.ts'

/** Input of {@link mDiffFit}. */
export interface DiffFitInput extends DifferenceInput {
  /** Difference image; written only with `isKept`. */
  readonly output: string
  /** Write the difference image. */
  readonly isKept?: boolean
  /** Pixels along each side of the difference that the fit leaves out; default 0. */
  readonly border?: number
  /** Fit a level only. */
  readonly isLevelOnly?: boolean
}

/** The sentence of a difference that has too few pixels for a plane. */
export const FIT_FAILURE = 'Too few pixels to fit'

/** Result of {@link mDiffFit}: as that of mFitplane. */
export type DiffFitResult = FitValues

/**
 * Fits a plane to the difference of two images on one grid. Only the pixels that both have are read, and the difference is
 * written only when it is asked for.
 *
 * @throws MontageError as mDiff and mFitplane
 */
export async function mDiffFit(input: DiffFitInput, place: Place = {}): Promise<DiffFitResult> {
  const difference = await openDifference(input, place)
  const crpix = referencePixel(difference.cards, input.output)
  try {
    if (input.isKept === true)
      await writeDifference(place, difference, [fitsName(input.output), areaName(input.output)])
    const options = { borderPixels: input.border ?? 0, isLevelOnly: input.isLevelOnly === true }
    const strips = stripsOf(difference, async (row, count) => (await difference.readRows(row, count)).image)
    const fit = await fitStripedPlane(strips, crpix, options)
    if (fit !== undefined) return fitValues(fit, crpix)
  } finally {
    await difference.close()
  }
  throw new MontageError('MONTAGE_NO_RESULT', FIT_FAILURE, {
    where: [input.plus, input.minus],
    allowed: 'at least three pixels with data',
  })
}

function readCall(call: ModuleCall): DiffFitInput {
  return {
    plus: operand(call, 0),
    minus: operand(call, 1),
    output: operand(call, 2),
    template: operand(call, 3),
    border: borderArgument(call),
    isKept: hasOption(call, 'k'),
    isLevelOnly: hasOption(call, 'l'),
    hasNoAreas: hasOption(call, 'n'),
    hdu: hduArgument(call),
  }
}

/** The module mDiffFit. */
export const diffFitModule: MontageModule = defineModule<DiffFitInput, DiffFitResult>({
  name: 'mDiffFit',
  summary: 'Fits a plane to the difference of two images on the same grid.',
  usage:
    '%s [-d] [-n(o-areas)] [-k(eep)] [-l(evel-only)] [-b border] [-s statusfile] in1.fits in2.fits out.fits hdr.template',
  style: 'getopt',
  options: 'dnklb:s:h:',
  operands: [4, 4],
  isNamed: true,
  fields: FIT_FIELDS.map((key): readonly [keyof DiffFitResult, FieldFormat] => [key, 'g']),
  manual: {
    description:
      'Does what mDiff and mFitplane do one after another: the status line is that of mFitplane for the difference `in1 - in2`. The difference image is not written unless `-k` asks for it.',
    options: [
      DEBUG_OPTION,
      ['-n', 'No area images are read; every pixel with data has area 1.'],
      ['-k', 'Keep the difference image and its area image.'],
      ['-l', 'Fit a level only: `a` and `b` are 0.'],
      ['-b border', 'Pixels along each side of the difference that the fit leaves out; default 0.'],
      STATUS_OPTION,
      ['-h hdu', 'HDU of both images, counted from 0; default 0.'],
    ],
    operands: [
      ['in1.fits', 'First image; its area image `in1_area.fits` stands beside it.'],
      ['in2.fits', 'Image that is subtracted.'],
      ['out.fits', 'Difference image; written with `-k` only.'],
      ['hdr.template', 'Header of the grid that both images lie on.'],
    ],
    returns: FIT_RETURNS,
    example: ['mDiffFit -s fit.000000.000001.txt p0.fits p1.fits diff.fits region.hdr'],
  },
  read: readCall,
  run: mDiffFit,
})
