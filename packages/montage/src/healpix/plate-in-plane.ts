import type { Header } from '@skyloom/fits'
import { HPX_PLANE_FACES, hpxCdelt } from '@skyloom/mosaic'
import { MontageError } from '../errors.ts'
import { classicWcs } from '../header/classic-wcs.ts'
import { MAX_TILE_ORDER, TILE_PIXEL_ORDER } from './order-argument.ts'

/** Where an image lies in the HPX plane. */
export interface PlaceInPlane {
  /** Order of the tiles; pixels are nine orders finer. */
  readonly order: number
  /** First pixel in the plane, from 0. */
  readonly col: number
  readonly row: number
}

/** Scales and places may be off by rounding of header values, in pixels over the whole map. */
const TOLERANCE_PX = 0.1

/**
 * Order of the tiles of a plate, and the place of its first pixel in the plane. The reference longitude may be any multiple of 90
 * degrees: it moves the numbering, not the pixels.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER` for an image that is not on the grid of the plane
 */
export function plateInPlane(header: Header, name: string): PlaceInPlane {
  const { wcs } = classicWcs(header, name)
  const bad = (found: string): MontageError =>
    new MontageError('MONTAGE_BAD_HEADER', `Image ${name} is not on the grid of a HEALPix map`, {
      where: [name],
      found,
      remedy: 'project it onto a header of mHPXHdr or mHiPSHdr',
    })
  if (wcs.projection !== 'HPX') throw bad(`projection ${wcs.projection}`)
  const scale = Math.hypot(wcs.cd[0], wcs.cd[2])
  const pixelOrder = Math.round(Math.log2(hpxCdelt(0) / scale))
  const order = pixelOrder - TILE_PIXEL_ORDER
  const faceSide = 2 ** pixelOrder
  const side = HPX_PLANE_FACES * faceSide
  const isOnScale = Math.abs(scale / hpxCdelt(pixelOrder) - 1) * side < TOLERANCE_PX * 10
  if (!(order >= 0 && order <= MAX_TILE_ORDER) || !isOnScale) throw bad(`pixels of ${scale} degrees`)
  const quarters = wcs.crval[0] / 90
  if (!Number.isInteger(quarters)) throw bad(`reference longitude ${wcs.crval[0]}`)
  // A turn by a quarter moves the numbering by one square; four squares are the whole turn.
  const turns = ((quarters % 4) + 4) % 4
  const place = (crpix: number): number => (side + 1) / 2 - turns * faceSide - crpix
  const [col, row] = [place(wcs.crpix[0]), place(wcs.crpix[1])]
  if (Math.abs(col - Math.round(col)) > TOLERANCE_PX || Math.abs(row - Math.round(row)) > TOLERANCE_PX)
    throw bad(`first pixel at ${col}, ${row}`)
  // Where an image begins more than a square before the plane it is the other side of the seam that is meant.
  const isBefore = col < -faceSide && row < -faceSide
  const back = isBefore ? 4 * faceSide : 0
  return { order, col: Math.round(col) + back, row: Math.round(row) + back }
}
