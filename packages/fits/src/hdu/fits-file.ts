import { type ByteSource, readExactly } from '@skyloom/base'
import { FitsError, type FitsWarning } from '../errors.ts'
import type { InflateTile } from '../gzip/inflate-tile.ts'
import { BLOCK_BYTES, paddedBytes } from '../header/block.ts'
import { latin1Text } from '../header/latin1.ts'
import { readHeaderAt } from '../header/read-header.ts'
import type { Hdu } from './hdu.ts'
import { hduLayout } from './layout.ts'

/** An HDU by number (0 = primary), by EXTNAME in any case, or by EXTNAME and EXTVER. */
export type HduSelector = number | string | { readonly name: string; readonly version: number }

/** Limits of an open file. */
export interface FitsFileOptions {
  readonly maxHeaderBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** How gzip tiles of compressed images are unpacked; default: on any platform. */
  readonly inflateTile?: InflateTile | undefined
}

/**
 * An open FITS file. Headers are read when they are asked for, one after the other, and only once; data are never
 * touched on the way. A class because it holds an open file: close it, or use `await using`.
 */
export class FitsFile implements AsyncDisposable {
  readonly source: ByteSource
  readonly #options: FitsFileOptions
  readonly #warnings: FitsWarning[] = []
  /** Undefined stands for the end of the file. */
  readonly #known: Promise<Hdu | undefined>[] = []

  constructor(source: ByteSource, options: FitsFileOptions = {}) {
    this.source = source
    this.#options = options
  }

  /** Name of the source, for messages. */
  get name(): string {
    return this.source.name
  }

  /** What was odd in the headers that were read so far. */
  get warnings(): readonly FitsWarning[] {
    return this.#warnings
  }

  /**
   * One HDU; headers before it are read on the way.
   *
   * @throws FitsError `FITS_NO_SUCH_HDU`, `FITS_TRUNCATED`, `FITS_NO_END` and those of the mandatory keywords
   */
  async hdu(selector: HduSelector): Promise<Hdu> {
    if (typeof selector === 'number') {
      const hdu = await this.#at(selector)
      if (hdu !== undefined) return hdu
    } else {
      for await (const hdu of this.hdus()) if (matches(hdu, selector)) return hdu
    }
    throw await this.#noSuchHdu(selector)
  }

  /** The HDUs in order; the next header is read when it is asked for. */
  async *hdus(): AsyncGenerator<Hdu, void, undefined> {
    for (let index = 0; ; index++) {
      const hdu = await this.#at(index)
      if (hdu === undefined) return
      yield hdu
    }
  }

  /** All HDUs. */
  async allHdus(): Promise<readonly Hdu[]> {
    const all: Hdu[] = []
    for await (const hdu of this.hdus()) all.push(hdu)
    return all
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.source.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #at(index: number): Promise<Hdu | undefined> {
    if (!Number.isSafeInteger(index) || index < 0) return undefined
    for (let next = Math.min(index, this.#known.length); ; next++) {
      const hdu = await (this.#known[next] ??= this.#read(next))
      if (hdu === undefined || next === index) return hdu
    }
  }

  /** A failure is forgotten, so that the next call tries again. */
  async #read(index: number): Promise<Hdu | undefined> {
    try {
      const previous = index === 0 ? undefined : await this.#known[index - 1]
      if (index > 0 && previous === undefined) return undefined
      const offset = previous === undefined ? 0 : previous.dataOffset + paddedBytes(previous.dataBytes)
      if (previous !== undefined && !(await this.#hasHeaderAt(offset, previous))) return undefined
      return await this.#readHdu(index, offset)
    } catch (error) {
      this.#known.length = index
      throw error
    }
  }

  /** After the last HDU there may be bytes without meaning (FITS Standard 4.0, section 3.5); they end the file. */
  async #hasHeaderAt(offset: number, previous: Hdu): Promise<boolean> {
    const { sizeBytes } = this.source
    const place = { file: this.name, hdu: previous.index, byteOffset: previous.dataOffset }
    if (offset > sizeBytes) {
      const isCut = previous.dataOffset + previous.dataBytes > sizeBytes
      const message = isCut
        ? `the data end early: ${sizeBytes - previous.dataOffset} of ${previous.dataBytes} bytes are there`
        : 'the last block is not filled up'
      this.#warnings.push({ code: isCut ? 'FITS_DATA_CUT' : 'FITS_UNPADDED', location: place, message })
      return false
    }
    if (offset === sizeBytes) return false
    const head = latin1Text(await readExactly(this.source, offset, Math.min(9, sizeBytes - offset)))
    if (head === 'XTENSION=') return true
    const message = `${sizeBytes - offset} bytes without meaning follow the last HDU`
    this.#warnings.push({
      code: 'FITS_TRAILING_BYTES',
      location: { file: this.name, byteOffset: offset },
      message,
    })
    return false
  }

  async #readHdu(index: number, offset: number): Promise<Hdu> {
    const found = await readHeaderAt(this.source, offset, { ...this.#readOptions(), hdu: index })
    const { header, dataOffset, headerOffset } = found
    if (found.isEndMisplaced) {
      const message = 'END does not stand at a place of a card: a card before it has a wrong length'
      const location = { file: this.name, hdu: index, byteOffset: offset }
      this.#warnings.push({ code: 'FITS_MISPLACED_END', location, message })
    }
    if (dataOffset > this.source.sizeBytes) throw headerCut(this.source, index, offset)
    const layout = hduLayout(header, index === 0)
    if (index === 0 && !header.boolean('SIMPLE')) {
      const message = 'SIMPLE is F: the file says that it does not conform to the standard'
      this.#warnings.push({ code: 'FITS_NOT_STANDARD', location: header.locate('SIMPLE'), message })
    }
    // Names only serve to find an HDU: a card of the wrong type is no reason to refuse the data.
    const extname = header.card('EXTNAME')?.value
    const extver = header.card('EXTVER')?.value
    const name = typeof extname === 'string' ? extname : ''
    const version = typeof extver === 'number' ? extver : 1
    const { inflateTile } = this.#options
    return {
      source: this.source,
      index,
      name,
      version,
      header,
      headerOffset,
      dataOffset,
      ...layout,
      inflateTile,
    }
  }

  #readOptions(): { maxHeaderBytes?: number; signal?: AbortSignal | undefined } {
    const { maxHeaderBytes, signal } = this.#options
    return maxHeaderBytes === undefined ? { signal } : { maxHeaderBytes, signal }
  }

  async #noSuchHdu(selector: HduSelector): Promise<FitsError> {
    const all = await this.allHdus()
    const found =
      typeof selector === 'object' ? `${selector.name}, version ${selector.version}` : String(selector)
    const names = all.map((hdu) => (hdu.name === '' ? String(hdu.index) : `${hdu.index} ${hdu.name}`))
    return new FitsError('FITS_NO_SUCH_HDU', { file: this.name }, 'there is no such HDU', {
      found,
      allowed: names.length > 20 ? `0 to ${names.length - 1}` : names.join(', '),
    })
  }
}

function matches(hdu: Hdu, selector: string | { readonly name: string; readonly version: number }): boolean {
  const name = typeof selector === 'string' ? selector : selector.name
  if (hdu.name.toUpperCase() !== name.trim().toUpperCase()) return false
  return typeof selector === 'string' || hdu.version === selector.version
}

function headerCut(source: ByteSource, hdu: number, byteOffset: number): FitsError {
  return new FitsError(
    'FITS_TRUNCATED',
    { file: source.name, hdu, byteOffset },
    'the file stops inside a header',
    {
      found: `${source.sizeBytes - byteOffset} bytes of the header`,
      allowed: `whole blocks of ${BLOCK_BYTES} bytes`,
      remedy: 'fetch the file again',
    },
  )
}
