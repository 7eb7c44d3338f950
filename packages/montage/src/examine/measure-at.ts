import { intersectRegions, measureSource, type SourceFlux } from '@skyloom/mosaic'
import { MontageError } from '../errors.ts'
import { readPart } from '../image/read-part.ts'
import { type ExaminedImage, pixelOf } from './examined-image.ts'

/** Pixels within which a source is sought when the call does not say. */
const DEFAULT_SEARCH_PIXELS = 5
/** Pixels on each side of the search that the sky is taken from. */
const SKY_PIXELS = 40

/**
 * Measures the source nearest to a position of an image.
 *
 * @param radius degrees within which it is sought
 * @throws MontageError `MONTAGE_NO_RESULT` for a position off the image or without a source
 */
export async function measureAt(
  examined: ExaminedImage,
  { ra, dec, radius }: { readonly ra: number; readonly dec: number; readonly radius?: number },
): Promise<SourceFlux> {
  const { opened, name, plane, scale } = examined
  const centre = pixelOf(examined, { ra, dec })
  const search = radius === undefined ? DEFAULT_SEARCH_PIXELS : Math.max(1, radius / Math.abs(scale.cdelt2))
  const reach = Math.ceil(search) + SKY_PIXELS
  const [col, row] = [Math.round(centre.fitsX) - 1, Math.round(centre.fitsY) - 1]
  const around = { col: col - reach, row: row - reach, width: 2 * reach + 1, height: 2 * reach + 1 }
  const { width, height } = opened
  const region = intersectRegions(around, { col: 0, row: 0, width, height })
  const window = await readPart(opened, name, region, plane)
  const source = measureSource(window, centre.fitsX - 1 - region.col, centre.fitsY - 1 - region.row, search)
  if (source !== undefined) return source
  throw new MontageError('MONTAGE_NO_RESULT', 'No source at the location.', {
    where: [name],
    found: `nothing that stands out of the sky whole within ${search.toFixed(1)} pixels of ${ra}, ${dec}`,
  })
}
