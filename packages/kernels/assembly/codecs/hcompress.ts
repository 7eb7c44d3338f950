// HCOMPRESS_1 (FITS Standard 4.0, section 10.4.4; White, Postman & Lattanzi 1992). The stream must be followed by
// eight readable bytes. Coefficients are int32 where they are certain to fit and int64 elsewhere.
import { CORRUPT, OK, TRUNCATED } from './status'

const MAGIC: i32 = 0xdd99
const HEADER_BYTES: i32 = 25
/** Largest coefficient that is decoded: the plain twin is exact up to there. */
const MAX_BITS: f64 = 562949953421312 // 2^49
/** Below these all intermediate numbers fit an int32: with and without smoothing. */
const MAX_NARROW: f64 = 134217728 // 2^27
const MAX_NARROW_SMOOTH: f64 = 4194304 // 2^22

/** Next bit of the stream that is being read, and the bit after its last one. */
let bit: i64 = 0
let endBit: i64 = 0
let stream: usize = 0

/** For each 6 bits: value * 8 + length of the Huffman code that they begin with. */
const quadTable: usize = memory.data<u8>([
  11, 11, 11, 11, 11, 11, 11, 11, 19, 19, 19, 19, 19, 19, 19, 19,
  35, 35, 35, 35, 35, 35, 35, 35, 67, 67, 67, 67, 67, 67, 67, 67,
  28, 28, 28, 28, 44, 44, 44, 44, 84, 84, 84, 84, 100, 100, 100, 100,
  124, 124, 124, 124, 53, 53, 61, 61, 77, 77, 93, 93, 109, 109, 6, 118,
])

function peek(at: i64): u32 {
  return bswap<u32>(load<u32>(stream + <usize>(at >> 3))) << <u32>(at & 7)
}

function halved(length: i32, times: i32): i32 {
  return max(1, (length + (1 << times) - 1) >> times)
}

function halvings(length: i32): i32 {
  return length <= 1 ? 0 : 32 - clz<i32>(length - 1)
}

/** Bytes of working memory for a tile of `count` pixels. */
export function hcompressScratchBytes(count: i32): f64 {
  // Coefficients and two sets of sums of 8 bytes, two sets of quads.
  return <f64>count * 26 + 64
}

/**
 * Decodes an image of `count` pixels as int32.
 *
 * @param scratch `hcompressScratchBytes(count)` bytes, a multiple of 16
 */
export function hcompressDecode(
  source: usize,
  size: i32,
  target: usize,
  count: i32,
  isSmoothed: i32,
  scratch: usize,
): i32 {
  if (size < HEADER_BYTES) return TRUNCATED
  const rows = bswap<i32>(load<i32>(source, 2))
  const cols = bswap<i32>(load<i32>(source, 6))
  const scale = max(1, bswap<i32>(load<i32>(source, 10)))
  const sum = <i64>bswap<u64>(load<u64>(source, 14))
  if (<i32>bswap<u16>(load<u16>(source)) != MAGIC || rows < 1 || cols < 1) return CORRUPT
  if (<i64>rows * <i64>cols != <i64>count) return CORRUPT
  const planes = max(<i32>load<u8>(source, 22), max(<i32>load<u8>(source, 23), <i32>load<u8>(source, 24)))
  if (planes > 50) return CORRUPT
  const largest = max(<f64>(<u64>1 << planes), abs(<f64>sum)) * <f64>scale
  if (largest > MAX_BITS) return CORRUPT
  if (largest <= (isSmoothed != 0 ? MAX_NARROW_SMOOTH : MAX_NARROW)) {
    return decode<i32>(source, size, target, rows, cols, scale, <i32>sum, isSmoothed, scratch)
  }
  return decode<i64>(source, size, target, rows, cols, scale, sum, isSmoothed, scratch)
}

function decode<T>(
  source: usize,
  size: i32,
  target: usize,
  rows: i32,
  cols: i32,
  scale: i32,
  sum: T,
  isSmoothed: i32,
  scratch: usize,
): i32 {
  const count = rows * cols
  const room = <usize>count * sizeof<T>()
  const quads = scratch + 3 * room
  const spare = quads + (((<usize>count + 3) >> 1) & ~(<usize>15)) + 16
  memory.fill(scratch, 0, room)
  stream = source
  bit = HEADER_BYTES * 8
  endBit = (<i64>size) << 3

  const topRows = (rows + 1) >> 1
  const leftCols = (cols + 1) >> 1
  const planes0 = <i32>load<u8>(source, 22)
  const planes1 = <i32>load<u8>(source, 23)
  const planes2 = <i32>load<u8>(source, 24)
  const right = scratch + <usize>leftCols * sizeof<T>()
  const below = scratch + <usize>(cols * topRows) * sizeof<T>()
  const diagonal = below + <usize>leftCols * sizeof<T>()
  let status = quadrant<T>(scratch, cols, topRows, leftCols, planes0, quads, spare)
  if (status == OK) status = quadrant<T>(right, cols, topRows, cols >> 1, planes1, quads, spare)
  if (status == OK) status = quadrant<T>(below, cols, rows >> 1, leftCols, planes1, quads, spare)
  if (status == OK) status = quadrant<T>(diagonal, cols, rows >> 1, cols >> 1, planes2, quads, spare)
  if (status != OK) return status
  if (bit + 4 > endBit) return TRUNCATED
  if (peek(bit) >> 28 != 0) return CORRUPT
  bit = (bit + 4 + 7) & ~7
  if (!applySigns<T>(scratch, count)) return TRUNCATED

  store<T>(scratch, sum)
  if (scale > 1) {
    for (let i = 0; i < count; i++) {
      const at = scratch + <usize>i * sizeof<T>()
      store<T>(at, load<T>(at) * <T>scale)
    }
  }
  invert<T>(scratch, rows, cols, isSmoothed != 0 ? scale : 0, scratch + room, scratch + 2 * room, target)
  return OK
}

function applySigns<T>(coefficients: usize, count: i32): bool {
  let at = bit
  for (let i = 0; i < count; i++) {
    const address = coefficients + <usize>i * sizeof<T>()
    const value = load<T>(address)
    if (value == 0) continue
    if (at >= endBit) return false
    if (((load<u8>(stream + <usize>(at >> 3)) << <u8>(at & 7)) & 0x80) != 0) store<T>(address, -value)
    at++
  }
  bit = at
  return true
}

/** Reads the bit planes of one quadrant. */
function quadrant<T>(
  coefficients: usize,
  stride: i32,
  rows: i32,
  cols: i32,
  planes: i32,
  first: usize,
  second: usize,
): i32 {
  const quadRows = (rows + 1) >> 1
  const quadCols = (cols + 1) >> 1
  const levels = halvings(max(rows, cols))
  for (let plane = planes - 1; plane >= 0; plane--) {
    if (bit + 4 > endBit) return TRUNCATED
    const kind = peek(bit) >> 28
    bit += 4
    let leaves = first
    if (kind == 0) {
      const quadCount = quadRows * quadCols
      if (bit + (<i64>quadCount << 2) > endBit) return TRUNCATED
      for (let i = 0; i < quadCount; i++) {
        store<u8>(first + i, <u8>(peek(bit) >> 28))
        bit += 4
      }
    } else if (kind == 15) {
      leaves = tree(rows, cols, levels, first, second)
      if (leaves == 0) return TRUNCATED
    } else {
      return CORRUPT
    }
    addPlane<T>(leaves, rows, cols, <T>1 << <T>plane, coefficients, stride)
  }
  return OK
}

/** Reads one bit plane as a quadtree; gives where the quads of 2 x 2 pixels are, 0 when the stream ends early. */
function tree(rows: i32, cols: i32, levels: i32, first: usize, second: usize): usize {
  let at = bit
  let parents = second
  let quads = first
  const root = <i32>load<u8>(quadTable + (peek(at) >> 26))
  at += root & 7
  store<u8>(quads, <u8>(root >> 3))
  let quadCols = 1
  for (let level = levels - 1; level >= 1; level--) {
    const parentCols = quadCols
    const quadRows = halved(rows, level)
    quadCols = halved(cols, level)
    const swap = parents
    parents = quads
    quads = swap
    memory.fill(quads, 0, quadRows * quadCols)
    for (let row = quadRows - 1; row >= 0; row--) {
      const parentRow = parents + <usize>((row >> 1) * parentCols)
      const shift = (row & 1) == 0 ? 2 : 0
      const base = quads + <usize>(row * quadCols)
      for (let parent = parentCols - 1; parent >= 0; parent--) {
        const bits = (<i32>load<u8>(parentRow + parent) >> shift) & 3
        if (bits == 0) continue
        if (at >= endBit) return 0
        const child = base + 2 * parent
        // A bit beyond an odd edge has no code.
        if ((bits & 1) != 0 && 2 * parent + 1 < quadCols) {
          const entry = <i32>load<u8>(quadTable + (peek(at) >> 26))
          at += entry & 7
          store<u8>(child, <u8>(entry >> 3), 1)
        }
        if ((bits & 2) != 0) {
          const entry = <i32>load<u8>(quadTable + (peek(at) >> 26))
          at += entry & 7
          store<u8>(child, <u8>(entry >> 3))
        }
      }
    }
  }
  bit = at
  return at > endBit ? 0 : quads
}

/** Adds `unit` to each coefficient whose bit is set in the quads. Bits beyond odd edges mean nothing. */
function addPlane<T>(quads: usize, rows: i32, cols: i32, unit: T, coefficients: usize, stride: i32): void {
  const quadRows = (rows + 1) >> 1
  const quadCols = (cols + 1) >> 1
  const fullCols = cols >> 1
  const below = <usize>stride * sizeof<T>()
  for (let row = 0; row < quadRows; row++) {
    const top = coefficients + 2 * <usize>row * below
    const quadRow = quads + <usize>(row * quadCols)
    const hasBelow = 2 * row + 1 < rows
    let col = 0
    if (hasBelow) {
      for (; col < fullCols; col++) {
        const quad = <T>load<u8>(quadRow + col)
        if (quad == 0) continue
        const at = top + 2 * <usize>col * sizeof<T>()
        // All bits of unit are set where that of the quad is.
        store<T>(at, load<T>(at) + (-(quad >> 3) & unit))
        store<T>(at, load<T>(at, sizeof<T>()) + (-((quad >> 2) & 1) & unit), sizeof<T>())
        const next = at + below
        store<T>(next, load<T>(next) + (-((quad >> 1) & 1) & unit))
        store<T>(next, load<T>(next, sizeof<T>()) + (-(quad & 1) & unit), sizeof<T>())
      }
    }
    for (; col < quadCols; col++) {
      const quad = <i32>load<u8>(quadRow + col)
      const at = top + 2 * <usize>col * sizeof<T>()
      if ((quad & 8) != 0) store<T>(at, load<T>(at) + unit)
      if ((quad & 4) != 0 && col < fullCols) store<T>(at, load<T>(at, sizeof<T>()) + unit, sizeof<T>())
      if ((quad & 2) != 0 && hasBelow) store<T>(at + below, load<T>(at + below) + unit)
    }
  }
}

function at<T>(base: usize, index: i32): T {
  return load<T>(base + <usize>index * sizeof<T>())
}

function put<T>(base: usize, index: i32, value: T): void {
  store<T>(base + <usize>index * sizeof<T>(), value)
}

/** Nearest multiple of 2^shift; halves go away from zero. */
function roundAway<T>(value: T, shift: i32): T {
  if (shift == 0) return value
  const half = <T>1 << <T>(shift - 1)
  return ((value + (value >= 0 ? half : half - 1)) >> <T>shift) << <T>shift
}

/** Inverse H-transform from coefficients to int32 pixels. */
function invert<T>(
  coefficients: usize,
  rows: i32,
  cols: i32,
  smoothScale: i32,
  first: usize,
  second: usize,
  target: usize,
): void {
  const levels = halvings(max(rows, cols))
  if (levels == 0) {
    store<i32>(target, clamp<T>(load<T>(coefficients)))
    return
  }
  let sums = first
  let next = second
  store<T>(sums, roundAway<T>(load<T>(coefficients), levels + 1))
  for (let level = levels - 1; level >= 1; level--) {
    const topRows = halved(rows, level)
    const topCols = halved(cols, level)
    if (smoothScale > 1) smooth<T>(sums, coefficients, topRows, topCols, cols, <T>(smoothScale >> 1))
    invertLevel<T, T>(sums, coefficients, next, topRows, topCols, cols, level)
    const swap = sums
    sums = next
    next = swap
  }
  if (smoothScale > 1) smooth<T>(sums, coefficients, rows, cols, cols, <T>(smoothScale >> 1))
  invertLevel<T, i32>(sums, coefficients, target, rows, cols, cols, 0)
}

function clamp<T>(value: T): i32 {
  if (sizeof<T>() == 4) return <i32>value
  return <i32>max<T>(<T>i32.MIN_VALUE, min<T>(<T>i32.MAX_VALUE, value))
}

function putOut<T, Out>(base: usize, index: i32, value: T): void {
  if (sizeof<Out>() == sizeof<T>()) store<Out>(base + <usize>index * sizeof<Out>(), <Out>value)
  else store<i32>(base + <usize>index * 4, clamp<T>(value))
}

function invertLevel<T, Out>(
  sums: usize,
  differences: usize,
  out: usize,
  topRows: i32,
  topCols: i32,
  stride: i32,
  level: i32,
): void {
  const halfRows = (topRows + 1) >> 1
  const halfCols = (topCols + 1) >> 1
  const fullCols = topCols >> 1
  const unit = <T>1 << <T>level
  const shift: T = level == 0 ? 2 : 1
  for (let i = 0; i < halfRows; i++) {
    const hasBelow = 2 * i + 1 < topRows
    const below = (halfRows + i) * stride
    const right = i * stride + halfCols
    let to = 2 * i * topCols
    let j = 0
    if (hasBelow) {
      for (; j < fullCols; j++) {
        let h0 = at<T>(sums, i * halfCols + j)
        let hx = roundAway<T>(at<T>(differences, below + j), level + 1)
        let hy = roundAway<T>(at<T>(differences, right + j), level + 1)
        const hc = roundAway<T>(at<T>(differences, below + halfCols + j), level)
        // The lowest bit of the cross difference is the lowest of all four numbers; the next one of the sum is
        // the parity of those of the differences.
        const low = hc & unit
        hx += hx >= 0 ? -low : low
        hy += hy >= 0 ? -low : low
        const parity = (hc ^ hx ^ hy) & (unit << 1)
        h0 += h0 >= 0 ? low - parity : low == 0 ? parity : low - parity
        const plus = h0 + hc
        const minus = h0 - hc
        const both = hx + hy
        const apart = hx - hy
        putOut<T, Out>(out, to, (plus - both) >> shift)
        putOut<T, Out>(out, to + 1, (minus - apart) >> shift)
        putOut<T, Out>(out, to + topCols, (minus + apart) >> shift)
        putOut<T, Out>(out, to + topCols + 1, (plus + both) >> shift)
        to += 2
      }
    }
    for (; j < halfCols; j++) {
      // At an odd edge one difference is left, in the corner none.
      const hasRight = j < fullCols
      let h0 = at<T>(sums, i * halfCols + j)
      let difference: T = 0
      if (hasBelow) difference = roundAway<T>(at<T>(differences, below + j), level + 1)
      else if (hasRight) difference = roundAway<T>(at<T>(differences, right + j), level + 1)
      const parity = difference & (unit << 1)
      h0 += h0 >= 0 ? -parity : parity
      putOut<T, Out>(out, to, (h0 - difference) >> shift)
      if (hasBelow) putOut<T, Out>(out, to + topCols, (h0 + difference) >> shift)
      if (hasRight) putOut<T, Out>(out, to + 1, (h0 + difference) >> shift)
      to += 2
    }
  }
}

/** Moves differences of one level by at most `limit` towards the slope of the sums around them. */
function smooth<T>(
  sums: usize,
  differences: usize,
  topRows: i32,
  topCols: i32,
  stride: i32,
  limit: T,
): void {
  const halfRows = (topRows + 1) >> 1
  const halfCols = (topCols + 1) >> 1
  const below = halfRows * stride
  const lastRow = (topRows - 1) >> 1
  const lastCol = (topCols - 1) >> 1
  for (let i = 1; i < lastRow; i++) {
    for (let j = 0; j < halfCols; j++) {
      const k = i * halfCols + j
      const index = below + i * stride + j
      const slope = at<T>(differences, index)
      put<T>(
        differences,
        index,
        slope + slopeStep<T>(at<T>(sums, k - halfCols), at<T>(sums, k), at<T>(sums, k + halfCols), slope, limit),
      )
    }
  }
  for (let i = 0; i < halfRows; i++) {
    for (let j = 1; j < lastCol; j++) {
      const k = i * halfCols + j
      const index = i * stride + halfCols + j
      const slope = at<T>(differences, index)
      put<T>(
        differences,
        index,
        slope + slopeStep<T>(at<T>(sums, k - 1), at<T>(sums, k), at<T>(sums, k + 1), slope, limit),
      )
    }
  }
  for (let i = 1; i < lastRow; i++) {
    for (let j = 1; j < lastCol; j++) {
      const k = i * halfCols + j
      const index = below + i * stride + halfCols + j
      const slopeX = at<T>(differences, below + i * stride + j) * 2
      const slopeY = at<T>(differences, i * stride + halfCols + j) * 2
      const twist = at<T>(differences, index)
      put<T>(differences, index, twist + twistStep<T>(sums, k, halfCols, slopeX + slopeY, slopeX - slopeY, twist, limit))
    }
  }
}

function slopeStep<T>(before: T, here: T, after: T, slope: T, limit: T): T {
  const largest = max<T>(min<T>(after - here, here - before), 0) * 4
  const smallest = min<T>(max<T>(after - here, here - before), 0) * 4
  if (smallest >= largest) return 0
  const wanted = max<T>(min<T>(after - before, largest), smallest)
  return max<T>(min<T>((wanted - slope * 8) / 8, limit), -limit)
}

function twistStep<T>(sums: usize, k: i32, halfCols: i32, plus: T, minus: T, twist: T, limit: T): T {
  const here = at<T>(sums, k)
  const mm = here - at<T>(sums, k - halfCols - 1)
  const mp = here - at<T>(sums, k - halfCols + 1)
  const pm = at<T>(sums, k + halfCols - 1) - here
  const pp = at<T>(sums, k + halfCols + 1) - here
  const largest =
    min<T>(
      min<T>(max<T>(pp, 0) - plus, max<T>(-pm, 0) + minus),
      min<T>(max<T>(mp, 0) - minus, max<T>(-mm, 0) + plus),
    ) * 16
  const smallest =
    max<T>(
      max<T>(min<T>(pp, 0) - plus, min<T>(-pm, 0) + minus),
      max<T>(min<T>(mp, 0) - minus, min<T>(-mm, 0) + plus),
    ) * 16
  if (smallest >= largest) return 0
  const wanted = max<T>(min<T>(pp - mm + mp - pm, largest), smallest)
  return max<T>(min<T>((wanted - twist * 64) / 64, limit), -limit)
}
