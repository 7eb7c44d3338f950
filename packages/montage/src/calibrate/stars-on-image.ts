import { facingPixel, type StarCatalog, starRows } from '@skyloom/mosaic'
import { searchCatalog } from '@skyloom/mosaic/node'
import { angularDistanceDeg } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import type { ExaminedImage } from '../examine/examined-image.ts'
import { fromJ2000, pixelJ2000 } from '../header/classic-wcs.ts'
import { isOnImage } from '../image/on-image.ts'

/**
 * The stars of a catalogue that lie on an image.
 *
 * @param catalog path or address
 * @throws MontageError `MONTAGE_BAD_HEADER` for an image whose edges have no place on the sky
 * @throws MosaicError for catalogues that cannot be used
 */
export async function starsOnImage(examined: ExaminedImage, catalog: string): Promise<StarCatalog> {
  const { opened, sky, name } = examined
  const { width, height } = opened
  const centre = pixelJ2000(sky, (width + 1) / 2, (height + 1) / 2)
  const corners = [
    [0.5, 0.5],
    [width + 0.5, 0.5],
    [width + 0.5, height + 0.5],
    [0.5, height + 0.5],
  ].map(([x = 0, y = 0]) => pixelJ2000(sky, x, y))
  if (centre === undefined || corners.includes(undefined))
    throw new MontageError('MONTAGE_BAD_HEADER', 'The image reaches beyond the sky', { where: [name] })
  const radiusDeg = Math.max(...corners.map((corner) => angularDistanceDeg(centre, corner ?? centre)))
  const found = await searchCatalog(catalog, centre, radiusDeg)
  const converter = fromJ2000(sky.frame)
  const rows = found.positions.flatMap(({ lonDeg, latDeg }, row) => {
    const pixel = facingPixel(sky.wcs, converter.convert(lonDeg, latDeg))
    return isOnImage(pixel, opened) ? [row] : []
  })
  return starRows(found, rows)
}
