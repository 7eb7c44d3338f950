import { FitsError, type FitsLocation } from '../errors.ts'
import type { HduWriter } from '../hdu/hdu-writer.ts'
import type { Header } from '../header/header.ts'
import { type EncodePixels, pixelEncoder } from './encode.ts'
import type { ImageLayout } from './image-header.ts'
import type { PixelArray } from './pixel-array.ts'

/** Pixels encoded at once. */
const BLOCK_PIXELS = 64 * 1024

/** Writes the pixels of one image in order, in pieces of any size. A class because it keeps its place in the file. */
export class ImageWriter {
  readonly #hdu: HduWriter
  readonly #encode: EncodePixels
  readonly #location: FitsLocation
  readonly #pixelCount: number
  readonly #pixelBytes: number
  #written = 0

  constructor(hdu: HduWriter, layout: ImageLayout, file: string) {
    this.#hdu = hdu
    this.#location = { file, keyword: hdu.header.string('EXTNAME', undefined) }
    this.#encode = pixelEncoder(layout, this.#location)
    this.#pixelBytes = Math.abs(layout.bitpix) / 8
    this.#pixelCount =
      layout.shape.length === 0 ? 0 : layout.shape.reduce((product, length) => product * length, 1)
  }

  /** The header; cards may be changed until {@link ImageWriter.end} while the number of blocks stays. */
  get header(): Header {
    return this.#hdu.header
  }

  /**
   * Writes the next pixels: physical values, first axis fastest. They need not be whole rows.
   *
   * @throws FitsError `FITS_WRITE_ORDER` beyond the last pixel, `FITS_UNREPRESENTABLE`
   */
  async writeRows(values: PixelArray): Promise<void> {
    if (this.#written + values.length > this.#pixelCount) {
      throw this.#countError('more pixels than the image has', this.#written + values.length)
    }
    for (let start = 0; start < values.length; start += BLOCK_PIXELS) {
      await this.#hdu.write(this.#encode(values.subarray(start, start + BLOCK_PIXELS)))
    }
    this.#written += values.length
  }

  /** Place in the file of the pixel that is written next. */
  get nextOffset(): number {
    return this.#hdu.nextOffset
  }

  /**
   * Counts the next pixels as written by someone else, as the file stores them (big-endian): now, or before it is committed. For threads that
   * each write what they make; only into sinks that can `skip`.
   *
   * @param byteSum of these pixels' bytes: the ones' complement sum of their 32-bit words (FITS Standard 4.0, appendix J.1)
   * @throws FitsError `FITS_WRITE_ORDER` beyond the last pixel, or where they are no whole words
   */
  skipRows(pixelCount: number, byteSum: number): void {
    if (this.#written + pixelCount > this.#pixelCount)
      throw this.#countError('more pixels than the image has', this.#written + pixelCount)
    this.#hdu.skip(pixelCount * this.#pixelBytes, byteSum)
    this.#written += pixelCount
  }

  /**
   * Completes the HDU.
   *
   * @throws FitsError `FITS_WRITE_ORDER` when pixels are missing
   */
  async end(): Promise<void> {
    if (this.#written < this.#pixelCount)
      throw this.#countError('fewer pixels than the image has', this.#written)
    await this.#hdu.end()
  }

  #countError(problem: string, found: number): FitsError {
    return new FitsError('FITS_WRITE_ORDER', this.#location, problem, {
      found: `${found} pixels`,
      allowed: `${this.#pixelCount} pixels`,
    })
  }
}
