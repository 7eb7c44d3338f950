import type { RiceDecoding } from './rice-decode.ts'
import { riceLayout } from './rice-layout.ts'

/**
 * A RICE_1 stream of the pixels. Lossless for values that fit `bytePix` bytes; higher bits are cut off.
 *
 * Source: FITS Standard 4.0, section 10.4.1. The count of low bits of a block follows from the mean of its
 * mapped differences (Pence, White & Seaman 2010, PASP 122, 1065, section 2), so the stream is close to the shortest.
 */
export function encodePlainRice(pixels: Int32Array, encoding: RiceDecoding): Uint8Array {
  const { blockSize, bytePix } = encoding
  const { codeBits, rawCode, pixelBits } = riceLayout(bytePix)
  const count = pixels.length
  const wrap = 32 - pixelBits
  const out = new Uint8Array(riceStreamBytes(count, encoding))
  if (count === 0) return out.subarray(0, 0)

  let pos = 0
  for (let shift = pixelBits - 8; shift >= 0; shift -= 8) out[pos++] = pixels[0]! >>> shift

  // `pending` bits wait in the low end of `bits`; never more than 7 between two writes.
  let bits = 0
  let pending = 0
  const mapped = new Uint32Array(Math.min(blockSize, count))
  let last = pixels[0]!
  for (let start = 0; start < count; start += blockSize) {
    const length = Math.min(blockSize, count - start)
    let sum = 0
    for (let i = 0; i < length; i++) {
      const value = pixels[start + i]!
      const difference = ((value - last) << wrap) >> wrap
      const code = ((difference << 1) ^ (difference >> 31)) >>> 0
      mapped[i] = code
      sum += code
      last = value
    }
    const lowBits = lowBitCount(sum, length)
    const isRaw = lowBits + 1 >= rawCode || (sum > 0 && isLongerThanRaw(mapped, length, lowBits, pixelBits))
    const code = sum === 0 ? 0 : isRaw ? rawCode : lowBits + 1

    bits = (bits << codeBits) | code
    pending += codeBits
    while (pending >= 8) {
      pending -= 8
      out[pos++] = bits >>> pending
    }
    if (code === 0) continue
    const width = isRaw ? pixelBits : lowBits
    for (let i = 0; i < length; i++) {
      const value = mapped[i]!
      if (!isRaw) {
        let zeros = value >>> lowBits
        for (; zeros >= 8; zeros -= 8) {
          bits = (bits & 0xff) << 8
          out[pos++] = bits >>> pending
        }
        bits = (bits << (zeros + 1)) | 1
        pending += zeros + 1
        while (pending >= 8) {
          pending -= 8
          out[pos++] = bits >>> pending
        }
      }
      for (let left = width; left > 0; ) {
        const take = Math.min(8, left)
        left -= take
        bits = ((bits & 0xff) << take) | ((value >>> left) & ((1 << take) - 1))
        pending += take
        if (pending >= 8) {
          pending -= 8
          out[pos++] = bits >>> pending
        }
      }
    }
  }
  if (pending > 0) out[pos++] = bits << (8 - pending)
  return out.slice(0, pos)
}

/** Bytes that a stream of so many pixels can have at most, with room for a writer of whole words. */
export function riceStreamBytes(count: number, { blockSize, bytePix }: RiceDecoding): number {
  const { codeBits, pixelBits } = riceLayout(bytePix)
  // A block is never longer than its code and its plain differences.
  return bytePix + Math.ceil((Math.ceil(count / blockSize) * codeBits + count * pixelBits) / 8) + 8
}

/** The largest count of low bits whose unary parts are still about one bit long on average. */
function lowBitCount(sum: number, length: number): number {
  const mean = (sum - (length >> 1) - 1) / length
  if (mean < 2) return 0
  return Math.min(31, Math.floor(Math.log2(mean)))
}

function isLongerThanRaw(mapped: Uint32Array, length: number, lowBits: number, pixelBits: number): boolean {
  let bitCount = length * (lowBits + 1)
  for (let i = 0; i < length; i++) bitCount += mapped[i]! >>> lowBits
  return bitCount > length * pixelBits
}
