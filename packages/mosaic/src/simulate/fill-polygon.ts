import type { FloatPlane } from '../float-plane.ts'
import type { Point } from '../geometry/hull.ts'

/**
 * Adds a value to the pixels of some rows whose centres lie in a polygon (by the even-odd rule), in place.
 *
 * @param rows whole rows of the image
 * @param firstRow row of the image that they begin with, from 0
 * @param corners FITS coordinates
 * @param replaces put the value in the place of what was there
 */
export function fillPolygon(
  rows: FloatPlane,
  firstRow: number,
  corners: readonly Point[],
  value: number,
  replaces: boolean = false,
): void {
  const ys = corners.map(({ y }) => y)
  const from = Math.max(firstRow, Math.ceil(Math.min(...ys)) - 1)
  const end = Math.min(firstRow + rows.height, Math.floor(Math.max(...ys)))
  for (let row = from; row < end; row++) {
    const crossings = crossingsAt(corners, row + 1)
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const left = Math.max(0, Math.ceil(crossings[pair]!) - 1)
      const right = Math.min(rows.width - 1, Math.floor(crossings[pair + 1]!) - 1)
      for (let col = left; col <= right; col++) {
        const at = (row - firstRow) * rows.width + col
        rows.data[at] = replaces ? value : rows.data[at]! + value
      }
    }
  }
}

/** Where the outline meets a row, sorted; an edge holds its lower end only, so that corners count once. */
function crossingsAt(corners: readonly Point[], y: number): readonly number[] {
  const crossings: number[] = []
  corners.forEach((a, index) => {
    const b = corners[(index + 1) % corners.length] ?? a
    if (a.y <= y === b.y <= y) return
    crossings.push(a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x))
  })
  return crossings.sort((p, q) => p - q)
}
