import { pixelScaleDeg, type SkyPosition, skyToPixel, type Wcs } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import type { Region } from '../region.ts'

/**
 * The pixels of an image around a position on the sky.
 *
 * @param centre degrees, in the frame of the image
 * @param sizeDeg sides of the region along the pixel axes, in degrees at the scale of the reference pixel
 * @returns whole pixels, which may reach beyond the image
 * @throws MosaicError `MOSAIC_NO_OVERLAP` when the position has no pixel in this projection
 */
export function subsetRegion(
  wcs: Wcs,
  centre: SkyPosition,
  sizeDeg: { readonly width: number; readonly height: number },
): Region {
  const pixel = skyToPixel(wcs, centre.lonDeg, centre.latDeg)
  if (pixel === undefined) {
    throw new MosaicError('MOSAIC_NO_OVERLAP', 'the position is not on the projection of the image', {
      where: wcs.name === undefined ? [] : [wcs.name],
      found: `longitude ${centre.lonDeg}, latitude ${centre.latDeg}`,
      remedy: 'give a position in the frame of the image',
    })
  }
  const [scaleX, scaleY] = pixelScaleDeg(wcs)
  const width = Math.max(1, Math.round(sizeDeg.width / scaleX))
  const height = Math.max(1, Math.round(sizeDeg.height / scaleY))
  // The centre of pixel c (from 0) is FITS coordinate c + 1.
  const col = Math.round(pixel.fitsX - 1 - (width - 1) / 2)
  const row = Math.round(pixel.fitsY - 1 - (height - 1) / 2)
  return { col, row, width, height }
}
