import { type ByteSink } from '@skyloom/base'
import { PNG_SIGNATURE, pngChunk, pngHeader } from './png-chunk.ts'

/** Size and kind of a PNG. */
export interface PngImage {
  readonly width: number
  readonly height: number
  /** 1 for grey, 3 for RGB; 8 bits each. */
  readonly channels: 1 | 3
  /** Text by keyword, such as `XML:com.adobe.xmp`. */
  readonly text?: ReadonlyMap<string, string>
}

/** Writes a PNG row by row, so that pictures of any size need little memory. */
export interface PngWriter {
  /** The next rows from the top, whole rows. */
  writeRows(pixels: Uint8Array): Promise<void>
  /** Completes the file; the caller commits the sink. */
  end(): Promise<void>
}

/** Compressed bytes are gathered to chunks of at least this size. */
const CHUNK_BYTES = 1 << 18

/**
 * Begins a PNG. Rows are stored without a filter: sky pictures are mostly noise, and prediction makes noise larger.
 *
 * Source: W3C PNG specification, third edition. Compression is that of the platform (`CompressionStream`).
 */
export async function beginPng(sink: ByteSink, image: PngImage): Promise<PngWriter> {
  const { width, height, channels } = image
  await sink.write(PNG_SIGNATURE)
  await sink.write(pngHeader(width, height, channels))
  for (const [keyword, text] of image.text ?? []) await sink.write(pngChunk('iTXt', textBody(keyword, text)))
  const deflate = new CompressionStream('deflate')
  const input = deflate.writable.getWriter()
  // Kept from being unhandled while rows are written; `end` waits for it and throws what it threw.
  const output = drain(deflate.readable, sink)
  output.catch(() => undefined)
  const stride = width * channels
  let rowCount = 0
  return {
    async writeRows(pixels) {
      const rows = pixels.length / stride
      const filtered = new Uint8Array(rows * (stride + 1))
      for (let row = 0; row < rows; row++)
        filtered.set(pixels.subarray(row * stride, (row + 1) * stride), row * (stride + 1) + 1)
      rowCount += rows
      await Promise.race([input.write(filtered), output])
    },
    async end() {
      if (rowCount !== height) throw new RangeError(`${rowCount} rows were written, the PNG has ${height}`)
      await Promise.all([input.close(), output])
      await sink.write(pngChunk('IEND'))
    },
  }
}

async function drain(stream: ReadableStream<Uint8Array>, sink: ByteSink): Promise<void> {
  const reader = stream.getReader()
  let parts: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (value !== undefined) {
      parts.push(value)
      bytes += value.length
    }
    if (bytes > 0 && (done || bytes >= CHUNK_BYTES)) {
      await sink.write(pngChunk('IDAT', joined(parts, bytes)))
      parts = []
      bytes = 0
    }
    if (done) return
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const body = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    body.set(part, at)
    at += part.length
  }
  return body
}

/** International text, not compressed, without language. */
function textBody(keyword: string, text: string): Uint8Array {
  return new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`)
}
