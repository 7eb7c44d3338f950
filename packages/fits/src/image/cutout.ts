import type { ByteSink } from '@skyloom/base'
import { uncompressedHeader } from '../compress/uncompressed-header.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { Header } from '../header/header.ts'
import { type PixelForm, readImage } from './read-image.ts'
import { badRegion, type PixelRegion } from './region.ts'
import { pixelScaling } from './scaling.ts'

/** Rows that are read and written at once. */
const BLOCK_ROWS = 256

/** Linear pixel coordinates that shift with the image: WCS of all alternatives, and the physical coordinates of IRAF. */
const REFERENCE_PIXEL = /^CRPIX([12])[A-Z]?$/
const LINEAR_TERM = /^LTV([12])$/

/**
 * Writes a region of one plane of an image as a file of its own: same type of pixels and scaling, header kept, reference pixels
 * shifted. Only the bytes or tiles of the region are read. The sink is committed; on failure it is discarded.
 *
 * @param region array indices from 0; the part that lies in the image is taken
 * @throws FitsError `FITS_BAD_REGION` when nothing of the region lies in the image, and those of `readImage`
 */
export async function writeCutout(
  hdu: Hdu,
  region: PixelRegion,
  sink: ByteSink,
  plane: number = 0,
): Promise<PixelRegion> {
  const part = clipped(hdu, region)
  try {
    const header = hdu.type === 'compressed-image' ? uncompressedHeader(hdu) : hdu.header.clone()
    shiftReferencePixels(header, part)
    const scaling = pixelScaling(header, hdu.bitpix)
    const { bscale, bzero, blank, isShifted } = scaling
    const as: PixelForm = isShifted || (bscale === 1 && bzero === 0) ? 'native' : 'float64'
    const writer = new FitsWriter(sink)
    const layout = { bitpix: hdu.bitpix, shape: [part.height, part.width], bscale, bzero }
    const image = await writer.beginImage(
      blank === undefined ? layout : { ...layout, blank: Number(blank) },
      header,
    )
    for (let row = 0; row < part.height; row += BLOCK_ROWS) {
      const rows = { ...part, row: part.row + row, height: Math.min(BLOCK_ROWS, part.height - row) }
      const { data } = await readImage<PixelForm>(hdu, { as, region: rows, plane })
      await image.writeRows(data)
    }
    await image.end()
    await writer.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
  return part
}

function clipped(hdu: Hdu, region: PixelRegion): PixelRegion {
  const [width = 0, height = 1] = hdu.shape.toReversed()
  const col = Math.max(0, region.col)
  const row = Math.max(0, region.row)
  const right = Math.min(width, region.col + region.width)
  const top = Math.min(height, region.row + region.height)
  if (right <= col || top <= row) {
    const found = `columns ${region.col} to ${region.col + region.width - 1}, rows ${region.row} to ${region.row + region.height - 1}`
    throw badRegion(hdu, 'the region does not touch the image', found, `axes ${width} x ${height}, from 0`)
  }
  return { col, row, width: right - col, height: top - row }
}

function shiftReferencePixels(header: Header, region: PixelRegion): void {
  for (const { keyword, value } of header.cards()) {
    const axis = (REFERENCE_PIXEL.exec(keyword) ?? LINEAR_TERM.exec(keyword))?.[1]
    if (axis === undefined || typeof value !== 'number') continue
    header.setFloat(keyword, value - (axis === '1' ? region.col : region.row))
  }
}
