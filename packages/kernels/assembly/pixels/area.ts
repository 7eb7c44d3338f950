// Exact-area reprojection of one output tile (method: Green's theorem over row prefix sums).
//
// The flux inside a quadrilateral is the integral of G(x, y) dy around it, where G is the integral of the image row from a
// reference column to x. G comes from prefix sums P, which start anew at every multiple of 64 image columns ("block"), so
// they do not depend on the tile or on anything far to the left. A pixel whose four corners lie in one block takes its flux from
// four edge integrals that it shares with its neighbours. All other pixels (some percent, and those that reach beyond the image)
// go through clippedPixel, edge by edge. Either way a pixel depends on its own corners and on the input alone.
//
// Globals hold what belongs to the tile in work; every thread has its own instance of the module.

const BLOCK_SHIFT: i32 = 6
const BLOCK: i32 = 64
/** Prefix sums per block: one more than columns. */
const BLOCK_PITCH: i32 = 65

const MAX_CORNER: f64 = 1073741824.0
const MIN_COVERAGE: f64 = 1e-9
const MIN_SHAPE: f64 = 1e-10
/** Difference between overlapped area and quadrilateral area that is rounding: relative part, and per pixel of extent. */
const FULL_RTOL: f64 = 1e-10
const FULL_PER_EXTENT: f64 = 1e-12

/** 2^52 + 2^51: added to a whole number below 2^31 it leaves that number in the low word. */
const TO_WORD: f64 = 6755399441055744.0

// The window: image pixels in memory.
let winLeft: f64 = 0
let winRight: f64 = 0
let winTop: f64 = 0
let winBottom: f64 = 0
let winCol: i32 = 0
let winEnd: i32 = 0

// The box: rows boxRow .. boxRow + boxRows - 1 and whole blocks from block0 on, as prefix sums.
let boxRow: i32 = 0
let boxRows: i32 = 0
let boxEndCol: i32 = 0
let block0: i32 = 0
let pitch: i32 = 0
/** Prefix sums of the (weighted) image. */
let sumsAt: usize = 0
/** Distance in bytes from a prefix sum of the image to that of the weight; 0 = every pixel of the box has weight 1. */
let weightStep: usize = 0

// Results of clippedPixel.
let gFlux: f64 = 0
let gWeight: f64 = 0
let gMeanFlux: f64 = 0
let gMeanWeight: f64 = 0

// Arrays of one row of corners (byte offsets). Two sets are used in turn.
let cornerBytes: usize = 0
// @ts-ignore: decorator
@inline
function xOf(set: usize): usize { return set }
// @ts-ignore: decorator
@inline
function yOf(set: usize): usize { return set + cornerBytes }
// @ts-ignore: decorator
@inline
function fxOf(set: usize): usize { return set + 2 * cornerBytes }
// @ts-ignore: decorator
@inline
function fyOf(set: usize): usize { return set + 3 * cornerBytes }
// @ts-ignore: decorator
@inline
function edgeOf(set: usize): usize { return set + 4 * cornerBytes }
// @ts-ignore: decorator
@inline
function weightEdgeOf(set: usize): usize { return set + 5 * cornerBytes }
// @ts-ignore: decorator
@inline
function cellOf(set: usize): usize { return set + 6 * cornerBytes }
// @ts-ignore: decorator
@inline
function blockOf(set: usize): usize { return set + 6 * cornerBytes + (cornerBytes >> 1) }
// @ts-ignore: decorator
@inline
function rowOf(set: usize): usize { return set + 7 * cornerBytes }
const SET_ARRAYS: usize = 8

export function areaTile(
  imageAt: usize, windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, imageStride: i32,
  weightAt: usize, cornersXAt: usize, cornersYAt: usize, tileWidth: i32, tileHeight: i32,
  valueAt: usize, coverageAt: usize, outStride: i32, scratchAt: usize, scratchBytes: u32,
): i32 {
  if (tileWidth <= 0 || tileHeight <= 0) return 0
  winCol = windowCol
  winEnd = windowCol + windowWidth
  winLeft = <f64>windowCol
  winRight = <f64>winEnd
  winTop = <f64>windowRow
  winBottom = <f64>(windowRow + windowHeight)
  const pitchCorners = tileWidth + 1
  if (!findBox(cornersXAt, cornersYAt, pitchCorners * (tileHeight + 1))) {
    for (let row = 0; row < tileHeight; row++) {
      const out = (<usize>row * <usize>outStride) << 2
      fillBlank(valueAt + out, coverageAt + out, tileWidth)
    }
    return 0
  }

  // Scratch: three corner sets' worth of arrays (two sets, one for the vertical edges), then the prefix sums.
  cornerBytes = ((<usize>pitchCorners + 7) & ~3) << 3
  const setBytes = cornerBytes * SET_ARRAYS
  let top = scratchAt
  let bottom = scratchAt + setBytes
  const vertical = scratchAt + 2 * setBytes
  const weightVertical = vertical + cornerBytes
  sumsAt = weightVertical + cornerBytes
  const sumsBytes = <f64>boxRows * <f64>pitch * 8
  const fixedBytes = <f64>(sumsAt - scratchAt)
  const room = <f64>scratchBytes
  if (fixedBytes + sumsBytes > room) return 1
  weightStep = 0
  const first = imageAt + ((<usize>(boxRow - windowRow) * <usize>imageStride) << 2)
  if (weightAt != 0 || !plainSums(first, imageStride)) {
    if (fixedBytes + 2 * sumsBytes > room) return 1
    weightStep = (<usize>boxRows * <usize>pitch) << 3
    const firstWeight = weightAt == 0 ? 0 : weightAt + ((<usize>(boxRow - windowRow) * <usize>imageStride) << 2)
    weightedSums(first, firstWeight, imageStride)
  }

  const rowBytes = <usize>pitchCorners << 3
  locateCorners(cornersXAt, cornersYAt, pitchCorners, top, 0)
  if (weightStep == 0) horizontalEdges<i32>(top, tileWidth)
  else horizontalEdges<f64>(top, tileWidth)
  for (let row = 0; row < tileHeight; row++) {
    cornersXAt += rowBytes
    cornersYAt += rowBytes
    const out = (<usize>row * <usize>outStride) << 2
    locateCorners(cornersXAt, cornersYAt, pitchCorners, bottom, row + 1)
    if (weightStep == 0) {
      horizontalEdges<i32>(bottom, tileWidth)
      verticalEdges<i32>(top, bottom, vertical, pitchCorners)
      finishPlain(top, bottom, vertical, tileWidth, valueAt + out, coverageAt + out)
    } else {
      horizontalEdges<f64>(bottom, tileWidth)
      verticalEdges<f64>(top, bottom, vertical, pitchCorners)
      finishWeighted(top, bottom, vertical, weightVertical, tileWidth, valueAt + out, coverageAt + out)
    }
    finishOthers(top, bottom, tileWidth, valueAt + out, coverageAt + out)
    const swap = top
    top = bottom
    bottom = swap
  }
  return 0
}

function fillBlank(valueAt: usize, coverageAt: usize, count: i32): void {
  for (let k: usize = 0; k < <usize>count; k++) {
    store<f32>(valueAt + (k << 2), NaN)
    store<f32>(coverageAt + (k << 2), 0)
  }
}

/** Sets the box to what the corners span inside the window; false when that is nothing. NaN corners span nothing. */
function findBox(xAt: usize, yAt: usize, count: i32): bool {
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
function plainSums(firstRowAt: usize, imageStride: i32): bool {
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
    const end = min(start + BLOCK, boxEndCol)
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
      const p1 = f64x2.add(s01, f64x2.promote_low_f32x4(a))
      const q1 = f64x2.add(s23, f64x2.promote_low_f32x4(c))
      const p2 = f64x2.add(p1, f64x2.promote_low_f32x4(v128.shuffle<f64>(a, a, 1, 1)))
      const q2 = f64x2.add(q1, f64x2.promote_low_f32x4(v128.shuffle<f64>(c, c, 1, 1)))
      const p3 = f64x2.add(p2, f64x2.promote_low_f32x4(b))
      const q3 = f64x2.add(q2, f64x2.promote_low_f32x4(d))
      v128.store(out0, v128.shuffle<f64>(s01, p1, 0, 2))
      v128.store(out1, v128.shuffle<f64>(s01, p1, 1, 3))
      v128.store(out2, v128.shuffle<f64>(s23, q1, 0, 2))
      v128.store(out3, v128.shuffle<f64>(s23, q1, 1, 3))
      v128.store(out0, v128.shuffle<f64>(p2, p3, 0, 2), 16)
      v128.store(out1, v128.shuffle<f64>(p2, p3, 1, 3), 16)
      v128.store(out2, v128.shuffle<f64>(q2, q3, 0, 2), 16)
      v128.store(out3, v128.shuffle<f64>(q2, q3, 1, 3), 16)
      s01 = f64x2.add(p3, f64x2.promote_low_f32x4(v128.shuffle<f64>(b, b, 1, 1)))
      s23 = f64x2.add(q3, f64x2.promote_low_f32x4(v128.shuffle<f64>(d, d, 1, 1)))
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
      v128.store64_lane(out0, s01, 0)
      v128.store64_lane(out1, s01, 1)
      v128.store64_lane(out2, s23, 0)
      v128.store64_lane(out3, s23, 1)
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
    v128.store64_lane(out0, s01, 0)
    v128.store64_lane(out1, s01, 1)
    v128.store64_lane(out2, s23, 0)
    v128.store64_lane(out3, s23, 1)
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
    const end = min(start + BLOCK, boxEndCol)
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

/** Writes prefix sums of value * weight and of weight; blank pixels count 0 in both. */
function weightedSums(firstRowAt: usize, firstWeightAt: usize, imageStride: i32): void {
  const strideBytes = <usize>imageStride << 2
  let rowAt = firstRowAt
  let weightRowAt = firstWeightAt
  let blockAt = sumsAt
  for (let row = 0; row < boxRows; row++) {
    for (let start = block0 << BLOCK_SHIFT; start < boxEndCol; start += BLOCK) {
      const from = max(start, winCol)
      const end = min(start + BLOCK, boxEndCol)
      let out = blockAt
      for (let col = start; col < from; col++) {
        store<f64>(out, 0)
        store<f64>(out + weightStep, 0)
        out += 8
      }
      const skip = <usize>(from - winCol) << 2
      let at = rowAt + skip
      let weightAt = weightRowAt + skip
      // Lane 0 sums value * weight, lane 1 sums weight.
      let sum = f64x2.splat(0)
      for (let col = from; col < end; col++) {
        v128.store64_lane(out, sum, 0)
        v128.store64_lane(out + weightStep, sum, 1)
        const value = load<f32>(at)
        let weight: f32 = 1
        if (firstWeightAt != 0) weight = load<f32>(weightAt)
        // abs(v) < Infinity is false for NaN too.
        if (abs<f32>(value) < Infinity && weight > 0 && weight < Infinity) {
          const w = <f64>weight
          sum = f64x2.add(sum, f64x2.replace_lane(f64x2.splat(<f64>value * w), 1, w))
        }
        out += 8
        at += 4
        weightAt += 4
      }
      v128.store64_lane(out, sum, 0)
      v128.store64_lane(out + weightStep, sum, 1)
      blockAt += BLOCK_PITCH << 3
    }
    rowAt += strideBytes
    weightRowAt += strideBytes
  }
}

// ---- corners

/**
 * Fills the arrays of a corner row: positions, index of the prefix sum at the cell's left border, fractions, row, block. Corners
 * outside the window get a block number that no other corner has.
 */
function locateCorners(xAt: usize, yAt: usize, count: i32, set: usize, cornerRow: i32): void {
  const left = f64x2.splat(winLeft)
  const right = f64x2.splat(winRight)
  const above = f64x2.splat(winTop)
  const below = f64x2.splat(winBottom)
  const toWord = f64x2.splat(TO_WORD)
  const factors = i32x4(1, 1, pitch, pitch)
  const base = i32x4.splat(boxRow * pitch + (block0 << BLOCK_SHIFT) + block0)
  const lone = i32.MIN_VALUE + (cornerRow & 1) * count
  let k = 0
  while (true) {
    const at = <usize>k << 3
    const x = v128.load(xAt + at)
    const y = v128.load(yAt + at)
    const inside = v128.and(
      v128.and(f64x2.ge(x, left), f64x2.lt(x, right)),
      v128.and(f64x2.ge(y, above), f64x2.lt(y, below)),
    )
    const wholeX = f64x2.floor(x)
    const wholeY = f64x2.floor(y)
    v128.store(xOf(set) + at, x)
    v128.store(yOf(set) + at, y)
    v128.store(fxOf(set) + at, f64x2.sub(x, wholeX))
    v128.store(fyOf(set) + at, f64x2.sub(y, wholeY))
    // col, col, row, row
    const cell = v128.shuffle<i32>(f64x2.add(wholeX, toWord), f64x2.add(wholeY, toWord), 0, 2, 4, 6)
    const block = i32x4.shr_s(cell, BLOCK_SHIFT)
    const scaled = i32x4.mul(cell, factors)
    const index = i32x4.sub(i32x4.add(i32x4.add(scaled, v128.shuffle<i32>(scaled, scaled, 2, 3, 2, 3)), block), base)
    const lanes = v128.shuffle<i32>(inside, inside, 0, 2, 0, 2)
    const half = <usize>k << 2
    v128.store64_lane(cellOf(set) + half, index, 0)
    v128.store64_lane(rowOf(set) + half, cell, 1)
    v128.store64_lane(blockOf(set) + half, v128.bitselect(block, i32x4(lone + k, lone + k + 1, 0, 0), lanes), 0)
    if (k + 2 >= count) break
    // An odd last corner is done together with the one before it.
    k = min(k + 2, count - 2)
  }
}

// ---- edges: integral of G dy from corner a to corner b of the same block

function horizontalEdges<T>(set: usize, count: i32): void {
  const fx = fxOf(set)
  const fy = fyOf(set)
  const cells = cellOf(set)
  const blocks = blockOf(set)
  const rows = rowOf(set)
  const out = edgeOf(set)
  const weightOut = weightEdgeOf(set)
  for (let k: usize = 0; k < <usize>count; k++) {
    const i = k << 2
    const d = k << 3
    if (load<i32>(blocks + i) == load<i32>(blocks + i, 4)) {
      edge<T>(
        load<i32>(cells + i), load<f64>(fx + d), load<f64>(fy + d), rows + i,
        load<i32>(cells + i, 4), load<f64>(fx + d, 8), load<f64>(fy + d, 8), rows + i + 4,
        out + d, weightOut + d,
      )
    }
  }
}

function verticalEdges<T>(top: usize, bottom: usize, out: usize, count: i32): void {
  const fx0 = fxOf(top)
  const fy0 = fyOf(top)
  const fx1 = fxOf(bottom)
  const fy1 = fyOf(bottom)
  const cells0 = cellOf(top)
  const cells1 = cellOf(bottom)
  const blocks0 = blockOf(top)
  const blocks1 = blockOf(bottom)
  const rows0 = rowOf(top)
  const rows1 = rowOf(bottom)
  const weightOut = out + cornerBytes
  for (let k: usize = 0; k < <usize>count; k++) {
    const i = k << 2
    const d = k << 3
    if (load<i32>(blocks0 + i) == load<i32>(blocks1 + i)) {
      edge<T>(
        load<i32>(cells0 + i), load<f64>(fx0 + d), load<f64>(fy0 + d), rows0 + i,
        load<i32>(cells1 + i), load<f64>(fx1 + d), load<f64>(fy1 + d), rows1 + i,
        out + d, weightOut + d,
      )
    }
  }
}

/** T = f64: with weights. */
// @ts-ignore: decorator
@inline
function edge<T>(
  a: i32, fxa: f64, fya: f64, rowAAt: usize,
  b: i32, fxb: f64, fyb: f64, rowBAt: usize,
  out: usize, weightOut: usize,
): void {
  const step = b - a
  const at = sumsAt + (<usize>a << 3)
  if (step == 0) {
    const dy = fyb - fya
    const m = 0.5 * (fxa + fxb)
    store<f64>(out, insideCell(at, dy, m))
    if (isFloat<T>()) store<f64>(weightOut, insideCell(at + weightStep, dy, m))
    return
  }
  if (step == 1 || step == -1) {
    const isRight = step == 1
    const la = select<f64>(1 - fxa, fxa, isRight)
    const lb = select<f64>(fxb, 1 - fxb, isRight)
    const dy = fyb - fya
    // Half the mean distance from the column line, before and after it.
    const h = 0.5 / (la + lb)
    const qa = la * la * h
    const qb = lb * lb * h
    const line = at + select<usize>(8, 0, isRight)
    const ql = select<f64>(qa, qb, isRight)
    const qr = select<f64>(qb, qa, isRight)
    store<f64>(out, acrossColumn(line, dy, ql, qr))
    if (isFloat<T>()) store<f64>(weightOut, acrossColumn(line + weightStep, dy, ql, qr))
    return
  }
  if (step == pitch || step == -pitch) {
    const isDown = step == pitch
    const la = select<f64>(1 - fya, fya, isDown)
    const lb = select<f64>(fyb, 1 - fyb, isDown)
    const xm = fxa + (la / (la + lb)) * (fxb - fxa)
    const ma = 0.5 * (fxa + xm)
    const mb = 0.5 * (xm + fxb)
    const da = select<f64>(la, -la, isDown)
    const db = select<f64>(lb, -lb, isDown)
    const other = sumsAt + (<usize>b << 3)
    store<f64>(out, insideCell(at, da, ma) + insideCell(other, db, mb))
    if (isFloat<T>()) {
      store<f64>(weightOut, insideCell(at + weightStep, da, ma) + insideCell(other + weightStep, db, mb))
    }
    return
  }
  const size = abs(step)
  if (size == pitch + 1 || size == pitch - 1) {
    diagonalEdge<T>(a, fxa, fya, b, fxb, fyb, out, weightOut)
    return
  }
  longEdge<T>(a, fxa, fya, load<i32>(rowAAt), b, fxb, fyb, load<i32>(rowBAt), out, weightOut)
}

/** dy times G at the fraction m of a cell. */
// @ts-ignore: decorator
@inline
function insideCell(at: usize, dy: f64, m: f64): f64 {
  const p = load<f64>(at)
  return dy * (p + (load<f64>(at, 8) - p) * m)
}

/** Edge across one column line: ql, qr are the mean distances from the line on its left and right, weighted with their length. */
// @ts-ignore: decorator
@inline
function acrossColumn(line: usize, dy: f64, ql: f64, qr: f64): f64 {
  const p = load<f64>(line)
  return dy * (p - (p - load<f64>(line - 8)) * ql + (load<f64>(line, 8) - p) * qr)
}

/** An edge that crosses one row line and one column line. */
function diagonalEdge<T>(
  a: i32, fxa: f64, fya: f64,
  b: i32, fxb: f64, fyb: f64,
  out: usize, weightOut: usize,
): void {
  // Always towards larger rows; the other way round has the opposite sign.
  let sign = 0.5
  if (b < a) {
    const cell = a
    const fx = fxa
    const fy = fya
    a = b
    fxa = fxb
    fya = fyb
    b = cell
    fxb = fx
    fyb = fy
    sign = -0.5
  }
  const isRight = b - a == pitch + 1
  const ax = select<f64>(1 - fxa, fxa, isRight)
  const bx = select<f64>(fxb, 1 - fxb, isRight)
  const ay = 1 - fya
  const by = fyb
  const lx = ax + bx
  const ly = ay + by
  // Rows before the column line; columns from the column line at the row line, positive on b's side.
  const yc = (ly * ax) / lx
  const xr = (lx * ay) / ly - ax
  const before = -ax * min(yc, ay)
  let ka: f64
  let kb: f64
  let kc: f64
  let middle: usize
  const rowBytes = <usize>pitch << 3
  const lower = sumsAt + (<usize>a << 3) + select<usize>(8, 0, isRight)
  const near: usize = isRight ? <usize>-8 : 8
  if (yc < ay) {
    // column line first: a's cell, its neighbour in the row, b's cell
    ka = before
    kb = xr * (ay - yc)
    kc = (xr + bx) * by
    middle = lower - near
  } else {
    // row line first: a's cell, the cell above it, b's cell
    ka = (xr - ax) * ay
    kb = xr * (yc - ay)
    kc = bx * (ly - yc)
    middle = lower + rowBytes + near
  }
  store<f64>(out, acrossBoth(lower, near, rowBytes, middle, yc < ay, ay, by, ka, kb, kc, sign))
  if (isFloat<T>()) {
    store<f64>(
      weightOut,
      acrossBoth(lower + weightStep, near, rowBytes, middle + weightStep, yc < ay, ay, by, ka, kb, kc, sign),
    )
  }
}

/**
 * `line` is the prefix sum at the column line in a's row, `near` leads from it to a's side. Differences of prefix sums away from
 * the line are columns' values times the direction, so left and right need no distinction.
 */
// @ts-ignore: decorator
@inline
function acrossBoth(
  line: usize, near: usize, rowBytes: usize, middle: usize, columnFirst: bool,
  ay: f64, by: f64, ka: f64, kb: f64, kc: f64, sign: f64,
): f64 {
  const pa = load<f64>(line)
  const pb = load<f64>(line + rowBytes)
  const va = pa - load<f64>(line + near)
  const vc = load<f64>(line + rowBytes - near) - pb
  const m = load<f64>(middle)
  const vb = columnFirst ? m - pa : pb - m
  return 2 * sign * (ay * pa + by * pb) + sign * (va * ka + vb * kb + vc * kc)
}

/** Any edge inside one block: row by row, and in a row column by column. */
function longEdge<T>(
  a: i32, fxa: f64, fya: f64, rowA: i32,
  b: i32, fxb: f64, fyb: f64, rowB: i32,
  out: usize, weightOut: usize,
): void {
  let sign = 1.0
  if (rowB < rowA) {
    const cell = a
    const fx = fxa
    const fy = fya
    const row = rowA
    a = b
    fxa = fxb
    fya = fyb
    rowA = rowB
    b = cell
    fxb = fx
    fyb = fy
    rowB = row
    sign = -1
  }
  const rows = rowB - rowA
  // Columns count from corner a's column.
  const xb = <f64>(b - a - rows * pitch) + fxb
  let total = 0.0
  let weightTotal = 0.0
  let at = sumsAt + (<usize>a << 3)
  if (rows == 0) {
    const dy = fyb - fya
    total = dy * rowMean(at, fxa, xb)
    if (isFloat<T>()) weightTotal = dy * rowMean(at + weightStep, fxa, xb)
  } else {
    // Lengths before the first and after the last row line never cancel.
    const first = 1 - fya
    const slope = (xb - fxa) / (first + <f64>(rows - 1) + fyb)
    const rowBytes = <usize>pitch << 3
    const low = min(fxa, xb)
    const high = max(fxa, xb)
    let x = fxa
    for (let row = 0; row <= rows; row++) {
      const dy = row == 0 ? first : row == rows ? fyb : 1.0
      const end = row == rows ? xb : min(high, max(low, fxa + (first + <f64>row) * slope))
      total += dy * rowMean(at, x, end)
      if (isFloat<T>()) weightTotal += dy * rowMean(at + weightStep, x, end)
      x = end
      at += rowBytes
    }
  }
  store<f64>(out, sign * total)
  if (isFloat<T>()) store<f64>(weightOut, sign * weightTotal)
}

/** Mean of G over x between two positions in one row; `at` is the prefix sum where x = 0. */
function rowMean(at: usize, x0: f64, x1: f64): f64 {
  const low = min(x0, x1)
  const high = max(x0, x1)
  const lowCell = floor(low)
  const highCell = floor(high)
  let p = at + (<usize>(<i32>lowCell) << 3)
  if (lowCell == highCell) {
    const g = load<f64>(p)
    return g + (load<f64>(p, 8) - g) * (0.5 * ((low - lowCell) + (high - lowCell)))
  }
  // First part of a cell, whole cells, last part of a cell.
  // In this order it is never 0.
  const first = lowCell + 1 - low
  const last = high - highCell
  const cells = <i32>(highCell - lowCell)
  let g = load<f64>(p, 8)
  let sum = first * (g - (g - load<f64>(p)) * (0.5 * first))
  for (let k = 1; k < cells; k++) {
    p += 8
    const next = load<f64>(p, 8)
    sum += 0.5 * (g + next)
    g = next
  }
  if (last > 0) sum += last * (g + (load<f64>(p, 16) - g) * (0.5 * last))
  return sum / (first + <f64>(cells - 1) + last)
}

// ---- results

/** Area and extent of two quadrilaterals side by side: lanes of k and k + 1. */
// @ts-ignore: decorator
@inline
function areaOf2(top: usize, bottom: usize, d: usize): v128 {
  const dx1 = f64x2.sub(v128.load(xOf(bottom) + d, 8), v128.load(xOf(top) + d))
  const dy1 = f64x2.sub(v128.load(yOf(bottom) + d, 8), v128.load(yOf(top) + d))
  const dx2 = f64x2.sub(v128.load(xOf(bottom) + d), v128.load(xOf(top) + d, 8))
  const dy2 = f64x2.sub(v128.load(yOf(bottom) + d), v128.load(yOf(top) + d, 8))
  const area = f64x2.mul(f64x2.splat(0.5), f64x2.sub(f64x2.mul(dx1, dy2), f64x2.mul(dx2, dy1)))
  const size = f64x2.mul(
    f64x2.add(f64x2.abs(dx1), f64x2.abs(dy1)),
    f64x2.add(f64x2.abs(dx2), f64x2.abs(dy2)),
  )
  // Degenerate ones get area 0.
  return v128.and(area, f64x2.gt(f64x2.abs(area), f64x2.mul(size, f64x2.splat(MIN_SHAPE))))
}

// @ts-ignore: decorator
@inline
function extentOf2(top: usize, bottom: usize, d: usize): v128 {
  const dx1 = f64x2.sub(v128.load(xOf(bottom) + d, 8), v128.load(xOf(top) + d))
  const dy1 = f64x2.sub(v128.load(yOf(bottom) + d, 8), v128.load(yOf(top) + d))
  const dx2 = f64x2.sub(v128.load(xOf(bottom) + d), v128.load(xOf(top) + d, 8))
  const dy2 = f64x2.sub(v128.load(yOf(bottom) + d), v128.load(yOf(top) + d, 8))
  return f64x2.add(
    f64x2.add(f64x2.abs(dx1), f64x2.abs(dy1)),
    f64x2.add(f64x2.abs(dx2), f64x2.abs(dy2)),
  )
}

/** Integral around two quadrilaterals from their shared edges. */
// @ts-ignore: decorator
@inline
function around2(topEdge: usize, bottomEdge: usize, vertical: usize, d: usize): v128 {
  return f64x2.sub(
    f64x2.add(v128.load(topEdge + d), v128.load(vertical + d, 8)),
    f64x2.add(v128.load(bottomEdge + d), v128.load(vertical + d)),
  )
}

/** Stores one or two results. */
// @ts-ignore: decorator
@inline
function store2(at: usize, values: v128, isLast: bool): void {
  const narrow = f32x4.demote_f64x2_zero(values)
  if (isLast) v128.store32_lane(at, narrow, 0)
  else v128.store64_lane(at, narrow, 0)
}

function finishPlain(top: usize, bottom: usize, vertical: usize, count: i32, valueAt: usize, coverageAt: usize): void {
  const nan = f64x2.splat(NaN)
  const one = f64x2.splat(1)
  const zero = f64x2.splat(0)
  for (let k = 0; k < count; k += 2) {
    const d = <usize>k << 3
    const area = areaOf2(top, bottom, d)
    const flux = around2(edgeOf(top), edgeOf(bottom), vertical, d)
    const isGood = f64x2.ne(area, zero)
    const out = <usize>k << 2
    store2(valueAt + out, v128.bitselect(f64x2.div(flux, area), nan, isGood), k + 1 == count)
    store2(coverageAt + out, v128.and(one, isGood), k + 1 == count)
  }
}

function finishWeighted(
  top: usize, bottom: usize, vertical: usize, weightVertical: usize, count: i32, valueAt: usize, coverageAt: usize,
): void {
  const nan = f64x2.splat(NaN)
  const one = f64x2.splat(1)
  for (let k = 0; k < count; k += 2) {
    const d = <usize>k << 3
    const area = areaOf2(top, bottom, d)
    const flux = around2(edgeOf(top), edgeOf(bottom), vertical, d)
    const weight = around2(weightEdgeOf(top), weightEdgeOf(bottom), weightVertical, d)
    const tolerance = f64x2.add(
      f64x2.mul(f64x2.abs(area), f64x2.splat(FULL_RTOL)),
      f64x2.mul(extentOf2(top, bottom, d), f64x2.splat(FULL_PER_EXTENT)),
    )
    const isFull = f64x2.le(f64x2.abs(f64x2.sub(weight, area)), tolerance)
    const value = f64x2.div(flux, v128.bitselect(area, weight, isFull))
    const coverage = v128.bitselect(one, f64x2.div(weight, area), isFull)
    const isGood = v128.and(f64x2.ge(coverage, f64x2.splat(MIN_COVERAGE)), f64x2.ne(area, f64x2.splat(0)))
    const out = <usize>k << 2
    store2(valueAt + out, v128.bitselect(value, nan, isGood), k + 1 == count)
    store2(coverageAt + out, v128.and(coverage, isGood), k + 1 == count)
  }
}

/** Overwrites the pixels whose corners do not lie in one block. */
function finishOthers(top: usize, bottom: usize, count: i32, valueAt: usize, coverageAt: usize): void {
  const topBlocks = blockOf(top)
  const bottomBlocks = blockOf(bottom)
  for (let k = 0; k < count; k += 4) {
    const at = <usize>k << 2
    const t = v128.load(topBlocks + at)
    const u = v128.load(bottomBlocks + at)
    const same = v128.and(
      i32x4.eq(t, u),
      v128.and(i32x4.eq(t, v128.load(topBlocks + at, 4)), i32x4.eq(u, v128.load(bottomBlocks + at, 4))),
    )
    if (i32x4.all_true(same)) continue
    const mask = i32x4.bitmask(same)
    const end = min(4, count - k)
    for (let lane = 0; lane < end; lane++) {
      if (((mask >> lane) & 1) == 0) clippedPixel(top, bottom, <usize>(k + lane), valueAt, coverageAt)
    }
  }
}

/** Value and coverage of pixel k with its own edges, clipped to the window. */
function clippedPixel(top: usize, bottom: usize, k: usize, valueAt: usize, coverageAt: usize): void {
  const d = k << 3
  const x0 = load<f64>(xOf(top) + d)
  const x1 = load<f64>(xOf(top) + d, 8)
  const x2 = load<f64>(xOf(bottom) + d, 8)
  const x3 = load<f64>(xOf(bottom) + d)
  const y0 = load<f64>(yOf(top) + d)
  const y1 = load<f64>(yOf(top) + d, 8)
  const y2 = load<f64>(yOf(bottom) + d, 8)
  const y3 = load<f64>(yOf(bottom) + d)
  store<f32>(valueAt + (k << 2), NaN)
  store<f32>(coverageAt + (k << 2), 0)
  const lowX = min(min(x0, x1), min(x2, x3))
  const highX = max(max(x0, x1), max(x2, x3))
  const lowY = min(min(y0, y1), min(y2, y3))
  const highY = max(max(y0, y1), max(y2, y3))
  // min and max give NaN for NaN, so the comparisons fail.
  if (!(lowX >= -MAX_CORNER && highX <= MAX_CORNER && lowY >= -MAX_CORNER && highY <= MAX_CORNER)) return
  if (!(lowX < winRight && highX > winLeft && lowY < winBottom && highY > winTop)) return
  const dx1 = x2 - x0
  const dy1 = y2 - y0
  const dx2 = x3 - x1
  const dy2 = y3 - y1
  const area = 0.5 * (dx1 * dy2 - dx2 * dy1)
  const extent1 = abs(dx1) + abs(dy1)
  const extent2 = abs(dx2) + abs(dy2)
  if (!(abs(area) > extent1 * extent2 * MIN_SHAPE)) return
  const reference = <i32>floor(max(lowX, winLeft)) >> BLOCK_SHIFT
  gFlux = 0
  gWeight = 0
  clippedEdge(x0, y0, x1, y1, reference)
  clippedEdge(x1, y1, x2, y2, reference)
  clippedEdge(x2, y2, x3, y3, reference)
  clippedEdge(x3, y3, x0, y0, reference)
  const isFull = abs(gWeight - area) <= abs(area) * FULL_RTOL + (extent1 + extent2) * FULL_PER_EXTENT
  const coverage = isFull ? 1.0 : gWeight / area
  if (!(coverage >= MIN_COVERAGE)) return
  store<f32>(valueAt + (k << 2), <f32>(gFlux / (isFull ? area : gWeight)))
  store<f32>(coverageAt + (k << 2), <f32>coverage)
}

/** Adds the integral of G dy along the part of an edge in the window's rows; G counts from block `reference`. */
function clippedEdge(xa: f64, ya: f64, xb: f64, yb: f64, reference: i32): void {
  if (ya == yb) return
  let sign = 1.0
  if (ya > yb) {
    const x = xa
    const y = ya
    xa = xb
    ya = yb
    xb = x
    yb = y
    sign = -1
  }
  const slope = (xb - xa) / (yb - ya)
  const lowX = min(xa, xb)
  const highX = max(xa, xb)
  const end = min(yb, winBottom)
  let y = max(ya, winTop)
  let x = y == ya ? xa : min(highX, max(lowX, xa + (y - ya) * slope))
  while (y < end) {
    const row = floor(y)
    const nextY = min(row + 1, end)
    const nextX = nextY == yb ? xb : min(highX, max(lowX, xa + (nextY - ya) * slope))
    clippedMean(<i32>row, min(x, nextX), max(x, nextX), reference)
    const dy = sign * (nextY - y)
    gFlux += dy * gMeanFlux
    gWeight += dy * gMeanWeight
    y = nextY
    x = nextX
  }
}

/** Means of G and of the weight's G over low <= x <= high in a row, with nothing outside the window. */
function clippedMean(row: i32, low: f64, high: f64, reference: i32): void {
  const from = min(max(low, winLeft), winRight)
  const to = min(max(high, winLeft), winRight)
  const firstCol = min(<i32>floor(from), winEnd - 1)
  const lastCol = min(<i32>floor(to), winEnd - 1)
  const rowAt = sumsAt + (<usize>((row - boxRow) * pitch) << 3)
  let flux = 0.0
  let weight = 0.0
  let length = max(0.0, min(high, winLeft) - low)
  // G at the left end of the block in work.
  let blockFlux = 0.0
  let blockWeight = 0.0
  let block = reference
  let blockAt = rowAt + (<usize>((reference - block0) * BLOCK_PITCH) << 3)
  let g = 0.0
  let gWeightHere = 0.0
  for (let col = firstCol; col <= lastCol; col++) {
    while (block < col >> BLOCK_SHIFT) {
      blockFlux += load<f64>(blockAt + (BLOCK << 3))
      if (weightStep != 0) blockWeight += load<f64>(blockAt + (BLOCK << 3) + weightStep)
      blockAt += BLOCK_PITCH << 3
      block++
    }
    const at = blockAt + (<usize>(col & (BLOCK - 1)) << 3)
    const left = <f64>col
    const a = max(from - left, 0.0)
    const b = min(to - left, 1.0)
    const part = b - a
    const middle = 0.5 * (a + b)
    const p = load<f64>(at)
    const v = load<f64>(at, 8) - p
    g = blockFlux + p
    flux += part * (g + v * middle)
    g += v * b
    if (weightStep != 0) {
      const q = load<f64>(at + weightStep)
      const w = load<f64>(at + weightStep, 8) - q
      gWeightHere = blockWeight + q
      weight += part * (gWeightHere + w * middle)
      gWeightHere += w * b
    } else {
      gWeightHere = left - winLeft
      weight += part * (gWeightHere + middle)
      gWeightHere += b
    }
    length += part
  }
  const beyond = max(0.0, high - max(low, winRight))
  flux += beyond * g
  weight += beyond * gWeightHere
  length += beyond
  if (length > 0) {
    gMeanFlux = flux / length
    gMeanWeight = weight / length
  } else {
    gMeanFlux = g
    gMeanWeight = gWeightHere
  }
}
