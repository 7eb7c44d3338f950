import { encode } from 'fast-png'

/**
 * Grey PNG of an image whose rows run upwards, as in FITS: the last row comes out at the top.
 *
 * @param levels one byte a pixel, row-major
 */
export function encodeGreyPng(levels: Uint8Array, width: number, height: number): Uint8Array {
  const flipped = new Uint8Array(levels.length)
  for (let row = 0; row < height; row++) {
    flipped.set(levels.subarray(row * width, (row + 1) * width), (height - 1 - row) * width)
  }
  return encode({ width, height, data: flipped, channels: 1, depth: 8 })
}
