import { parsePrintf, printfDigits } from '@skyloom/fits/tables'
import { type MontageSystem, pixelToSky } from '@skyloom/wcs'
import { pathExists } from '../command/files.ts'
import { DEBUG_OPTION, HDU_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { openHeader } from '../image/open-header.ts'
import { scaleOf } from '../table/image-rows.ts'
import { toJ2000 } from './classic-wcs.ts'

/** Input of {@link mPix2Coord}. */
export interface Pix2CoordInput {
  /** Image or header template. */
  readonly image: string
  readonly x: number
  readonly y: number
  readonly hdu?: number
  /** `x` and `y` are places on the picture with east left and north up: (0, 0) is its upper left corner. */
  readonly isPicture?: boolean
}

/** Result of {@link mPix2Coord}: the position in the system of the image and in J2000. */
export interface Pix2CoordResult {
  readonly native_lon: number
  readonly native_lat: number
  readonly native_csys: string
  readonly lon: number
  readonly lat: number
  readonly locstr: string
}

const SYSTEM_NAMES: ReadonlyMap<MontageSystem, string> = new Map([
  ['EQUJ', 'eq J2000'],
  ['EQUB', 'eq B1950'],
  ['ECLJ', 'ec J2000'],
  ['ECLB', 'ec B1950'],
  ['GAL', 'gal'],
  ['SGAL', 'sgal'],
])

/**
 * Sky position of a pixel of an image or template.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT` where the projection has no sky
 */
export async function mPix2Coord(input: Pix2CoordInput, place: Place = {}): Promise<Pix2CoordResult> {
  if (!(await pathExists(place, input.image)))
    throw new MontageError('MONTAGE_NO_FILE', `File ${input.image} not found.`, { where: [input.image] })
  const { header, sky, width, height } = await openHeader(place, input.image, input.hdu ?? 0)
  let { x, y } = input
  if (input.isPicture === true) {
    const { cdelt1, cdelt2 } = scaleOf(header, sky)
    // The edge of the first pixel of a picture is 0, that of an image 0.5.
    x = cdelt1 > 0 ? width + 0.5 - x : x + 0.5
    y = cdelt2 < 0 ? y + 0.5 : height + 0.5 - y
  }
  const native = pixelToSky(sky.wcs, x, y)
  if (native === undefined)
    throw new MontageError('MONTAGE_NO_RESULT', 'Location off the image.', { found: `${x}, ${y}` })
  const { lonDeg, latDeg } = toJ2000(sky.frame).convert(native.lonDeg, native.latDeg)
  const degrees = (value: number): string => printfDigits(parsePrintf('%.6f'), value)
  return {
    native_lon: native.lonDeg,
    native_lat: native.latDeg,
    native_csys: SYSTEM_NAMES.get(sky.frame.system) ?? 'eq J2000',
    lon: lonDeg,
    lat: latDeg,
    locstr: `${degrees(lonDeg)} ${degrees(latDeg)} eq J2000`,
  }
}

function readCall(call: ModuleCall): Pix2CoordInput {
  const [image = '', x = '', y = ''] = call.operands
  return {
    image,
    x: namedReal(x, 'X pixel location'),
    y: namedReal(y, 'Y pixel location'),
    hdu: hduArgument(call),
    isPicture: hasOption(call, 'j'),
  }
}

/** The module mPix2Coord. */
export const pix2CoordModule: MontageModule = defineModule<Pix2CoordInput, Pix2CoordResult>({
  name: 'mPix2Coord',
  summary: 'Tells the sky position of a pixel.',
  usage: '%s [-d][-h hdu] image.fits|template.hdr ixpix jypix',
  style: 'getopt',
  options: 'dh:j',
  operands: [3, 3],
  isNamed: false,
  fields: [
    ['native_lon', 'g'],
    ['native_lat', 'g'],
    ['native_csys', 's'],
    ['lon', 'f6'],
    ['lat', 'f6'],
    ['locstr', 's'],
  ],
  manual: {
    description:
      'Tells where on the sky a pixel of an image or template lies: in the coordinate system of the image and in J2000.\n\nThe centre of the first pixel is 1, 1.',
    options: [
      DEBUG_OPTION,
      HDU_OPTION,
      [
        '-j',
        'Count from 0 at the upper left of the picture with north up and east left, as picture viewers do.',
      ],
    ],
    operands: [
      ['image.fits|template.hdr', 'FITS image or header template.'],
      ['ixpix', 'Pixel along axis 1; fractions are allowed.'],
      ['jypix', 'Pixel along axis 2.'],
    ],
    returns: {
      native_lon: 'Longitude in the system of the image, degrees.',
      native_lat: 'Latitude in the system of the image, degrees.',
      native_csys: 'System of the image: `eq J2000`, `eq B1950`, `ec J2000`, `ec B1950`, `gal`, `sgal`.',
      lon: 'Right ascension J2000, degrees.',
      lat: 'Declination J2000, degrees.',
      locstr: 'The position as mHdr and mArchiveList read it.',
    },
    example: ['mPix2Coord m31.fits 512.5 300'],
  },
  read: readCall,
  run: mPix2Coord,
})
