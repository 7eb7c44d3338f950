// Sums over a stack of images with weights, variances and rejection: one run of pixels of one row of one image at a time, float64
// accumulators. Offsets of 0 leave out what is not wanted.

function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value)
}

export function addValues(
  valueAt: usize, coverageAt: usize, weightAt: usize, varianceAt: usize, count: i32,
  x0: f64, y: f64, a: f64, b: f64, c: f64, isSum: i32, centreAt: usize, toleranceAt: usize, kappa: f64,
  sumAt: usize, weightSumAt: usize, areaSumAt: usize, varianceSumAt: usize, countsAt: usize, contextAt: usize, contextBit: u32,
): i32 {
  const p = b * y + c
  let rejected = 0
  for (let i: usize = 0; i < <usize>count; i++) {
    const single = i << 2
    const double = i << 3
    const coverage = <f64>load<f32>(coverageAt + single)
    const value = <f64>load<f32>(valueAt + single) - (a * (x0 + <f64>i) + p)
    const weight = weightAt == 0 ? coverage : <f64>load<f32>(weightAt + single)
    if (!(coverage > 0) || !(weight > 0) || value != value) continue
    const variance = varianceAt == 0 ? 0 : <f64>load<f32>(varianceAt + single)
    if (centreAt != 0) {
      const limit = kappa * sqrt(variance) + <f64>load<f32>(toleranceAt + single)
      // NaN, without a centre, rejects nothing.
      if (abs(value - <f64>load<f32>(centreAt + single)) > limit) {
        rejected++
        continue
      }
    }
    const factor = isSum != 0 ? 1 : weight
    addTo(sumAt + double, factor * value)
    addTo(weightSumAt + double, weight)
    addTo(areaSumAt + double, coverage)
    if (varianceSumAt != 0) addTo(varianceSumAt + double, factor * factor * variance)
    if (countsAt != 0) addTo(countsAt + double, 1)
    if (contextAt != 0) store<u32>(contextAt + single, load<u32>(contextAt + single) | contextBit)
  }
  return rejected
}

export function addSpread(
  valueAt: usize, coverageAt: usize, weightAt: usize, varianceAt: usize, count: i32, minCoverage: f32,
  varianceSumAt: usize, inverseSumAt: usize, weightSumAt: usize, areaSumAt: usize, countsAt: usize, contextAt: usize,
  contextBit: u32,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const single = i << 2
    const double = i << 3
    const coverage = load<f32>(coverageAt + single)
    const value = load<f32>(valueAt + single)
    if (!(coverage > minCoverage) || value != value) continue
    if (varianceAt != 0) {
      const variance = <f64>load<f32>(varianceAt + single)
      addTo(varianceSumAt + double, variance)
      addTo(inverseSumAt + double, 1 / sqrt(variance))
    }
    if (weightSumAt != 0) addTo(weightSumAt + double, <f64>load<f32>(weightAt + single))
    addTo(areaSumAt + double, <f64>coverage)
    addTo(countsAt + double, 1)
    if (contextAt != 0) store<u32>(contextAt + single, load<u32>(contextAt + single) | contextBit)
  }
}

export function addExtreme(
  valueAt: usize, coverageAt: usize, count: i32, x0: f64, y: f64, a: f64, b: f64, c: f64, minCoverage: f32, sign: f64,
  extremeAt: usize,
): void {
  const p = b * y + c
  for (let i: usize = 0; i < <usize>count; i++) {
    const value = <f64>load<f32>(valueAt + (i << 2)) - (a * (x0 + <f64>i) + p)
    if (!(load<f32>(coverageAt + (i << 2)) > minCoverage) || value != value) continue
    const extreme = load<f64>(extremeAt + (i << 3))
    if (!(sign * extreme >= sign * value)) store<f64>(extremeAt + (i << 3), value)
  }
}
