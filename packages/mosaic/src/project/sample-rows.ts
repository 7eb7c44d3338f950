import { type ApproximateMap, evaluateMapRow, type PixelMap } from '@skyloom/wcs'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'
import { type Interpolation, kernelTaps, kernelWeights } from './interpolation-kernel.ts'
import type { OverlapImage } from './overlap-sums.ts'

/**
 * How a pixel of the output gets its value at a place of the image: an interpolation, or `classic-lanczos`, the rule of Montage's
 * mProjectQL -L with its faults: the kernel is taken at offset + fraction instead of offset - fraction, in steps of 1/100 pixel, without
 * normalisation, and a pixel without data spoils the value.
 */
export type SampleRule = Interpolation | 'classic-lanczos'

/** Pixels beyond a place that any rule may touch. */
const REACH = 4
/** Most pixels of the image that are read for one strip; longer strips are cut. */
const STRIP_PIXELS = 16 * 1024 * 1024

/**
 * Values of some rows of the output by sampling an image at the centres of the output's pixels, float64. NaN where the place lies
 * outside the image or its nearest pixel has no data. Interpolations take the weights of pixels without data away and divide by the sum
 * of the others.
 *
 * @param toImage exact map of corner coordinates of the output to those of the image; `grid` approximates it
 * @param out row-major, for `region` of the output
 */
export async function sampleRows(
  image: OverlapImage,
  rule: SampleRule,
  toImage: PixelMap,
  grid: ApproximateMap,
  region: Region,
  out: Float64Array,
): Promise<void> {
  const count = region.width * region.height
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let row = 0; row < region.height; row++) {
    const start = row * region.width
    const [rowX, rowY] = [x.subarray(start), y.subarray(start)]
    evaluateMapRow(grid, toImage, region.col + 0.5, region.row + row + 0.5, region.width, rowX, rowY)
  }
  const wanted = pixelsAround(x, y, image)
  out.fill(Number.NaN)
  if (isEmptyRegion(wanted)) return
  if (wanted.width * wanted.height > STRIP_PIXELS && (region.height > 1 || region.width > 1)) {
    await sampleHalves(image, rule, toImage, grid, region, out)
    return
  }
  const { value } = await image.read(wanted)
  const sample = samplerOf(rule, value, wanted)
  for (let k = 0; k < count; k++) {
    const [px, py] = [x[k]!, y[k]!]
    if (px >= 0 && px <= image.width && py >= 0 && py <= image.height) out[k] = sample(px, py)
  }
}

/** Samples two halves of a region on their own. */
async function sampleHalves(
  image: OverlapImage,
  rule: SampleRule,
  toImage: PixelMap,
  grid: ApproximateMap,
  region: Region,
  out: Float64Array,
): Promise<void> {
  const isTall = region.height > 1
  const half = Math.ceil((isTall ? region.height : region.width) / 2)
  const parts = isTall
    ? [
        { ...region, height: half },
        { ...region, row: region.row + half, height: region.height - half },
      ]
    : [
        { ...region, width: half },
        { ...region, col: region.col + half, width: region.width - half },
      ]
  for (const part of parts) {
    const start = (part.row - region.row) * region.width + part.col - region.col
    const size = part.width * part.height
    await sampleRows(image, rule, toImage, grid, part, out.subarray(start, start + size))
  }
}

/** The pixels of the image that places inside it may need. */
function pixelsAround(x: Float64Array, y: Float64Array, image: OverlapImage): Region {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let k = 0; k < x.length; k++) {
    const [px, py] = [x[k]!, y[k]!]
    if (!(px >= 0 && px <= image.width && py >= 0 && py <= image.height)) continue
    left = Math.min(left, px)
    right = Math.max(right, px)
    bottom = Math.min(bottom, py)
    top = Math.max(top, py)
  }
  const whole = { col: 0, row: 0, width: image.width, height: image.height }
  if (!(left <= right)) return { ...whole, width: 0, height: 0 }
  const col = Math.floor(left) - REACH
  const row = Math.floor(bottom) - REACH
  const width = Math.floor(right) + REACH + 1 - col
  const height = Math.floor(top) + REACH + 1 - row
  return intersectRegions(whole, { col, row, width, height })
}

type Sampler = (x: number, y: number) => number

function samplerOf(rule: SampleRule, data: Float64Array, part: Region): Sampler {
  if (rule === 'classic-lanczos') return classicSampler(data, part)
  const nearest = nearestOf(data, part)
  return rule === 'nearest' ? nearest : interpolator(rule, data, part, nearest)
}

/** The pixel that holds a place; places on the last border belong to the last pixel. */
function nearestOf(data: Float64Array, { col, row, width, height }: Region): Sampler {
  return (x, y) => {
    const i = Math.min(Math.floor(x) - col, width - 1)
    const j = Math.min(Math.floor(y) - row, height - 1)
    return data[j * width + i]!
  }
}

function interpolator(rule: Interpolation, data: Float64Array, part: Region, nearest: Sampler): Sampler {
  const { col, row, width, height } = part
  const taps = kernelTaps(rule)
  const before = taps / 2 - 1
  const wx = new Float64Array(taps)
  const wy = new Float64Array(taps)
  return (x, y) => {
    if (!Number.isFinite(nearest(x, y))) return Number.NaN
    const i = Math.floor(x - 0.5)
    const j = Math.floor(y - 0.5)
    kernelWeights(rule, x - 0.5 - i, wx)
    kernelWeights(rule, y - 0.5 - j, wy)
    let sum = 0
    let weights = 0
    for (let b = 0; b < taps; b++) {
      const r = j - before + b - row
      if (r < 0 || r >= height) continue
      for (let a = 0; a < taps; a++) {
        const c = i - before + a - col
        if (c < 0 || c >= width) continue
        const value = data[r * width + c]!
        if (!Number.isFinite(value)) continue
        const weight = wx[a]! * wy[b]!
        sum += weight * value
        weights += weight
      }
    }
    return sum / weights
  }
}

/** Entries of the table of the classic kernel for one pixel. */
const CLASSIC_STEPS = 100
const CLASSIC_ORDER = 3

function classicSampler(data: Float64Array, { col, row, width, height }: Region): Sampler {
  // The last entry, at 3 pixels, is not quite zero: it too spreads NaN.
  const table = new Float64Array(CLASSIC_ORDER * CLASSIC_STEPS + 1)
  for (let k = 0; k < table.length; k++) {
    const v = k / CLASSIC_STEPS
    const [a, b] = [Math.PI * v, (Math.PI * v) / CLASSIC_ORDER]
    table[k] = k === 0 ? 1 : (Math.sin(a) / a) * (Math.sin(b) / b)
  }
  const weightAt = (place: number): number => table[Math.trunc(Math.abs(place) * CLASSIC_STEPS)] ?? 0
  const taps = 2 * CLASSIC_ORDER + 1
  const wx = new Float64Array(taps)
  return (x, y) => {
    const i = Math.floor(x)
    const j = Math.floor(y)
    const fx = x - 0.5 - i
    const fy = y - 0.5 - j
    if (Number.isNaN(data[(j - row) * width + i - col] ?? Number.NaN)) return Number.NaN
    const firstCol = i - CLASSIC_ORDER - col
    const firstRow = j - CLASSIC_ORDER - row
    for (let a = 0; a < taps; a++) wx[a] = weightAt(a - CLASSIC_ORDER + fx)
    const from = Math.max(0, -firstCol)
    const end = Math.min(taps, width - firstCol)
    let sum = 0
    for (let b = 0; b < taps; b++) {
      const r = firstRow + b
      const wy = weightAt(b - CLASSIC_ORDER + fy)
      if (r < 0 || r >= height || wy === 0) continue
      const start = r * width + firstCol
      // A weight of zero must not touch the pixel: it may be NaN.
      for (let a = from; a < end; a++) if (wx[a] !== 0) sum += data[start + a]! * wx[a]! * wy
    }
    return sum
  }
}
