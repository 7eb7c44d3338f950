import {
  alignedAngleStages,
  anglesToVectorStage,
  celestialToNativeMatrix,
  nativeToCelestialMatrix,
  rotateStage,
  vectorToNativeAnglesStage,
  vectorToSkyStage,
} from '../celestial/sphere-stages.ts'
import { forwardStage, inverseStage } from '../distortion/plane-map.ts'
import { sipInverseStage, sipMap } from '../distortion/sip.ts'
import { tpvMap } from '../distortion/tpv.ts'
import { WcsError } from '../errors.ts'
import { invert2, pixelToPlaneStage, planeToPixelStage } from '../linear/linear.ts'
import { makeProjection } from '../projection/make-projection.ts'
import type { Stage } from '../projection/projection.ts'
import type { Wcs } from './wcs.ts'

/** The steps of a coordinate system, ready to run. */
export interface Chain {
  /** Pixels to longitude and latitude in degrees. */
  readonly pixelToSky: readonly Stage[]
  readonly skyToPixel: readonly Stage[]
  /** Pixels to celestial unit vectors and back: the way between two images needs no angles. */
  readonly pixelToVector: readonly Stage[]
  readonly vectorToPixel: readonly Stage[]
  /** True when `pixelToSky` and `skyToPixel` need no trigonometry of their own: the native pole is a celestial pole. */
  readonly isAligned: boolean
}

/** Made once for each coordinate system; plain data cannot hold functions. */
const chains = new WeakMap<Wcs, Chain>()

/** The steps of a coordinate system. */
export function chainOf(wcs: Wcs): Chain {
  const known = chains.get(wcs)
  if (known !== undefined) return known
  const chain = makeChain(wcs)
  chains.set(wcs, chain)
  return chain
}

function makeChain(wcs: Wcs): Chain {
  const projection = makeProjection(wcs.projection, wcs.pv, { centreDeg: wcs.phiCentreDeg })
  const toNative = [...pixelToPlane(wcs), projection.toNative]
  const fromNative = [projection.fromNative, ...planeToPixel(wcs)]
  const rotate = rotateStage(nativeToCelestialMatrix(wcs.pole))
  const rotateBack = rotateStage(celestialToNativeMatrix(wcs.pole))
  const isVector = projection.form === 'vector'
  const pixelToVector = isVector ? [...toNative, rotate] : [...toNative, anglesToVectorStage, rotate]
  const vectorToPixel = isVector
    ? [rotateBack, ...fromNative]
    : [rotateBack, vectorToNativeAnglesStage, ...fromNative]
  const aligned = isVector ? undefined : alignedAngleStages(wcs.pole)
  return {
    pixelToSky: aligned === undefined ? [...pixelToVector, vectorToSkyStage] : [...toNative, aligned.toSky],
    skyToPixel:
      aligned === undefined ? [anglesToVectorStage, ...vectorToPixel] : [aligned.fromSky, ...fromNative],
    pixelToVector,
    vectorToPixel,
    isAligned: aligned !== undefined,
  }
}

/** Newton steps in pixels below this are settled; the next step squares the error. */
const SETTLED_PX = 1e-7
/** The same for the projection plane, in degrees. */
const SETTLED_DEG = 1e-9

function pixelToPlane(wcs: Wcs): Stage[] {
  const { sip, planeDistortion, crpix, cd, planeOffset } = wcs
  const stages: Stage[] = []
  if (sip !== undefined) {
    // SIP works on pixels from CRPIX.
    stages.push(shiftStage(-crpix[0], -crpix[1]), forwardStage(sipMap(sip)), pixelToPlaneStage([0, 0], cd))
  } else stages.push(pixelToPlaneStage(crpix, cd))
  if (planeDistortion !== undefined) stages.push(forwardStage(tpvMap(planeDistortion)))
  if (planeOffset[0] !== 0 || planeOffset[1] !== 0) stages.push(shiftStage(planeOffset[0], planeOffset[1]))
  return stages
}

function planeToPixel(wcs: Wcs): Stage[] {
  const { sip, planeDistortion, crpix, cd, planeOffset } = wcs
  const stages: Stage[] = []
  if (planeOffset[0] !== 0 || planeOffset[1] !== 0) stages.push(shiftStage(-planeOffset[0], -planeOffset[1]))
  if (planeDistortion !== undefined) {
    stages.push(inverseStage(tpvMap(planeDistortion), { origin: [0, 0], settled: SETTLED_DEG }))
  }
  const inverse = invert2(cd)
  if (inverse === undefined) {
    throw new WcsError('WCS_SINGULAR_MATRIX', 'matrix from pixels to degrees has no inverse', {
      where: wcs.name === undefined ? ['cd'] : [wcs.name, 'cd'],
      found: `[${cd.join(', ')}]`,
      allowed: 'a matrix whose rows are not parallel',
    })
  }
  if (sip === undefined) stages.push(planeToPixelStage(crpix, inverse))
  else {
    stages.push(
      planeToPixelStage([0, 0], inverse),
      sipInverseStage(sip, wcs.sipInverse === 'exact', SETTLED_PX),
      shiftStage(crpix[0], crpix[1]),
    )
  }
  return stages
}

function shiftStage(dx: number, dy: number): Stage {
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      p[i] = p[i]! + dx
      q[i] = q[i]! + dy
    }
  }
}
