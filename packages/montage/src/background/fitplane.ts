import { FIT_FIELDS, type FitValues, fitStripedPlane, fitValues } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
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
import { openImage } from '../image/open-image.ts'
import { readPart } from '../image/read-part.ts'
import { stripsOf } from '../image/strips-of.ts'
import { borderArgument, FIT_RETURNS } from './fit-arguments.ts'

/** Input of {@link mFitplane}. */
export interface FitplaneInput {
  readonly image: string
  /** Pixels along each side that are left out; default 0. */
  readonly border?: number
  /** Fit a level only. */
  readonly isLevelOnly?: boolean
  /** Make no fit; give only the ranges of the pixels with data and their rectangle. */
  readonly isUnfitted?: boolean
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** Result of {@link mFitplane}: the plane `a x + b y + c` with `x = col - crpix1`, `y = row - crpix2`, `col` and `row` from 0. */
export type FitplaneResult = FitValues

/**
 * Fits a plane to an image, pixels far from it left out.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_NO_RESULT`
 */
export async function mFitplane(input: FitplaneInput, place: Place = {}): Promise<FitplaneResult> {
  const image = await openImage(place, input.image, input.hdu ?? 0)
  try {
    const crpix = referencePixel(image.header, input.image)
    const options = {
      borderPixels: input.border ?? 0,
      isLevelOnly: input.isLevelOnly === true,
      isUnfitted: input.isUnfitted === true,
    }
    const { width } = image
    const strips = stripsOf(
      image,
      async (row, height) => await readPart(image, input.image, { col: 0, row, width, height }),
    )
    const fit = await fitStripedPlane(strips, crpix, options)
    if (fit !== undefined) return fitValues(fit, crpix)
  } finally {
    await image.file.close()
  }
  throw new MontageError('MONTAGE_NO_RESULT', 'Too few pixels to fit', {
    where: [input.image],
    allowed: 'at least three pixels with data',
  })
}

function readCall(call: ModuleCall): FitplaneInput {
  return {
    image: operand(call, 0),
    border: borderArgument(call),
    isLevelOnly: hasOption(call, 'l'),
    isUnfitted: hasOption(call, 'n'),
    hdu: hduArgument(call),
  }
}

/** The module mFitplane. */
export const fitplaneModule: MontageModule = defineModule<FitplaneInput, FitplaneResult>({
  name: 'mFitplane',
  summary: 'Fits a plane to an image.',
  usage: 'mFitplane [-b border] [-d level] [-s statusfile] [-l(evel-only)] [-n(o-fit)] in.fits',
  style: 'getopt',
  options: 'b:d:s:lnh:',
  operands: [1, 1],
  isNamed: true,
  fields: FIT_FIELDS.map((key): readonly [keyof FitplaneResult, FieldFormat] => [key, 'g']),
  manual: {
    description:
      'Fits a plane `A x + B y + C` to the pixels of an image, for instance a difference of two images by mDiff. Pixels that lie far from the plane are left out and the fit is repeated. `x` and `y` are pixels from the reference pixel, the first pixel being 0: `x = col - CRPIX1`, `y = row - CRPIX2`.',
    options: [
      ['-b border', 'Pixels along each side that are left out; default 0.'],
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
      ['-l', 'Fit a level only: A and B are 0.'],
      ['-n', 'Make no fit: ranges and rectangle only; `a`, `b`, `c` and `rms` are 0.'],
      HDU_OPTION,
    ],
    operands: [['in.fits', 'FITS image.']],
    returns: FIT_RETURNS,
    example: ['mFitplane -s fit.000001.000002.txt diff.000001.000002.fits'],
  },
  read: readCall,
  run: mFitplane,
})
