// Corners of one row of output pixels: where each lies in the prefix sums.
import { BLOCK_PITCH, BLOCK_SHIFT, BLOCK_SURPLUS, block0, boxRow, pitch, winBottom, winLeft, winRight, winTop } from './area-box'

/** 2^52 + 2^51: added to a whole number below 2^31 it leaves that number in the low word. */
const TO_WORD: f64 = 6755399441055744.0

/** Output pixels in a row of a tile at most. Arrays of fixed length give constant offsets, which cost nothing. */
export const MAX_WIDTH: i32 = 64
/** Bytes of an array with 8 for each corner and room for whole vectors, as `CORNER_STRIDE_BYTES` in src/pixels/area-scratch.ts. */
export const STRIDE: usize = 8 * (<usize>MAX_WIDTH + 4)

/** Block numbers below this mark corners outside the window. */
export const FIRST_BLOCK: i32 = -(1 << 29)

// Cells of corners outside the window: apart from all others and from each other by more than short edges reach, and never by one line.
const FAR_CELL: i32 = i32.MIN_VALUE
const FAR_ROW: i32 = 1 << 28

// Arrays of one row of corners (byte offsets in a set). Two sets are used in turn.
export const X: usize = 0
export const Y: usize = STRIDE
export const FX: usize = 2 * STRIDE
export const FY: usize = 3 * STRIDE
/** Edges to the next corner of the row. */
export const EDGE: usize = 4 * STRIDE
export const WEIGHT_EDGE: usize = 5 * STRIDE
/** Two words a corner: index of the prefix sum at the cell's left border, row. */
export const CELL: usize = 6 * STRIDE
/** One word a corner. */
export const BLOCK_OF: usize = 7 * STRIDE
export const SET_BYTES: usize = 8 * STRIDE

/**
 * Fills the arrays of a corner row: positions, cells, fractions, rows, blocks. Corners outside the window get a block number that no other
 * corner of this row and the next has, below FIRST_BLOCK.
 */
export function locateCorners(xAt: usize, yAt: usize, count: i32, set: usize, cornerRow: i32): void {
  const left = f64x2.splat(winLeft)
  const right = f64x2.splat(winRight)
  const above = f64x2.splat(winTop)
  const below = f64x2.splat(winBottom)
  const toWord = f64x2.splat(TO_WORD)
  const factors = i32x4(1, 1, pitch, pitch)
  const surplus = i32x4(BLOCK_SURPLUS, BLOCK_SURPLUS, 0, 0)
  const base = i32x4.splat(boxRow * pitch + block0 * BLOCK_PITCH)
  const lone = i32.MIN_VALUE + (cornerRow & 1) * count
  const far = FAR_CELL + (cornerRow & 1) * FAR_ROW
  let k = 0
  while (true) {
    const at = <usize>k << 3
    const corner = set + at
    const x = v128.load(xAt + at)
    const y = v128.load(yAt + at)
    const inside = v128.and(
      v128.and(f64x2.ge(x, left), f64x2.lt(x, right)),
      v128.and(f64x2.ge(y, above), f64x2.lt(y, below)),
    )
    const wholeX = f64x2.floor(x)
    const wholeY = f64x2.floor(y)
    v128.store(corner, x, X)
    v128.store(corner, y, Y)
    v128.store(corner, f64x2.sub(x, wholeX), FX)
    v128.store(corner, f64x2.sub(y, wholeY), FY)
    // col, col, row, row
    const cell = v128.shuffle<i32>(f64x2.add(wholeX, toWord), f64x2.add(wholeY, toWord), 0, 2, 4, 6)
    const block = i32x4.shr_s(cell, BLOCK_SHIFT)
    const scaled = i32x4.mul(cell, factors)
    const colPart = i32x4.add(scaled, i32x4.mul(block, surplus))
    let index = i32x4.sub(i32x4.add(colPart, v128.shuffle<i32>(scaled, scaled, 2, 3, 2, 3)), base)
    const lanes = v128.shuffle<i32>(inside, inside, 0, 2, 0, 2)
    index = v128.bitselect(index, i32x4(far + 3 * k, far + 3 * k + 3, 0, 0), lanes)
    v128.store(corner, v128.shuffle<i32>(index, cell, 0, 6, 1, 7), CELL)
    v128.store64_lane(
      set + (<usize>k << 2), v128.bitselect(block, i32x4(lone + k, lone + k + 1, 0, 0), lanes), 0, BLOCK_OF,
    )
    if (k + 2 >= count) break
    // An odd last corner is done together with the one before it.
    k = min(k + 2, count - 2)
  }
}
