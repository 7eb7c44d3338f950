import { angularDistanceDeg, offsetPosition, positionAngleDeg, type SkyPosition } from '@skyloom/wcs'
import type { Rgb, Shape } from '../draw/shape.ts'
import { placeOf, type SkyLens } from '../sky/sky-view.ts'
import { tracePath } from '../sky/trace-path.ts'

/** Pieces that an edge is halved from. */
const PIECES = 4

/** The outline of an image: great circles from corner to corner. */
export function outlineShapes(lens: SkyLens, corners: readonly SkyPosition[], color: Rgb): readonly Shape[] {
  return corners.flatMap((from, index) => {
    const to = corners[(index + 1) % corners.length] ?? from
    const angle = positionAngleDeg(from, to)
    const distance = angularDistanceDeg(from, to)
    const curve = (t: number): ReturnType<typeof placeOf> => {
      const { lonDeg, latDeg } = offsetPosition(from, angle, t * distance)
      return placeOf(lens, lonDeg, latDeg)
    }
    const lines = tracePath(lens.view, curve, 0, 1, PIECES)
    return lines.map((points) => ({ kind: 'stroke' as const, points, width: 1, color }))
  })
}
