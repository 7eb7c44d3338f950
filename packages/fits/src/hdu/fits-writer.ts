import type { ByteSink } from '@skyloom/base'
import { FitsError } from '../errors.ts'
import { Header } from '../header/header.ts'
import { type ImageLayout, imageHeader } from '../image/image-header.ts'
import { ImageWriter } from '../image/image-writer.ts'
import { type BeginHduOptions, HduWriter } from './hdu-writer.ts'

/** Settings of all HDUs of a file. */
export interface FitsWriterOptions {
  /** Write CHECKSUM and DATASUM; default true. */
  readonly checksum?: boolean
}

/**
 * Writes a FITS file HDU by HDU, each in pieces, so that files may be larger than memory.
 * A class because it keeps the place in the sink. The sink becomes a file with {@link FitsWriter.commit}.
 */
export class FitsWriter {
  readonly #sink: ByteSink
  readonly #options: FitsWriterOptions
  #offset = 0
  #hduCount = 0
  #isBusy = false

  constructor(sink: ByteSink, options: FitsWriterOptions = {}) {
    this.#sink = sink
    this.#options = options
  }

  /** Name of the sink, for messages. */
  get name(): string {
    return this.#sink.name
  }

  /** Number of HDUs begun so far. */
  get hduCount(): number {
    return this.#hduCount
  }

  /**
   * Begins an HDU whose header is complete and in order (SIMPLE or XTENSION first). When the first HDU of the file is an
   * extension, an empty primary HDU is put before it.
   *
   * @throws FitsError `FITS_WRITE_ORDER` when an HDU is still open, or a primary header comes later
   */
  async beginHdu(header: Header, options: BeginHduOptions = {}): Promise<HduWriter> {
    if (this.#isBusy) throw this.#outOfOrder('the HDU before is not complete', 'end() of that HDU first')
    const isExtension = header.has('XTENSION')
    if (!isExtension && this.#hduCount > 0) {
      throw this.#outOfOrder('a primary header cannot follow another HDU', 'XTENSION as the first card')
    }
    if (isExtension && this.#hduCount === 0) await this.writeEmptyPrimary()
    return await this.#begin(header.clone(), options)
  }

  /**
   * Begins an image HDU: the first of the file is the primary, others are IMAGE extensions.
   *
   * @param layout type and size; BSCALE, BZERO and BLANK
   * @param header further cards; its mandatory ones are replaced, the rest keeps its order
   */
  async beginImage(layout: ImageLayout, header: Header = new Header()): Promise<ImageWriter> {
    const prepared = imageHeader(layout, header, this.#hduCount === 0)
    return new ImageWriter(await this.beginHdu(prepared), layout, this.#sink.name)
  }

  /** Writes a primary HDU without data. Only as the first HDU. */
  async writeEmptyPrimary(header: Header = new Header()): Promise<void> {
    const primary = imageHeader({ bitpix: 8, shape: [] }, header, true)
    const hdu = await this.#begin(primary, {})
    await hdu.end()
  }

  /** Makes the file visible under its name. */
  async commit(): Promise<void> {
    if (this.#isBusy) throw this.#outOfOrder('the last HDU is not complete', 'end() of that HDU first')
    if (this.#hduCount === 0) throw this.#outOfOrder('nothing was written', 'at least a primary HDU')
    await this.#sink.commit()
  }

  /** Throws everything away. */
  async discard(): Promise<void> {
    await this.#sink.discard()
  }

  async #begin(header: Header, options: BeginHduOptions): Promise<HduWriter> {
    const place = {
      sink: this.#sink,
      index: this.#hduCount,
      headerOffset: this.#offset,
      onEnd: (nextOffset: number): void => {
        this.#offset = nextOffset
        this.#isBusy = false
      },
    }
    const hdu = new HduWriter(place, header, { checksum: this.#options.checksum, ...options })
    this.#isBusy = true
    this.#hduCount++
    await hdu.begin()
    return hdu
  }

  #outOfOrder(problem: string, allowed: string): FitsError {
    return new FitsError('FITS_WRITE_ORDER', { file: this.#sink.name, hdu: this.#hduCount }, problem, {
      allowed,
    })
  }
}
