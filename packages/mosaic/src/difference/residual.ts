import type { PlaneSums } from '@skyloom/kernels'
import { type BackgroundPlane, evaluatePlane } from '../background/plane.ts'

/** Mean and root mean square of a difference image, data units. */
export interface Residual {
  readonly mean: number
  readonly rms: number
}

/**
 * Mean and rms of a difference after a plane is subtracted from it, from the sums of its pixels alone.
 *
 * @param sums taken about the plane `given`: their `residuals` are squared distances from it
 */
export function residualAfter(
  sums: PlaneSums,
  given: BackgroundPlane,
  correction: BackgroundPlane,
): Residual {
  const n = sums.count
  if (n === 0) return { mean: 0, rms: 0 }
  // d - correction = (d - given) + (given - correction); the second term is a plane about the centre of the window.
  const a = given.a - correction.a
  const b = given.b - correction.b
  const level =
    evaluatePlane(given, sums.centreX, sums.centreY) - evaluatePlane(correction, sums.centreX, sums.centreY)
  const g = { a: given.a, b: given.b, c: evaluatePlane(given, sums.centreX, sums.centreY) }
  const sumR = sums.d - g.a * sums.x - g.b * sums.y - g.c * n
  const sumRx = sums.xd - g.a * sums.xx - g.b * sums.xy - g.c * sums.x
  const sumRy = sums.yd - g.a * sums.xy - g.b * sums.yy - g.c * sums.y
  const planeSquares =
    a * a * sums.xx +
    b * b * sums.yy +
    level * level * n +
    2 * (a * b * sums.xy + a * level * sums.x + b * level * sums.y)
  const cross = a * sumRx + b * sumRy + level * sumR
  const squares = sums.residuals + 2 * cross + planeSquares
  const sum = sumR + a * sums.x + b * sums.y + level * n
  return { mean: sum / n, rms: Math.sqrt(Math.max(0, squares) / n) }
}
