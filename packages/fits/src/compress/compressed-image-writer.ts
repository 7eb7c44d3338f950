import { DITHER_COUNT } from '@skyloom/kernels'
import { FitsError, type FitsLocation } from '../errors.ts'
import { portableDeflateTile } from '../gzip/deflate-tile.ts'
import type { HduWriter } from '../hdu/hdu-writer.ts'
import type { Header } from '../header/header.ts'
import { type EncodePixels, pixelEncoder } from '../image/encode.ts'
import type { PixelArray } from '../image/pixel-array.ts'
import { type CompressionPlan, plannedColumns } from './compressed-header.ts'
import { tileBox } from './read-tiles.ts'
import { type EncodedTile, encodeTile, type TileEncoding } from './tile-encoder.ts'

/** Pixels encoded at once. */
const BLOCK_PIXELS = 64 * 1024

/**
 * Compresses the pixels of one image in order, in pieces of any size; only one row of tiles is held in memory.
 * A class because it keeps its place in the file.
 */
export class CompressedImageWriter {
  readonly #hdu: HduWriter
  readonly #plan: CompressionPlan
  readonly #location: FitsLocation
  readonly #encode: EncodePixels
  readonly #pixelBytes: number
  readonly #pixelCount: number
  /** Rows of the table, filled in at the end. */
  readonly #rows: DataView
  readonly #rowBytes: number
  #encoding: TileEncoding | undefined
  /** Stored pixels of the tiles that are not complete; whole tiles along all axes but the last one that is cut. */
  #band: Uint8Array
  #bandFill = 0
  #written = 0
  #tile = 0
  #heapBytes = 0
  /** Elements of the longest array in each of the two columns of tiles. */
  readonly #longest = { compressed: 0, gzip: 0 }

  constructor(hdu: HduWriter, plan: CompressionPlan, file: string) {
    this.#hdu = hdu
    this.#plan = plan
    this.#location = { file, keyword: hdu.header.string('EXTNAME', undefined) }
    this.#encode = pixelEncoder(plan.layout, this.#location)
    this.#pixelBytes = Math.abs(plan.layout.bitpix) / 8
    this.#pixelCount = plan.grid.axes.reduce((product, length) => product * length, 1)
    this.#rowBytes = plannedColumns(plan).reduce((sum, column) => sum + column.sizeBytes, 0)
    this.#rows = new DataView(new ArrayBuffer(this.#rowBytes * plan.grid.tileCount))
    this.#band = new Uint8Array(this.#bandPixels() * this.#pixelBytes)
  }

  /** The header of the table; cards may be changed until {@link CompressedImageWriter.end} while the number of blocks stays. */
  get header(): Header {
    return this.#hdu.header
  }

  /** Leaves room for the table. Called once, by the function that makes the writer. */
  async begin(): Promise<void> {
    await this.#hdu.write(new Uint8Array(this.#rows.byteLength))
  }

  /**
   * Compresses the next pixels: physical values, first axis fastest. They need not be whole rows.
   *
   * @throws FitsError `FITS_WRITE_ORDER` beyond the last pixel, `FITS_UNREPRESENTABLE`
   */
  async writeRows(values: PixelArray): Promise<void> {
    if (this.#written + values.length > this.#pixelCount) {
      throw this.#countError('more pixels than the image has', this.#written + values.length)
    }
    for (let start = 0; start < values.length; ) {
      const room = this.#band.length / this.#pixelBytes - this.#bandFill
      const piece = values.subarray(start, start + Math.min(BLOCK_PIXELS, room))
      this.#band.set(this.#encode(piece), this.#bandFill * this.#pixelBytes)
      this.#bandFill += piece.length
      this.#written += piece.length
      start += piece.length
      if (this.#bandFill * this.#pixelBytes === this.#band.length) await this.#flushBand()
    }
  }

  /**
   * Completes the HDU.
   *
   * @throws FitsError `FITS_WRITE_ORDER` when pixels are missing
   */
  async end(): Promise<void> {
    if (this.#written < this.#pixelCount) {
      throw this.#countError('fewer pixels than the image has', this.#written)
    }
    const { header } = this.#hdu
    await this.#hdu.fillIn(new Uint8Array(this.#rows.buffer), 0)
    header.set('PCOUNT', this.#heapBytes)
    this.#putLongest('TFORM1', this.#longest.compressed)
    if (this.#plan.quantize !== undefined) this.#putLongest('TFORM2', this.#longest.gzip)
    if (header.has('ZDITHER0')) header.set('ZDITHER0', this.#encoding?.quantize?.ditherStart ?? 1)
    await this.#hdu.end()
  }

  /** The longest array belongs into TFORM: `1PB(1234)` (FITS Standard 4.0, section 7.3.5). */
  #putLongest(keyword: string, count: number): void {
    const { header } = this.#hdu
    const form = /^[^(]*/.exec(header.string(keyword))?.[0] ?? ''
    header.set(keyword, `${form}(${count})`)
  }

  /** The axis along which bands follow each other: the last one with tiles of more than one pixel. */
  #bandAxis(): number {
    return Math.max(
      0,
      this.#plan.grid.tileAxes.findLastIndex((size) => size > 1),
    )
  }

  /** Pixels of the band that begins with the next tile. */
  #bandPixels(): number {
    const { grid } = this.#plan
    const axis = this.#bandAxis()
    const length = tileBox(grid, this.#tile).size[axis] ?? 1
    return grid.axes.slice(0, axis).reduce((product, size) => product * size, length)
  }

  async #flushBand(): Promise<void> {
    const { grid } = this.#plan
    const axis = this.#bandAxis()
    const count = grid.counts.slice(0, axis).reduce((product, tiles) => product * tiles, 1)
    for (let index = 0; index < count; index++) {
      const tile = tileBox(grid, this.#tile)
      const stored = this.#cutTile(tile.start.slice(0, axis), tile.size.slice(0, axis + 1))
      await this.#writeTile(stored, tile.size)
      this.#tile++
    }
    this.#bandFill = 0
    const sizeBytes = this.#tile < grid.tileCount ? this.#bandPixels() * this.#pixelBytes : this.#band.length
    if (sizeBytes !== this.#band.length) this.#band = new Uint8Array(sizeBytes)
  }

  /** The stored pixels of one tile out of the band. */
  #cutTile(start: readonly number[], size: readonly number[]): Uint8Array {
    const { axes } = this.#plan.grid
    const bytes = this.#pixelBytes
    const runBytes = (size[0] ?? 1) * bytes
    const count = size.reduce((product, length) => product * length, 1)
    if (count * bytes === this.#band.length) return this.#band
    const tile = new Uint8Array(count * bytes)
    const index = size.slice(1).map(() => 0)
    for (let to = 0; to < tile.length; to += runBytes) {
      let from = start[0] ?? 0
      let stride = axes[0] ?? 1
      index.forEach((at, outer) => {
        from += ((start[outer + 1] ?? 0) + at) * stride
        stride *= axes[outer + 1] ?? 1
      })
      tile.set(this.#band.subarray(from * bytes, from * bytes + runBytes), to)
      for (let outer = 0; outer < index.length; outer++) {
        const next = (index[outer] ?? 0) + 1
        index[outer] = next < (size[outer + 1] ?? 1) ? next : 0
        if (index[outer] !== 0) break
      }
    }
    return tile
  }

  async #writeTile(stored: Uint8Array, axes: readonly number[]): Promise<void> {
    this.#encoding ??= this.#begunEncoding(stored)
    const encoded = encodeTile(this.#encoding, stored, axes, this.#tile)
    this.#putRow(encoded)
    this.#heapBytes += encoded.bytes.length
    await this.#hdu.write(encoded.bytes)
  }

  #putRow(encoded: EncodedTile): void {
    const { isLong, method, quantize } = this.#plan
    const descriptorBytes = isLong ? 16 : 8
    const row = this.#tile * this.#rowBytes
    const at = row + (encoded.store === 'gzip' ? descriptorBytes : 0)
    const count = encoded.bytes.length / (method === 'PLIO_1' ? 2 : 1)
    this.#longest[encoded.store] = Math.max(this.#longest[encoded.store], count)
    if (isLong) {
      this.#rows.setBigUint64(at, BigInt(count))
      this.#rows.setBigUint64(at + 8, BigInt(this.#heapBytes))
    } else {
      this.#rows.setUint32(at, count)
      this.#rows.setUint32(at + 4, this.#heapBytes)
    }
    if (quantize === undefined) return
    this.#rows.setFloat64(row + 2 * descriptorBytes, encoded.scale)
    this.#rows.setFloat64(row + 2 * descriptorBytes + 8, encoded.zero)
  }

  /** What is the same for all tiles, once the first one is there. */
  #begunEncoding(firstTile: Uint8Array): TileEncoding {
    const { layout, method, options, quantize } = this.#plan
    const isShiftedPlio = method === 'PLIO_1' && layout.bitpix === 16 && layout.bzero === 32768
    return {
      bitpix: layout.bitpix,
      method,
      quantize:
        quantize === undefined
          ? undefined
          : {
              level: quantize.level,
              dithering: quantize.dithering ?? 'SUBTRACTIVE_DITHER_1',
              ditherStart: quantize.ditherStart ?? startFrom(firstTile),
            },
      hcompressScale: options.hcompressScale ?? 0,
      riceBlockSize: options.riceBlockSize ?? 32,
      plioShift: isShiftedPlio ? 32768 : 0,
      deflate: options.deflateTile ?? portableDeflateTile,
      location: this.#location,
    }
  }

  #countError(problem: string, found: number): FitsError {
    return new FitsError('FITS_WRITE_ORDER', this.#location, problem, {
      found: `${found} pixels`,
      allowed: `${this.#pixelCount} pixels`,
    })
  }
}

/** Different images get different random numbers, and the same image always the same. */
function startFrom(bytes: Uint8Array): number {
  let sum = 0
  for (const byte of bytes) sum += byte
  return (sum % DITHER_COUNT) + 1
}
