import { encodeRice, shuffleBytes } from '@skyloom/kernels'
import type { DeflateTile } from '../gzip/deflate-tile.ts'
import { CODE_BYTES, type ElementCode } from '../table/binary-format.ts'
import type { ColumnMethod } from './compressed-table-layout.ts'

/** Pixels of a block of RICE_1 in tables; there is no keyword for it. */
export const TABLE_RICE_BLOCK = 32

/**
 * Packs the big-endian bytes of table cells that follow each other.
 *
 * Source: FITS Standard 4.0, section 10.3.5.
 *
 * @param method RICE_1 only for types B, I and J
 */
export function encodeColumn(
  bytes: Uint8Array,
  element: ElementCode,
  method: ColumnMethod,
  deflate: DeflateTile,
): Uint8Array {
  if (method === 'NOCOMPRESS') return bytes
  if (method === 'RICE_1') {
    const bytePix = element === 'B' ? 1 : element === 'I' ? 2 : 4
    return encodeRice(integersOf(bytes, bytePix), { blockSize: TABLE_RICE_BLOCK, bytePix })
  }
  return deflate(method === 'GZIP_2' ? shuffleBytes(bytes, CODE_BYTES[element]) : bytes)
}

function integersOf(bytes: Uint8Array, size: 1 | 2 | 4): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const integers = new Int32Array(bytes.length / size)
  for (let i = 0; i < integers.length; i++) {
    integers[i] = size === 1 ? view.getUint8(i) : size === 2 ? view.getInt16(i * 2) : view.getInt32(i * 4)
  }
  return integers
}
