import type { ByteSink } from '@skyloom/base'
import { reserveChecksum, setChecksum } from '../checksum/set-checksum.ts'
import { addSums, Sum32 } from '../checksum/sum32.ts'
import { FitsError } from '../errors.ts'
import { BLOCK_BYTES, paddedBytes } from '../header/block.ts'
import { formatHeader } from '../header/format-header.ts'
import type { Header } from '../header/header.ts'

/** How an HDU is written. */
export interface BeginHduOptions {
  /** Write CHECKSUM and DATASUM; default true. */
  readonly checksum?: boolean | undefined
  /** Byte that fills the last block: 0, or 32 for ASCII tables (FITS Standard 4.0, section 7.2.3). */
  readonly fillByte?: number
}

/** Where an HDU stands in its file and what is to be told when it is done. */
export interface HduWriterPlace {
  readonly sink: ByteSink
  readonly index: number
  readonly headerOffset: number
  readonly onEnd: (nextOffset: number) => void
}

/**
 * Writes one HDU: first the header, then data of any length, then (at the end) what is known only then.
 * A class because it holds a place in an open file.
 */
export class HduWriter {
  /** May be changed until {@link HduWriter.end} as long as the number of its blocks stays. */
  readonly header: Header
  readonly #place: HduWriterPlace
  readonly #hasChecksum: boolean
  readonly #fillByte: number
  readonly #sum = new Sum32()
  #filledSum = 0
  #headerBytes: Uint8Array = new Uint8Array(0)
  #dataBytes = 0
  #isOpen = false

  constructor(place: HduWriterPlace, header: Header, options: BeginHduOptions) {
    this.#place = place
    this.header = header
    this.#hasChecksum = options.checksum ?? true
    this.#fillByte = options.fillByte ?? 0
  }

  /** Bytes of data written so far. */
  get dataBytes(): number {
    return this.#dataBytes
  }

  /** Writes the header as far as it is known. Called once, by the file's writer. */
  async begin(): Promise<void> {
    if (this.#hasChecksum) reserveChecksum(this.header)
    this.#headerBytes = formatHeader(this.header)
    await this.#place.sink.write(this.#headerBytes)
    this.#isOpen = true
  }

  /** Writes the next bytes of the data, as they shall stand in the file. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#checkOpen()
    if (this.#hasChecksum) this.#sum.add(bytes)
    this.#dataBytes += bytes.length
    await this.#place.sink.write(bytes)
  }

  /** Place in the file of the byte that is written next. */
  get nextOffset(): number {
    return this.#place.headerOffset + this.#headerBytes.length + this.#dataBytes
  }

  /**
   * Counts the next bytes as written by someone else, as they shall stand in the file: now, or before it is committed.
   *
   * @param byteCount a multiple of 4
   * @param sum of these bytes: the ones' complement sum of their 32-bit words (FITS Standard 4.0, appendix J.1)
   * @throws {@link FitsError} `FITS_WRITE_ORDER` when these are not whole words or the sink takes none from others
   */
  skip(byteCount: number, sum: number): void {
    this.#checkOpen()
    const { sink } = this.#place
    if (sink.skip === undefined || byteCount % 4 !== 0 || this.#dataBytes % 4 !== 0) {
      throw this.#outOfOrder(
        'these bytes cannot be written by someone else',
        `${byteCount} bytes after ${this.#dataBytes}`,
        'whole words of a file that takes them',
      )
    }
    if (this.#hasChecksum) this.#sum.addSum(sum)
    this.#dataBytes += byteCount
    sink.skip(byteCount)
  }

  /**
   * Puts bytes over zeros that were written before: for what is known only later, as the rows of a table whose heap was
   * written meanwhile.
   *
   * @param offset in the data, a multiple of 4
   */
  async fillIn(bytes: Uint8Array, offset: number): Promise<void> {
    this.#checkOpen()
    if (offset % 4 !== 0 || offset < 0 || offset + bytes.length > this.#dataBytes) {
      throw this.#outOfOrder(
        'only what was written can be filled in',
        `bytes ${offset} to ${offset + bytes.length}`,
        `whole words within 0 to ${this.#dataBytes}`,
      )
    }
    if (this.#hasChecksum) this.#filledSum = addSums(this.#filledSum, new Sum32().add(bytes).value)
    await this.#place.sink.writeAt(bytes, this.#place.headerOffset + this.#headerBytes.length + offset)
  }

  /**
   * Fills the last block, computes the checksums and writes the final header over the first one.
   *
   * @throws FitsError `FITS_WRITE_ORDER` when the header has grown or shrunk by a block
   */
  async end(): Promise<void> {
    this.#checkOpen()
    const padding = new Uint8Array(paddedBytes(this.#dataBytes) - this.#dataBytes).fill(this.#fillByte)
    if (padding.length > 0) {
      if (this.#hasChecksum) this.#sum.add(padding)
      await this.#place.sink.write(padding)
    }
    this.#isOpen = false
    if (this.#hasChecksum) setChecksum(this.header, addSums(this.#sum.value, this.#filledSum))
    await this.#rewriteHeader()
    const { headerOffset, onEnd } = this.#place
    onEnd(headerOffset + this.#headerBytes.length + paddedBytes(this.#dataBytes))
  }

  async #rewriteHeader(): Promise<void> {
    const bytes = formatHeader(this.header)
    if (bytes.length !== this.#headerBytes.length) {
      throw this.#outOfOrder(
        'the header changed its length while the data were written',
        `${bytes.length / BLOCK_BYTES} blocks`,
        `${this.#headerBytes.length / BLOCK_BYTES} blocks, as at the beginning`,
      )
    }
    if (bytes.some((byte, index) => byte !== this.#headerBytes[index])) {
      await this.#place.sink.writeAt(bytes, this.#place.headerOffset)
    }
  }

  #checkOpen(): void {
    if (!this.#isOpen)
      throw this.#outOfOrder('the HDU is complete already', 'another write', 'none after end()')
  }

  #outOfOrder(problem: string, found: string, allowed: string): FitsError {
    const location = { file: this.#place.sink.name, hdu: this.#place.index }
    return new FitsError('FITS_WRITE_ORDER', location, problem, { found, allowed })
  }
}
