import {
  roundedAcos,
  roundedAtan2,
  roundedCos,
  roundedCosDeg,
  roundedSin,
  roundedSinDeg,
  type SkyPosition,
} from '@skyloom/wcs'

/** Degrees to radian in the classic programs. */
const DEG_TO_RAD = 0.0174532925199433

/**
 * Angle between two positions as the classic programs compute it: the arc cosine of the scalar product of their unit vectors, radian. For
 * near positions it is off by up to 1e-16 over the angle. To be used only where their results must be met.
 */
export function classicAngleRad(a: SkyPosition, b: SkyPosition): number {
  const [u, v] = [classicVector(a), classicVector(b)]
  return roundedAcos(Math.min(1, u[0] * v[0] + u[1] * v[1] + u[2] * v[2]))
}

function classicVector({ lonDeg, latDeg }: SkyPosition): readonly [number, number, number] {
  const lon = lonDeg * DEG_TO_RAD
  const lat = latDeg * DEG_TO_RAD
  return [roundedCos(lat) * roundedCos(lon), roundedCos(lat) * roundedSin(lon), roundedSin(lat)]
}

/**
 * Angle between the reference points of an image and of a template as the classic mProjectPP computes it, radian. It is the same arc cosine
 * with the factors of the product in another order, and the last bit of the product decides. Found from the areas that Montage 6.0 writes:
 * of the orders in which factors can be multiplied and terms be added, this alone gives its angle for each of 63 pairs of positions.
 */
export function classicPlaneAngleRad(image: SkyPosition, template: SkyPosition): number {
  const lonA = sinCos(image.lonDeg * DEG_TO_RAD)
  const latA = sinCos(image.latDeg * DEG_TO_RAD)
  const lonB = sinCos(template.lonDeg * DEG_TO_RAD)
  const latB = sinCos(template.latDeg * DEG_TO_RAD)
  const alongX = latB.cos * lonB.cos * latA.cos * lonA.cos
  const alongY = latB.cos * lonB.sin * latA.cos * lonA.sin
  return roundedAcos(Math.min(1, alongX + alongY + latB.sin * latA.sin))
}

/** Below this the classic programs compute the northward component by another formula. */
const SMALL_NORTH = 1e-5

/**
 * Direction of one position seen from another, from east to north, as the classic mProjectPP computes it, radian: from a difference of
 * nearly equal products, off by up to 1e-15 over the distance. To be used only where its results must be met: over 30 pixels the error
 * makes 5e-11 pixel, which is more than 1e-8 of the area of a pixel that is hardly touched.
 *
 * Found as {@link classicPlaneAngleRad}, for each of 24 pairs of positions in both directions. The formulas are those for the longitude
 * around a native pole at `from`, with the colatitude of `from` in degrees.
 */
export function classicPlaneDirectionRad(from: SkyPosition, to: SkyPosition): number {
  const pole = sinCosDeg(90 - from.latDeg)
  const lat = sinCosDeg(to.latDeg)
  const lon = sinCosDeg(to.lonDeg - from.lonDeg)
  const difference = lat.sin * pole.sin - lat.cos * pole.cos * lon.cos
  const sum = sinCosDeg(to.latDeg + (90 - from.latDeg))
  const north =
    Math.abs(difference) < SMALL_NORTH ? -sum.cos + lat.cos * pole.cos * (1 - lon.cos) : difference
  return roundedAtan2(north, lat.cos * lon.sin)
}

interface SinCos {
  readonly sin: number
  readonly cos: number
}

function sinCos(angleRad: number): SinCos {
  return { sin: roundedSin(angleRad), cos: roundedCos(angleRad) }
}

function sinCosDeg(angleDeg: number): SinCos {
  return { sin: roundedSinDeg(angleDeg), cos: roundedCosDeg(angleDeg) }
}
