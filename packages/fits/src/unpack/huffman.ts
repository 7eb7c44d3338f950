import type { BitReader } from './bit-reader.ts'

/** Reads the next symbol of a Huffman code; -1 when the bits are none. */
export type HuffmanDecoder = (bits: BitReader) => number

const MAX_LENGTH = 20

/** The canonical code with these lengths: shorter codes first, equal lengths in the order of the symbols. */
export function huffmanDecoder(lengths: Uint8Array): HuffmanDecoder {
  const counts = new Uint32Array(MAX_LENGTH + 2)
  for (const length of lengths) counts[length]!++
  const firstSymbol = new Uint32Array(MAX_LENGTH + 2)
  for (let length = 1; length <= MAX_LENGTH; length++)
    firstSymbol[length + 1] = firstSymbol[length]! + counts[length]!
  const symbols = new Uint16Array(lengths.length)
  const places = firstSymbol.slice()
  lengths.forEach((length, symbol) => {
    symbols[places[length]!++] = symbol
  })
  return (bits) => {
    let code = 0
    let firstCode = 0
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code = (code << 1) | bits.read(1)
      const count = counts[length]!
      if (code - firstCode < count) return symbols[firstSymbol[length]! + code - firstCode]!
      firstCode = (firstCode + count) << 1
    }
    return -1
  }
}
