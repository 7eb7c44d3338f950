import type { CodecStatus } from '../codec-status.ts'
import { type BitReader, isPastEnd, peekBits, readBits } from './bit-reader.ts'
import { inverseHTransform } from './h-transform.ts'
import {
  HCOMPRESS_HEADER_BYTES,
  HCOMPRESS_MAGIC,
  HCOMPRESS_MAX_BITS,
  halved,
  halvings,
  MAX_QUAD_CODE_BITS,
  QUAD_CODE_BITS,
  QUAD_CODES,
  type Quadrant,
  quadrants,
} from './hcompress-layout.ts'

/**
 * Decodes an HCOMPRESS_1 stream into `out`, which has one element for each pixel, fastest axis first.
 *
 * @param isSmoothed interpolates between the coefficients of a lossy stream (`SMOOTH` not 0), which softens
 *   block edges by at most half the scale
 *
 * Source: White, Postman & Lattanzi 1992, in Digitised Optical Sky Surveys, p. 167; FITS Standard 4.0, section 10.4.4.
 */
export function decodeHcompress(encoded: Uint8Array, isSmoothed: boolean, out: Int32Array): CodecStatus {
  if (encoded.length < HCOMPRESS_HEADER_BYTES) return 'truncated'
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength)
  // The stream's first axis is the slow one.
  const rows = view.getInt32(2)
  const cols = view.getInt32(6)
  const scale = Math.max(1, view.getInt32(10))
  const sum = view.getInt32(14) * 2 ** 32 + view.getUint32(18)
  const planes = [encoded[22]!, encoded[23]!, encoded[24]!] as const
  if (view.getUint16(0) !== HCOMPRESS_MAGIC || rows < 1 || cols < 1 || rows * cols !== out.length)
    return 'corrupt'
  const largest = Math.max(2 ** Math.max(...planes), Math.abs(sum))
  if (largest * scale > 2 ** HCOMPRESS_MAX_BITS) return 'corrupt'

  const coefficients = new Float64Array(out.length)
  const reader: BitReader = { bytes: encoded, bit: HCOMPRESS_HEADER_BYTES * 8 }
  for (const quadrant of quadrants(rows, cols)) {
    const status = decodeQuadrant(reader, quadrant, planes[quadrant.planesIndex], coefficients, cols)
    if (status !== 'ok') return status
  }
  const endMark = readBits(reader, 4)
  if (isPastEnd(reader)) return 'truncated'
  if (endMark !== 0) return 'corrupt'
  reader.bit = Math.ceil(reader.bit / 8) * 8
  applySigns(reader, coefficients)
  if (isPastEnd(reader)) return 'truncated'

  coefficients[0] = sum
  if (scale > 1) for (let i = 0; i < coefficients.length; i++) coefficients[i]! *= scale
  inverseHTransform(coefficients, rows, cols, isSmoothed ? scale : 0)
  for (let i = 0; i < out.length; i++) out[i] = Math.min(0x7fffffff, Math.max(-0x80000000, coefficients[i]!))
  return 'ok'
}

function applySigns(reader: BitReader, coefficients: Float64Array): void {
  const { bytes } = reader
  let bit = reader.bit
  for (let i = 0; i < coefficients.length; i++) {
    if (coefficients[i] === 0) continue
    if ((((bytes[bit >>> 3] ?? 0) << (bit & 7)) & 0x80) !== 0) coefficients[i] = -coefficients[i]!
    bit++
  }
  reader.bit = bit
}

/** Nybbles that begin a bit plane. */
const PLANE_IS_DIRECT = 0
const PLANE_IS_TREE = 15

function decodeQuadrant(
  reader: BitReader,
  quadrant: Quadrant,
  planes: number,
  coefficients: Float64Array,
  stride: number,
): CodecStatus {
  const { rows, cols, offset } = quadrant
  const quadRows = (rows + 1) >> 1
  const quadCols = (cols + 1) >> 1
  const levels = halvings(Math.max(rows, cols))
  const quads = new Uint8Array(Math.max(1, quadRows) * Math.max(1, quadCols))
  const spare = new Uint8Array(quads.length)
  for (let plane = planes - 1; plane >= 0; plane--) {
    const kind = readBits(reader, 4)
    if (isPastEnd(reader)) return 'truncated'
    let leaves: Uint8Array = quads
    if (kind === PLANE_IS_DIRECT) {
      for (let i = 0; i < quadRows * quadCols; i++) quads[i] = readBits(reader, 4)
    } else if (kind === PLANE_IS_TREE) {
      leaves = readTree(reader, rows, cols, levels, quads, spare)
    } else {
      return 'corrupt'
    }
    if (isPastEnd(reader)) return 'truncated'
    addPlane(leaves, rows, cols, 2 ** plane, coefficients, offset, stride)
  }
  return 'ok'
}

let quadsByPrefix: Uint8Array | undefined

/** Value and length of the Huffman code that begins with each 6 bits: `value * 8 + length`. */
function prefixTable(): Uint8Array {
  if (quadsByPrefix !== undefined) return quadsByPrefix
  const table = new Uint8Array(1 << MAX_QUAD_CODE_BITS)
  QUAD_CODES.forEach((code, value) => {
    const length = QUAD_CODE_BITS[value] ?? 0
    const first = code << (MAX_QUAD_CODE_BITS - length)
    table.fill(value * 8 + length, first, first + (1 << (MAX_QUAD_CODE_BITS - length)))
  })
  quadsByPrefix = table
  return table
}

function readQuad(reader: BitReader, table: Uint8Array): number {
  const entry = table[peekBits(reader, MAX_QUAD_CODE_BITS)]!
  reader.bit += entry & 7
  return entry >> 3
}

/**
 * Reads one bit plane as a quadtree, from the root to quads of 2 x 2 pixels. Each level has one code for each bit
 * that is set in the level above, last one first.
 *
 * @returns the array, of `first` and `second`, with the quads
 */
function readTree(
  reader: BitReader,
  rows: number,
  cols: number,
  levels: number,
  first: Uint8Array,
  second: Uint8Array,
): Uint8Array {
  const table = prefixTable()
  let parents = second
  let quads = first
  quads[0] = readQuad(reader, table)
  let quadCols = 1
  for (let level = levels - 1; level >= 1; level--) {
    const parentCols = quadCols
    const quadRows = halved(rows, level)
    quadCols = halved(cols, level)
    const swap = parents
    parents = quads
    quads = swap
    for (let row = quadRows - 1; row >= 0; row--) {
      const parentRow = (row >> 1) * parentCols
      const rowBit = (row & 1) === 0 ? 2 : 0
      const base = row * quadCols
      for (let col = quadCols - 1; col >= 0; col--) {
        const isSet = (parents[parentRow + (col >> 1)]! >> (rowBit + 1 - (col & 1))) & 1
        quads[base + col] = isSet === 0 ? 0 : readQuad(reader, table)
      }
    }
    if (isPastEnd(reader)) return quads
  }
  return quads
}

/** Adds `unit` to each coefficient whose bit is set in the quads. */
function addPlane(
  quads: Uint8Array,
  rows: number,
  cols: number,
  unit: number,
  coefficients: Float64Array,
  offset: number,
  stride: number,
): void {
  const quadCols = (cols + 1) >> 1
  for (let row = 0; row < rows; row++) {
    const base = offset + row * stride
    const quadBase = (row >> 1) * quadCols
    const rowBit = (row & 1) === 0 ? 2 : 0
    for (let col = 0; col < cols; col++) {
      if (((quads[quadBase + (col >> 1)]! >> (rowBit + 1 - (col & 1))) & 1) === 1)
        coefficients[base + col]! += unit
    }
  }
}
