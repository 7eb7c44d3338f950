/** The bits of the low half of a number with a zero above each. */
export function spreadBits(half: number): number {
  let v = half & 0xffff
  v = (v | (v << 8)) & 0x00ff00ff
  v = (v | (v << 4)) & 0x0f0f0f0f
  v = (v | (v << 2)) & 0x33333333
  return (v | (v << 1)) & 0x55555555
}

/** Every second bit of a number, from the lowest on, closed up into a half. */
export function gatherBits(word: number): number {
  let v = word & 0x55555555
  v = (v | (v >>> 1)) & 0x33333333
  v = (v | (v >>> 2)) & 0x0f0f0f0f
  v = (v | (v >>> 4)) & 0x00ff00ff
  return (v | (v >>> 8)) & 0xffff
}

/** Low 32 bits of x and y interleaved, x in the even bits. */
export function interleaveLow(x: number, y: number): number {
  return (spreadBits(x) | (spreadBits(y) << 1)) >>> 0
}

/** Bits from 32 up of x and y (below 2^30) interleaved. */
export function interleaveHigh(x: number, y: number): number {
  return spreadBits(x >>> 16) | (spreadBits(y >>> 16) << 1)
}
