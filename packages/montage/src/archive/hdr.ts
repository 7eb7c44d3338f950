import { readSurveys, resolveLocation } from '@skyloom/mosaic/node'
import type { MontageFrame } from '@skyloom/wcs'
import { writeText } from '../command/files.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { fromJ2000 } from '../header/classic-wcs.ts'
import { readFrameWords } from '../header/frame-words.ts'
import { templateLines } from '../header/template-lines.ts'
import { SURVEYS_SECTION } from './surveys-manual.ts'

/** Input of {@link mHdr}. */
export interface HdrInput {
  /** Name of an object, or a position: `83.82 -5.39 eq J2000`. */
  readonly location: string
  readonly widthDeg: number
  /** Default: as the width. */
  readonly heightDeg?: number
  /** Header file that is written. */
  readonly output: string
  /** Default J2000. */
  readonly frame?: MontageFrame
  /** Arcseconds; default 1. */
  readonly pixelArcsec?: number
  /** CROTA2; default 0. */
  readonly rotationDeg?: number
  /** Survey registry with the resolver; default: that of the user, else the built-in one. */
  readonly surveys?: string
}

/** Result of {@link mHdr}. */
export interface HdrResult {
  /** Lines of the header. */
  readonly count: number
}

/** Larger sides are refused: no program can fill them. */
const MAX_SIDE = 2 ** 31 - 1
/** Decimals of degrees: 4 nanoarcseconds. */
const DECIMALS = 12

/**
 * Writes the template of an image around an object or position, in TAN projection.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 * @throws MosaicError `MOSAIC_UNKNOWN_OBJECT`, and those of a resolver that cannot be asked
 */
export async function mHdr(input: HdrInput, place: Place = {}): Promise<HdrResult> {
  const { widthDeg, heightDeg = widthDeg, pixelArcsec = 1, rotationDeg = 0 } = input
  const frame = input.frame ?? { system: 'EQUJ', epochYear: 2000 }
  const cdelt = pixelArcsec / 3600
  // Half a billionth of a pixel, so that 0.1 degree of 0.36 arcsec is 1000 pixels.
  const side = (sizeDeg: number): number => Math.max(1, Math.trunc(sizeDeg / cdelt + 5e-10))
  const [naxis1, naxis2] = [side(widthDeg), side(heightDeg)]
  if (![naxis1, naxis2].every((length) => length <= MAX_SIDE))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'The image would be too large', {
      found: `${naxis1} x ${naxis2} pixels`,
      remedy: 'give larger pixels with -p',
    })
  const { lonDeg, latDeg } = await resolveLocation(input.location, await readSurveys(input.surveys))
  const centre = fromJ2000(frame).convert(lonDeg, latDeg)
  const lines = templateLines(
    { naxis1, naxis2, centre, cdelt, crota2: rotationDeg },
    frame,
    'TAN',
    [],
    DECIMALS,
  )
  await writeText(place, input.output, `${lines.join('\n')}\n`, `Can't open output file ${input.output}.`)
  return { count: lines.length }
}

function readCall(call: ModuleCall): HdrInput {
  const given = (name: string, what: string): number | undefined => {
    const text = optionValue(call, name)
    return text === undefined ? undefined : namedReal(text, what)
  }
  const widthDeg = namedReal(operand(call, 1), 'Width')
  const heightDeg = given('h', 'Height')
  const pixelArcsec = given('p', 'Pixel size')
  const rotationDeg = given('r', 'Rotation')
  if (![widthDeg, heightDeg ?? 1, pixelArcsec ?? 1].every((value) => value > 0)) throw usageError()
  return {
    location: operand(call, 0),
    widthDeg,
    output: operand(call, 2),
    frame: readFrameWords(optionValue(call, 'c'), optionValue(call, 'e')),
    ...(heightDeg === undefined ? {} : { heightDeg }),
    ...(pixelArcsec === undefined ? {} : { pixelArcsec }),
    ...(rotationDeg === undefined ? {} : { rotationDeg }),
  }
}

/** The module mHdr. */
export const hdrModule: MontageModule = defineModule<HdrInput, HdrResult>({
  name: 'mHdr',
  summary: 'Writes the template of an image around an object or position.',
  usage:
    'mHdr [-c system] [-e equinox] [-h height(deg)] [-p pixsize(arcsec)] [-r rotation] [-t 2mass-band] object|location width(deg) outfile (object/location must be a single argument string)',
  style: 'getopt',
  options: 'c:e:h:p:r:t:',
  operands: [3, 3],
  isNamed: true,
  usageExitCode: 0,
  fields: [['count', 'd']],
  manual: {
    description:
      'Writes a header template in TAN projection around an object or position. Coordinates and bundled objects need no network.',
    options: [
      ['-c system', '`EQUJ` (default), `EQUB`, `ECLJ`, `ECLB`, `GAL`, `SGAL`.'],
      ['-e equinox', 'Year; default 2000, for EQUB and ECLB 1950.'],
      ['-h height', 'Height in degrees; default: as the width.'],
      ['-p pixsize', 'Size of the pixels in arcseconds; default 1.'],
      ['-r rotation', 'Rotation of the image in degrees (CROTA2); default 0.'],
      ['-t 2mass-band', 'Accepted and without effect: it chose a service that is gone.'],
    ],
    operands: [
      ['object|location', 'Centre of the image.'],
      ['width', 'Width in degrees.'],
      ['outfile', 'Header template that is written.'],
    ],
    returns: { count: 'Lines of the header.' },
    sections: [SURVEYS_SECTION],
    example: ['mHdr -p 2 "M 42" 0.5 region.hdr', 'mHdr -c GAL "209.0 -19.4 gal" 1.5 galactic.hdr'],
  },
  read: readCall,
  run: mHdr,
})
