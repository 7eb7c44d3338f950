import {
  alignedAngleStages,
  anglesToVectorStage,
  celestialToNativeMatrix,
  nativeToCelestialMatrix,
  rotateStage,
  vectorToNativeAnglesStage,
  vectorToSkyStage,
} from '../celestial/sphere-stages.ts'
import { pixelDistortionMap } from '../distortion/pixel-distortion.ts'
import { forwardStage, inverseStage, type PlaneMap } from '../distortion/plane-map.ts'
import { plateMap } from '../distortion/plate-solution.ts'
import { sipInverseMap } from '../distortion/sip.ts'
import { type Tnx, tnxMap } from '../distortion/tnx.ts'
import { type Tpv, tpvMap } from '../distortion/tpv.ts'
import { WcsError } from '../errors.ts'
import { invert2, type Matrix2, pixelToPlaneStage, planeToPixelStage } from '../linear/linear.ts'
import { makeProjection } from '../projection/make-projection.ts'
import type { Stage } from '../projection/projection.ts'
import { alignedCarRuns, type DirectRuns } from './aligned-car.ts'
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
  /** The whole conversion in single loops, where there are such. */
  readonly direct: DirectRuns | undefined
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
    direct: alignedCarRuns(wcs),
  }
}

/** Newton steps in pixels below this are settled; the next step squares the error. */
const SETTLED_PX = 1e-7
/** The same for the projection plane, in degrees. */
const SETTLED_DEG = 1e-9

function pixelToPlane(wcs: Wcs): Stage[] {
  const { plate, planeDistortion, planeOffset } = wcs
  const stages = plate === undefined ? pixelToIntermediate(wcs) : [forwardStage(plateMap(plate))]
  if (planeDistortion !== undefined) stages.push(forwardStage(planeMapOf(planeDistortion)))
  if (planeOffset[0] !== 0 || planeOffset[1] !== 0) stages.push(shiftStage(planeOffset[0], planeOffset[1]))
  return stages
}

function planeToPixel(wcs: Wcs): Stage[] {
  const { plate, planeDistortion, planeOffset } = wcs
  const stages: Stage[] = []
  if (planeOffset[0] !== 0 || planeOffset[1] !== 0) stages.push(shiftStage(-planeOffset[0], -planeOffset[1]))
  if (planeDistortion !== undefined) {
    stages.push(inverseStage(planeMapOf(planeDistortion), { origin: [0, 0], settled: SETTLED_DEG }))
  }
  const inverse = invert2(wcs.cd)
  if (inverse === undefined) throw singularMatrix(wcs)
  if (plate === undefined) stages.push(...intermediateToPixel(wcs, inverse))
  else {
    const linear = planeToPixelStage(wcs.crpix, inverse)
    stages.push(inverseStage(plateMap(plate), { origin: wcs.crpix, settled: SETTLED_PX, start: linear }))
  }
  return stages
}

function planeMapOf(distortion: Tpv | Tnx): PlaneMap {
  return distortion.kind === 'tpv' ? tpvMap(distortion) : tnxMap(distortion)
}

/** Pixels to intermediate world coordinates (Paper I): distortion in pixels from CRPIX, then the matrix. */
function pixelToIntermediate(wcs: Wcs): Stage[] {
  const { sip, lookup, crpix, cd } = wcs
  if (sip === undefined && lookup === undefined) return [pixelToPlaneStage(crpix, cd)]
  return [
    shiftStage(-crpix[0], -crpix[1]),
    forwardStage(pixelDistortionMap(sip, lookup, crpix)),
    pixelToPlaneStage([0, 0], cd),
  ]
}

function intermediateToPixel(wcs: Wcs, inverse: Matrix2): Stage[] {
  const { sip, lookup, crpix } = wcs
  if (sip === undefined && lookup === undefined) return [planeToPixelStage(crpix, inverse)]
  return [planeToPixelStage([0, 0], inverse), undistortStage(wcs), shiftStage(crpix[0], crpix[1])]
}

/** Undistorted to distorted pixels, both from CRPIX. */
function undistortStage(wcs: Wcs): Stage {
  const { sip, lookup, crpix } = wcs
  const hasInverse = sip?.ap !== undefined || sip?.bp !== undefined
  const approximate = sip === undefined ? undefined : forwardStage(sipInverseMap(sip))
  if (wcs.sipInverse === 'coefficients' && approximate !== undefined) return approximate
  return inverseStage(pixelDistortionMap(sip, lookup, crpix), {
    origin: [0, 0],
    settled: SETTLED_PX,
    ...(hasInverse && approximate !== undefined ? { start: approximate } : {}),
  })
}

function singularMatrix(wcs: Wcs): WcsError {
  return new WcsError('WCS_SINGULAR_MATRIX', 'matrix from pixels to degrees has no inverse', {
    where: wcs.name === undefined ? ['cd'] : [wcs.name, 'cd'],
    found: `[${wcs.cd.join(', ')}]`,
    allowed: 'a matrix whose rows are not parallel',
  })
}

function shiftStage(dx: number, dy: number): Stage {
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      p[i] = p[i]! + dx
      q[i] = q[i]! + dy
    }
  }
}
