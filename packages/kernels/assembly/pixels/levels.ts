// Grey levels for pictures: counts of values in bins, their cumulative sums, and the level of each value from a table.

/** Behind the cells of both halves of a table of levels; src/pixels/level-half.ts says the same. */
const HALF: i32 = 65536
const LAST_CELL: i32 = 2 * HALF

export function histogram(
  valueAt: usize, count: i32, least: f64, largest: f64, binWidth: f64, binCount: i32, binsAt: usize,
): i32 {
  const last = binCount - 1
  let counted = 0
  for (let i = 0; i < count; i++) {
    const value = <f64>load<f32>(valueAt + (<usize>i << 2))
    if (!(value >= least && value <= largest)) continue
    const bin = value == largest ? last : min(last, <i32>((value - least) / binWidth))
    const at = binsAt + (<usize>bin << 2)
    store<u32>(at, load<u32>(at) + 1)
    counted++
  }
  return counted
}

export function cumulate(binsAt: usize, binCount: i32, belowAt: usize): void {
  let sum: f64 = 0
  for (let i = 0; i < binCount; i++) {
    store<f64>(belowAt + (<usize>i << 3), sum)
    sum += <f64>load<u32>(binsAt + (<usize>i << 2))
  }
}

export function levels(
  valueAt: usize, count: i32, sign: f64, firstT: f64, fineScale: f64, splitT: f64, coarseScale: f64,
  thresholdsAt: usize, cellsAt: usize, blankLevel: i32, outAt: usize,
): void {
  for (let i = 0; i < count; i++) {
    const t = sign * <f64>load<f32>(valueAt + (<usize>i << 2))
    // NaN fails all comparisons and lands in the last cell.
    const fine = (t - firstT) * fineScale
    let cell = LAST_CELL
    if (fine < <f64>HALF) cell = fine > 0 ? <i32>fine : 0
    else {
      const coarse = (t - splitT) * coarseScale
      if (coarse < <f64>HALF) cell = HALF + (coarse > 0 ? <i32>coarse : 0)
    }
    let low = <i32>load<u8>(cellsAt + <usize>cell)
    low += i32(t >= load<f64>(thresholdsAt + (<usize>low << 3), 8))
    let high = <i32>load<u8>(cellsAt + <usize>cell, 1)
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (t >= load<f64>(thresholdsAt + (<usize>middle << 3))) low = middle
      else high = middle - 1
    }
    store<u8>(outAt + <usize>i, t != t ? blankLevel : low)
  }
}
