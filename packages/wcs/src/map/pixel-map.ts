import { resolveFrame } from '../frame/frame.ts'
import type { FrameConverter, FrameConverterOptions } from '../frame/frame-converter.ts'
import { rotationBetween } from '../frame/frame-rotation.ts'
import { isIdentityRotation, type SkyRotation } from '../frame/sky-rotation.ts'
import type { Stage } from '../projection/projection.ts'
import { chainOf } from '../wcs/chain.ts'
import { runStages } from '../wcs/run-stages.ts'
import type { Wcs } from '../wcs/wcs.ts'

/**
 * An exact map from the pixels of one image to those of another.
 *
 * Coordinates are corner coordinates: pixel `col` covers [col, col + 1), its centre is at col + 0.5, and the FITS
 * coordinate is 0.5 more. The first `count` points are read from `x` and `y` and written to `outX` and `outY` (which may
 * be the same arrays); NaN in both where the other image has no such place.
 */
export type PixelMap = (
  x: Float64Array,
  y: Float64Array,
  outX: Float64Array,
  outY: Float64Array,
  count: number,
) => void

/** How to go from one image to another. */
export interface PixelMapOptions extends FrameConverterOptions {
  /** Converter from the frame of the first image to that of the second, instead of the package's own. */
  readonly converter?: Pick<FrameConverter, 'convertInPlace'>
}

/** Corner coordinates are FITS coordinates less this. */
const CORNER_TO_FITS = 0.5

/**
 * The exact map from pixels of `from` to pixels of `to`, by way of the sky and, where their frames differ, of a change of frame.
 *
 * Inside, directions are unit vectors: between two zenithal images no angle is computed.
 *
 * @throws {WcsError} `WCS_BAD_FRAME` when the frames cannot be converted
 */
export function pixelMap(from: Wcs, to: Wcs, options: PixelMapOptions = {}): PixelMap {
  const stages = [
    shiftStage(CORNER_TO_FITS),
    ...stagesBetween(from, to, options),
    shiftStage(-CORNER_TO_FITS),
  ]
  return (x, y, outX, outY, count) => runStages(stages, x, y, outX, outY, count)
}

function shiftStage(by: number): Stage {
  return (p, q, _s, count) => {
    for (let i = 0; i < count; i++) {
      p[i] = p[i]! + by
      q[i] = q[i]! + by
    }
  }
}

function stagesBetween(from: Wcs, to: Wcs, options: PixelMapOptions): readonly Stage[] {
  const a = chainOf(from)
  const b = chainOf(to)
  const { converter } = options
  if (converter !== undefined) {
    const convert: Stage = (p, q, _s, count) => converter.convertInPlace(p, q, count)
    return [...a.pixelToSky, convert, ...b.skyToPixel]
  }
  const rotation = rotationBetween(
    resolveFrame(from.frame),
    resolveFrame(to.frame),
    options.precession ?? 'iau2006',
  )
  if (!isIdentityRotation(rotation)) {
    return [...a.pixelToVector, skyRotationStage(rotation), ...b.vectorToPixel]
  }
  // Between cylindrical images along the same equator angles need no trigonometry.
  return a.isAligned && b.isAligned
    ? [...a.pixelToSky, ...b.skyToPixel]
    : [...a.pixelToVector, ...b.vectorToPixel]
}

/** A change of frame on unit vectors; E-terms leave the length near one, so it is restored. */
function skyRotationStage(rotation: SkyRotation): Stage {
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = rotation.matrix
  const [a0, a1, a2] = rotation.removed ?? [0, 0, 0]
  const [b0, b1, b2] = rotation.added ?? [0, 0, 0]
  return (p, q, s, count) => {
    for (let i = 0; i < count; i++) {
      const vx = p[i]!
      const vy = q[i]!
      const vz = s[i]!
      const scale = 1 + a0 * vx + a1 * vy + a2 * vz
      const wx = vx * scale - a0
      const wy = vy * scale - a1
      const wz = vz * scale - a2
      const x = m0 * wx + m1 * wy + m2 * wz + b0
      const y = m3 * wx + m4 * wy + m5 * wz + b1
      const z = m6 * wx + m7 * wy + m8 * wz + b2
      const norm = 1 / Math.sqrt(x * x + y * y + z * z)
      p[i] = x * norm
      q[i] = y * norm
      s[i] = z * norm
    }
  }
}
