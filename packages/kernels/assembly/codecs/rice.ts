// RICE_1 (FITS Standard 4.0, section 10.4.1). Eight bytes beyond the stream must be readable; they do not count.
import { CORRUPT, OK, TRUNCATED } from './status'

/** Decodes the first `count` pixels of a stream as int32. */
export function riceDecode(source: usize, size: i32, target: usize, count: i32, blockSize: i32, bytePix: i32): i32 {
  if (bytePix == 1) return decode(source, size, target, count, blockSize, 1, 3, 7)
  if (bytePix == 2) return decode(source, size, target, count, blockSize, 2, 4, 15)
  return decode(source, size, target, count, blockSize, 4, 5, 26)
}

function stored(value: i32, bytePix: i32): i32 {
  if (bytePix == 1) return value & 0xff
  if (bytePix == 2) return (value << 16) >> 16
  return value
}

function decode(
  source: usize,
  size: i32,
  target: usize,
  count: i32,
  blockSize: i32,
  bytePix: i32,
  codeBits: i32,
  rawCode: i32,
): i32 {
  if (count == 0) return OK
  if (size < bytePix) return TRUNCATED
  let last: i32 = 0
  for (let i = 0; i < bytePix; i++) last = (last << 8) | <i32>load<u8>(source + i)

  // Four bytes are taken at once, so up to 32 bits may be left when `from` is beyond the end.
  const end = source + size
  const last4 = end + 4
  const outEnd = target + ((<usize>count) << 2)
  const blockBytes = (<usize>max(1, min(blockSize, count))) << 2
  let from = source + bytePix
  let out = target
  // The next `have` bits, left aligned, with zeros behind; 33 or more after each refill.
  let window: u64 = 0
  let have: i32 = 0
  while (out < outEnd) {
    if (have <= 32) {
      if (from > last4) return TRUNCATED
      window |= (<u64>bswap<u32>(load<u32>(from))) << (32 - have)
      from += 4
      have += 32
    }
    const code = <i32>(window >> (64 - codeBits))
    window <<= codeBits
    have -= codeBits
    const blockEnd = min(outEnd, out + blockBytes)
    if (code == 0) {
      const value = stored(last, bytePix)
      for (; out < blockEnd; out += 4) store<i32>(out, value)
    } else if (code < rawCode) {
      const lowBits: u64 = code - 1
      const drop = 63 - lowBits
      for (; out < blockEnd; out += 4) {
        if (have <= 32) {
          if (from > last4) return TRUNCATED
          window |= (<u64>bswap<u32>(load<u32>(from))) << (32 - have)
          from += 4
          have += 32
        }
        let high = clz<u64>(window)
        const used = <i32>(high + lowBits) + 1
        let mapped: u32
        if (used <= have) {
          // The leading 1 and the low bits in one piece.
          window <<= high
          mapped = <u32>(((high - 1) << lowBits) + (window >> drop))
          window <<= lowBits + 1
          have -= used
        } else {
          // A long run of zeros, or few bits left: bit by bit where needed.
          high = 0
          while (window == 0) {
            high += have
            have = 32
            if (from > end) return TRUNCATED
            window = (<u64>bswap<u32>(load<u32>(from))) << 32
            from += 4
          }
          const more = clz<u64>(window)
          high += more
          window = (window << more) << 1
          have -= <i32>more + 1
          if (have < <i32>lowBits) {
            if (from > last4) return TRUNCATED
            window |= (<u64>bswap<u32>(load<u32>(from))) << (32 - have)
            from += 4
            have += 32
          }
          mapped = <u32>((high << lowBits) + ((window >> 1) >> drop))
          window <<= lowBits
          have -= <i32>lowBits
        }
        last += <i32>(mapped >> 1) ^ -<i32>(mapped & 1)
        store<i32>(out, stored(last, bytePix))
      }
    } else if (code == rawCode) {
      const pixelBits = bytePix << 3
      for (; out < blockEnd; out += 4) {
        if (have <= 32) {
          if (from > last4) return TRUNCATED
          window |= (<u64>bswap<u32>(load<u32>(from))) << (32 - have)
          from += 4
          have += 32
        }
        const mapped = <u32>(window >> (64 - pixelBits))
        window <<= pixelBits
        have -= pixelBits
        last += <i32>(mapped >> 1) ^ -<i32>(mapped & 1)
        store<i32>(out, stored(last, bytePix))
      }
    } else {
      return CORRUPT
    }
    if (((<i64>(from - source)) << 3) - have > (<i64>size) << 3) return TRUNCATED
  }
  return OK
}
