// Variance of exact-area means: sum of squared overlaps times variance over the squared sum of overlaps. Squares share nothing between
// neighbours, so each pixel of the input under an output pixel is visited on its own.
import { MIN_COVERAGE } from './area-limits'
import { quadArea } from './overlap'

// Corners of the quadrilateral in work and slopes dx / dy of its edges. Globals, since every thread has its own; what `memory.data` reserves
// lies in the memory that all threads share.
let x0: f64 = 0
let y0: f64 = 0
let x1: f64 = 0
let y1: f64 = 0
let x2: f64 = 0
let y2: f64 = 0
let x3: f64 = 0
let y3: f64 = 0
let slope0: f64 = 0
let slope1: f64 = 0
let slope2: f64 = 0
let slope3: f64 = 0

export function areaVarianceTile(
  varianceAt: usize, windowCol: i32, windowRow: i32, windowWidth: i32, windowHeight: i32, imageStride: i32,
  cornersXAt: usize, cornersYAt: usize, tileWidth: i32, tileHeight: i32, drop: f64, outAt: usize, outStride: i32,
): void {
  const pitch = <usize>(tileWidth + 1) << 3
  const inset = 0.5 * (1 - drop)
  const perSide = 1 / drop
  for (let row = 0; row < tileHeight; row++) {
    const out = outAt + ((<usize>row * <usize>outStride) << 2)
    for (let col = 0; col < tileWidth; col++) {
      const at = <usize>row * pitch + (<usize>col << 3)
      x0 = load<f64>(cornersXAt + at)
      x1 = load<f64>(cornersXAt + at, 8)
      x2 = load<f64>(cornersXAt + at + pitch, 8)
      x3 = load<f64>(cornersXAt + at + pitch)
      y0 = load<f64>(cornersYAt + at)
      y1 = load<f64>(cornersYAt + at, 8)
      y2 = load<f64>(cornersYAt + at + pitch, 8)
      y3 = load<f64>(cornersYAt + at + pitch)
      let result: f32 = NaN
      const area = abs(quadArea(x0, y0, x1, y1, x2, y2, x3, y3, Infinity))
      if (area > 0) {
        slope0 = slopeOf(x0, y0, x1, y1)
        slope1 = slopeOf(x1, y1, x2, y2)
        slope2 = slopeOf(x2, y2, x3, y3)
        slope3 = slopeOf(x3, y3, x0, y0)
        const firstCol = <i32>max(<f64>windowCol, floor(min(min(x0, x1), min(x2, x3))))
        const endCol = <i32>min(<f64>(windowCol + windowWidth), ceil(max(max(x0, x1), max(x2, x3))))
        const firstRow = <i32>max(<f64>windowRow, floor(min(min(y0, y1), min(y2, y3))))
        const endRow = <i32>min(<f64>(windowRow + windowHeight), ceil(max(max(y0, y1), max(y2, y3))))
        let overlaps: f64 = 0
        let squares: f64 = 0
        for (let r = firstRow; r < endRow; r++) {
          const line = varianceAt + ((<usize>(r - windowRow) * <usize>imageStride - <usize>windowCol) << 2)
          for (let c = firstCol; c < endCol; c++) {
            const variance = <f64>load<f32>(line + (<usize>c << 2))
            if (!(variance < Infinity)) continue
            const overlap = abs(cellOverlap(<f64>c + inset, <f64>r + inset, drop, perSide))
            overlaps += overlap
            squares += overlap * overlap * variance
          }
        }
        if (overlaps >= area * MIN_COVERAGE) result = <f32>(squares / (overlaps * overlaps))
      }
      store<f32>(out + (<usize>col << 2), result)
    }
  }
}

function slopeOf(xa: f64, ya: f64, xb: f64, yb: f64): f64 {
  return ya == yb ? 0 : (xb - xa) / (yb - ya)
}

/** Signed overlap of the quadrilateral with the square of this side whose lower left corner is (left, bottom). */
function cellOverlap(left: f64, bottom: f64, side: f64, perSide: f64): f64 {
  const top = bottom + side
  const right = left + side
  return (
    edgeOverlap(x0, y0, x1, y1, slope0, left, bottom, right, top, perSide) +
    edgeOverlap(x1, y1, x2, y2, slope1, left, bottom, right, top, perSide) +
    edgeOverlap(x2, y2, x3, y3, slope2, left, bottom, right, top, perSide) +
    edgeOverlap(x3, y3, x0, y0, slope3, left, bottom, right, top, perSide)
  )
}

/** What one edge adds to a signed overlap. */
function edgeOverlap(
  xa: f64, ya: f64, xb: f64, yb: f64, slope: f64, left: f64, bottom: f64, right: f64, top: f64, perSide: f64,
): f64 {
  const low = min(max(ya, bottom), top)
  const high = min(max(yb, bottom), top)
  if (low == high) return 0
  const xLow = low == ya ? xa : xa + (low - ya) * slope
  const xHigh = high == yb ? xb : xa + (high - ya) * slope
  return meanOfClamp(min(xLow, xHigh), max(xLow, xHigh), left, right, perSide) * (high - low)
}

/** Mean of clamp(x - left, 0, right - left) over low <= x <= high. */
function meanOfClamp(low: f64, high: f64, left: f64, right: f64, perSide: f64): f64 {
  if (high <= left) return 0
  if (low >= right) return 1 / perSide
  if (low >= left && high <= right) return 0.5 * (low + high) - left
  const from = max(low, left)
  const to = min(high, right)
  return ((to - from) * (0.5 * (from + to) - left) + max(0.0, high - right) / perSide) / (high - low)
}
