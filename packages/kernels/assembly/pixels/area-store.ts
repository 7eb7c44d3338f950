// Value and coverage from the integrals around a quadrilateral, and their storage.
import { EDGE, WEIGHT_EDGE } from './area-corners'
import { FULL_PER_EXTENT, FULL_RTOL, MIN_COVERAGE } from './area-limits'
import { areaOf2, extentOf2 } from './area-shape'
import { halves, magnitudes, minFolds, minShapes, nans, ones } from './constants'

/** One pixel; `extent` is the sum of the diagonals' |dx| + |dy|. Blank pixels are stored as NaN and 0. */
export function storePixel(flux: f64, weight: f64, area: f64, extent: f64, valueAt: usize, coverageAt: usize): void {
  const isFull = abs(weight - area) <= abs(area) * FULL_RTOL + extent * FULL_PER_EXTENT
  const coverage = isFull ? 1.0 : weight / area
  const isGood = area != 0 && coverage >= MIN_COVERAGE
  store<f32>(valueAt, isGood ? <f32>(flux / (isFull ? area : weight)) : NaN)
  store<f32>(coverageAt, isGood ? <f32>coverage : 0)
}

/** Integral around two quadrilaterals from their shared edges. */
@inline
function around2(topEdge: usize, bottomEdge: usize, vertical: usize): v128 {
  return f64x2.sub(
    f64x2.add(v128.load(topEdge), v128.load(vertical, 8)),
    f64x2.add(v128.load(bottomEdge), v128.load(vertical)),
  )
}

/** Stores one or two results. */
@inline
function store2(at: usize, values: v128, isLast: bool): void {
  const narrow = f32x4.demote_f64x2_zero(values)
  if (isLast) v128.store32_lane(at, narrow, 0)
  else v128.store64_lane(at, narrow, 0)
}

/** A row of pixels that are all covered fully. */
export function finishPlain(top: usize, bottom: usize, vertical: usize, count: i32, valueAt: usize, coverageAt: usize): void {
  const nan = nans()
  const one = ones()
  const half = halves()
  const minShape = minShapes()
  const minFold = minFolds()
  const magnitude = magnitudes()
  const zero = f64x2.splat(0)
  const end = top + (<usize>count << 3)
  let b = bottom
  let v = vertical
  for (let t = top; t < end; t += 16) {
    const area = areaOf2(t, b, half, minShape, minFold, magnitude)
    const flux = around2(t + EDGE, b + EDGE, v)
    const isGood = f64x2.ne(area, zero)
    const isLast = t + 8 == end
    store2(valueAt, v128.bitselect(f64x2.div(flux, area), nan, isGood), isLast)
    store2(coverageAt, v128.and(one, isGood), isLast)
    b += 16
    v += 16
    valueAt += 8
    coverageAt += 8
  }
}

/** A row of pixels with weights. */
export function finishWeighted(
  top: usize, bottom: usize, vertical: usize, weightVertical: usize, count: i32, valueAt: usize, coverageAt: usize,
): void {
  const nan = nans()
  const one = ones()
  const half = halves()
  const minShape = minShapes()
  const minFold = minFolds()
  const magnitude = magnitudes()
  const zero = f64x2.splat(0)
  const end = top + (<usize>count << 3)
  let b = bottom
  let v = vertical
  let w = weightVertical
  for (let t = top; t < end; t += 16) {
    const area = areaOf2(t, b, half, minShape, minFold, magnitude)
    const flux = around2(t + EDGE, b + EDGE, v)
    const weight = around2(t + WEIGHT_EDGE, b + WEIGHT_EDGE, w)
    const tolerance = f64x2.add(
      f64x2.mul(v128.and(area, magnitude), f64x2.splat(FULL_RTOL)),
      f64x2.mul(extentOf2(t, b), f64x2.splat(FULL_PER_EXTENT)),
    )
    const isFull = f64x2.le(v128.and(f64x2.sub(weight, area), magnitude), tolerance)
    const value = f64x2.div(flux, v128.bitselect(area, weight, isFull))
    const coverage = v128.bitselect(one, f64x2.div(weight, area), isFull)
    const isGood = v128.and(f64x2.ge(coverage, f64x2.splat(MIN_COVERAGE)), f64x2.ne(area, zero))
    const isLast = t + 8 == end
    store2(valueAt, v128.bitselect(value, nan, isGood), isLast)
    store2(coverageAt, v128.and(coverage, isGood), isLast)
    b += 16
    v += 16
    w += 16
    valueAt += 8
    coverageAt += 8
  }
}
