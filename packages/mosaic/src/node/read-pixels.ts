import { createHash } from 'node:crypto'
import { type ByteSource, memorySource } from '@skyloom/base'
import { fileSource } from '@skyloom/base/node'
import { type Hdu, readImage } from '@skyloom/fits'
import { openFitsSource } from '@skyloom/fits/node'
import type { PixelViews } from '@skyloom/kernels'
import { sha256OfFile } from './sha256-of-file.ts'

/** An image of a file and its place in pixel memory. */
export interface PixelSource {
  readonly path: string
  readonly hdu: number
  readonly width: number
  readonly height: number
  readonly imageAt: number
}

/** An image that was read. */
export interface ReadPixels<Result> {
  /** What was told of its HDU. */
  readonly looked: Result
  /** Of its file, hexadecimal. */
  readonly sha256: string
}

/** Files up to this size are read once, as a whole, for their pixels and their checksum. */
const WHOLE_FILE_BYTES = 2 ** 24

/** For the next file that is read as a whole: fresh memory costs as much as the reading. Whoever reads takes it away meanwhile. */
let kept: Uint8Array | undefined

/** Reads an image into pixel memory; gives what `look` tells of its HDU. */
export async function readPixels<Result>(
  memory: PixelViews,
  source: PixelSource,
  look: (hdu: Hdu) => Result,
): Promise<ReadPixels<Result>> {
  const { path } = source
  const file = await fileSource(path, { blocking: true })
  try {
    if (file.sizeBytes > WHOLE_FILE_BYTES)
      return { looked: await readFrom(file, memory, source, look), sha256: await sha256OfFile(path) }
    const buffer = kept !== undefined && kept.length >= file.sizeBytes ? kept : new Uint8Array(file.sizeBytes)
    kept = undefined
    try {
      const bytes = buffer.subarray(0, await file.readInto(buffer.subarray(0, file.sizeBytes), 0))
      const looked = await readFrom(memorySource(bytes, path), memory, source, look)
      return { looked, sha256: createHash('sha256').update(bytes).digest('hex') }
    } finally {
      kept = buffer
    }
  } finally {
    await file.close()
  }
}

async function readFrom<Result>(
  source: ByteSource,
  memory: PixelViews,
  { hdu: index, width, height, imageAt }: PixelSource,
  look: (hdu: Hdu) => Result,
): Promise<Result> {
  const hdu = await (await openFitsSource(source)).hdu(index)
  await readImage(hdu, { as: 'float32', into: memory.f32(imageAt, width * height) })
  return look(hdu)
}
