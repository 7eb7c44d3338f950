/** First two bytes of an HCOMPRESS stream. */
export const HCOMPRESS_MAGIC = 0xdd99
/** Bytes before the coded bit planes: magic, two sizes, scale, sum (8 bytes) and three counts of planes. */
export const HCOMPRESS_HEADER_BYTES = 25
/**
 * Most bit planes, and bits of the sum, that are decoded: all arithmetic stays exact in float64. An image of 32-bit
 * pixels, 65536 on a side, needs 49.
 */
export const HCOMPRESS_MAX_BITS = 49

/** A quarter of the transformed image, coded on its own. */
export interface Quadrant {
  /** Index of its first coefficient. */
  readonly offset: number
  readonly rows: number
  readonly cols: number
  /** Which of the three plane counts of the header it uses. */
  readonly planesIndex: 0 | 1 | 2
}

/** The four quadrants of an image in the order in which they are coded; sums first, then the three differences. */
export function quadrants(rows: number, cols: number): readonly Quadrant[] {
  const topRows = (rows + 1) >> 1
  const leftCols = (cols + 1) >> 1
  return [
    { offset: 0, rows: topRows, cols: leftCols, planesIndex: 0 },
    { offset: leftCols, rows: topRows, cols: cols >> 1, planesIndex: 1 },
    { offset: cols * topRows, rows: rows >> 1, cols: leftCols, planesIndex: 1 },
    { offset: cols * topRows + leftCols, rows: rows >> 1, cols: cols >> 1, planesIndex: 2 },
  ]
}

/** How often a length must be halved, rounding up, until 1 is left. */
export function halvings(length: number): number {
  return length <= 1 ? 0 : 32 - Math.clz32(length - 1)
}

/** `length` halved `times` times, rounding up; at least 1. */
export function halved(length: number, times: number): number {
  return Math.max(1, Math.ceil(length / 2 ** times))
}

/**
 * Huffman code of each 4-bit quad, and its length in bits. Quads with one bit set are the commonest.
 *
 * Source: White, Postman & Lattanzi 1992, in Digitised Optical Sky Surveys, p. 167; FITS Standard 4.0, section 10.4.4.
 */
export const QUAD_CODES: readonly number[] = [
  0x3e, 0x00, 0x01, 0x08, 0x02, 0x09, 0x1a, 0x1b, 0x03, 0x1c, 0x0a, 0x1d, 0x0b, 0x1e, 0x3f, 0x0c,
]
/** Lengths of {@link QUAD_CODES}. */
export const QUAD_CODE_BITS: readonly number[] = [6, 3, 3, 4, 3, 4, 5, 5, 3, 5, 4, 5, 4, 5, 6, 4]
/** Longest Huffman code. */
export const MAX_QUAD_CODE_BITS = 6
