// Four float32 pixels as two pairs of float64, and the ends of rows that do not fill a vector.

/** The first two of four pixels. */
export function low2(v: v128): v128 {
  return f64x2.promote_low_f32x4(v)
}

/** The last two of four pixels. */
export function high2(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(v, v, 2, 3, 2, 3))
}

/** A mask of four lanes widened to that of the first two pixels. */
export function mask2Low(mask: v128): v128 {
  return v128.shuffle<i32>(mask, mask, 0, 0, 1, 1)
}

/** A mask of four lanes widened to that of the last two pixels. */
export function mask2High(mask: v128): v128 {
  return v128.shuffle<i32>(mask, mask, 2, 2, 3, 3)
}

export function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}

/** The last one to three pixels of a row, `none` in the other lanes. */
export function lastLanes(none: v128, at: usize, lanes: i32): v128 {
  let v = f32x4.replace_lane(none, 0, load<f32>(at))
  if (lanes > 1) v = f32x4.replace_lane(v, 1, load<f32>(at, 4))
  if (lanes > 2) v = f32x4.replace_lane(v, 2, load<f32>(at, 8))
  return v
}
