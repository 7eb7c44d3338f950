import { DEBUG_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
} from '../command/module.ts'
import { mBackground } from './background.ts'
import { borderArgument } from './fit-arguments.ts'
import { mFitplane } from './fitplane.ts'

/** Input of {@link mFlatten}. */
export interface FlattenInput {
  readonly image: string
  readonly output: string
  /** Fit a level only. */
  readonly isLevelOnly?: boolean
  /** Pixels along each side that the fit leaves out; default 0. */
  readonly border?: number
  /** No area images are read or written. */
  readonly hasNoAreas?: boolean
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** Result of {@link mFlatten}: the plane that was taken away, as mFitplane gives it. */
export interface FlattenResult {
  readonly a: number
  readonly b: number
  readonly c: number
}

/**
 * Takes from an image the plane through its own pixels. The plane keeps all its digits.
 *
 * @throws MontageError as mFitplane and mBackground
 */
export async function mFlatten(input: FlattenInput, place: Place = {}): Promise<FlattenResult> {
  const { image, output, isLevelOnly = false, border = 0, hasNoAreas = false, hdu = 0 } = input
  const { a, b, c } = await mFitplane({ image, isLevelOnly, border, hdu }, place)
  await mBackground({ image, output, correction: { a, b, c }, hasNoAreas, hdu }, place)
  return { a, b, c }
}

function readCall(call: ModuleCall): FlattenInput {
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    isLevelOnly: hasOption(call, 'l'),
    border: borderArgument(call),
    // The call names one image, not a pair of image and areas.
    hasNoAreas: true,
    hdu: hduArgument(call),
  }
}

/** The module mFlatten. */
export const flattenModule: MontageModule = defineModule<FlattenInput, FlattenResult>({
  name: 'mFlatten',
  summary: 'Takes from an image the plane through its own pixels.',
  usage: '%s [-d] [-l(evel-only)] [-b border] [-s statusfile] in.fits out.fits',
  style: 'getopt',
  options: 'dlb:h:s:',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['a', 'g'],
    ['b', 'g'],
    ['c', 'g'],
  ],
  manual: {
    description:
      'Does what mFitplane and mBackground do one after another: fits a plane to the image, pixels far from it left out, and takes it away. Area images are neither read nor written.',
    options: [
      DEBUG_OPTION,
      ['-l', 'Fit a level only: `a` and `b` are 0.'],
      ['-b border', 'Pixels along each side that the fit leaves out; default 0.'],
      HDU_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
    ],
    returns: {
      a: 'Slope along axis 1, per pixel.',
      b: 'Slope along axis 2, per pixel.',
      c: 'Level at the reference pixel.',
    },
    example: ['mFlatten raw/a.fits flat/a.fits'],
  },
  read: readCall,
  run: mFlatten,
})
