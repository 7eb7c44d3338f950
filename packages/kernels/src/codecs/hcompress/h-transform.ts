import { halved, halvings } from './hcompress-layout.ts'

/**
 * H-transform of an image of integers: sums of 2 x 2 pixels and their differences along rows, along columns and
 * across, again and again on the sums. The result has, at each level, sums top left, then the differences.
 *
 * Low bits that the inverse can find again from the differences are rounded away, so the transform is lossless.
 * Every number is an integer held in float64, exact up to 2^53; pixels of 32 bits need at most 49 bits.
 * Source: White, Postman & Lattanzi 1992, in Digitised Optical Sky Surveys, p. 167; Fritze et al. 1977.
 */
export function hTransform(pixels: Float64Array, rows: number, cols: number): Float64Array {
  const out = new Float64Array(pixels.length)
  const levels = halvings(Math.max(rows, cols))
  if (levels === 0) out.set(pixels)
  let sums = pixels
  let sumCols = cols
  for (let level = 0; level < levels; level++) {
    const topRows = halved(rows, level)
    const topCols = halved(cols, level)
    const halfRows = (topRows + 1) >> 1
    const halfCols = (topCols + 1) >> 1
    const next = new Float64Array(halfRows * halfCols)
    const factor = level === 0 ? 1 : 0.5
    const unit = 2 ** (level + 1)
    for (let i = 0; i < halfRows; i++) {
      const from = 2 * i * sumCols
      // Beyond an odd edge the sums count twice or four times and there is no difference.
      const hasBelow = 2 * i + 1 < topRows
      for (let j = 0; j < halfCols; j++) {
        const hasRight = 2 * j + 1 < topCols
        const a00 = sums[from + 2 * j]!
        const a01 = hasRight ? sums[from + 2 * j + 1]! : a00
        const a10 = hasBelow ? sums[from + sumCols + 2 * j]! : a00
        const a11 = hasBelow ? (hasRight ? sums[from + sumCols + 2 * j + 1]! : a10) : a01
        next[i * halfCols + j] = roundAway((a11 + a10 + a01 + a00) * factor, unit * 2)
        if (hasBelow) out[(halfRows + i) * cols + j] = roundAway((a11 + a10 - a01 - a00) * factor, unit)
        if (hasRight) out[i * cols + halfCols + j] = roundAway((a11 - a10 + a01 - a00) * factor, unit)
        if (hasBelow && hasRight) out[(halfRows + i) * cols + halfCols + j] = (a11 - a10 - a01 + a00) * factor
      }
    }
    sums = next
    sumCols = halfCols
  }
  if (levels > 0) out[0] = sums[0]!
  return out
}

/**
 * Undoes {@link hTransform} in place; `coefficients` becomes the image.
 *
 * @param smoothScale 0, or the scale of a lossy stream: differences are then moved, by at most half of it, towards
 *   the slope of the neighbouring sums
 */
export function inverseHTransform(
  coefficients: Float64Array,
  rows: number,
  cols: number,
  smoothScale: number,
): void {
  const levels = halvings(Math.max(rows, cols))
  if (levels === 0) return
  let sums = new Float64Array([roundAway(coefficients[0]!, 2 ** (levels + 1))])
  for (let level = levels - 1; level >= 0; level--) {
    const topRows = halved(rows, level)
    const topCols = halved(cols, level)
    if (smoothScale > 1)
      smoothDifferences(sums, coefficients, topRows, topCols, cols, Math.floor(smoothScale / 2))
    const next = new Float64Array(topRows * topCols)
    invertLevel(sums, coefficients, next, topRows, topCols, cols, level)
    sums = next
  }
  coefficients.set(sums)
}

/** One level of the inverse: from sums and differences of 2 x 2 elements to the elements. */
function invertLevel(
  sums: Float64Array,
  differences: Float64Array,
  out: Float64Array,
  topRows: number,
  topCols: number,
  stride: number,
  level: number,
): void {
  const halfRows = (topRows + 1) >> 1
  const halfCols = (topCols + 1) >> 1
  const unit = 2 ** level
  const unit2 = unit * 2
  const factor = level === 0 ? 0.25 : 0.5
  for (let i = 0; i < halfRows; i++) {
    const hasBelow = 2 * i + 1 < topRows
    const below = (halfRows + i) * stride
    const right = i * stride + halfCols
    for (let j = 0; j < halfCols; j++) {
      const hasRight = 2 * j + 1 < topCols
      let h0 = sums[i * halfCols + j]!
      let hx = hasBelow ? roundAway(differences[below + j]!, unit2) : 0
      let hy = hasRight ? roundAway(differences[right + j]!, unit2) : 0
      const to = 2 * i * topCols + 2 * j
      if (hasBelow && hasRight) {
        // The lowest bit of the cross difference is also the lowest of the others and of the sum, and the
        // next bit of the sum is the parity of the three differences.
        const hc = roundAway(differences[below + halfCols + j]!, unit)
        const low = isOdd(hc / unit) ? unit : 0
        hx += hx >= 0 ? -low : low
        hy += hy >= 0 ? -low : low
        const parity = isOdd((hc + hx + hy - 3 * low) / unit2) ? unit2 : 0
        h0 += h0 >= 0 ? low - parity : low === 0 ? parity : low - parity
        out[to] = Math.floor((h0 - hx - hy + hc) * factor)
        out[to + 1] = Math.floor((h0 - hx + hy - hc) * factor)
        out[to + topCols] = Math.floor((h0 + hx - hy - hc) * factor)
        out[to + topCols + 1] = Math.floor((h0 + hx + hy + hc) * factor)
        continue
      }
      // At an odd edge one difference is left (none in the corner).
      const difference = hx + hy
      const parity = isOdd(difference / unit2) ? unit2 : 0
      h0 += h0 >= 0 ? -parity : parity
      out[to] = Math.floor((h0 - difference) * factor)
      if (hasBelow) out[to + topCols] = Math.floor((h0 + difference) * factor)
      if (hasRight) out[to + 1] = Math.floor((h0 + difference) * factor)
    }
  }
}

/** Nearest multiple of a power of two; halves go away from zero. */
function roundAway(value: number, unit: number): number {
  return value >= 0 ? Math.floor(value / unit + 0.5) * unit : -Math.floor(0.5 - value / unit) * unit
}

function isOdd(integer: number): boolean {
  return Math.floor(integer / 2) * 2 !== integer
}

/**
 * Moves differences of one level by at most `limit` towards what a smooth image would have, without making new
 * extremes: first along both axes, then across.
 */
function smoothDifferences(
  sums: Float64Array,
  differences: Float64Array,
  topRows: number,
  topCols: number,
  stride: number,
  limit: number,
): void {
  const halfRows = (topRows + 1) >> 1
  const halfCols = (topCols + 1) >> 1
  const below = halfRows * stride
  const lastRow = Math.ceil((topRows - 2) / 2)
  const lastCol = Math.ceil((topCols - 2) / 2)
  for (let i = 1; i < lastRow; i++) {
    for (let j = 0; j < halfCols; j++) {
      const at = i * halfCols + j
      const index = below + i * stride + j
      differences[index] = smoothedSlope(
        sums[at - halfCols]!,
        sums[at]!,
        sums[at + halfCols]!,
        differences[index]!,
        limit,
      )
    }
  }
  for (let i = 0; i < halfRows; i++) {
    for (let j = 1; j < lastCol; j++) {
      const at = i * halfCols + j
      const index = i * stride + halfCols + j
      differences[index] = smoothedSlope(sums[at - 1]!, sums[at]!, sums[at + 1]!, differences[index]!, limit)
    }
  }
  for (let i = 1; i < lastRow; i++) {
    for (let j = 1; j < lastCol; j++) {
      const at = i * halfCols + j
      const index = below + i * stride + halfCols + j
      const slopeX = differences[below + i * stride + j]! * 2
      const slopeY = differences[i * stride + halfCols + j]! * 2
      differences[index] = smoothedTwist(sums, at, halfCols, slopeX, slopeY, differences[index]!, limit)
    }
  }
}

/** A difference moved towards an eighth of the step between the sums before and after. */
function smoothedSlope(before: number, here: number, after: number, slope: number, limit: number): number {
  const largest = Math.max(Math.min(after - here, here - before), 0) * 4
  const smallest = Math.min(Math.max(after - here, here - before), 0) * 4
  if (smallest >= largest) return slope
  const wanted = Math.max(Math.min(after - before, largest), smallest)
  return slope + clampStep(Math.trunc((wanted - slope * 8) / 8), limit)
}

/** A cross difference moved towards what the four diagonal neighbours say. */
function smoothedTwist(
  sums: Float64Array,
  at: number,
  halfCols: number,
  slopeX: number,
  slopeY: number,
  twist: number,
  limit: number,
): number {
  const here = sums[at]!
  const mm = here - sums[at - halfCols - 1]!
  const mp = here - sums[at - halfCols + 1]!
  const pm = sums[at + halfCols - 1]! - here
  const pp = sums[at + halfCols + 1]! - here
  const plus = slopeX + slopeY
  const minus = slopeX - slopeY
  const largest =
    16 *
    Math.min(
      Math.max(pp, 0) - plus,
      Math.max(-pm, 0) + minus,
      Math.max(mp, 0) - minus,
      Math.max(-mm, 0) + plus,
    )
  const smallest =
    16 *
    Math.max(
      Math.min(pp, 0) - plus,
      Math.min(-pm, 0) + minus,
      Math.min(mp, 0) - minus,
      Math.min(-mm, 0) + plus,
    )
  if (smallest >= largest) return twist
  const wanted = Math.max(Math.min(pp - mm + mp - pm, largest), smallest)
  return twist + clampStep(Math.trunc((wanted - twist * 64) / 64), limit)
}

function clampStep(step: number, limit: number): number {
  return Math.max(Math.min(step, limit), -limit)
}
