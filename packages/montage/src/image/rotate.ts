import type { Header } from '@skyloom/fits'
import {
  type CdMatrix,
  classicRegion,
  effectiveScale,
  facingPixel,
  intersectRegions,
  isEmptyRegion,
  type Region,
  type RotationGrid,
  rotateInto,
  rotationGrid,
  rotationSource,
} from '@skyloom/mosaic'
import type { FitsPixel } from '@skyloom/wcs'
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
import { type ClassicWcs, classicWcs, fromJ2000 } from '../header/classic-wcs.ts'
import type { OpenImage } from './open-image.ts'
import { readPart } from './read-part.ts'
import { type Rewriting, rewriteImage } from './rewrite-image.ts'

/** Input of {@link mRotate}. */
export interface RotateInput {
  readonly image: string
  readonly output: string
  /** Rotation of the new image (CROTA2), degrees; default 0. */
  readonly angle?: number
  /** Cut this region out of the new image; J2000, degrees. */
  readonly region?: {
    readonly ra: number
    readonly dec: number
    readonly xsize: number
    readonly ysize: number
  }
  readonly hdu?: number
}

/** {@link mRotate} reports nothing but success. */
export type RotateResult = Readonly<Record<string, never>>

/** Significant digits of numbers computed for headers. */
const DIGITS = 14
/** Columns worked on at a time: of a slanted strip the old image is read in pieces, not as the large box around it. */
const BLOCK_COLS = 512
/** Keywords of the linear part that the new ones replace. */
const OLD_LINEAR = /^(?:CD\d_\d|PC\d_\d|PC00\d00\d|CROTA[12]|CDELT[12])$/
/** Distortions in pixels, which would have to turn with the image. */
const PIXEL_DISTORTION = /^(?:A|B)_ORDER$|^CPDIS|^D2IM|^DP[12]$/

/**
 * Turns an image so that its rotation becomes the wanted one. Each pixel of the new image is that of the old one whose centre is nearest,
 * NaN off the old image.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER` (also for images with SIP or lookup distortions),
 *   `MONTAGE_NO_RESULT` for a region off the image, `MONTAGE_CANNOT_WRITE`
 */
export async function mRotate(input: RotateInput, place: Place = {}): Promise<RotateResult> {
  await rewriteImage(place, input.image, input.hdu ?? 0, input.output, (opened) => plan(opened, input))
  return {}
}

function plan(opened: OpenImage, input: RotateInput): Rewriting {
  const { header, width, height } = opened
  const distortion = header.cards().find(({ keyword }) => PIXEL_DISTORTION.test(keyword))
  if (distortion !== undefined)
    throw new MontageError('MONTAGE_BAD_HEADER', 'Images with a distortion in pixels cannot be rotated', {
      where: [input.image, distortion.keyword],
      remedy: 'project the image with mProject first',
    })
  const sky = classicWcs(header, input.image)
  const { wcs } = sky
  const { cdelt1, cdelt2 } = effectiveScale(wcs)
  const angle = input.angle ?? 0
  const cd: CdMatrix = wcs.isLatFirst ? swapped(matrix(cdelt1, cdelt2, angle)) : matrix(cdelt1, cdelt2, angle)
  const crpix = { fitsX: wcs.crpix[0], fitsY: wcs.crpix[1] }
  const corners = [
    { fitsX: 0.5, fitsY: 0.5 },
    { fitsX: width + 0.5, fitsY: 0.5 },
    { fitsX: width + 0.5, fitsY: height + 0.5 },
    { fitsX: 0.5, fitsY: height + 0.5 },
  ]
  const grid = rotationGrid(crpix, wcs.cd, cd, corners)
  const cards = rotatedHeader(header, grid.crpix, { cdelt1, cdelt2, angle })
  const part = partOf(input, sky, grid, cards)
  const shifted = { fitsX: grid.crpix.fitsX - part.col, fitsY: grid.crpix.fitsY - part.row }
  const cut: RotationGrid = { ...grid, width: part.width, height: part.height, crpix: shifted }
  setReference(cards, shifted)
  return {
    width: part.width,
    height: part.height,
    header: cards,
    makeRows: async (row, rows) => {
      const strip = {
        width: cut.width,
        height: rows,
        data: new Float64Array(cut.width * rows).fill(Number.NaN),
      }
      for (let col = 0; col < cut.width; col += BLOCK_COLS) {
        const block = { col, row, width: Math.min(BLOCK_COLS, cut.width - col), height: rows }
        const region = rotationSource(cut, block, opened)
        rotateInto(strip, row, cut, block, await readPart(opened, input.image, region), region)
      }
      return strip
    },
  }
}

/** CD matrix of increments and a rotation. Source: FITS WCS Paper II, section 6.1. */
function matrix(cdelt1: number, cdelt2: number, angleDeg: number): CdMatrix {
  const rad = (angleDeg * Math.PI) / 180
  const [cos, sin] = [Math.cos(rad), Math.sin(rad)]
  return [cdelt1 * cos, -cdelt2 * sin, cdelt1 * sin, cdelt2 * cos]
}

function swapped([a, b, c, d]: CdMatrix): CdMatrix {
  return [c, d, a, b]
}

function rotatedHeader(
  header: Header,
  crpix: FitsPixel,
  scale: { readonly cdelt1: number; readonly cdelt2: number; readonly angle: number },
): Header {
  const cards = header.clone()
  for (const { keyword } of header.cards()) if (OLD_LINEAR.test(keyword)) cards.delete(keyword)
  cards.setFloat('CDELT1', Number(scale.cdelt1.toPrecision(DIGITS)))
  cards.setFloat('CDELT2', Number(scale.cdelt2.toPrecision(DIGITS)))
  cards.setFloat('CROTA2', scale.angle)
  setReference(cards, crpix)
  return cards
}

function setReference(cards: Header, crpix: FitsPixel): void {
  cards.setFloat('CRPIX1', Number(crpix.fitsX.toPrecision(DIGITS)))
  cards.setFloat('CRPIX2', Number(crpix.fitsY.toPrecision(DIGITS)))
}

function partOf(
  { image, region }: RotateInput,
  { frame }: ClassicWcs,
  grid: RotationGrid,
  cards: Header,
): Region {
  const whole = { col: 0, row: 0, width: grid.width, height: grid.height }
  if (region === undefined) return whole
  const { wcs } = classicWcs(cards, image)
  const pixel = facingPixel(wcs, fromJ2000(frame).convert(region.ra, region.dec))
  const part =
    pixel === undefined
      ? undefined
      : intersectRegions(classicRegion(wcs, pixel, { width: region.xsize, height: region.ysize }), whole)
  if (part !== undefined && !isEmptyRegion(part)) return part
  throw new MontageError('MONTAGE_NO_RESULT', 'Region outside image.', {
    where: [image],
    found: `${region.ra}, ${region.dec}`,
  })
}

function readCall(call: ModuleCall): RotateInput {
  const angle = optionValue(call, 'r')
  const input = {
    image: operand(call, 0),
    output: operand(call, 1),
    hdu: hduArgument(call),
    ...(angle === undefined ? {} : { angle: namedReal(angle, 'Rotation angle') }),
  }
  const [ra, dec, xText, yText = xText] = call.operands.slice(2)
  if (ra === undefined) return input
  const region = {
    ra: namedReal(ra, 'Center RA'),
    dec: namedReal(dec, 'Center Dec'),
    xsize: namedReal(xText, 'X size in degrees'),
    ysize: namedReal(yText, 'Y size in degrees'),
  }
  if (region.xsize > 0 && region.ysize > 0) return { ...input, region }
  throw new MontageError('MONTAGE_BAD_ARGUMENT', "Invalid 'x' or 'y' size", { allowed: 'above 0' })
}

/** The module mRotate. */
export const rotateModule: MontageModule = defineModule<RotateInput, RotateResult>({
  name: 'mRotate',
  summary: 'Turns an image.',
  usage: '%s [-d level] [-s statusfile] [-r rotang] in.fits out.fits [ra dec xsize [ysize]]',
  style: 'leading',
  options: ['d:', 's:', 'r:', 'h:'],
  operands: [2, 6],
  isNamed: false,
  fields: [],
  manual: {
    description:
      'Turns an image so that its rotation (CROTA2) becomes the given angle. Each new pixel is the old one whose centre is nearest; nothing is interpolated and no flux is conserved: it is for looking at, use mProject for measuring. The pixels become 64-bit floats, places off the old image NaN. With a position only a region around it is kept.',
    options: [
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
      ['-r rotang', 'Rotation of the new image, degrees; default 0, north up.'],
      HDU_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['[ra]', 'Right ascension J2000 of the centre of a region, degrees.'],
      ['[dec]', 'Declination J2000, degrees.'],
      ['[xsize]', 'Width of the region in degrees.'],
      ['[ysize]', 'Height in degrees; default as the width.'],
    ],
    synopsis: ['[-d level] [-s statusfile] [-r rotang] [-h hdu] in.fits out.fits [ra dec xsize [ysize]]'],
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          [
            'coordinates',
            'The header fits the pixels. Montage 6.0 is off by 0.5 to 1.7 pixels, and turns mirrored images the wrong way.',
          ],
          ['last row', 'Is read; Montage 6.0 leaves it out and takes whatever stands in memory.'],
        ],
      },
    ],
    example: ['mRotate -r 0 tilted.fits north-up.fits'],
  },
  read: readCall,
  run: mRotate,
})
