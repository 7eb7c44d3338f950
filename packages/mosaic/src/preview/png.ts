import { PNG_SIGNATURE, pngChunk, pngHeader } from '../view/png/png-chunk.ts'

/** Packs bytes as a zlib stream (RFC 1950). */
export type Deflate = (bytes: Uint8Array) => Uint8Array

/**
 * Grey PNG of an image whose rows run upwards, as in FITS: the last row comes out at the top. Rows are stored without a filter: sky
 * pictures are mostly noise, and prediction makes noise larger.
 *
 * @param levels one byte a pixel, row-major
 * @param checksum CRC-32; platforms may have a faster one
 */
export function encodeGreyPng(
  levels: Uint8Array,
  width: number,
  height: number,
  deflate: Deflate,
  checksum?: (bytes: Uint8Array) => number,
): Uint8Array {
  // Before each row the number of its filter: none.
  const rows = new Uint8Array((width + 1) * height)
  for (let row = 0; row < height; row++) {
    rows.set(levels.subarray(row * width, (row + 1) * width), (height - 1 - row) * (width + 1) + 1)
  }
  const parts = [
    PNG_SIGNATURE,
    pngHeader(width, height, 1),
    pngChunk('IDAT', deflate(rows), checksum),
    pngChunk('IEND'),
  ]
  const png = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    png.set(part, at)
    at += part.length
  }
  return png
}
