import { fillRegion } from '../fill-region.ts'
import type { FloatPlane } from '../float-plane.ts'
import type { Region } from '../region.ts'

/**
 * Sets the pixels of boxes to NaN, in place; what lies off the image is left out.
 *
 * @param firstRow row of the image that `rows` begins with
 */
export function maskBoxes(rows: FloatPlane, firstRow: number, boxes: readonly Region[]): void {
  for (const box of boxes) fillRegion(rows, firstRow, box, () => Number.NaN)
}
