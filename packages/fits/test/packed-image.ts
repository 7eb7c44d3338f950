import { memorySink, memorySource } from '@skyloom/base'
import type { CompressionOptions } from '../src/compress/compression-options.ts'
import { beginCompressedImage } from '../src/compress/write-compressed-image.ts'
import { FitsFile } from '../src/hdu/fits-file.ts'
import { FitsWriter } from '../src/hdu/fits-writer.ts'
import type { Hdu } from '../src/hdu/hdu.ts'
import { Header } from '../src/header/header.ts'
import type { ImageLayout } from '../src/image/image-header.ts'
import type { PixelArray } from '../src/image/pixel-array.ts'
import { arrayLayout } from '../src/image/write-image.ts'

/** An image to compress. */
export interface Unpacked extends Partial<Omit<ImageLayout, 'shape'>> {
  readonly data: PixelArray
  readonly shape: readonly number[]
  readonly header?: Header
}

/** A FITS file with one compressed image. */
export async function packedBytes(image: Unpacked, options: CompressionOptions = {}): Promise<Uint8Array> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  const { data, header = new Header(), ...layout } = image
  const packed = await beginCompressedImage(writer, { ...arrayLayout(data), ...layout }, header, options)
  // In uneven pieces, as a stream would bring them.
  for (let at = 0, step = 1; at < data.length; at += step, step += 7)
    await packed.writeRows(data.subarray(at, at + step))
  await packed.end()
  await writer.commit()
  return sink.bytes()
}

/** One HDU of a file in memory. */
export async function hduOf(bytes: Uint8Array, index: number = 1): Promise<Hdu> {
  return await new FitsFile(memorySource(bytes, 'test.fits')).hdu(index)
}

/** A copy of the file with other values for keywords of HDU 1; a keyword must be there already. */
export function withKeywords(bytes: Uint8Array, values: Readonly<Record<string, string>>): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  let changed = text
  for (const [keyword, value] of Object.entries(values)) {
    const at = changed.indexOf(`${keyword.padEnd(8)}= `, 2880)
    if (at < 0) throw new Error(`no ${keyword} in the header`)
    const field = value.startsWith("'") ? value.padEnd(20) : value.padStart(20)
    changed = `${changed.slice(0, at)}${keyword.padEnd(8)}= ${field}${' '.repeat(50)}${changed.slice(at + 80)}`
  }
  return new Uint8Array(Buffer.from(changed, 'latin1'))
}

/** Values that look like a sky: a slope, noise and some bright pixels; the same for equal arguments. */
export function skyValues(count: number, seed: number = 1): Float64Array {
  let state = seed
  const random = (): number => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
  return Float64Array.from({ length: count }, (_, i) => {
    const noise = random() + random() + random() + random() - 2
    return 1000 + i * 0.01 + noise * 20 + (random() < 0.01 ? 4000 * random() : 0)
  })
}
