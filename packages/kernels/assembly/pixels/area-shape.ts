// Area of quadrilaterals. Those that cannot be used get area 0: NaN corners, almost no area, or edges that cross each other.
//
// With corners 0 to 3, the turns at 0-1-2 and 2-3-0 add up to twice the area, as do those at 1-2-3 and 3-0-1. Where one of each pair has
// the wrong sign, two opposite edges cross. (One pair alone is a dent, which does no harm.)
import { X, Y } from './area-corners'
import { MIN_FOLD, MIN_SHAPE } from './area-limits'

/** Signed area of pixel k between two rows of corners, or 0. */
export function areaOf(top: usize, bottom: usize, d: usize): f64 {
  return usableArea(
    load<f64>(top + d, X), load<f64>(top + d, Y), load<f64>(top + d, X + 8), load<f64>(top + d, Y + 8),
    load<f64>(bottom + d, X + 8), load<f64>(bottom + d, Y + 8), load<f64>(bottom + d, X), load<f64>(bottom + d, Y),
  )
}

function usableArea(x0: f64, y0: f64, x1: f64, y1: f64, x2: f64, y2: f64, x3: f64, y3: f64): f64 {
  const dx1 = x2 - x0
  const dy1 = y2 - y0
  const dx2 = x3 - x1
  const dy2 = y3 - y1
  const twice = dx1 * dy2 - dx2 * dy1
  const size = (abs(dx1) + abs(dy1)) * (abs(dx2) + abs(dy2))
  const area = 0.5 * twice
  if (!(abs(area) > size * MIN_SHAPE)) return 0
  const turn1 = (x1 - x0) * dy1 - (y1 - y0) * dx1
  const turn2 = (x2 - x1) * dy2 - (y2 - y1) * dx2
  const limit = MIN_FOLD * (twice * twice)
  return turn1 * (twice - turn1) < limit && turn2 * (twice - turn2) < limit ? 0 : area
}

/** Signed areas of two pixels between corners of two rows; those without use get 0. The vectors are those of `constants.ts`. */
@inline
export function areaOf2(top: usize, bottom: usize, half: v128, minShape: v128, minFold: v128, magnitude: v128): v128 {
  const x0 = v128.load(top, X)
  const y0 = v128.load(top, Y)
  const x1 = v128.load(top, X + 8)
  const y1 = v128.load(top, Y + 8)
  const x2 = v128.load(bottom, X + 8)
  const y2 = v128.load(bottom, Y + 8)
  const dx1 = f64x2.sub(x2, x0)
  const dy1 = f64x2.sub(y2, y0)
  const dx2 = f64x2.sub(v128.load(bottom, X), x1)
  const dy2 = f64x2.sub(v128.load(bottom, Y), y1)
  const twice = f64x2.sub(f64x2.mul(dx1, dy2), f64x2.mul(dx2, dy1))
  const size = f64x2.mul(
    f64x2.add(v128.and(dx1, magnitude), v128.and(dy1, magnitude)),
    f64x2.add(v128.and(dx2, magnitude), v128.and(dy2, magnitude)),
  )
  const area = f64x2.mul(half, twice)
  const isLarge = f64x2.gt(v128.and(area, magnitude), f64x2.mul(size, minShape))
  const turn1 = f64x2.sub(f64x2.mul(f64x2.sub(x1, x0), dy1), f64x2.mul(f64x2.sub(y1, y0), dx1))
  const turn2 = f64x2.sub(f64x2.mul(f64x2.sub(x2, x1), dy2), f64x2.mul(f64x2.sub(y2, y1), dx2))
  const limit = f64x2.mul(minFold, f64x2.mul(twice, twice))
  const isFolded = v128.and(
    f64x2.lt(f64x2.mul(turn1, f64x2.sub(twice, turn1)), limit),
    f64x2.lt(f64x2.mul(turn2, f64x2.sub(twice, turn2)), limit),
  )
  return v128.and(area, v128.andnot(isLarge, isFolded))
}

/** Sum of the diagonals' |dx| + |dy| of pixel k. */
export function extentOf(top: usize, bottom: usize, d: usize): f64 {
  return (
    abs(load<f64>(bottom + d, X + 8) - load<f64>(top + d, X)) +
    abs(load<f64>(bottom + d, Y + 8) - load<f64>(top + d, Y)) +
    (abs(load<f64>(bottom + d, X) - load<f64>(top + d, X + 8)) +
      abs(load<f64>(bottom + d, Y) - load<f64>(top + d, Y + 8)))
  )
}

/** Sums of the diagonals' |dx| + |dy| of two pixels. */
export function extentOf2(top: usize, bottom: usize): v128 {
  const dx1 = f64x2.sub(v128.load(bottom, X + 8), v128.load(top, X))
  const dy1 = f64x2.sub(v128.load(bottom, Y + 8), v128.load(top, Y))
  const dx2 = f64x2.sub(v128.load(bottom, X), v128.load(top, X + 8))
  const dy2 = f64x2.sub(v128.load(bottom, Y), v128.load(top, Y + 8))
  return f64x2.add(
    f64x2.add(f64x2.abs(dx1), f64x2.abs(dy1)),
    f64x2.add(f64x2.abs(dx2), f64x2.abs(dy2)),
  )
}
