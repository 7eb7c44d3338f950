import { hTransform } from './h-transform.ts'
import {
  HCOMPRESS_HEADER_BYTES,
  HCOMPRESS_MAGIC,
  halved,
  halvings,
  MAX_QUAD_CODE_BITS,
  QUAD_CODE_BITS,
  QUAD_CODES,
  type Quadrant,
  quadrants,
} from './hcompress-layout.ts'

/**
 * An HCOMPRESS_1 stream of an image.
 *
 * @param rows length of the slow axis
 * @param scale 0 or 1 is lossless; larger ones divide the coefficients, and errors are about that large
 *
 * Source: White, Postman & Lattanzi 1992, in Digitised Optical Sky Surveys, p. 167; FITS Standard 4.0, section 10.4.4.
 */
export function encodeHcompress(pixels: Int32Array, rows: number, cols: number, scale: number): Uint8Array {
  const coefficients = hTransform(new Float64Array(pixels), rows, cols)
  if (scale > 1) divide(coefficients, scale)
  const sum = coefficients[0]!
  coefficients[0] = 0

  const writer: BitWriter = {
    bytes: new Uint8Array(HCOMPRESS_HEADER_BYTES + pixels.length),
    length: HCOMPRESS_HEADER_BYTES,
    bits: 0,
    pending: 0,
  }
  const parts = quadrants(rows, cols)
  const planes = [0, 0, 0]
  const signs = takeSigns(coefficients)
  for (const part of parts) {
    planes[part.planesIndex] = Math.max(planes[part.planesIndex] ?? 0, planeCount(coefficients, part, cols))
  }
  const words = splitWords(coefficients)
  for (const part of parts) writeQuadrant(writer, words, part, cols, planes[part.planesIndex] ?? 0)
  writeBits(writer, 0, 4)
  finishByte(writer)
  for (let i = 0; i < signs.length; i++) writeBits(writer, signs[i]!, 1)
  finishByte(writer)

  const out = writer.bytes.slice(0, writer.length)
  const view = new DataView(out.buffer)
  view.setUint16(0, HCOMPRESS_MAGIC)
  view.setInt32(2, rows)
  view.setInt32(6, cols)
  view.setInt32(10, scale)
  view.setInt32(14, Math.floor(sum / 2 ** 32))
  view.setUint32(18, sum >>> 0)
  out.set(planes, 22)
  return out
}

function divide(coefficients: Float64Array, scale: number): void {
  const half = Math.floor((scale + 1) / 2) - 1
  for (let i = 0; i < coefficients.length; i++) {
    const value = coefficients[i]!
    // Adding 0 turns a negative zero into a plain one.
    coefficients[i] = Math.trunc((value > 0 ? value + half : value - half) / scale) + 0
  }
}

/** Makes all coefficients positive; 1 for each that was negative, 0 for each that was positive, none for zeros. */
function takeSigns(coefficients: Float64Array): Uint8Array {
  const signs = new Uint8Array(coefficients.length)
  let count = 0
  for (let i = 0; i < coefficients.length; i++) {
    const value = coefficients[i]!
    if (value === 0) continue
    if (value < 0) {
      coefficients[i] = -value
      signs[count] = 1
    }
    count++
  }
  return signs.subarray(0, count)
}

function planeCount(coefficients: Float64Array, part: Quadrant, stride: number): number {
  let largest = 0
  for (let row = 0; row < part.rows; row++) {
    const base = part.offset + row * stride
    for (let col = 0; col < part.cols; col++) largest = Math.max(largest, coefficients[base + col]!)
  }
  let planes = 0
  while (2 ** planes <= largest) planes++
  return planes
}

/** Bits of a word: the sign bit stays free. */
const WORD_BITS = 31

/** Bits 0 to 30 and 31 to 61 of each coefficient, so that bit planes are cut out of integers. */
type Words = readonly [low: Int32Array, high: Int32Array]

function splitWords(coefficients: Float64Array): Words {
  const low = new Int32Array(coefficients.length)
  const high = new Int32Array(coefficients.length)
  for (let i = 0; i < low.length; i++) {
    const value = coefficients[i]!
    const upper = Math.floor(value / 2 ** WORD_BITS)
    high[i] = upper
    low[i] = value - upper * 2 ** WORD_BITS
  }
  return [low, high]
}

/** Bytes that grow, and up to 7 bits that wait in the low end of `bits`. */
interface BitWriter {
  bytes: Uint8Array
  length: number
  bits: number
  pending: number
}

/** Makes room for so many more bits. */
function reserveBits(writer: BitWriter, bitCount: number): void {
  const needed = writer.length + (bitCount >> 3) + 2
  if (needed <= writer.bytes.length) return
  const larger = new Uint8Array(Math.max(needed, writer.bytes.length * 2))
  larger.set(writer.bytes)
  writer.bytes = larger
}

/** Appends codes from the last to the first. `lengths` has the count of bits of each code. */
function writeCodes(
  writer: BitWriter,
  codes: Uint8Array,
  table: readonly number[],
  lengths: readonly number[],
): void {
  reserveBits(writer, codes.length * MAX_QUAD_CODE_BITS)
  const { bytes } = writer
  let { length, bits, pending } = writer
  for (let i = codes.length - 1; i >= 0; i--) {
    const code = codes[i]!
    const count = lengths[code]!
    bits = ((bits & 0xff) << count) | table[code]!
    pending += count
    if (pending >= 8) {
      pending -= 8
      bytes[length++] = bits >> pending
    }
  }
  writer.length = length
  writer.bits = bits
  writer.pending = pending
}

/** Appends up to 8 bits. */
function writeBits(writer: BitWriter, value: number, count: number): void {
  reserveBits(writer, 8)
  writer.bits = ((writer.bits & 0xff) << count) | value
  writer.pending += count
  if (writer.pending < 8) return
  writer.pending -= 8
  writer.bytes[writer.length++] = writer.bits >> writer.pending
}

/** Fills the last byte with zeros. */
function finishByte(writer: BitWriter): void {
  if (writer.pending > 0) writeBits(writer, 0, 8 - writer.pending)
}

function writeQuadrant(
  writer: BitWriter,
  words: Words,
  part: Quadrant,
  stride: number,
  planes: number,
): void {
  const quads = new Uint8Array(((part.rows + 1) >> 1) * ((part.cols + 1) >> 1))
  for (let plane = planes - 1; plane >= 0; plane--) {
    takePlane(words[plane < WORD_BITS ? 0 : 1], part, stride, plane % WORD_BITS, quads)
    const tree = treeQuads(quads, part)
    let bitCount = 0
    for (let i = 0; i < tree.length; i++) bitCount += QUAD_CODE_BITS[tree[i]!]!
    if (bitCount > quads.length * 4) {
      writeBits(writer, 0, 4)
      for (let i = 0; i < quads.length; i++) writeBits(writer, quads[i]!, 4)
      continue
    }
    writeBits(writer, 15, 4)
    // Leaves were collected first and are written last.
    writeCodes(writer, tree, QUAD_CODES, QUAD_CODE_BITS)
  }
}

/** The bits of one plane as quads: 8 is top left, 4 top right, 2 bottom left, 1 bottom right. */
function takePlane(
  words: Int32Array,
  part: Quadrant,
  stride: number,
  plane: number,
  quads: Uint8Array,
): void {
  const quadCols = (part.cols + 1) >> 1
  quads.fill(0)
  for (let row = 0; row < part.rows; row++) {
    const base = part.offset + row * stride
    const quadBase = (row >> 1) * quadCols
    const rowBit = (row & 1) === 0 ? 2 : 0
    for (let col = 0; col < part.cols; col++) {
      const bit = (words[base + col]! >> plane) & 1
      quads[quadBase + (col >> 1)]! |= bit << (rowBit + 1 - (col & 1))
    }
  }
}

/** All quads of the tree that are written: leaves that are not 0, then those of the levels above, then the root. */
function treeQuads(leaves: Uint8Array, part: Quadrant): Uint8Array {
  const levels = halvings(Math.max(part.rows, part.cols))
  const tree = new Uint8Array(leaves.length * 2 + levels + 1)
  let count = 0
  let quads = leaves
  let rows = (part.rows + 1) >> 1
  let cols = (part.cols + 1) >> 1
  for (let level = 1; level < levels; level++) {
    for (let i = 0; i < rows * cols; i++) if (quads[i] !== 0) tree[count++] = quads[i]!
    const parentCols = halved(part.cols, level + 1)
    const parents = new Uint8Array(halved(part.rows, level + 1) * parentCols)
    for (let row = 0; row < rows; row++) {
      const rowBit = (row & 1) === 0 ? 2 : 0
      for (let col = 0; col < cols; col++) {
        if (quads[row * cols + col] === 0) continue
        parents[(row >> 1) * parentCols + (col >> 1)]! |= 1 << (rowBit + 1 - (col & 1))
      }
    }
    quads = parents
    rows = halved(part.rows, level + 1)
    cols = parentCols
  }
  tree[count++] = quads[0] ?? 0
  return tree.subarray(0, count)
}
