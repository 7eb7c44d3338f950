// PLIO_1 (FITS Standard 4.0, section 10.4.3).
import { CORRUPT, OK, TRUNCATED } from './status'

function word(source: usize, index: i32): i32 {
  return <i32>bswap<u16>(load<u16>(source + ((<usize>index) << 1)))
}

function fill(at: usize, value: i32, count: i32): void {
  const lanes = i32x4.splat(value)
  let i = 0
  for (; i <= count - 4; i += 4) v128.store(at + ((<usize>i) << 2), lanes)
  for (; i < count; i++) store<i32>(at + ((<usize>i) << 2), value)
}

/** Decodes a line list as int32; pixels after its last instruction are 0. */
export function plioDecode(source: usize, size: i32, target: usize, count: i32): i32 {
  const wordCount = size >> 1
  if (wordCount < 3) return TRUNCATED
  const third = word(source, 2)
  const isOld = third > 0 && third < 0x8000
  if (!isOld && wordCount < 5) return TRUNCATED
  const length: i64 = isOld ? <i64>third : (<i64>word(source, 4)) * 32768 + <i64>word(source, 3)
  if (length > <i64>wordCount) return TRUNCATED
  const first = isOld ? 3 : word(source, 1)

  memory.fill(target, 0, (<usize>count) << 2)
  let high: i32 = 1
  let at: i32 = 0
  for (let index = first; <i64>index < length; index++) {
    const instruction = word(source, index)
    const operation = instruction >> 12
    const data = instruction & 0xfff
    if (operation == 0) {
      at += data
    } else if (operation == 1) {
      index++
      if (<i64>index >= length) return TRUNCATED
      high = (word(source, index) << 12) + data
    } else if (operation == 2) {
      high += data
    } else if (operation == 3) {
      high -= data
    } else if (operation == 4) {
      if (data > count - at) return CORRUPT
      fill(target + ((<usize>at) << 2), high, data)
      at += data
    } else if (operation == 5) {
      at += data
      if (at > count) return CORRUPT
      if (data > 0) store<i32>(target + ((<usize>(at - 1)) << 2), high)
    } else if (operation == 6 || operation == 7) {
      high += operation == 6 ? data : -data
      if (at >= count) return CORRUPT
      store<i32>(target + ((<usize>at) << 2), high)
      at++
    } else {
      return CORRUPT
    }
    if (at > count) return CORRUPT
  }
  return OK
}
