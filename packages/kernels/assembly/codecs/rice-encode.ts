// RICE_1 (FITS Standard 4.0, section 10.4.1), the other way round.

/** Bits that wait to be written, in the low end of `bits`: fewer than 32 between two calls. */
let bits: u64 = 0
let pending: i32 = 0
let to: usize = 0

/** Writes up to 32 bits. */
function put(value: u64, count: i32): void {
  bits = (bits << count) | value
  pending += count
  if (pending >= 32) {
    pending -= 32
    store<u32>(to, bswap<u32>(<u32>(bits >> pending)))
    to += 4
  }
}

function mappedDifference(value: i32, last: i32, wrap: i32): u32 {
  const difference = ((value - last) << wrap) >> wrap
  return <u32>((difference << 1) ^ (difference >> 31))
}

/** Encodes `count` int32; gives the length of the stream. The target needs `riceStreamBytes(count, blockSize, bytePix)`. */
export function riceEncode(source: usize, target: usize, count: i32, blockSize: i32, bytePix: i32): i32 {
  if (count == 0) return 0
  if (bytePix == 1) return encode(source, target, count, blockSize, 8, 3, 7)
  if (bytePix == 2) return encode(source, target, count, blockSize, 16, 4, 15)
  return encode(source, target, count, blockSize, 32, 5, 26)
}

function encode(
  source: usize,
  target: usize,
  count: i32,
  blockSize: i32,
  pixelBits: i32,
  codeBits: i32,
  rawCode: i32,
): i32 {
  const wrap = 32 - pixelBits
  bits = 0
  pending = 0
  to = target
  const first = load<i32>(source)
  put((<u64>(<u32>first << wrap)) >> wrap, pixelBits)
  let last = first
  for (let start = 0; start < count; start += blockSize) {
    const length = min(blockSize, count - start)
    const from = source + ((<usize>start) << 2)
    let sum: f64 = 0
    let previous = last
    for (let i = 0; i < length; i++) {
      const value = load<i32>(from + ((<usize>i) << 2))
      sum += <f64>mappedDifference(value, previous, wrap)
      previous = value
    }
    if (sum == 0) {
      put(0, codeBits)
      last = previous
      continue
    }
    const lowBits = lowBitCount(sum, length)
    if (lowBits + 1 >= rawCode || isLongerThanRaw(from, length, last, wrap, lowBits, pixelBits)) {
      put(rawCode, codeBits)
      for (let i = 0; i < length; i++) {
        const value = load<i32>(from + ((<usize>i) << 2))
        put(<u64>mappedDifference(value, last, wrap), pixelBits)
        last = value
      }
    } else {
      put(lowBits + 1, codeBits)
      const mark: u32 = 1 << lowBits
      for (let i = 0; i < length; i++) {
        const value = load<i32>(from + ((<usize>i) << 2))
        const mapped = mappedDifference(value, last, wrap)
        last = value
        let zeros = <i32>(mapped >> lowBits)
        while (zeros + lowBits >= 32) {
          const some = min(zeros, 16)
          put(0, some)
          zeros -= some
        }
        put(<u64>(mark | (mapped & (mark - 1))), zeros + 1 + lowBits)
      }
    }
  }
  for (; pending > 0; pending -= 8) {
    store<u8>(to, <u8>(pending >= 8 ? bits >> (pending - 8) : bits << (8 - pending)))
    to++
  }
  return <i32>(to - target)
}

/** As in the plain twin: the largest count of low bits whose unary parts are still about one bit long on average. */
function lowBitCount(sum: f64, length: i32): i32 {
  const mean = (sum - <f64>(length >> 1) - 1) / <f64>length
  if (mean < 2) return 0
  return 31 - clz<i32>(<i32>(<u32>mean))
}

function isLongerThanRaw(from: usize, length: i32, last: i32, wrap: i32, lowBits: i32, pixelBits: i32): bool {
  let bitCount = <i64>length * (lowBits + 1)
  let previous = last
  for (let i = 0; i < length; i++) {
    const value = load<i32>(from + ((<usize>i) << 2))
    bitCount += <i64>(mappedDifference(value, previous, wrap) >> lowBits)
    previous = value
  }
  return bitCount > <i64>length * pixelBits
}
