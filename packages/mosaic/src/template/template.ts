import { type Header, parseHeaderTemplate } from '@skyloom/fits'
import { type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'

/** The grid of pixels on which a mosaic is made. */
export interface Template {
  /** Cards as they go into products; CRPIX is that of the full template. */
  readonly header: Header
  readonly wcs: Wcs
  readonly width: number
  readonly height: number
  /** Reference pixel; background planes are in offsets from it. */
  readonly crpix: { readonly fitsX: number; readonly fitsY: number }
}

/** Largest side of a template, pixels: row and column numbers stay exact in 32 bits with room for padding. */
const MAX_SIDE = 1_000_000

/**
 * The template that a header describes.
 *
 * @throws WcsError for a coordinate system that cannot be used
 * @throws MosaicError `MOSAIC_BAD_TEMPLATE` for a missing or impossible size
 */
export function templateFromHeader(header: Header, name: string): Template {
  const wcs = wcsFromKeywords((keyword) => keywordValue(header, keyword), { name })
  const { width, height } = wcs
  if (!isSide(width) || !isSide(height)) {
    throw new MosaicError('MOSAIC_BAD_TEMPLATE', 'the template has no usable size', {
      where: [name, 'NAXIS1, NAXIS2'],
      found: `${width ?? 'nothing'} x ${height ?? 'nothing'}`,
      allowed: `1 to ${MAX_SIDE} pixels on each side`,
    })
  }
  const [fitsX, fitsY] = wcs.crpix
  return { header, wcs, width, height, crpix: { fitsX, fitsY } }
}

/** Reads a Montage header template (`.hdr`). Errors name file and line. */
export function readTemplate(text: string, name: string): Template {
  return templateFromHeader(parseHeaderTemplate(text, name), name)
}

/** A header's value for `wcsFromKeywords`; complex values count as absent. */
export function keywordValue(
  header: Header,
  keyword: string,
): string | number | bigint | boolean | undefined {
  const value = header.get(keyword)
  return typeof value === 'object' ? undefined : value
}

function isSide(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= MAX_SIDE
}
