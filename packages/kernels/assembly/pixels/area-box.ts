// The box of a tile: the part of the input that its corners span, as row prefix sums.
//
// Sums start anew at every multiple of 64 image columns ("block"), so they depend neither on the tile nor on anything far to the
// left. Each block goes on for some columns into the next one: a pixel that lies across a border still finds all it needs in one block.
//
// Globals hold what belongs to the tile in work; every thread has its own instance of the module.

export const BLOCK_SHIFT: i32 = 6
/** Columns from one block to the next. */
export const BLOCK: i32 = 64
/** Columns that a block shares with the next one. */
export const SHARED: i32 = 16
/** Prefix sums per block beyond its columns: one closes a block, the others are shared. */
export const BLOCK_SURPLUS: i32 = 17
export const BLOCK_PITCH: i32 = 81

// The window: image pixels in memory.
export let winLeft: f64 = 0
export let winRight: f64 = 0
export let winTop: f64 = 0
export let winBottom: f64 = 0
export let winCol: i32 = 0
export let winEnd: i32 = 0

// The box: rows boxRow .. boxRow + boxRows - 1 and whole blocks from block0 on, as prefix sums.
export let boxRow: i32 = 0
export let boxRows: i32 = 0
export let boxEndCol: i32 = 0
export let block0: i32 = 0
export let pitch: i32 = 0
/** Prefix sums of the (weighted) image. */
export let sumsAt: usize = 0
/** Distance in bytes from a prefix sum of the image to that of the weight; 0 = every pixel of the box has weight 1. */
export let weightStep: usize = 0

/** Takes the window of the call. */
export function setWindow(col: i32, row: i32, width: i32, height: i32): void {
  winCol = col
  winEnd = col + width
  winLeft = <f64>col
  winRight = <f64>winEnd
  winTop = <f64>row
  winBottom = <f64>(row + height)
}

/** Takes the place of the prefix sums; with a weight step of 0 there are no weights. */
export function setSums(at: usize, stepBytes: usize): void {
  sumsAt = at
  weightStep = stepBytes
}

/** Sets the box to what the corners span inside the window; false when that is nothing. NaN corners span nothing. */
export function findBox(xAt: usize, yAt: usize, count: i32): bool {
  let lowX = f64x2.splat(Infinity)
  let highX = f64x2.splat(-Infinity)
  let lowY = lowX
  let highY = highX
  const end = <usize>count << 3
  let k: usize = 0
  for (; k + 16 <= end; k += 16) {
    const x = v128.load(xAt + k)
    const y = v128.load(yAt + k)
    lowX = f64x2.pmin(lowX, x)
    highX = f64x2.pmax(highX, x)
    lowY = f64x2.pmin(lowY, y)
    highY = f64x2.pmax(highY, y)
  }
  if (k < end) {
    const x = v128.load64_splat(xAt + k)
    const y = v128.load64_splat(yAt + k)
    lowX = f64x2.pmin(lowX, x)
    highX = f64x2.pmax(highX, x)
    lowY = f64x2.pmin(lowY, y)
    highY = f64x2.pmax(highY, y)
  }
  const x0 = max(winLeft, min(f64x2.extract_lane(lowX, 0), f64x2.extract_lane(lowX, 1)))
  const x1 = min(winRight, max(f64x2.extract_lane(highX, 0), f64x2.extract_lane(highX, 1)))
  const y0 = max(winTop, min(f64x2.extract_lane(lowY, 0), f64x2.extract_lane(lowY, 1)))
  const y1 = min(winBottom, max(f64x2.extract_lane(highY, 0), f64x2.extract_lane(highY, 1)))
  if (!(x0 < x1 && y0 < y1)) return false
  boxRow = <i32>floor(y0)
  // A corner on a pixel border belongs to the pixel after it, if there is one.
  boxRows = <i32>min(floor(y1) + 1, winBottom) - boxRow
  boxEndCol = <i32>min(floor(x1) + 1, winRight)
  block0 = <i32>floor(x0) >> BLOCK_SHIFT
  pitch = (((boxEndCol - 1) >> BLOCK_SHIFT) - block0 + 1) * BLOCK_PITCH
  return true
}

// ---- prefix sums

/** Writes the prefix sums of the box; false when a pixel is not finite (the sums are useless then). */
export function plainSums(firstRowAt: usize, imageStride: i32): bool {
  const strideBytes = <usize>imageStride << 2
  const pitchBytes = <usize>pitch << 3
  let rowAt = firstRowAt
  let outAt = sumsAt
  let isFinite: f64 = 0
  let row = 0
  for (; row <= boxRows - 4; row += 4) {
    isFinite += plainSums4(rowAt, strideBytes, outAt, pitchBytes)
    if (isFinite != 0) return false
    rowAt += strideBytes << 2
    outAt += pitchBytes << 2
  }
  for (; row < boxRows; row++) {
    isFinite += plainSums1(rowAt, outAt)
    if (isFinite != 0) return false
    rowAt += strideBytes
    outAt += pitchBytes
  }
  return true
}

/** Four rows at once; gives 0 when all pixels are finite, else NaN. */
function plainSums4(rowAt: usize, strideBytes: usize, outAt: usize, pitchBytes: usize): f64 {
  let check = f64x2.splat(0)
  const zero = f64x2.splat(0)
  for (let start = block0 << BLOCK_SHIFT; start < boxEndCol; start += BLOCK) {
    const from = max(start, winCol)
    const end = min(start + BLOCK + SHARED, boxEndCol)
    let out0 = outAt
    let out1 = out0 + pitchBytes
    let out2 = out1 + pitchBytes
    let out3 = out2 + pitchBytes
    for (let col = start; col < from; col++) {
      store<f64>(out0, 0)
      store<f64>(out1, 0)
      store<f64>(out2, 0)
      store<f64>(out3, 0)
      out0 += 8
      out1 += 8
      out2 += 8
      out3 += 8
    }
    let at0 = rowAt + (<usize>(from - winCol) << 2)
    let at1 = at0 + strideBytes
    let at2 = at1 + strideBytes
    let at3 = at2 + strideBytes
    let s01 = zero
    let s23 = zero
    let col = from
    for (; col <= end - 4; col += 4) {
      const r0 = v128.load(at0)
      const r1 = v128.load(at1)
      const r2 = v128.load(at2)
      const r3 = v128.load(at3)
      const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
      const b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
      const c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
      const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
      s01 = addFour(
        s01, f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(v128.shuffle<f64>(a, a, 1, 1)),
        f64x2.promote_low_f32x4(b), f64x2.promote_low_f32x4(v128.shuffle<f64>(b, b, 1, 1)), out0, out1,
      )
      s23 = addFour(
        s23, f64x2.promote_low_f32x4(c), f64x2.promote_low_f32x4(v128.shuffle<f64>(c, c, 1, 1)),
        f64x2.promote_low_f32x4(d), f64x2.promote_low_f32x4(v128.shuffle<f64>(d, d, 1, 1)), out2, out3,
      )
      out0 += 32
      out1 += 32
      out2 += 32
      out3 += 32
      at0 += 16
      at1 += 16
      at2 += 16
      at3 += 16
    }
    for (; col < end; col++) {
      storeBoth(out0, out1, s01)
      storeBoth(out2, out3, s23)
      const v01 = f64x2.replace_lane(f64x2.splat(<f64>load<f32>(at0)), 1, <f64>load<f32>(at1))
      const v23 = f64x2.replace_lane(f64x2.splat(<f64>load<f32>(at2)), 1, <f64>load<f32>(at3))
      s01 = f64x2.add(s01, v01)
      s23 = f64x2.add(s23, v23)
      out0 += 8
      out1 += 8
      out2 += 8
      out3 += 8
      at0 += 4
      at1 += 4
      at2 += 4
      at3 += 4
    }
    storeBoth(out0, out1, s01)
    storeBoth(out2, out3, s23)
    // Zero for finite sums, NaN otherwise.
    check = f64x2.add(check, f64x2.add(f64x2.mul(s01, zero), f64x2.mul(s23, zero)))
    outAt += BLOCK_PITCH << 3
  }
  return f64x2.extract_lane(check, 0) + f64x2.extract_lane(check, 1)
}

function plainSums1(rowAt: usize, outAt: usize): f64 {
  let check: f64 = 0
  for (let start = block0 << BLOCK_SHIFT; start < boxEndCol; start += BLOCK) {
    const from = max(start, winCol)
    const end = min(start + BLOCK + SHARED, boxEndCol)
    let out = outAt
    for (let col = start; col < from; col++) {
      store<f64>(out, 0)
      out += 8
    }
    let at = rowAt + (<usize>(from - winCol) << 2)
    let sum: f64 = 0
    for (let col = from; col < end; col++) {
      store<f64>(out, sum)
      sum += <f64>load<f32>(at)
      out += 8
      at += 4
    }
    store<f64>(out, sum)
    check += sum * 0
    outAt += BLOCK_PITCH << 3
  }
  return check
}

/** Writes prefix sums of value * weight and of weight; blank pixels count 0 in both. Two rows at once. */
export function weightedSums(firstRowAt: usize, firstWeightAt: usize, imageStride: i32): void {
  const strideBytes = <usize>imageStride << 2
  const pitchBytes = <usize>pitch << 3
  let rowAt = firstRowAt
  let weightRowAt = firstWeightAt
  let outAt = sumsAt
  for (let row = 0; row < boxRows; row += 2) {
    // An odd last row is its own partner.
    const isPair = row + 1 < boxRows
    const nextRow = isPair ? strideBytes : 0
    const nextOut = isPair ? pitchBytes : 0
    if (firstWeightAt == 0) weightedSums2<i32>(rowAt, 0, nextRow, outAt, nextOut)
    else weightedSums2<f32>(rowAt, weightRowAt, nextRow, outAt, nextOut)
    rowAt += strideBytes << 1
    weightRowAt += strideBytes << 1
    outAt += pitchBytes << 1
  }
}

/** T = f32: with a weight plane; T = i32: all weights are 1. */
function weightedSums2<T>(rowAt: usize, weightRowAt: usize, nextRow: usize, outAt: usize, nextOut: usize): void {
  const zero = f64x2.splat(0)
  const ones = f32x4.splat(1)
  for (let start = block0 << BLOCK_SHIFT; start < boxEndCol; start += BLOCK) {
    const from = max(start, winCol)
    const end = min(start + BLOCK + SHARED, boxEndCol)
    let out0 = outAt
    let out1 = outAt + nextOut
    for (let col = start; col < from; col++) {
      store<f64>(out0, 0)
      store<f64>(out1, 0)
      store<f64>(out0 + weightStep, 0)
      store<f64>(out1 + weightStep, 0)
      out0 += 8
      out1 += 8
    }
    const skip = <usize>(from - winCol) << 2
    let at = rowAt + skip
    let weightAt = weightRowAt + skip
    let sum = zero
    let weightSum = zero
    let col = from
    for (; col <= end - 4; col += 4) {
      let v0 = v128.load(at)
      let v1 = v128.load(at + nextRow)
      let w0 = ones
      let w1 = ones
      if (isFloat<T>()) {
        w0 = v128.load(weightAt)
        w1 = v128.load(weightAt + nextRow)
      }
      const in0 = usable<T>(v0, w0)
      const in1 = usable<T>(v1, w1)
      v0 = v128.and(v0, in0)
      v1 = v128.and(v1, in1)
      w0 = v128.and(w0, in0)
      w1 = v128.and(w1, in1)
      // Lanes: row, next row, row, next row.
      const va = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5)
      const vb = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7)
      const wa = v128.shuffle<f32>(w0, w1, 0, 4, 1, 5)
      const wb = v128.shuffle<f32>(w0, w1, 2, 6, 3, 7)
      const d1 = f64x2.promote_low_f32x4(wa)
      const d2 = f64x2.promote_low_f32x4(v128.shuffle<f64>(wa, wa, 1, 1))
      const d3 = f64x2.promote_low_f32x4(wb)
      const d4 = f64x2.promote_low_f32x4(v128.shuffle<f64>(wb, wb, 1, 1))
      const f1 = f64x2.mul(d1, f64x2.promote_low_f32x4(va))
      const f2 = f64x2.mul(d2, f64x2.promote_low_f32x4(v128.shuffle<f64>(va, va, 1, 1)))
      const f3 = f64x2.mul(d3, f64x2.promote_low_f32x4(vb))
      const f4 = f64x2.mul(d4, f64x2.promote_low_f32x4(v128.shuffle<f64>(vb, vb, 1, 1)))
      sum = addFour(sum, f1, f2, f3, f4, out0, out1)
      weightSum = addFour(weightSum, d1, d2, d3, d4, out0 + weightStep, out1 + weightStep)
      out0 += 32
      out1 += 32
      at += 16
      weightAt += 16
    }
    for (; col < end; col++) {
      storeBoth(out0, out1, sum)
      storeBoth(out0 + weightStep, out1 + weightStep, weightSum)
      let v = v128.load32_splat(at)
      v = f32x4.replace_lane(v, 1, load<f32>(at + nextRow))
      let w = ones
      if (isFloat<T>()) w = f32x4.replace_lane(v128.load32_splat(weightAt), 1, load<f32>(weightAt + nextRow))
      const isIn = usable<T>(v, w)
      const d = f64x2.promote_low_f32x4(v128.and(w, isIn))
      sum = f64x2.add(sum, f64x2.mul(d, f64x2.promote_low_f32x4(v128.and(v, isIn))))
      weightSum = f64x2.add(weightSum, d)
      out0 += 8
      out1 += 8
      at += 4
      weightAt += 4
    }
    storeBoth(out0, out1, sum)
    storeBoth(out0 + weightStep, out1 + weightStep, weightSum)
    outAt += BLOCK_PITCH << 3
  }
}

/** Lanes with a finite value and, with a weight plane, a positive finite weight. */
function usable<T>(v: v128, w: v128): v128 {
  const big = f32x4.splat(Infinity)
  let isIn = f32x4.lt(f32x4.abs(v), big)
  if (isFloat<T>()) isIn = v128.and(isIn, v128.and(f32x4.gt(w, f32x4.splat(0)), f32x4.lt(w, big)))
  return isIn
}

/** Stores the sums before each of four columns of two rows, gives the sum after them. */
function addFour(sum: v128, d1: v128, d2: v128, d3: v128, d4: v128, out0: usize, out1: usize): v128 {
  const p1 = f64x2.add(sum, d1)
  const p2 = f64x2.add(p1, d2)
  const p3 = f64x2.add(p2, d3)
  v128.store(out0, v128.shuffle<f64>(sum, p1, 0, 2))
  v128.store(out1, v128.shuffle<f64>(sum, p1, 1, 3))
  v128.store(out0, v128.shuffle<f64>(p2, p3, 0, 2), 16)
  v128.store(out1, v128.shuffle<f64>(p2, p3, 1, 3), 16)
  return f64x2.add(p3, d4)
}

function storeBoth(out0: usize, out1: usize, sums: v128): void {
  v128.store64_lane(out0, sums, 0)
  v128.store64_lane(out1, sums, 1)
}
