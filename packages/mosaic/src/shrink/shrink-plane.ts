import type { FloatPlane } from '../float-plane.ts'

/** How the pixels of an image become larger or smaller ones. */
export interface ShrinkPlan {
  /** Size of the image. */
  readonly from: { readonly width: number; readonly height: number }
  /** Size of the new image. */
  readonly width: number
  readonly height: number
  readonly columns: readonly Span[]
  readonly rows: readonly Span[]
}

/** Old pixels under one new pixel along an axis, with the length of each that it covers. */
interface Span {
  readonly first: number
  readonly weights: readonly number[]
}

/** What a plan is made from. */
export interface ShrinkOptions {
  /** New size in pixels; default as many whole new pixels as fit. */
  readonly size?: { readonly width: number; readonly height: number }
  /** Enlarge with the rows of Montage 6.0's mShrink. */
  readonly isClassic?: boolean
}

/**
 * Plans an image with pixels `factor` times as large (smaller below 1): each new pixel is the mean of the old ones under it, weighted by
 * the area they share; NaN where nothing with data lies under it.
 */
export function shrinkPlan(
  from: { readonly width: number; readonly height: number },
  factor: number,
  options: ShrinkOptions = {},
): ShrinkPlan {
  const { width = Math.floor(from.width / factor), height = Math.floor(from.height / factor) } =
    options.size ?? {}
  const exact = spans(height, factor, from.height)
  const rows = factor < 1 && options.isClassic === true ? shiftedRows(exact, factor, from.height) : exact
  return { from, width, height, columns: spans(width, factor, from.width), rows }
}

/** Rows of the old image that some rows of the new one are made from. */
export function shrinkSource(
  plan: ShrinkPlan,
  row: number,
  count: number,
): { readonly row: number; readonly height: number } {
  const first = plan.rows[row]?.first ?? 0
  const last = plan.rows[row + count - 1]
  const end = last === undefined ? first : last.first + last.weights.length
  return { row: first, height: end - first }
}

/**
 * Makes some rows of the new image.
 *
 * @param source the rows that {@link shrinkSource} names, as wide as the old image
 */
export function shrinkRows(plan: ShrinkPlan, row: number, count: number, source: FloatPlane): FloatPlane {
  const { width, columns } = plan
  const start = shrinkSource(plan, row, count).row
  const data = new Float64Array(width * count)
  const sums = new Float64Array(width)
  const weights = new Float64Array(width)
  for (let out = 0; out < count; out++) {
    const span = plan.rows[row + out] ?? { first: 0, weights: [] }
    sums.fill(0)
    weights.fill(0)
    for (let i = 0; i < span.weights.length; i++) {
      const at = (span.first + i - start) * source.width
      addRow(source.data, at, span.weights[i]!, columns, sums, weights)
    }
    for (let col = 0; col < width; col++)
      data[out * width + col] = weights[col]! > 0 ? sums[col]! / weights[col]! : Number.NaN
  }
  return { width, height: count, data }
}

function addRow(
  data: Float64Array,
  at: number,
  rowWeight: number,
  columns: readonly Span[],
  sums: Float64Array,
  weights: Float64Array,
): void {
  for (let col = 0; col < columns.length; col++) {
    const span = columns[col]!
    for (let k = 0; k < span.weights.length; k++) {
      const value = data[at + span.first + k]!
      if (Number.isNaN(value)) continue
      const weight = span.weights[k]!
      sums[col]! += value * rowWeight * weight
      weights[col]! += rowWeight * weight
    }
  }
}

/**
 * An image with larger or smaller pixels, in one piece; see {@link shrinkPlan}.
 *
 * @param size new size in pixels; default as many whole new pixels as fit
 */
export function shrinkPlane(
  image: FloatPlane,
  factor: number,
  size?: { readonly width: number; readonly height: number },
): FloatPlane {
  const plan = shrinkPlan(image, factor, size === undefined ? {} : { size })
  const { row, height } = shrinkSource(plan, 0, plan.height)
  const data = image.data.subarray(row * image.width, (row + height) * image.width)
  return shrinkRows(plan, 0, plan.height, { width: image.width, height, data })
}

function spans(count: number, factor: number, length: number): readonly Span[] {
  return Array.from({ length: count }, (_, index) =>
    factor < 1 ? narrowSpan(index, factor, length) : wideSpan(index, factor, length),
  )
}

function wideSpan(index: number, factor: number, length: number): Span {
  const from = index * factor
  const to = Math.min(length, (index + 1) * factor)
  const first = Math.min(length - 1, Math.floor(from))
  const weights: number[] = []
  for (let pixel = first; pixel < to && pixel < length; pixel++) {
    weights.push(Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel)))
  }
  return { first, weights }
}

/** A new pixel smaller than an old one lies in one or across two of them. */
function narrowSpan(index: number, factor: number, length: number): Span {
  const first = Math.min(length - 1, Math.floor(index * factor))
  const beyond = ((index + 1) * factor - (first + 1)) / factor
  if (beyond <= 0 || first + 1 >= length) return { first, weights: [1] }
  return { first, weights: [1 - beyond, beyond] }
}

/** Rows whose upper edge is an edge of old pixels show the old row above it: a slip of mShrink that its results carry. */
function shiftedRows(rows: readonly Span[], factor: number, length: number): readonly Span[] {
  return rows.map((span, index) => {
    const end = (index + 1) * factor
    return Number.isInteger(end) && end < length ? { first: end, weights: [1] } : span
  })
}
