import type { PixelViews } from '@skyloom/kernels'
import type { StoredWindow } from './image-store.ts'

/**
 * The planes of a window without gaps: values, coverage, and what else there is. What all pixels share becomes a plane too, 0 or NaN where there
 * is no value.
 */
export function windowPlanes(
  views: PixelViews,
  { valueAt, coverage, more, stride, region: { width, height } }: StoredWindow,
): readonly Float32Array[] {
  const rowsOf = (at: number): Float32Array => {
    const rows = new Float32Array(width * height)
    for (let row = 0; row < height; row++) rows.set(views.f32(at + 4 * row * stride, width), row * width)
    return rows
  }
  const values = rowsOf(valueAt)
  const filled = (constant: number, blank: number): Float32Array =>
    values.map((value) => (Number.isNaN(value) ? blank : constant))
  return [
    values,
    coverage.at === 0 ? filled(coverage.constant, 0) : rowsOf(coverage.at),
    ...more.map(({ at, constant }) => (at === 0 ? filled(constant, Number.NaN) : rowsOf(at))),
  ]
}
