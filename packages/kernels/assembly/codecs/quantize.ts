// Quantized floats (FITS Standard 4.0, section 10.2) and integers as they are stored in files.

const DITHER_COUNT: i32 = 10000
const QUANTIZED_ZERO: i32 = -2147483646
const random: usize = memory.data(DITHER_COUNT * 4, 16)
let hasRandom: bool = false

/** The standard sequence: Park & Miller's minimal standard generator with seed 1. */
function fillRandom(): void {
  let seed: i64 = 1
  for (let i = 0; i < DITHER_COUNT; i++) {
    seed = (seed * 16807) % 2147483647
    store<f32>(random + ((<usize>i) << 2), <f32>(<f64>seed / 2147483647.0))
  }
  hasRandom = true
}

/** Number in the sequence with which the walk for a seed begins. */
function offsetOf(seed: i32): i32 {
  return <i32>(load<f32>(random + ((<usize>seed) << 2)) * <f32>500)
}

/** Values `first` to `count - 1` of a tile; those before stay as they are. */
export function dequantizeF32(
  source: usize,
  target: usize,
  first: i32,
  count: i32,
  scale: f64,
  zero: f64,
  dithering: i32,
  seed: i32,
  hasBlank: i32,
  blank: i32,
): void {
  dequantize<f32>(source, target, first, count, scale, zero, dithering, seed, hasBlank, blank)
}

/** As `dequantizeF32`, in double precision. */
export function dequantizeF64(
  source: usize,
  target: usize,
  first: i32,
  count: i32,
  scale: f64,
  zero: f64,
  dithering: i32,
  seed: i32,
  hasBlank: i32,
  blank: i32,
): void {
  dequantize<f64>(source, target, first, count, scale, zero, dithering, seed, hasBlank, blank)
}

function dequantize<T>(
  source: usize,
  target: usize,
  first: i32,
  count: i32,
  scale: f64,
  zero: f64,
  dithering: i32,
  seed: i32,
  hasBlank: i32,
  blank: i32,
): void {
  if (dithering == 0) {
    const start = <usize>first
    run<T>(source + (start << 2), target + start * sizeof<T>(), count - first, 0, scale, zero, 0, hasBlank, blank)
    return
  }
  if (!hasRandom) fillRandom()
  let walk = seed
  let next = offsetOf(walk)
  for (let i = 0; i < count; ) {
    const length = min(count - i, DITHER_COUNT - next)
    const skipped = min(length, max(0, first - i))
    const start = <usize>(i + skipped)
    run<T>(
      source + (start << 2),
      target + start * sizeof<T>(),
      length - skipped,
      random + ((<usize>(next + skipped)) << 2),
      scale,
      zero,
      dithering,
      hasBlank,
      blank,
    )
    i += length
    walk = walk + 1 == DITHER_COUNT ? 0 : walk + 1
    next = offsetOf(walk)
  }
}

/** `count` values with numbers that follow each other in the sequence. */
function run<T>(
  source: usize,
  target: usize,
  count: i32,
  numbers: usize,
  scale: f64,
  zero: f64,
  dithering: i32,
  hasBlank: i32,
  blank: i32,
): void {
  const scales = f64x2.splat(scale)
  const zeros = f64x2.splat(zero)
  const half = f64x2.splat(0.5)
  const nan = f64x2.splat(NaN)
  const blanks = i32x4.splat(blank)
  const blankMask = i32x4.splat(hasBlank != 0 ? -1 : 0)
  const exactZeros = i32x4.splat(QUANTIZED_ZERO)
  const zeroMask = i32x4.splat(dithering == 2 ? -1 : 0)
  let i = 0
  for (; i <= count - 4; i += 4) {
    const v = v128.load(source + ((<usize>i) << 2))
    let low = f64x2.convert_low_i32x4_s(v)
    let high = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(v, v, 2, 3, 2, 3))
    if (dithering != 0) {
      const r = v128.load(numbers + ((<usize>i) << 2))
      low = f64x2.add(f64x2.sub(low, f64x2.promote_low_f32x4(r)), half)
      high = f64x2.add(f64x2.sub(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(r, r, 2, 3, 2, 3))), half)
    }
    low = f64x2.add(f64x2.mul(low, scales), zeros)
    high = f64x2.add(f64x2.mul(high, scales), zeros)
    const isZero = v128.and(i32x4.eq(v, exactZeros), zeroMask)
    const isBlank = v128.and(i32x4.eq(v, blanks), blankMask)
    if (v128.any_true(v128.or(isZero, isBlank))) {
      low = v128.andnot(low, v128.shuffle<i32>(isZero, isZero, 0, 0, 1, 1))
      high = v128.andnot(high, v128.shuffle<i32>(isZero, isZero, 2, 2, 3, 3))
      low = v128.bitselect(nan, low, v128.shuffle<i32>(isBlank, isBlank, 0, 0, 1, 1))
      high = v128.bitselect(nan, high, v128.shuffle<i32>(isBlank, isBlank, 2, 2, 3, 3))
    }
    const at = target + <usize>i * sizeof<T>()
    if (sizeof<T>() == 4) {
      const a = f32x4.demote_f64x2_zero(low)
      const b = f32x4.demote_f64x2_zero(high)
      v128.store(at, v128.shuffle<f32>(a, b, 0, 1, 4, 5))
    } else {
      v128.store(at, low)
      v128.store(at, high, 16)
    }
  }
  for (; i < count; i++) {
    const v = load<i32>(source + ((<usize>i) << 2))
    let value: f64 = <f64>v
    if (dithering != 0) value = value - <f64>load<f32>(numbers + ((<usize>i) << 2)) + 0.5
    value = value * scale + zero
    if (dithering == 2 && v == QUANTIZED_ZERO) value = 0
    if (hasBlank != 0 && v == blank) value = NaN
    store<T>(target + <usize>i * sizeof<T>(), <T>value)
  }
}

/** Big-endian integers of 1 (unsigned), 2, 4 or 8 bytes; values beyond the range become its ends. */
export function storeIntegers(source: usize, target: usize, count: i32, elementBytes: i32): void {
  let i = 0
  if (elementBytes == 1) {
    for (; i <= count - 8; i += 8) {
      const at = source + ((<usize>i) << 2)
      const words = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16))
      v128.store64_lane(target + i, i8x16.narrow_i16x8_u(words, words), 0)
    }
    for (; i < count; i++) {
      store<u8>(target + i, <u8>max(0, min(255, load<i32>(source + ((<usize>i) << 2)))))
    }
  } else if (elementBytes == 2) {
    for (; i <= count - 8; i += 8) {
      const at = source + ((<usize>i) << 2)
      const words = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16))
      v128.store(
        target + ((<usize>i) << 1),
        v128.shuffle<u8>(words, words, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14),
      )
    }
    for (; i < count; i++) {
      const value = max(-32768, min(32767, load<i32>(source + ((<usize>i) << 2))))
      store<u16>(target + ((<usize>i) << 1), bswap<u16>(<u16>value))
    }
  } else if (elementBytes == 4) {
    for (; i < count; i++) {
      store<i32>(target + ((<usize>i) << 2), bswap<i32>(load<i32>(source + ((<usize>i) << 2))))
    }
  } else {
    for (; i < count; i++) {
      store<i64>(target + ((<usize>i) << 3), bswap<i64>(<i64>load<i32>(source + ((<usize>i) << 2))))
    }
  }
}
