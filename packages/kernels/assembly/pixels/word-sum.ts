// The sum that DATASUM is made of: 64-bit sums of 32-bit words, folded at the end.

export function wordSum(at: usize, wordCount: i32): f64 {
  const end = at + (<usize>wordCount << 2)
  let even = i64x2.splat(0)
  let odd = even
  // Each lane takes a word of every four: 2^32 of them fit.
  for (; at + 32 <= end; at += 32) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    even = i64x2.add(even, i64x2.add(i64x2.extend_low_i32x4_u(a), i64x2.extend_low_i32x4_u(b)))
    odd = i64x2.add(odd, i64x2.add(i64x2.extend_high_i32x4_u(a), i64x2.extend_high_i32x4_u(b)))
  }
  const both = i64x2.add(even, odd)
  let sum: u64 = i64x2.extract_lane(both, 0) + i64x2.extract_lane(both, 1)
  for (; at < end; at += 4) sum += <u64>load<u32>(at)
  while (sum >> 32 != 0) sum = (sum & 0xffffffff) + (sum >> 32)
  return <f64>sum
}
