import type { ByteSource } from '@skyloom/base'
import type { InflateTile } from '../gzip/inflate-tile.ts'
import type { Header } from '../header/header.ts'

/** What an HDU holds. `empty` has no data; `other` is an extension type that this library does not know. */
export type HduType = 'image' | 'compressed-image' | 'bintable' | 'table' | 'groups' | 'empty' | 'other'

/** Types of pixels (FITS Standard 4.0, section 4.4.1.1, table 8). */
export type Bitpix = 8 | 16 | 32 | 64 | -32 | -64

/** One header and data unit of an open file. Plain data: nothing is read before a function is given it. */
export interface Hdu {
  readonly source: ByteSource
  /** 0 = primary. */
  readonly index: number
  readonly type: HduType
  /** EXTNAME, or an empty string. */
  readonly name: string
  /** EXTVER, 1 when it is not there. */
  readonly version: number
  /** The header as it is in the file; a compressed image has that of the table around it. */
  readonly header: Header
  /** Of the pixels; a compressed image has that of the image in it (ZBITPIX). */
  readonly bitpix: Bitpix
  /**
   * Lengths of the axes, slowest first, as arrays in memory have them: `[NAXIS2, NAXIS1]`. A compressed image has those of
   * the image in it, random groups those of one group without the zero axis, an empty HDU may have none.
   */
  readonly shape: readonly number[]
  /** PCOUNT: bytes of the heap of a table, parameters of a random group. */
  readonly pcount: number
  /** GCOUNT: number of random groups, 1 elsewhere. */
  readonly gcount: number
  readonly headerOffset: number
  readonly dataOffset: number
  /** Unpacks gzip tiles; default: on any platform. */
  readonly inflateTile?: InflateTile | undefined
  /** Size of the data as the header promises it, heap included, padding not; the file may be shorter. */
  readonly dataBytes: number
}
