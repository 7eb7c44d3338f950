import { type LookupDistortion, lookupEvaluator } from './lookup.ts'
import type { PlaneMap } from './plane-map.ts'
import { type Sip, sipMap } from './sip.ts'

/**
 * The map of pixels from CRPIX to undistorted pixels from CRPIX: first the detector tables, then SIP and the prior tables, both added
 * to what the detector tables give.
 *
 * Source: order of steps as in astropy; tables: FITS WCS Paper IV (Calabretta et al. 2004, draft), section 3.4; SIP: Shupe et al.
 * 2005.
 */
export function pixelDistortionMap(
  sip: Sip | undefined,
  lookup: LookupDistortion | undefined,
  crpix: readonly [number, number],
): PlaneMap {
  const polynomial = sip === undefined ? undefined : sipMap(sip)
  if (lookup === undefined) return polynomial ?? IDENTITY
  const [x0, y0] = crpix
  const detectorX = lookupEvaluator(lookup.detector?.[0])
  const detectorY = lookupEvaluator(lookup.detector?.[1])
  const priorX = lookupEvaluator(lookup.prior?.[0])
  const priorY = lookupEvaluator(lookup.prior?.[1])
  const a = new Float64Array(3)
  const b = new Float64Array(3)
  const inner = new Float64Array(6)
  return {
    evaluate: (u, v, out) => {
      detectorX(u + x0, v + y0, a)
      detectorY(u + x0, v + y0, b)
      const du = u + a[0]!
      const dv = v + b[0]!
      const [axx, axy, ayx, ayy] = [1 + a[1]!, a[2]!, b[1]!, 1 + b[2]!]
      ;(polynomial ?? IDENTITY).evaluate(du, dv, inner)
      priorX(du + x0, dv + y0, a)
      priorY(du + x0, dv + y0, b)
      const bxx = inner[2]! + a[1]!
      const bxy = inner[3]! + a[2]!
      const byx = inner[4]! + b[1]!
      const byy = inner[5]! + b[2]!
      out[0] = inner[0]! + a[0]!
      out[1] = inner[1]! + b[0]!
      out[2] = bxx * axx + bxy * ayx
      out[3] = bxx * axy + bxy * ayy
      out[4] = byx * axx + byy * ayx
      out[5] = byx * axy + byy * ayy
    },
  }
}

const IDENTITY: PlaneMap = {
  evaluate: (u, v, out) => {
    out[0] = u
    out[1] = v
    out[2] = 1
    out[3] = 0
    out[4] = 0
    out[5] = 1
  },
}
