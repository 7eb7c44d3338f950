// Exact-area reprojection of one output tile (method: Green's theorem over row prefix sums).
//
// The flux inside a quadrilateral is the integral of G(x, y) dy around it, where G is the integral of the image row from a
// reference column to x. G comes from the prefix sums of a block (area-box.ts). A pixel whose four corners lie in one block takes
// its flux from four edge integrals that it shares with its neighbours; one that lies across a block border computes its own edges;
// the rest (at the image border, or very large) goes through clippedPixel. Which way a pixel takes depends on its own corners
// alone, and so does its result: it is the same to the last bit in every tile.
import {
  BLOCK, BLOCK_SHIFT, BLOCK_SURPLUS, boxRow, boxRows, findBox, pitch, plainSums, setSums, setWindow, SHARED, sumsAt, weightedSums,
  weightStep,
} from './area-box'
import { clippedPixel } from './area-clipped'
import {
  BLOCK_OF, CELL, EDGE, FIRST_BLOCK, locateCorners, MAX_WIDTH, SET_BYTES, STRIDE, WEIGHT_EDGE, X,
} from './area-corners'
import { edges, setEdges, twoEdges } from './area-edges'
import { areaOf, extentOf } from './area-shape'
import { finishPlain, finishWeighted, storePixel } from './area-store'

export function areaTile(
  imageAt: usize, windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, imageStride: i32,
  weightAt: usize, cornersXAt: usize, cornersYAt: usize, tileWidth: i32, tileHeight: i32,
  valueAt: usize, coverageAt: usize, outStride: i32, scratchAt: usize, scratchBytes: u32,
): i32 {
  if (tileWidth <= 0 || tileHeight <= 0) return 0
  if (tileWidth > MAX_WIDTH) return 1
  setWindow(windowCol, windowRow, windowWidth, windowHeight)
  const pitchCorners = tileWidth + 1
  if (!findBox(cornersXAt, cornersYAt, pitchCorners * (tileHeight + 1))) {
    for (let row = 0; row < tileHeight; row++) {
      const out = (<usize>row * <usize>outStride) << 2
      fillBlank(valueAt + out, coverageAt + out, tileWidth)
    }
    return 0
  }

  // Scratch: two corner rows, the vertical edges between them, eight single edges, pairs of edges to come back to, then the prefix sums.
  let top = scratchAt
  let bottom = scratchAt + SET_BYTES
  const vertical = scratchAt + 2 * SET_BYTES
  const weightVertical = vertical + STRIDE
  const single = weightVertical + STRIDE
  const others = single + 64
  setEdges(others)
  setSums(others + STRIDE, 0)
  const sumsBytes = <f64>boxRows * <f64>pitch * 8
  const fixedBytes = <f64>(sumsAt - scratchAt)
  const room = <f64>scratchBytes
  if (fixedBytes + sumsBytes > room) return 1
  const first = imageAt + ((<usize>(boxRow - windowRow) * <usize>imageStride) << 2)
  if (weightAt != 0 || !plainSums(first, imageStride)) {
    if (fixedBytes + 2 * sumsBytes > room) return 1
    setSums(sumsAt, (<usize>boxRows * <usize>pitch) << 3)
    const firstWeight = weightAt == 0 ? <usize>0 : weightAt + ((<usize>(boxRow - windowRow) * <usize>imageStride) << 2)
    weightedSums(first, firstWeight, imageStride)
  }

  const rowBytes = <usize>pitchCorners << 3
  locateCorners(cornersXAt, cornersYAt, pitchCorners, top, 0)
  if (weightStep == 0) edges<i32>(top, top, 1, top + EDGE, 0, tileWidth)
  else edges<f64>(top, top, 1, top + EDGE, top + WEIGHT_EDGE, tileWidth)
  for (let row = 0; row < tileHeight; row++) {
    cornersXAt += rowBytes
    cornersYAt += rowBytes
    const out = (<usize>row * <usize>outStride) << 2
    locateCorners(cornersXAt, cornersYAt, pitchCorners, bottom, row + 1)
    if (weightStep == 0) {
      edges<i32>(bottom, bottom, 1, bottom + EDGE, 0, tileWidth)
      edges<i32>(top, bottom, 0, vertical, 0, pitchCorners)
      finishPlain(top, bottom, vertical, tileWidth, valueAt + out, coverageAt + out)
    } else {
      edges<f64>(bottom, bottom, 1, bottom + EDGE, bottom + WEIGHT_EDGE, tileWidth)
      edges<f64>(top, bottom, 0, vertical, weightVertical, pitchCorners)
      finishWeighted(top, bottom, vertical, weightVertical, tileWidth, valueAt + out, coverageAt + out)
    }
    finishOthers(top, bottom, tileWidth, single, valueAt + out, coverageAt + out)
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

/** Overwrites the pixels whose corners do not lie in one block. */
function finishOthers(top: usize, bottom: usize, count: i32, single: usize, valueAt: usize, coverageAt: usize): void {
  const topBlocks = top + BLOCK_OF
  const bottomBlocks = bottom + BLOCK_OF
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
      if (((mask >> lane) & 1) != 0) continue
      const pixel = <usize>(k + lane)
      const isDone =
        weightStep == 0
          ? pixelAcrossBlocks<i32>(top, bottom, pixel, single, valueAt, coverageAt)
          : pixelAcrossBlocks<f64>(top, bottom, pixel, single, valueAt, coverageAt)
      if (!isDone) clippedPixel(top, bottom, pixel, valueAt, coverageAt)
    }
  }
}

/** A pixel inside the window whose corners reach into the shared columns of the block where it starts; false for others. */
function pixelAcrossBlocks<T>(
  top: usize, bottom: usize, k: usize, single: usize, valueAt: usize, coverageAt: usize,
): bool {
  const i = k << 2
  const d = k << 3
  const b0 = load<i32>(top + i, BLOCK_OF)
  const b1 = load<i32>(top + i, BLOCK_OF + 4)
  const b2 = load<i32>(bottom + i, BLOCK_OF + 4)
  const b3 = load<i32>(bottom + i, BLOCK_OF)
  const block = min(min(b0, b1), min(b2, b3))
  if (block < FIRST_BLOCK) return false
  const x0 = load<f64>(top + d, X)
  const x1 = load<f64>(top + d, X + 8)
  const x2 = load<f64>(bottom + d, X + 8)
  const x3 = load<f64>(bottom + d, X)
  if (max(max(x0, x1), max(x2, x3)) >= <f64>((block << BLOCK_SHIFT) + BLOCK + SHARED)) return false

  const c0 = load<i32>(top + d, CELL) - (b0 - block) * BLOCK_SURPLUS
  const c1 = load<i32>(top + d, CELL + 8) - (b1 - block) * BLOCK_SURPLUS
  const c2 = load<i32>(bottom + d, CELL + 8) - (b2 - block) * BLOCK_SURPLUS
  const c3 = load<i32>(bottom + d, CELL) - (b3 - block) * BLOCK_SURPLUS
  const t = top + d
  const u = bottom + d
  twoEdges<T>(c0, t, c1, t + 8, c3, u, c2, u + 8, single, single + 32)
  twoEdges<T>(c1, t + 8, c2, u + 8, c0, t, c3, u, single + 16, single + 48)

  const area = areaOf(top, bottom, d)
  const flux = around(single)
  const weight = isFloat<T>() ? around(single + 32) : area
  storePixel(flux, weight, area, extentOf(top, bottom, d), valueAt + i, coverageAt + i)
  return true
}

/** From the edges at the top, the bottom, the right and the left. */
function around(single: usize): f64 {
  return load<f64>(single) + load<f64>(single, 16) - (load<f64>(single, 8) + load<f64>(single, 24))
}
