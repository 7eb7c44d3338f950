import type { CodecStatus } from '../codec-status.ts'
import { type RiceBytePix, riceLayout } from './rice-layout.ts'

/** How a Rice stream was made; both numbers come from the header (`ZNAMEi`, `ZVALi`) and are not in the stream. */
export interface RiceDecoding {
  /** Pixels that share one bit count: `BLOCKSIZE`, at least 1. */
  readonly blockSize: number
  /** Bytes of one pixel before compression: `BYTEPIX`. */
  readonly bytePix: RiceBytePix
}

/**
 * Decodes the first `out.length` pixels of a RICE_1 stream into `out`. Asking for fewer pixels than were
 * encoded is allowed and cheaper.
 *
 * Pixels of one byte come out as 0 to 255, of two bytes as -32768 to 32767, of four as any int32.
 *
 * Source: FITS Standard 4.0, section 10.4.1; White & Becker 1998 (Rice coding of differences of neighbours).
 */
export function decodeRice(encoded: Uint8Array, decoding: RiceDecoding, out: Int32Array): CodecStatus {
  const { blockSize, bytePix } = decoding
  const { codeBits, rawCode, pixelBits } = riceLayout(bytePix)
  const count = out.length
  const size = encoded.length
  if (count === 0) return 'ok'
  if (size < bytePix) return 'truncated'

  const wrap = 32 - pixelBits
  let last = 0
  for (let i = 0; i < bytePix; i++) last = (last << 8) | encoded[i]!

  // `window` holds the next `have` bits, left aligned; 0 follows the end of the stream.
  let pos: number = bytePix
  let window = 0
  let have = 0
  let done = 0
  while (done < count) {
    while (have <= 16) {
      window |= (pos < size ? encoded[pos]! : 0) << (24 - have)
      pos++
      have += 8
    }
    const code = window >>> (32 - codeBits)
    window <<= codeBits
    have -= codeBits
    const blockEnd = Math.min(count, done + blockSize)
    if (code === 0) {
      out.fill((last << wrap) >> wrap, done, blockEnd)
      done = blockEnd
    } else if (code === rawCode) {
      for (; done < blockEnd; done++) {
        let mapped = 0
        for (let left = pixelBits; left > 0; left -= 8) {
          while (have <= 16) {
            window |= (pos < size ? encoded[pos]! : 0) << (24 - have)
            pos++
            have += 8
          }
          mapped = (mapped << 8) | (window >>> 24)
          window <<= 8
          have -= 8
        }
        last = (last + ((mapped >>> 1) ^ -(mapped & 1))) | 0
        out[done] = (last << wrap) >> wrap
      }
    } else if (code < rawCode) {
      const lowBits = code - 1
      for (; done < blockEnd; done++) {
        while (have <= 16) {
          window |= (pos < size ? encoded[pos]! : 0) << (24 - have)
          pos++
          have += 8
        }
        let high = Math.clz32(window)
        if (high >= have) {
          // A long run of zeros: go on byte by byte, never past the end.
          high = have
          for (;;) {
            if (pos >= size) return 'truncated'
            const byte = encoded[pos++]!
            const zeros = Math.clz32(byte) - 24
            high += zeros
            if (zeros < 8) {
              have = 7 - zeros
              // Two shifts: one by 32 would do nothing when the set bit is the last of the byte.
              window = (byte << (24 + zeros)) << 1
              break
            }
          }
        } else {
          window <<= high + 1
          have -= high + 1
        }
        let mapped = high << lowBits
        if (lowBits > 0) {
          let left = lowBits
          while (have < left) {
            // Only for more bits than the window has: take what is there first.
            if (have > 16) {
              mapped |= (window >>> (32 - have)) << (left - have)
              left -= have
              window = 0
              have = 0
            }
            window |= (pos < size ? encoded[pos]! : 0) << (24 - have)
            pos++
            have += 8
          }
          mapped |= window >>> (32 - left)
          window <<= left
          have -= left
        }
        last = (last + ((mapped >>> 1) ^ -(mapped & 1))) | 0
        out[done] = (last << wrap) >> wrap
      }
    } else {
      return 'corrupt'
    }
    if (pos * 8 - have > size * 8) return 'truncated'
  }
  if (bytePix === 1) for (let i = 0; i < count; i++) out[i]! &= 0xff
  return 'ok'
}
