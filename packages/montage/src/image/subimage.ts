import { readImage } from '@skyloom/fits'
import { classicRegion, facingPixel, intersectRegions, isEmptyRegion, type Region } from '@skyloom/mosaic'
import { DEBUG_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { classicWcs, fromJ2000 } from '../header/classic-wcs.ts'
import { type OpenImage, openImage } from './open-image.ts'
import { readPart, stripRowsOf } from './read-part.ts'
import { writePart } from './write-part.ts'

/** What {@link mSubimage} cuts out. */
export type SubimageRegion =
  /** Around a J2000 position; all in degrees. */
  | {
      readonly kind: 'sky'
      readonly ra: number
      readonly dec: number
      readonly xsize: number
      readonly ysize: number
    }
  /** From a pixel (counted from 1); as in the classic program one pixel more on each axis than the size. */
  | {
      readonly kind: 'pixels'
      readonly x: number
      readonly y: number
      readonly xsize: number
      readonly ysize: number
    }
  /** From one pixel to another, both included, counted from 1. */
  | {
      readonly kind: 'range'
      readonly xmin: number
      readonly xmax: number
      readonly ymin: number
      readonly ymax: number
    }
  | { readonly kind: 'all' }
  /** The smallest box with all pixels that have data; for float64 images. */
  | { readonly kind: 'shrinkwrap' }

/** Input of {@link mSubimage}. */
export interface SubimageInput {
  readonly image: string
  readonly output: string
  readonly region: SubimageRegion
  readonly hdu?: number
}

/** Result of {@link mSubimage}. */
export interface SubimageResult {
  /** `blank` without data, `flat` when all pixels are equal, else `normal`. */
  readonly content: 'blank' | 'flat' | 'normal'
}

/**
 * Cuts a part out of an image. Pixels keep their type and scaling.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mSubimage(input: SubimageInput, place: Place = {}): Promise<SubimageResult> {
  const opened = await openImage(place, input.image, input.hdu ?? 0)
  try {
    const part = await partOf(input, opened)
    const content = await contentOf(opened, part)
    await writePart(place, opened, input.image, part, {
      path: input.output,
      problem: `Can't create output file: ${input.output}`,
    })
    return { content }
  } finally {
    await opened.file.close()
  }
}

/**
 * The part of an image that a call asks for, cut off at its edges.
 *
 * @throws MontageError `MONTAGE_NO_RESULT`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`
 */
export async function partOf(input: SubimageInput, opened: OpenImage): Promise<Region> {
  const wanted = await regionOf(input, opened)
  if (wanted.width <= 0 || wanted.height <= 0)
    throw new MontageError('MONTAGE_NO_RESULT', 'No pixels match area.', { where: [input.image] })
  const { width, height } = opened
  const part = intersectRegions(wanted, { col: 0, row: 0, width, height })
  if (!isEmptyRegion(part)) return part
  throw new MontageError('MONTAGE_NO_RESULT', 'Region outside image.', { where: [input.image] })
}

async function regionOf({ image, region }: SubimageInput, opened: OpenImage): Promise<Region> {
  const { width, height } = opened
  switch (region.kind) {
    case 'all':
      return { col: 0, row: 0, width, height }
    case 'shrinkwrap':
      return await dataRange(image, opened)
    case 'range':
      return regionFrom(
        Math.trunc(region.xmin),
        Math.trunc(region.xmax),
        Math.trunc(region.ymin),
        Math.trunc(region.ymax),
      )
    case 'pixels':
      return regionFrom(
        Math.trunc(region.x),
        Math.trunc(region.x + region.xsize + 0.5),
        Math.trunc(region.y),
        Math.trunc(region.y + region.ysize + 0.5),
      )
    case 'sky': {
      const { wcs, frame } = classicWcs(opened.header, image)
      const pixel = facingPixel(wcs, fromJ2000(frame).convert(region.ra, region.dec))
      if (pixel === undefined)
        throw new MontageError('MONTAGE_NO_RESULT', 'Region outside image.', {
          where: [image],
          found: `${region.ra}, ${region.dec}`,
        })
      return classicRegion(wcs, pixel, { width: region.xsize, height: region.ysize })
    }
  }
}

/** Region from first and last pixels, counted from 1. */
function regionFrom(left: number, right: number, bottom: number, top: number): Region {
  return { col: left - 1, row: bottom - 1, width: right - left + 1, height: top - bottom + 1 }
}

async function dataRange(image: string, opened: OpenImage): Promise<Region> {
  const { hdu, width, height } = opened
  if (hdu.bitpix !== -64)
    throw new MontageError(
      'MONTAGE_BAD_IMAGE',
      'Shrinkwrap mode only works for double precision floating point data.',
      { where: [image], found: `BITPIX ${hdu.bitpix}`, allowed: 'BITPIX -64' },
    )
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  const stripRows = stripRowsOf(width)
  for (let row = 0; row < height; row += stripRows) {
    const strip = { col: 0, row, width, height: Math.min(stripRows, height - row) }
    const { data } = await readPart(opened, image, strip)
    data.forEach((value, at) => {
      if (Number.isNaN(value)) return
      const fitsX = (at % width) + 1
      const fitsY = row + Math.floor(at / width) + 1
      left = Math.min(left, fitsX)
      right = Math.max(right, fitsX)
      bottom = Math.min(bottom, fitsY)
      top = Math.max(top, fitsY)
    })
  }
  if (right < left) throw new MontageError('MONTAGE_NO_RESULT', 'No pixels match area.', { where: [image] })
  return regionFrom(left, right, bottom, top)
}

/** What a part of an image holds, read strip by strip up to the first two different values. */
async function contentOf({ hdu }: OpenImage, part: Region): Promise<SubimageResult['content']> {
  const stripRows = stripRowsOf(part.width)
  let first: number | undefined
  for (let row = 0; row < part.height; row += stripRows) {
    const height = Math.min(stripRows, part.height - row)
    const region = { ...part, row: part.row + row, height }
    const { data, blank } = await readImage(hdu, { as: 'native', region })
    const none = hdu.bitpix > 0 ? Number(blank ?? 0n) : Number.NaN
    for (const stored of data) {
      const value = Number(stored)
      if (Number.isNaN(value) || value === none) continue
      if (first === undefined) first = value
      else if (value !== first) return 'normal'
    }
  }
  return first === undefined ? 'blank' : 'flat'
}

/** The arguments of mSubimage, also those of mSubCube. */
export function readSubimageCall(call: ModuleCall): SubimageInput {
  const [image = '', output = '', ...words] = call.operands
  const hdu = hduArgument(call)
  if (hasOption(call, 'c') || hasOption(call, 'a')) {
    if (hasOption(call, 'c') && words.length > 0) throw usageError()
    return { image, output, hdu, region: { kind: hasOption(call, 'c') ? 'shrinkwrap' : 'all' } }
  }
  if (hasOption(call, 'P')) return { image, output, hdu, region: readRange(words) }
  const [first, second, xText, yText = xText] = words
  if (first === undefined || second === undefined || xText === undefined || yText === undefined)
    throw usageError()
  const number = (text: string, what: string): number => namedReal(text, `${what} string`)
  const xsize = number(xText, 'X size')
  const ysize = number(yText, 'Y size')
  if (!(xsize > 0 && ysize > 0))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid '${xsize > 0 ? 'y' : 'x'}' size`, {
      allowed: 'above 0',
    })
  const region = hasOption(call, 'p')
    ? {
        kind: 'pixels' as const,
        x: number(first, 'Center RA'),
        y: number(second, 'Center Dec'),
        xsize,
        ysize,
      }
    : {
        kind: 'sky' as const,
        ra: number(first, 'Center RA'),
        dec: number(second, 'Center Dec'),
        xsize,
        ysize,
      }
  return { image, output, hdu, region }
}

function readRange(words: readonly string[]): SubimageRegion {
  if (words.length !== 4) throw usageError()
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = words.map((text, index) =>
    namedReal(text, `${index % 2 === 0 ? 'X' : 'Y'} pixel`),
  )
  return { kind: 'range', xmin, xmax, ymin, ymax }
}

/** The module mSubimage. */
export const subimageModule: MontageModule = defineModule<SubimageInput, SubimageResult>({
  name: 'mSubimage',
  summary: 'Cuts a part out of an image.',
  usage:
    '%s [-d][-a(ll pixels)][-h hdu][-s statusfile] in.fit out.fit ra dec xsize [ysize] | mSubimage -p [-d][-h hdu][-s statusfile] in.fit out.fit xstartpix ystartpix xpixsize [ypixsize] | mSubimage -c [-d][-h hdu][-s statusfile] in.fit out.fit',
  style: 'leading',
  options: ['d', 'a', 'p', 'P', 'c', 'nowcs', 'h:', 's:'],
  operands: [2, 6],
  isNamed: true,
  fields: [['content', 's']],
  manual: {
    description:
      'Cuts a part out of an image: around a position on the sky, by pixels, or as small as the data allow. The coordinates stay right: only the reference pixel moves.',
    options: [
      DEBUG_OPTION,
      ['-a', 'Take the whole image (all pixels), for instance one HDU of several.'],
      ['-p', '`x`, `y` and sizes are pixels; the first pixel is 1.'],
      [
        '-P',
        'Give the first and the last pixel: `xmin ymin xmax ymax`, both included; the first pixel is 1.',
      ],
      ['-c', 'Cut margins without data off.'],
      ['-nowcs', 'Accepted and without effect.'],
      HDU_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['ra', 'Right ascension J2000 of the centre, degrees.'],
      ['dec', 'Declination J2000 of the centre, degrees.'],
      ['xsize', 'Width in degrees; with `-p` in pixels (as in Montage one pixel more is cut).'],
      ['[ysize]', 'Height in degrees; default as the width.'],
    ],
    synopsis: [
      '[-d] [-a] [-h hdu] [-s statusfile] in.fits out.fits ra dec xsize [ysize]',
      '-p [-d] [-h hdu] [-s statusfile] in.fits out.fits xstartpix ystartpix xpixsize [ypixsize]',
      '-P [-d] [-h hdu] [-s statusfile] in.fits out.fits xmin ymin xmax ymax',
      '-c [-d] [-h hdu] [-s statusfile] in.fits out.fits',
    ],
    returns: { content: '`normal`, `flat` when all pixels are equal, `blank` when there are no data.' },
    example: [
      'mSubimage m31.fits core.fits 10.6847 41.2690 0.1',
      'mSubimage -p -h 1 m31.fits corner.fits 1 1 256 256',
    ],
  },
  read: readSubimageCall,
  run: mSubimage,
})
