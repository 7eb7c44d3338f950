import { facingPixel } from '@skyloom/mosaic'
import { pixelToSky } from '@skyloom/wcs'
import { pathExists } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  type Place,
  realArgument,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { parseImageName } from '../image/image-name.ts'
import { openHeader } from '../image/open-header.ts'
import { fromJ2000, toJ2000 } from './classic-wcs.ts'

/** Input of {@link mCoord}: a position, or a pixel. */
export type CoordInput = {
  /** Image, or header template. */
  readonly image: string
  readonly hdu?: number
} & ({ readonly ra: number; readonly dec: number } | { readonly xpix: number; readonly ypix: number })

/** Result of {@link mCoord}: J2000 position in degrees and pixel, the first one being 1. */
export interface CoordResult {
  readonly ra: number
  readonly dec: number
  readonly xpix: number
  readonly ypix: number
}

/**
 * Pixel of a J2000 position, or position of a pixel; both may lie beyond the edges of the image.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT` where there is no such pixel or
 *   position
 */
export async function mCoord(input: CoordInput, place: Place = {}): Promise<CoordResult> {
  const { image, hdu = 0 } = input
  if (!(await pathExists(place, image)))
    throw new MontageError('MONTAGE_NO_FILE', `File ${image} not found.`, { where: [image] })
  const { sky } = await openHeader(place, image, hdu)
  const none = (found: string): MontageError =>
    new MontageError('MONTAGE_NO_RESULT', 'Location off the image.', { where: [image], found })
  if ('ra' in input) {
    const { ra, dec } = input
    const pixel = facingPixel(sky.wcs, fromJ2000(sky.frame).convert(ra, dec))
    if (pixel === undefined) throw none(`${ra}, ${dec}`)
    return { ra, dec, xpix: pixel.fitsX, ypix: pixel.fitsY }
  }
  const { xpix, ypix } = input
  const native = pixelToSky(sky.wcs, xpix, ypix)
  if (native === undefined) throw none(`pixel ${xpix}, ${ypix}`)
  const { lonDeg, latDeg } = toJ2000(sky.frame).convert(native.lonDeg, native.latDeg)
  return { ra: lonDeg, dec: latDeg, xpix, ypix }
}

function readCall(call: ModuleCall): CoordInput {
  const [name = '', first = '', second = ''] = call.operands
  const { path: image, hdu: named } = parseImageName(name)
  const hdu = hasOption(call, 'h') ? hduArgument(call) : named
  const isPixel = /p$/.test(first) && /p$/.test(second)
  const number = (text: string, what: string): number =>
    realArgument(
      isPixel ? text.slice(0, -1) : text,
      `${what} (${text}) cannot be interpreted as a real number`,
    )
  return isPixel
    ? { image, hdu, xpix: number(first, 'X pixel'), ypix: number(second, 'Y pixel') }
    : { image, hdu, ra: number(first, 'RA'), dec: number(second, 'Dec') }
}

/** The module mCoord. */
export const coordModule: MontageModule = defineModule<CoordInput, CoordResult>({
  name: 'mCoord',
  summary: 'Tells the pixel of a position or the position of a pixel.',
  usage: '%s [-d][-s statusfile] image.fits ra dec | Xp Yp',
  style: 'leading',
  options: ['d', 's:', 'h:'],
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['ra', 'g'],
    ['dec', 'g'],
    ['xpix', 'g'],
    ['ypix', 'g'],
  ],
  manual: {
    description:
      'Turns a J2000 position into a pixel of an image, or with a `p` behind both numbers a pixel into a position. Results beyond the edges of the image are given; where the projection has no pixel, for instance behind a tangent plane, it is an error.',
    options: [
      DEBUG_OPTION,
      STATUS_OPTION,
      ['-h hdu', 'HDU of the image, counted from 0, as in `image.fits[hdu]`.'],
    ],
    operands: [
      ['image.fits', 'FITS image or header template; `image.fits[hdu]` chooses an HDU, counted from 0.'],
      ['ra', 'Right ascension J2000 in degrees, or `Xp`, a column; the first pixel is 1.'],
      ['dec', 'Declination J2000 in degrees, or `Yp`, a row.'],
    ],
    synopsis: ['[-d] [-s statusfile] image.fits ra dec', '[-d] [-s statusfile] image.fits Xp Yp'],
    returns: {
      ra: 'Right ascension J2000, degrees.',
      dec: 'Declination J2000, degrees.',
      xpix: 'Column; the centre of the first pixel is 1.',
      ypix: 'Row.',
    },
    example: ['mCoord m31.fits 10.6847 41.2690', 'mCoord m31.fits 512.5p 512.5p'],
  },
  read: readCall,
  run: mCoord,
})
