import { memorySink } from '@skyloom/base'
import { beginPng } from '../view/png/png-writer.ts'

/**
 * Grey PNG of an image whose rows run upwards, as in FITS: the last row comes out at the top.
 *
 * @param levels one byte a pixel, row-major
 */
export async function encodeGreyPng(levels: Uint8Array, width: number, height: number): Promise<Uint8Array> {
  const sink = memorySink()
  const png = await beginPng(sink, { width, height, channels: 1 })
  const flipped = new Uint8Array(levels.length)
  for (let row = 0; row < height; row++) {
    flipped.set(levels.subarray(row * width, (row + 1) * width), (height - 1 - row) * width)
  }
  await png.writeRows(flipped)
  await png.end()
  return sink.bytes()
}
