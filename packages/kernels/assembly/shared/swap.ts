// Byte order reversal of whole elements, in place or from one block to another that does not overlap it. Four vectors a turn:
// 1.45 ms instead of 2.4 ms for 64 MB in the cache.

/** Reverses the bytes of `count` elements of 2 bytes. */
export function swap2(source: usize, target: usize, count: i32): void {
  let i = 0
  for (; i <= count - 32; i += 32) {
    const at = (<usize>i) << 1
    const a = v128.load(source + at)
    const b = v128.load(source + at, 16)
    const c = v128.load(source + at, 32)
    const d = v128.load(source + at, 48)
    v128.store(target + at, swapped2(a))
    v128.store(target + at, swapped2(b), 16)
    v128.store(target + at, swapped2(c), 32)
    v128.store(target + at, swapped2(d), 48)
  }
  for (; i <= count - 8; i += 8) {
    const at = (<usize>i) << 1
    v128.store(target + at, swapped2(v128.load(source + at)))
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 1
    store<u16>(target + at, bswap<u16>(load<u16>(source + at)))
  }
}

/** Reverses the bytes of `count` elements of 4 bytes. */
export function swap4(source: usize, target: usize, count: i32): void {
  let i = 0
  for (; i <= count - 16; i += 16) {
    const at = (<usize>i) << 2
    const a = v128.load(source + at)
    const b = v128.load(source + at, 16)
    const c = v128.load(source + at, 32)
    const d = v128.load(source + at, 48)
    v128.store(target + at, swapped4(a))
    v128.store(target + at, swapped4(b), 16)
    v128.store(target + at, swapped4(c), 32)
    v128.store(target + at, swapped4(d), 48)
  }
  for (; i <= count - 4; i += 4) {
    const at = (<usize>i) << 2
    v128.store(target + at, swapped4(v128.load(source + at)))
  }
  for (; i < count; i++) {
    const at = (<usize>i) << 2
    store<u32>(target + at, bswap<u32>(load<u32>(source + at)))
  }
}

/** Reverses the bytes of `count` elements of 8 bytes. */
export function swap8(source: usize, target: usize, count: i32): void {
  let i = 0
  for (; i <= count - 8; i += 8) {
    const at = (<usize>i) << 3
    const a = v128.load(source + at)
    const b = v128.load(source + at, 16)
    const c = v128.load(source + at, 32)
    const d = v128.load(source + at, 48)
    v128.store(target + at, swapped8(a))
    v128.store(target + at, swapped8(b), 16)
    v128.store(target + at, swapped8(c), 32)
    v128.store(target + at, swapped8(d), 48)
  }
  for (; i <= count - 2; i += 2) {
    const at = (<usize>i) << 3
    v128.store(target + at, swapped8(v128.load(source + at)))
  }
  if (i < count) {
    const at = (<usize>i) << 3
    store<u64>(target + at, bswap<u64>(load<u64>(source + at)))
  }
}

function swapped2(v: v128): v128 {
  return v128.shuffle<u8>(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
}

export function swapped4(v: v128): v128 {
  return v128.shuffle<u8>(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
}

export function swapped8(v: v128): v128 {
  return v128.shuffle<u8>(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8)
}
