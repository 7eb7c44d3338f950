// Big-endian FITS samples to float32 or float64 pixels: bzero + bscale * sample, an integer equal to blank gives NaN.
// Arithmetic is float64. Source and target must not overlap.
import { swap4, swap8, swapped4, swapped8 } from '../shared/swap'

function put<T>(target: usize, i: i32, value: f64): void {
  store<T>(target + <usize>i * sizeof<T>(), <T>value)
}

/** Stores four pixels that are given as two pairs of float64. */
function put4<T>(target: usize, i: i32, low: v128, high: v128): void {
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

/** Scales four integers of 32 bits; lanes equal to blank become NaN where `blanks` has all bits set. */
function put4Integers<T>(target: usize, i: i32, v: v128, scale: v128, zero: v128, blank: v128, blanks: v128): void {
  const nan = f64x2.splat(NaN)
  const isBlank = v128.and(i32x4.eq(v, blank), blanks)
  let low = f64x2.add(zero, f64x2.mul(scale, f64x2.convert_low_i32x4_s(v)))
  let high = f64x2.add(zero, f64x2.mul(scale, f64x2.convert_low_i32x4_s(v128.shuffle<i32>(v, v, 2, 3, 2, 3))))
  low = v128.bitselect(nan, low, v128.shuffle<i32>(isBlank, isBlank, 0, 0, 1, 1))
  high = v128.bitselect(nan, high, v128.shuffle<i32>(isBlank, isBlank, 2, 2, 3, 3))
  put4<T>(target, i, low, high)
}

function decodeU8<T>(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  const scale = f64x2.splat(bscale)
  const zero = f64x2.splat(bzero)
  const blankLanes = i32x4.splat(blank)
  const blanks = i32x4.splat(hasBlank != 0 ? -1 : 0)
  let i = 0
  for (; i <= count - 8; i += 8) {
    const words = i16x8.extend_low_i8x16_u(v128.load64_zero(source + i))
    put4Integers<T>(target, i, i32x4.extend_low_i16x8_u(words), scale, zero, blankLanes, blanks)
    put4Integers<T>(target, i + 4, i32x4.extend_high_i16x8_u(words), scale, zero, blankLanes, blanks)
  }
  for (; i < count; i++) {
    const sample = <i32>load<u8>(source + i)
    put<T>(target, i, hasBlank != 0 && sample == blank ? NaN : bzero + bscale * <f64>sample)
  }
}

function decodeI16<T>(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  const scale = f64x2.splat(bscale)
  const zero = f64x2.splat(bzero)
  const blankLanes = i32x4.splat(blank)
  const blanks = i32x4.splat(hasBlank != 0 ? -1 : 0)
  let i = 0
  for (; i <= count - 8; i += 8) {
    const raw = v128.load(source + ((<usize>i) << 1))
    const words = v128.shuffle<u8>(raw, raw, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
    put4Integers<T>(target, i, i32x4.extend_low_i16x8_s(words), scale, zero, blankLanes, blanks)
    put4Integers<T>(target, i + 4, i32x4.extend_high_i16x8_s(words), scale, zero, blankLanes, blanks)
  }
  for (; i < count; i++) {
    const sample = <i32>bswap<i16>(load<i16>(source + ((<usize>i) << 1)))
    put<T>(target, i, hasBlank != 0 && sample == blank ? NaN : bzero + bscale * <f64>sample)
  }
}

function decodeI32<T>(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  const scale = f64x2.splat(bscale)
  const zero = f64x2.splat(bzero)
  const blankLanes = i32x4.splat(blank)
  const blanks = i32x4.splat(hasBlank != 0 ? -1 : 0)
  let i = 0
  for (; i <= count - 4; i += 4) {
    const v = swapped4(v128.load(source + ((<usize>i) << 2)))
    put4Integers<T>(target, i, v, scale, zero, blankLanes, blanks)
  }
  for (; i < count; i++) {
    const sample = bswap<i32>(load<i32>(source + ((<usize>i) << 2)))
    put<T>(target, i, hasBlank != 0 && sample == blank ? NaN : bzero + bscale * <f64>sample)
  }
}

function decodeI64<T>(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i64): void {
  for (let i = 0; i < count; i++) {
    const sample = bswap<i64>(load<i64>(source + ((<usize>i) << 3)))
    put<T>(target, i, hasBlank != 0 && sample == blank ? NaN : bzero + bscale * <f64>sample)
  }
}

function decodeF32<T>(source: usize, target: usize, count: i32, bscale: f64, bzero: f64): void {
  const scale = f64x2.splat(bscale)
  const zero = f64x2.splat(bzero)
  let i = 0
  for (; i <= count - 4; i += 4) {
    const v = swapped4(v128.load(source + ((<usize>i) << 2)))
    const low = f64x2.promote_low_f32x4(v)
    const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3))
    put4<T>(target, i, f64x2.add(zero, f64x2.mul(scale, low)), f64x2.add(zero, f64x2.mul(scale, high)))
  }
  for (; i < count; i++) {
    const sample = reinterpret<f32>(bswap<u32>(load<u32>(source + ((<usize>i) << 2))))
    put<T>(target, i, bzero + bscale * <f64>sample)
  }
}

function decodeF64<T>(source: usize, target: usize, count: i32, bscale: f64, bzero: f64): void {
  const scale = f64x2.splat(bscale)
  const zero = f64x2.splat(bzero)
  let i = 0
  for (; i <= count - 4; i += 4) {
    const at = source + ((<usize>i) << 3)
    const low = f64x2.add(zero, f64x2.mul(scale, swapped8(v128.load(at))))
    const high = f64x2.add(zero, f64x2.mul(scale, swapped8(v128.load(at, 16))))
    put4<T>(target, i, low, high)
  }
  for (; i < count; i++) {
    const sample = reinterpret<f64>(bswap<u64>(load<u64>(source + ((<usize>i) << 3))))
    put<T>(target, i, bzero + bscale * sample)
  }
}

export function u8ToF32(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  decodeU8<f32>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function u8ToF64(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  decodeU8<f64>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function i16ToF32(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  decodeI16<f32>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function i16ToF64(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  decodeI16<f64>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function i32ToF32(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  decodeI32<f32>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function i32ToF64(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i32): void {
  decodeI32<f64>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function i64ToF32(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i64): void {
  decodeI64<f32>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function i64ToF64(source: usize, target: usize, count: i32, bscale: f64, bzero: f64, hasBlank: i32, blank: i64): void {
  decodeI64<f64>(source, target, count, bscale, bzero, hasBlank, blank)
}

export function f32ToF32(source: usize, target: usize, count: i32, bscale: f64, bzero: f64): void {
  if (bscale == 1 && bzero == 0) swap4(source, target, count)
  else decodeF32<f32>(source, target, count, bscale, bzero)
}

export function f32ToF64(source: usize, target: usize, count: i32, bscale: f64, bzero: f64): void {
  decodeF32<f64>(source, target, count, bscale, bzero)
}

export function f64ToF32(source: usize, target: usize, count: i32, bscale: f64, bzero: f64): void {
  decodeF64<f32>(source, target, count, bscale, bzero)
}

export function f64ToF64(source: usize, target: usize, count: i32, bscale: f64, bzero: f64): void {
  if (bscale == 1 && bzero == 0) swap8(source, target, count)
  else decodeF64<f64>(source, target, count, bscale, bzero)
}
