import { alignedShift } from '../celestial/sphere-stages.ts'
import { invert2 } from '../linear/linear.ts'
import { insideHalfTurn, insidePoles } from '../projection/native-range.ts'
import type { Wcs } from './wcs.ts'

/** A whole conversion of arrays in one loop: inputs, outputs (which may be the inputs), count. */
export type DirectRun = (
  inA: Float64Array,
  inB: Float64Array,
  outA: Float64Array,
  outB: Float64Array,
  count: number,
) => void

/** Both directions in one loop each. */
export interface DirectRuns {
  readonly pixelToSky: DirectRun
  readonly skyToPixel: DirectRun
}

/**
 * Single loops for undistorted CAR images along a celestial equator, the case of most all-sky and galactic maps; undefined for every
 * other system. There the conversion is linear, and going through memory step by step would take three times as long.
 */
export function alignedCarRuns(wcs: Wcs): DirectRuns | undefined {
  const { sip, lookup, plate, planeDistortion, planeOffset, phiCentreDeg } = wcs
  const isLinear =
    sip === undefined && lookup === undefined && plate === undefined && planeDistortion === undefined
  const aligned = alignedShift(wcs.pole)
  const inverse = invert2(wcs.cd)
  if (wcs.projection !== 'CAR' || !isLinear || aligned === undefined || inverse === undefined)
    return undefined
  if (planeOffset[0] !== 0 || planeOffset[1] !== 0 || phiCentreDeg !== 0) return undefined
  const { shiftDeg, sign } = aligned
  const [x0, y0] = wcs.crpix
  const [a, b, c, d] = wcs.cd
  const [ia, ib, ic, id] = inverse
  return {
    pixelToSky: (inA, inB, outA, outB, count) => {
      for (let i = 0; i < count; i++) {
        const u = inA[i]! - x0
        const v = inB[i]! - y0
        let phi = a * u + b * v
        let theta = c * u + d * v
        if (!(phi >= -180 && phi <= 180 && theta >= -90 && theta <= 90)) {
          phi = insideHalfTurn(phi, 0)
          theta = insidePoles(theta) + 0 * phi
          phi += 0 * theta
        }
        let lon = shiftDeg + sign * phi
        if (lon >= 360) lon -= 360
        else if (lon < 0) lon += 360
        outA[i] = lon === 360 ? 0 : lon
        outB[i] = sign * theta
      }
    },
    skyToPixel: (inA, inB, outA, outB, count) => {
      for (let i = 0; i < count; i++) {
        const lat = inB[i]!
        let phi = sign * (inA[i]! - shiftDeg)
        if (!(phi >= -180 && phi <= 180)) phi -= 360 * Math.round(phi / 360)
        const theta = lat >= -90 && lat <= 90 ? sign * lat : Number.NaN
        outA[i] = ia * phi + ib * theta + x0
        outB[i] = ic * phi + id * theta + y0
      }
    },
  }
}
