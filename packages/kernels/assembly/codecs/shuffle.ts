// Byte order of GZIP_2 (FITS Standard 4.0, section 10.4.2).

/** Puts the bytes of `count` elements together again: first bytes come first, then second bytes and so on. */
export function unshuffle(source: usize, target: usize, count: i32, elementBytes: i32): void {
  if (elementBytes == 2) unshuffle2(source, target, count)
  else if (elementBytes == 4) unshuffle4(source, target, count)
  else {
    for (let byte = 0; byte < elementBytes; byte++) {
      let from = source + <usize>byte * <usize>count
      let to = target + byte
      for (let i = 0; i < count; i++) {
        store<u8>(to, load<u8>(from))
        from++
        to += elementBytes
      }
    }
  }
}

function unshuffle2(source: usize, target: usize, count: i32): void {
  let i = 0
  for (; i <= count - 16; i += 16) {
    const a = v128.load(source + i)
    const b = v128.load(source + count + i)
    const at = target + ((<usize>i) << 1)
    v128.store(at, v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
    v128.store(at, v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16)
  }
  for (; i < count; i++) {
    const at = target + ((<usize>i) << 1)
    store<u8>(at, load<u8>(source + i))
    store<u8>(at, load<u8>(source + count + i), 1)
  }
}

function unshuffle4(source: usize, target: usize, count: i32): void {
  const second = source + count
  const third = second + count
  const fourth = third + count
  let i = 0
  for (; i <= count - 16; i += 16) {
    const a = v128.load(source + i)
    const b = v128.load(second + i)
    const c = v128.load(third + i)
    const d = v128.load(fourth + i)
    const abLow = v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    const abHigh = v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    const cdLow = v128.shuffle<u8>(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
    const cdHigh = v128.shuffle<u8>(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
    const at = target + ((<usize>i) << 2)
    v128.store(at, v128.shuffle<u16>(abLow, cdLow, 0, 8, 1, 9, 2, 10, 3, 11))
    v128.store(at, v128.shuffle<u16>(abLow, cdLow, 4, 12, 5, 13, 6, 14, 7, 15), 16)
    v128.store(at, v128.shuffle<u16>(abHigh, cdHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32)
    v128.store(at, v128.shuffle<u16>(abHigh, cdHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48)
  }
  for (; i < count; i++) {
    const at = target + ((<usize>i) << 2)
    store<u8>(at, load<u8>(source + i))
    store<u8>(at, load<u8>(second + i), 1)
    store<u8>(at, load<u8>(third + i), 2)
    store<u8>(at, load<u8>(fourth + i), 3)
  }
}
