// Pixels that share no edges: they reach beyond the window or over several blocks. Their edges are integrated one by one, clipped to the
// window, with G counted from the block where the pixel starts.
import {
  BLOCK, BLOCK_PITCH, BLOCK_SHIFT, block0, boxRow, pitch, sumsAt, weightStep, winBottom, winCol, winEnd, winLeft, winRight,
  winTop,
} from './area-box'
import { X, Y } from './area-corners'
import { MAX_CORNER } from './area-limits'
import { areaOf, extentOf } from './area-shape'
import { storePixel } from './area-store'

// Results of clippedEdge and clippedMean.
let gFlux: f64 = 0
let gWeight: f64 = 0
let gMeanFlux: f64 = 0
let gMeanWeight: f64 = 0

/** Stores value and coverage of pixel k between two rows of corners. */
export function clippedPixel(top: usize, bottom: usize, k: usize, valueAt: usize, coverageAt: usize): void {
  const d = k << 3
  const x0 = load<f64>(top + d, X)
  const x1 = load<f64>(top + d, X + 8)
  const x2 = load<f64>(bottom + d, X + 8)
  const x3 = load<f64>(bottom + d, X)
  const y0 = load<f64>(top + d, Y)
  const y1 = load<f64>(top + d, Y + 8)
  const y2 = load<f64>(bottom + d, Y + 8)
  const y3 = load<f64>(bottom + d, Y)
  store<f32>(valueAt + (k << 2), NaN)
  store<f32>(coverageAt + (k << 2), 0)
  const lowX = min(min(x0, x1), min(x2, x3))
  const highX = max(max(x0, x1), max(x2, x3))
  const lowY = min(min(y0, y1), min(y2, y3))
  const highY = max(max(y0, y1), max(y2, y3))
  // min and max give NaN for NaN, so the comparisons fail.
  if (!(lowX >= -MAX_CORNER && highX <= MAX_CORNER && lowY >= -MAX_CORNER && highY <= MAX_CORNER)) return
  if (!(lowX < winRight && highX > winLeft && lowY < winBottom && highY > winTop)) return
  const area = areaOf(top, bottom, d)
  if (area == 0) return
  const reference = <i32>floor(max(lowX, winLeft)) >> BLOCK_SHIFT
  gFlux = 0
  gWeight = 0
  clippedEdge(x0, y0, x1, y1, reference)
  clippedEdge(x1, y1, x2, y2, reference)
  clippedEdge(x2, y2, x3, y3, reference)
  clippedEdge(x3, y3, x0, y0, reference)
  storePixel(gFlux, gWeight, area, extentOf(top, bottom, d), valueAt + (k << 2), coverageAt + (k << 2))
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
      // What the sums of a weight of 1 would hold: the same number, to the last bit.
      gWeightHere = left - max(<f64>(reference << BLOCK_SHIFT), winLeft)
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
