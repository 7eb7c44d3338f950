import { montageImageTableFormat } from '@skyloom/fits/tables'
import { productCards } from '../header/product-cards.ts'
import type { HeaderTemplate } from '../header/read-template.ts'
import { formatImageRows, imageRow } from '../table/image-rows.ts'
import type { PredictedImage } from './predict-images.ts'

/** Header block and one pixel of double precision. */
const HEADER_BYTES = 2880
const PIXEL_BYTES = 8

/**
 * The image table of projected images before there are any, as mImgtbl would write it but for pixels at the edges; numbered from 0.
 *
 * @param prefix in front of the names: `p` for projected, `c` for corrected images
 */
export function predictedTable(
  images: readonly PredictedImage[],
  template: HeaderTemplate,
  prefix: string,
): string {
  const { header } = template
  const [crpix1, crpix2] = [header.number('CRPIX1'), header.number('CRPIX2')]
  const rows = images.map(({ baseName, region }) => {
    const cards = productCards(header, crpix1 - region.col, crpix2 - region.row)
    cards.set('NAXIS1', region.width).set('NAXIS2', region.height)
    const sizeBytes = HEADER_BYTES + region.width * region.height * PIXEL_BYTES
    return imageRow(cards, { name: `${prefix}${baseName}`, hdu: 0, sizeBytes }, [])
  })
  return formatImageRows(rows, { format: montageImageTableFormat({ hasCube: false }) })
}
