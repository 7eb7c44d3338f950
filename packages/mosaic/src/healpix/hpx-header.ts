import { Header } from '@skyloom/fits'
import type { Region } from '../region.ts'
import { facePlace, HPX_PLANE_FACES } from './hpx-plane.ts'

/** Frames of HEALPix maps. */
export const HPX_FRAMES = ['equatorial', 'galactic', 'ecliptic'] as const

/** One of {@link HPX_FRAMES}. */
export type HpxFrame = (typeof HPX_FRAMES)[number]

const AXES = {
  equatorial: ['RA---HPX', 'DEC--HPX'],
  galactic: ['GLON-HPX', 'GLAT-HPX'],
  ecliptic: ['ELON-HPX', 'ELAT-HPX'],
} as const satisfies Record<HpxFrame, readonly [string, string]>

/** Degrees between pixels of the turned HPX plane whose faces have 2^order pixels along a side. */
export function hpxCdelt(order: number): number {
  return 90 / 2 ** order / Math.SQRT2
}

/**
 * Header of a part of the turned HPX plane whose faces have 2^order pixels along a side.
 *
 * The projection ends at 180 degrees from its reference longitude and cuts the squares (0, 0) and (4, 4) there. With the reference longitude
 * of {@link faceReferenceDeg} no part of that face is cut; the pixels are the same.
 *
 * @param region pixels from the lower left corner of the plane; may reach beyond it
 * @param referenceDeg reference longitude, a multiple of 90 from -180 to 180; default 0
 */
export function hpxHeader(order: number, region: Region, frame: HpxFrame, referenceDeg: number = 0): Header {
  const side = 2 ** order
  // A quarter turn moves the plane by one square along both axes.
  const centre = (HPX_PLANE_FACES * side + 1) / 2 - (referenceDeg / 90) * side
  const cdelt = hpxCdelt(order)
  const [ctype1, ctype2] = AXES[frame]
  const header = new Header()
    .set('SIMPLE', true)
    .set('BITPIX', -32)
    .set('NAXIS', 2)
    .set('NAXIS1', region.width)
    .set('NAXIS2', region.height)
    .set('CTYPE1', ctype1)
    .set('CTYPE2', ctype2)
    .setFloat('CRPIX1', centre - region.col)
    .setFloat('CRPIX2', centre - region.row)
    .setFloat('CDELT1', -cdelt)
    .setFloat('CDELT2', cdelt)
    .setFloat('PC1_1', Math.SQRT1_2)
    .setFloat('PC1_2', Math.SQRT1_2)
    .setFloat('PC2_1', -Math.SQRT1_2)
    .setFloat('PC2_2', Math.SQRT1_2)
    .setFloat('CRVAL1', (referenceDeg + 360) % 360)
    .setFloat('CRVAL2', 0)
    .set('PV2_1', 4)
    .set('PV2_2', 3)
  if (frame !== 'galactic') header.set('RADESYS', 'ICRS')
  return header
}

/** Reference longitude, -180 to 180 degrees, with which a face lies within 90 degrees of it. */
export function faceReferenceDeg(face: number): number {
  const { col, row } = facePlace(face)
  return Math.trunc((HPX_PLANE_FACES - 1 - col - row) / 2) * 90
}
