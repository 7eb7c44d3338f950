import type { ByteSink } from '@skyloom/base'
import { MosaicError } from '../../errors.ts'
import type { PictureRows } from '../../view/picture/picture.ts'

/** Quality of JPEGs, as mViewer has it. */
const QUALITY = 85
/** Longest side that a JPEG can have. */
const MAX_SIDE = 65_500
/** Most bytes of pixels: the encoder needs them in one piece. */
const MAX_BYTES = 2 ** 32 - 1

/** The middle of a picture that fits into a JPEG. */
interface Crop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Writes a picture as JPEG of quality 85 into a sink; the caller commits it. What is longer than 65,500 pixels is cut at both ends.
 *
 * The pixels of the whole picture are held in memory, one or three bytes each.
 *
 * @param packet XMP packet that goes into the file
 * @throws MosaicError `MOSAIC_TOO_LARGE`
 */
export async function writeJpeg(picture: PictureRows, sink: ByteSink, packet?: string): Promise<void> {
  const crop = cropOf(picture)
  const { width, height } = crop
  const { channels } = picture
  if (width * height * channels > MAX_BYTES)
    throw new MosaicError('MOSAIC_TOO_LARGE', 'the picture is too large for a JPEG', {
      found: `${picture.width} x ${picture.height} pixels`,
      remedy: 'write a PNG, or shrink the image first',
    })
  const pixels = await gather(picture, crop)
  const { default: sharp } = await import('sharp')
  const image = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false })
  if (packet !== undefined) image.withXmp(packet)
  await sink.write(await image.jpeg({ quality: QUALITY }).toBuffer())
}

function cropOf({ width, height }: PictureRows): Crop {
  const size = { width: Math.min(width, MAX_SIDE), height: Math.min(height, MAX_SIDE) }
  return { left: (width - size.width) >> 1, top: (height - size.height) >> 1, ...size }
}

async function gather(picture: PictureRows, { left, top, width, height }: Crop): Promise<Uint8Array> {
  const { channels } = picture
  const pixels = new Uint8Array(width * height * channels)
  const stride = picture.width * channels
  let row = -top
  for await (const strip of picture.strips()) {
    for (let at = 0; at < strip.length; at += stride, row++) {
      if (row < 0 || row >= height) continue
      const from = at + left * channels
      pixels.set(strip.subarray(from, from + width * channels), row * width * channels)
    }
  }
  return pixels
}
