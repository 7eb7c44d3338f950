import type { Bitpix, Hdu, Header } from '@skyloom/fits'

/** Type and scaling of the pixels of an image, for an image like it. */
export interface PixelLayout {
  readonly bitpix: Bitpix
  readonly bscale: number
  readonly bzero: number
  /** Stored number of pixels without data; undefined for floating point and for images that have none. */
  readonly blank: number | undefined
}

/** The layout of an image's pixels. */
export function pixelLayout({ bitpix }: Hdu, header: Header): PixelLayout {
  if (bitpix < 0) return { bitpix, bscale: 1, bzero: 0, blank: undefined }
  const bscale = header.number('BSCALE', 1)
  const bzero = header.number('BZERO', 0)
  return { bitpix, bscale, bzero, blank: header.number('BLANK', undefined) }
}
