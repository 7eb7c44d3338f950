import { DEG_TO_RAD, RAD_TO_DEG } from '../celestial/angles.ts'
import type { Projection } from './projection.ts'

/** A zenithal projection by its radius R(z), z = 90 degrees - theta; both in radians. */
export interface RadialFunction {
  /** R of z, NaN where there is none. */
  readonly radius: (z: number) => number
  /** z of R, NaN where there is none. */
  readonly angle: (r: number) => number
}

/** Zenithal projection of a radial function: x = R sin phi, y = -R cos phi (Paper II, equations 12 and 13). */
export function radialProjection({ radius, angle }: RadialFunction): Projection {
  return {
    theta0Deg: 90,
    form: 'vector',
    toNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const x = p[i]! * DEG_TO_RAD
        const y = q[i]! * DEG_TO_RAD
        const r = Math.sqrt(x * x + y * y)
        const z = angle(r)
        const scale = r === 0 ? 0 : Math.sin(z) / r
        p[i] = -y * scale
        q[i] = r === 0 ? 0 * z : x * scale
        s[i] = Math.cos(z)
      }
    },
    fromNative: (p, q, s, count) => {
      for (let i = 0; i < count; i++) {
        const vx = p[i]!
        const vy = q[i]!
        const rho = Math.sqrt(vx * vx + vy * vy)
        const r = radius(Math.atan2(rho, s[i]!)) * RAD_TO_DEG
        // At the poles phi is 0.
        const scale = r / rho
        p[i] = rho === 0 ? 0 * r : vy * scale
        q[i] = rho === 0 ? -r : -vx * scale
      }
    },
  }
}
