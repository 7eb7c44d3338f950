import type { FloatPlane } from '../float-plane.ts'

/**
 * An image with pixels `factor` times as large (smaller below 1): each new pixel is the mean of the old ones under it, weighted by the area
 * they share; NaN where nothing with data lies under it.
 *
 * @param size new size in pixels; default as many whole new pixels as fit
 * @param options `isClassic`: enlarge with the rows of Montage 6.0's mShrink
 */
export function shrinkPlane(
  image: FloatPlane,
  factor: number,
  size: { readonly width: number; readonly height: number } = {
    width: Math.floor(image.width / factor),
    height: Math.floor(image.height / factor),
  },
  options: { readonly isClassic?: boolean } = {},
): FloatPlane {
  const columns = spans(size.width, factor, image.width)
  const exactRows = spans(size.height, factor, image.height)
  const rows =
    factor < 1 && options.isClassic === true ? shiftedRows(exactRows, factor, image.height) : exactRows
  const data = new Float64Array(size.width * size.height)
  rows.forEach((rowSpan, row) => {
    columns.forEach((colSpan, col) => {
      let [sum, weight] = [0, 0]
      rowSpan.weights.forEach((rowWeight, i) => {
        const start = (rowSpan.first + i) * image.width + colSpan.first
        colSpan.weights.forEach((colWeight, k) => {
          const value = image.data[start + k]!
          if (Number.isNaN(value)) return
          sum += value * rowWeight * colWeight
          weight += rowWeight * colWeight
        })
      })
      data[row * size.width + col] = weight > 0 ? sum / weight : Number.NaN
    })
  })
  return { ...size, data }
}

/** Old pixels under one new pixel along an axis, with the length of each that it covers. */
interface Span {
  readonly first: number
  readonly weights: readonly number[]
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
