// Edge integrals: G dy from corner a to corner b, both in one block. T = f64 does it for the weights too, T = i32 does not.
//
// A short edge crosses at most one column line and one row line: it has up to three parts, each in one pixel. Parts that an edge does not
// have get length 0, so that all short edges follow one formula without branches, two of them in the lanes of a vector. Where two
// neighbours cross the same line and no other, what would be 0 is left out. So an edge's result is the same to the last bit
// whatever its neighbour is. Longer edges go row by row.
//
// `@inline` is AssemblyScript's and checked by its compiler; an editor that checks by TypeScript underlines it. A call takes as long as an
// edge. There is none in the loop over edges for another reason, too: what a call could change goes to memory and back around it.
import { pitch, sumsAt, weightStep } from './area-box'
import { BLOCK_OF, CELL, FX, FY } from './area-corners'
import { longEdge } from './area-long-edge'
import { halves, ones } from './constants'

// A step from cell to cell as one number: columns and rows of prefix sums in the low word, rows in the high one.
const RIGHT: i64 = 1
const DOWN: i64 = 0x1_0000_0000
/** All bits of two words but the lowest of each. */
const ABOVE_ONE: i64 = 0xffff_fffe_ffff_fffe

/** Here lies the pitch, and 16 bytes on a row of edges notes the pairs that are not both short: room for an address of each pair. */
let othersAt: usize = 0

/** Takes room for rows of edges in a tile whose box is known. */
export function setEdges(at: usize): void {
  othersAt = at
  store<i32>(at, pitch)
}

/**
 * Edges from the corners of one row to those of the same or the next row: edge k leads from corner k of `from` to corner
 * k + shift of `to`. Those of the weights lie at `weightOut`. Edges between blocks are left out: no step between their cells, nor one from
 * or to a corner outside the window, is one of a short edge.
 */
export function edges<T>(
  from: usize, to: usize, shift: usize, out: usize, weightOut: usize, count: i32,
): void {
  if (count == 1) {
    oneEdge<T>(from, to + (shift << 3), from, to, out, weightOut)
    return
  }
  const one = ones()
  const half = halves()
  const line = v128.load32_splat(othersAt)
  const rowBytes = <usize>pitch << 3
  const down = <i64>pitch + DOWN
  const sums = sumsAt
  const others = othersAt + 16
  let othersEnd = others
  // Whole pairs; then an odd last edge together with the one before it.
  let end = from + ((<usize>count & ~1) << 3)
  let a = from
  let b = to + (shift << 3)
  let o = out
  let w = weightOut
  while (true) {
    for (; a < end; a += 16, b += 16, o += 16, w += 16) {
      const step = load<i64>(b, CELL) - load<i64>(a, CELL)
      if (step == load<i64>(b, CELL + 8) - load<i64>(a, CELL + 8)) {
        if (step == RIGHT) {
          acrossColumns<T, u32>(a, b, o, w, sums, one, half)
          continue
        }
        if (step == down) {
          acrossRows<T, u32>(a, b, o, w, sums, rowBytes, one, half)
          continue
        }
        if (step == -RIGHT) {
          acrossColumns<T, i32>(a, b, o, w, sums, one, half)
          continue
        }
        if (step == -down) {
          acrossRows<T, i32>(a, b, o, w, sums, rowBytes, one, half)
          continue
        }
      }
      // cell, row, cell, row
      const steps = i32x4.sub(v128.load(b, CELL), v128.load(a, CELL))
      const rows = v128.shuffle<i32>(steps, steps, 1, 3, 1, 3)
      const lines = i32x4.mul(rows, line)
      const columns = i32x4.sub(v128.shuffle<i32>(steps, steps, 0, 2, 0, 2), lines)
      if ((i64x2.extract_lane(v128.or(i32x4.abs(columns), i32x4.abs(rows)), 0) & ABOVE_ONE) != 0) {
        store<usize>(othersEnd, a)
        othersEnd += sizeof<usize>()
        continue
      }
      shortEdges<T, v128>(
        columns, rows, lines, load<i32>(a, CELL), load<i32>(a, CELL + 8), load<i32>(b, CELL), load<i32>(b, CELL + 8),
        v128.load(a, FX), v128.load(a, FY), v128.load(b, FX), v128.load(b, FY), o, w, sums, one, half,
      )
    }
    if (a == from + (<usize>count << 3)) break
    a -= 8
    b -= 8
    o -= 8
    w -= 8
    end = a + 16
  }
  for (let other = others; other < othersEnd; other += sizeof<usize>()) {
    a = load<usize>(other)
    b = a - from + to + (shift << 3)
    o = a - from + out
    w = a - from + weightOut
    oneEdge<T>(a, b, from, to, o, w)
    oneEdge<T>(a + 8, b + 8, from, to, o + 8, w + 8)
  }
}

/** One edge from corner a of the set `from` to corner b of the set `to`, if both are in one block. */
function oneEdge<T>(a: usize, b: usize, from: usize, to: usize, out: usize, weightOut: usize): void {
  const blockA = load<i32>(from + ((a - from) >> 1), BLOCK_OF)
  const blockB = load<i32>(to + ((b - to) >> 1), BLOCK_OF)
  if (blockA == blockB) singleEdge<T>(load<i32>(a, CELL), a, load<i32>(b, CELL), b, out, weightOut)
}

/** One edge from corner a to corner b with their cells given. */
function singleEdge<T>(cellA: i32, a: usize, cellB: i32, b: usize, out: usize, weightOut: usize): void {
  const rowA = load<i32>(a, CELL + 4)
  const rowB = load<i32>(b, CELL + 4)
  const rows = rowB - rowA
  const lines = rows * pitch
  const columns = cellB - cellA - lines
  if (isStep(rows) && isStep(columns)) {
    shortEdges<T, f64>(
      i32x4.splat(columns), i32x4.splat(rows), i32x4.splat(lines), cellA, cellA, cellB, cellB,
      v128.load64_splat(a, FX), v128.load64_splat(a, FY), v128.load64_splat(b, FX), v128.load64_splat(b, FY),
      out, weightOut, sumsAt, ones(), halves(),
    )
    return
  }
  longEdge<T>(
    cellA, load<f64>(a, FX), load<f64>(a, FY), rowA, cellB, load<f64>(b, FX), load<f64>(b, FY), rowB, out, weightOut,
  )
}

function isStep(step: i32): bool {
  return <u32>(step + 1) <= 2
}

/** The edges from corner a0 to b0 and from a1 to b1 with their cells given, for pixels that lie across a block border. */
export function twoEdges<T>(
  cellA0: i32, a0: usize, cellB0: i32, b0: usize, cellA1: i32, a1: usize, cellB1: i32, b1: usize,
  out: usize, weightOut: usize,
): void {
  const rows0 = load<i32>(b0, CELL + 4) - load<i32>(a0, CELL + 4)
  const rows1 = load<i32>(b1, CELL + 4) - load<i32>(a1, CELL + 4)
  const lines0 = rows0 * pitch
  const lines1 = rows1 * pitch
  const columns0 = cellB0 - cellA0 - lines0
  const columns1 = cellB1 - cellA1 - lines1
  if (isStep(rows0) && isStep(rows1) && isStep(columns0) && isStep(columns1)) {
    shortEdges<T, v128>(
      i32x4.replace_lane(i32x4.splat(columns0), 1, columns1), i32x4.replace_lane(i32x4.splat(rows0), 1, rows1),
      i32x4.replace_lane(i32x4.splat(lines0), 1, lines1), cellA0, cellA1, cellB0, cellB1,
      both(a0 + FX, a1 + FX), both(a0 + FY, a1 + FY), both(b0 + FX, b1 + FX), both(b0 + FY, b1 + FY),
      out, weightOut, sumsAt, ones(), halves(),
    )
    return
  }
  singleEdge<T>(cellA0, a0, cellB0, b0, out, weightOut)
  singleEdge<T>(cellA1, a1, cellB1, b1, out + 8, weightOut + 8)
}

@inline
function both(at0: usize, at1: usize): v128 {
  return v128.load64_lane(at1, v128.load64_zero(at0), 1)
}

/**
 * The part of an edge before it crosses the border that it runs towards, of the cell where it starts at the fraction f; d is its length.
 * Exactly 1 for edges that end in that cell: then 1 - f is at least d, and f at least -d.
 */
@inline
function partBefore(f: v128, d: v128, one: v128): v128 {
  const border = v128.and(one, f64x2.ge(d, f64x2.splat(0)))
  return f64x2.pmin(one, f64x2.div(f64x2.sub(border, f), d))
}

/**
 * Two short edges with their steps in columns, rows and prefix sums of rows. D = v128 stores both results, f64 the first one.
 *
 * With t1 and t2 where the first and the second line are crossed, the parts are 0 to t1, t1 to t2 and t2 to 1.
 */
@inline
function shortEdges<T, D>(
  columns: v128, rows: v128, lines: v128, a0: i32, a1: i32, b0: i32, b1: i32,
  xa: v128, ya: v128, xb: v128, yb: v128, out: usize, weightOut: usize, sums: usize, one: v128, half: v128,
): void {
  const wayX = f64x2.convert_low_i32x4_s(columns)
  // Steps are whole and fractions below 1, so that an edge that crosses a line never has length 0.
  const dx = f64x2.add(wayX, f64x2.sub(xb, xa))
  const dy = f64x2.add(f64x2.convert_low_i32x4_s(rows), f64x2.sub(yb, ya))
  const tx = partBefore(xa, dx, one)
  const ty = partBefore(ya, dy, one)
  const t1 = f64x2.pmin(tx, ty)
  const t2 = f64x2.pmax(tx, ty)
  const isColumnFirst = f64x2.lt(tx, ty)
  const first = v128.bitselect(columns, lines, v128.shuffle<i32>(isColumnFirst, isColumnFirst, 0, 2, 0, 2))
  const c0 = a0 + i32x4.extract_lane(first, 0)
  const c1 = a1 + i32x4.extract_lane(first, 1)
  const halfDx = f64x2.mul(half, dx)
  const rest = f64x2.sub(one, t2)
  // Centres of the parts, as fractions of their cells.
  const ma = f64x2.add(xa, f64x2.mul(t1, halfDx))
  const mc = f64x2.sub(f64x2.add(ma, f64x2.mul(t2, halfDx)), v128.and(wayX, isColumnFirst))
  const mb = f64x2.sub(xb, f64x2.mul(rest, halfDx))
  const between = f64x2.sub(t2, t1)
  storeLanes<D>(out, threeParts(a0, a1, c0, c1, b0, b1, sums, dy, t1, ma, between, mc, rest, mb))
  if (isFloat<T>()) {
    storeLanes<D>(weightOut, threeParts(a0, a1, c0, c1, b0, b1, sums + weightStep, dy, t1, ma, between, mc, rest, mb))
  }
}

@inline
function storeLanes<D>(at: usize, values: v128): void {
  if (sizeof<D>() == 16) v128.store(at, values)
  else v128.store64_lane(at, values, 0)
}

@inline
function threeParts(
  a0: i32, a1: i32, c0: i32, c1: i32, b0: i32, b1: i32, sums: usize,
  dy: v128, ta: v128, ma: v128, tc: v128, mc: v128, tb: v128, mb: v128,
): v128 {
  const ga = means2(sumAt(sums, a0), sumAt(sums, a1), ma)
  const gc = means2(sumAt(sums, c0), sumAt(sums, c1), mc)
  const gb = means2(sumAt(sums, b0), sumAt(sums, b1), mb)
  return f64x2.mul(dy, f64x2.add(f64x2.add(f64x2.mul(ta, ga), f64x2.mul(tc, gc)), f64x2.mul(tb, gb)))
}

/** Two edges that cross one column line each, to the right for D = u32, to the left for D = i32. */
@inline
function acrossColumns<T, D>(
  a: usize, b: usize, out: usize, weightOut: usize, sums: usize, one: v128, half: v128,
): void {
  const isRight = !isSigned<D>()
  const xa = v128.load(a, FX)
  const straight = f64x2.sub(v128.load(b, FX), xa)
  const dx = isRight ? f64x2.add(straight, one) : f64x2.sub(straight, one)
  const dy = f64x2.sub(v128.load(b, FY), v128.load(a, FY))
  const t = f64x2.pmin(one, f64x2.div(isRight ? f64x2.sub(one, xa) : f64x2.neg(xa), dx))
  const halfDx = f64x2.mul(half, dx)
  const ma = f64x2.add(xa, f64x2.mul(t, halfDx))
  const beyond = f64x2.add(ma, halfDx)
  const mb = isRight ? f64x2.sub(beyond, one) : f64x2.add(beyond, one)
  twoParts<T>(a, sums, isRight ? 8 : -8, dy, t, ma, f64x2.sub(one, t), mb, out, weightOut)
}

/** Two edges that cross one row line each, to larger rows for D = u32, to smaller ones for D = i32. */
@inline
function acrossRows<T, D>(
  a: usize, b: usize, out: usize, weightOut: usize, sums: usize, rowBytes: usize, one: v128, half: v128,
): void {
  const isDown = !isSigned<D>()
  const xa = v128.load(a, FX)
  const ya = v128.load(a, FY)
  const dx = f64x2.sub(v128.load(b, FX), xa)
  const straight = f64x2.sub(v128.load(b, FY), ya)
  const dy = isDown ? f64x2.add(straight, one) : f64x2.sub(straight, one)
  const t = f64x2.pmin(one, f64x2.div(isDown ? f64x2.sub(one, ya) : f64x2.neg(ya), dy))
  const halfDx = f64x2.mul(half, dx)
  const ma = f64x2.add(xa, f64x2.mul(t, halfDx))
  const mb = f64x2.add(ma, halfDx)
  twoParts<T>(a, sums, isDown ? rowBytes : -rowBytes, dy, t, ma, f64x2.sub(one, t), mb, out, weightOut)
}

/** Two edges of two parts each, the second ones in cells `step` bytes away from those of corner a and the next. */
@inline
function twoParts<T>(
  a: usize, sums: usize, step: usize, dy: v128, ta: v128, ma: v128, tb: v128, mb: v128, out: usize, weightOut: usize,
): void {
  const at0 = sumAt(sums, load<i32>(a, CELL))
  const at1 = sumAt(sums, load<i32>(a, CELL + 8))
  const ga = f64x2.mul(ta, means2(at0, at1, ma))
  v128.store(out, f64x2.mul(dy, f64x2.add(ga, f64x2.mul(tb, means2(at0 + step, at1 + step, mb)))))
  if (isFloat<T>()) {
    const weightA = f64x2.mul(ta, means2(at0 + weightStep, at1 + weightStep, ma))
    const weightB = f64x2.mul(tb, means2(at0 + weightStep + step, at1 + weightStep + step, mb))
    v128.store(weightOut, f64x2.mul(dy, f64x2.add(weightA, weightB)))
  }
}

@inline
function sumAt(sums: usize, cell: i32): usize {
  return sums + (<usize>cell << 3)
}

/** G at the fractions m of two cells. */
@inline
function means2(at0: usize, at1: usize, m: v128): v128 {
  const p0 = v128.load(at0)
  const p1 = v128.load(at1)
  const p = v128.shuffle<f64>(p0, p1, 0, 2)
  return f64x2.add(p, f64x2.mul(f64x2.sub(v128.shuffle<f64>(p0, p1, 1, 3), p), m))
}
