import { angularDistanceDeg, offsetPosition, positionAngleDeg, type SkyPosition } from '@skyloom/wcs'

/**
 * Points along the outline of a polygon, on the great circles between its corners.
 *
 * @param perSide points on each side, its first corner included
 */
export function pointsAlong(corners: readonly SkyPosition[], perSide: number): readonly SkyPosition[] {
  return corners.flatMap((from, index) => {
    const to = corners[(index + 1) % corners.length] ?? from
    const distance = angularDistanceDeg(from, to)
    const angle = positionAngleDeg(from, to)
    return Array.from({ length: perSide }, (_, step) =>
      step === 0 ? from : offsetPosition(from, angle, (distance * step) / perSide),
    )
  })
}
