// Value and coverage from the integrals around a quadrilateral, and their storage.
import { edgeOf, weightEdgeOf } from './area-corners'
import { FULL_PER_EXTENT, FULL_RTOL, MIN_COVERAGE } from './area-limits'
import { areaOf2, extentOf2 } from './area-shape'

/** One pixel; `extent` is the sum of the diagonals' |dx| + |dy|. Blank pixels are stored as NaN and 0. */
export function storePixel(flux: f64, weight: f64, area: f64, extent: f64, valueAt: usize, coverageAt: usize): void {
  const isFull = abs(weight - area) <= abs(area) * FULL_RTOL + extent * FULL_PER_EXTENT
  const coverage = isFull ? 1.0 : weight / area
  const isGood = area != 0 && coverage >= MIN_COVERAGE
  store<f32>(valueAt, isGood ? <f32>(flux / (isFull ? area : weight)) : NaN)
  store<f32>(coverageAt, isGood ? <f32>coverage : 0)
}

/** Integral around two quadrilaterals from their shared edges. */
function around2(topEdge: usize, bottomEdge: usize, vertical: usize, d: usize): v128 {
  return f64x2.sub(
    f64x2.add(v128.load(topEdge + d), v128.load(vertical + d, 8)),
    f64x2.add(v128.load(bottomEdge + d), v128.load(vertical + d)),
  )
}

/** Stores one or two results. */
function store2(at: usize, values: v128, isLast: bool): void {
  const narrow = f32x4.demote_f64x2_zero(values)
  if (isLast) v128.store32_lane(at, narrow, 0)
  else v128.store64_lane(at, narrow, 0)
}

/** A row of pixels that are all covered fully. */
export function finishPlain(top: usize, bottom: usize, vertical: usize, count: i32, valueAt: usize, coverageAt: usize): void {
  const nan = f64x2.splat(NaN)
  const one = f64x2.splat(1)
  const zero = f64x2.splat(0)
  const topEdge = edgeOf(top)
  const bottomEdge = edgeOf(bottom)
  for (let k = 0; k < count; k += 2) {
    const d = <usize>k << 3
    const area = areaOf2(top, bottom, d)
    const flux = around2(topEdge, bottomEdge, vertical, d)
    const isGood = f64x2.ne(area, zero)
    const out = <usize>k << 2
    store2(valueAt + out, v128.bitselect(f64x2.div(flux, area), nan, isGood), k + 1 == count)
    store2(coverageAt + out, v128.and(one, isGood), k + 1 == count)
  }
}

/** A row of pixels with weights. */
export function finishWeighted(
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
