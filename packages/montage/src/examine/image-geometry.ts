import { pixelToSky, positionAngleDeg, type SkyPosition } from '@skyloom/wcs'
import type { FieldFormat } from '../command/status-line.ts'
import { pixelJ2000, toJ2000 } from '../header/classic-wcs.ts'
import { classicCorners, type PixelCorner } from '../image/classic-corners.ts'
import type { ExaminedImage } from './examined-image.ts'

/** Geometry of an image as mExamine gives it; angles in degrees. */
export interface ImageGeometry {
  readonly proj: string
  readonly csys: string
  readonly equinox: number
  readonly naxis: number
  readonly naxis1: number
  readonly naxis2: number
  readonly naxis3?: number
  readonly naxis4?: number
  readonly crval1: number
  readonly crval2: number
  readonly crpix1: number
  readonly crpix2: number
  readonly cdelt1: number
  readonly cdelt2: number
  readonly crota2: number
  /** Position in the system of the image, one pixel above the centre. */
  readonly lonc: number
  readonly latc: number
  readonly ximgsize: number
  /** NAXIS1 times CDELT2, as in Montage. */
  readonly yimgsize: number
  /** Rotation against equatorial north. */
  readonly rotequ: number
  readonly rac: number
  readonly decc: number
  readonly ra1: number
  readonly dec1: number
  readonly ra2: number
  readonly dec2: number
  readonly ra3: number
  readonly dec3: number
  readonly ra4: number
  readonly dec4: number
}

/** The values of {@link ImageGeometry} in the order of the status line. */
export const GEOMETRY_FIELDS: readonly (readonly [keyof ImageGeometry, FieldFormat])[] = [
  ['proj', 's'],
  ['csys', 's'],
  ['equinox', 'f1'],
  ['naxis', 'd'],
  ['naxis1', 'd'],
  ['naxis2', 'd'],
  ['naxis3', 'd'],
  ['naxis4', 'd'],
  ['crval1', 'f7'],
  ['crval2', 'f7'],
  ['crpix1', 'g'],
  ['crpix2', 'g'],
  ['cdelt1', 'f7'],
  ['cdelt2', 'f7'],
  ['crota2', 'f4'],
  ['lonc', 'f7'],
  ['latc', 'f7'],
  ['ximgsize', 'f6'],
  ['yimgsize', 'f6'],
  ['rotequ', 'f4'],
  ['rac', 'f7'],
  ['decc', 'f7'],
  ['ra1', 'f7'],
  ['dec1', 'f7'],
  ['ra2', 'f7'],
  ['dec2', 'f7'],
  ['ra3', 'f7'],
  ['dec3', 'f7'],
  ['ra4', 'f7'],
  ['dec4', 'f7'],
]

const NOWHERE: SkyPosition = { lonDeg: Number.NaN, latDeg: Number.NaN }

/** Geometry of an image. Positions where the projection has no sky are NaN. */
export function imageGeometry({ opened, sky, scale }: ExaminedImage): ImageGeometry {
  const { width, height, hdu } = opened
  const { wcs, frame } = sky
  const axes = hdu.shape.toReversed()
  const [x, y] = [(width + 1) / 2, (height + 1) / 2]
  const above = pixelToSky(wcs, x, y + 1) ?? NOWHERE
  const centre = pixelJ2000(sky, x, y) ?? NOWHERE
  const [first, second, third, fourth] = corners(opened, scale).map(
    ([cornerX, cornerY]) => pixelJ2000(sky, cornerX, cornerY) ?? NOWHERE,
  )
  const [, , naxis3, naxis4] = axes
  return {
    // TNX and ZPX stand for TAN and ZPN with a distortion; Montage gives the name of the header.
    proj: /TNX|ZPX/.exec(wcs.ctype[0])?.[0] ?? wcs.projection,
    csys: frame.system,
    equinox: frame.epochYear ?? 2000,
    naxis: axes.length,
    naxis1: width,
    naxis2: height,
    ...(naxis3 === undefined ? {} : { naxis3 }),
    ...(naxis4 === undefined ? {} : { naxis4 }),
    crval1: wcs.crval[wcs.isLatFirst ? 1 : 0],
    crval2: wcs.crval[wcs.isLatFirst ? 0 : 1],
    crpix1: wcs.crpix[0],
    crpix2: wcs.crpix[1],
    ...scale,
    lonc: above.lonDeg,
    latc: above.latDeg,
    ximgsize: width * Math.abs(scale.cdelt1),
    yimgsize: width * Math.abs(scale.cdelt2),
    rotequ: rotationOf(centre, toJ2000(frame).convert(above.lonDeg, above.latDeg), scale.cdelt2),
    rac: centre.lonDeg,
    decc: centre.latDeg,
    ra1: first?.lonDeg ?? Number.NaN,
    dec1: first?.latDeg ?? Number.NaN,
    ra2: second?.lonDeg ?? Number.NaN,
    dec2: second?.latDeg ?? Number.NaN,
    ra3: third?.lonDeg ?? Number.NaN,
    dec3: third?.latDeg ?? Number.NaN,
    ra4: fourth?.lonDeg ?? Number.NaN,
    dec4: fourth?.latDeg ?? Number.NaN,
  }
}

/**
 * Angle from the direction up to equatorial north, in (-180, 180]; when rows run south from the direction down, with the other sign, as
 * Montage has it.
 */
function rotationOf(centre: SkyPosition, above: SkyPosition, cdelt2: number): number {
  if (Number.isNaN(centre.lonDeg) || Number.isNaN(above.lonDeg)) return Number.NaN
  const upDeg = positionAngleDeg(centre, above)
  const angle = cdelt2 < 0 ? upDeg - 180 : -upDeg
  const turned = angle <= -180 ? angle + 360 : angle
  // Without it a rotation of zero could print as -0.0000.
  return turned + 0
}

/** Corners from the one to the south-east round, in pixels. */
function corners(
  { width, height }: ExaminedImage['opened'],
  { cdelt1, cdelt2 }: ExaminedImage['scale'],
): readonly PixelCorner[] {
  const [lowerLeft, lowerRight, upperRight, upperLeft] = classicCorners(width, height)
  const isMirrored = cdelt1 > 0 === cdelt2 > 0
  return isMirrored
    ? [lowerRight, lowerLeft, upperLeft, upperRight]
    : [lowerLeft, lowerRight, upperRight, upperLeft]
}
