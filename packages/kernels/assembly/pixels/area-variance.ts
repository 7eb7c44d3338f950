// Variance of exact-area means: sum of squared overlaps times variance over the squared sum of overlaps. Squares share nothing between
// neighbours, so each pixel of the input under an output pixel is visited on its own.
import { MIN_COVERAGE } from './area-limits'
import { quadArea } from './overlap'

/** Corners of the quadrilateral in work and slopes dx / dy of its edges. */
const xs = memory.data(32)
const ys = memory.data(32)
const slopes = memory.data(32)

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
      const x0 = load<f64>(cornersXAt + at)
      const x1 = load<f64>(cornersXAt + at, 8)
      const x2 = load<f64>(cornersXAt + at + pitch, 8)
      const x3 = load<f64>(cornersXAt + at + pitch)
      const y0 = load<f64>(cornersYAt + at)
      const y1 = load<f64>(cornersYAt + at, 8)
      const y2 = load<f64>(cornersYAt + at + pitch, 8)
      const y3 = load<f64>(cornersYAt + at + pitch)
      let result: f32 = NaN
      const area = abs(quadArea(x0, y0, x1, y1, x2, y2, x3, y3, Infinity))
      if (area > 0) {
        setEdge(0, x0, y0, x1, y1)
        setEdge(8, x1, y1, x2, y2)
        setEdge(16, x2, y2, x3, y3)
        setEdge(24, x3, y3, x0, y0)
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

function setEdge(at: usize, xa: f64, ya: f64, xb: f64, yb: f64): void {
  store<f64>(xs + at, xa)
  store<f64>(ys + at, ya)
  store<f64>(slopes + at, ya == yb ? 0 : (xb - xa) / (yb - ya))
}

/** Signed overlap of the quadrilateral with the square of this side whose lower left corner is (left, bottom). */
function cellOverlap(left: f64, bottom: f64, side: f64, perSide: f64): f64 {
  let sum: f64 = 0
  const top = bottom + side
  const right = left + side
  for (let k: usize = 0; k < 32; k += 8) {
    const next = (k + 8) & 31
    const ya = load<f64>(ys + k)
    const yb = load<f64>(ys + next)
    const y0 = min(max(ya, bottom), top)
    const y1 = min(max(yb, bottom), top)
    if (y0 == y1) continue
    const xa = load<f64>(xs + k)
    const slope = load<f64>(slopes + k)
    const xAt0 = y0 == ya ? xa : xa + (y0 - ya) * slope
    const xAt1 = y1 == yb ? load<f64>(xs + next) : xa + (y1 - ya) * slope
    sum += meanOfClamp(min(xAt0, xAt1), max(xAt0, xAt1), left, right, perSide) * (y1 - y0)
  }
  return sum
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
