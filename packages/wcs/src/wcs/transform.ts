import type { SkyPosition } from '../sphere/sky-position.ts'
import { type Chain, chainOf } from './chain.ts'
import { checkLengths, runStages, workArrays } from './run-stages.ts'
import type { Wcs } from './wcs.ts'

/** A place on an image in the FITS convention: the centre of the first pixel is (1, 1). */
export interface FitsPixel {
  readonly fitsX: number
  readonly fitsY: number
}

/**
 * Sky position of one pixel, undefined where the projection has no sky.
 *
 * @returns longitude in [0, 360) and latitude in [-90, 90], degrees, in the frame of `wcs`
 *
 * Accuracy: agrees with wcslib to 1e-11 degree.
 */
export function pixelToSky(wcs: Wcs, fitsX: number, fitsY: number): SkyPosition | undefined {
  const { p, q } = runOne(chainOf(wcs).pixelToSky, fitsX, fitsY)
  const lonDeg = p[0]!
  const latDeg = q[0]!
  return Number.isFinite(lonDeg) && Number.isFinite(latDeg) ? { lonDeg, latDeg } : undefined
}

/**
 * Pixel of one sky position in the frame of `wcs`, also outside the image; undefined where the projection has no image of it.
 *
 * Accuracy: agrees with wcslib to 1e-8 pixel; distortions are inverted to rounding.
 */
export function skyToPixel(wcs: Wcs, lonDeg: number, latDeg: number): FitsPixel | undefined {
  const { p, q } = runOne(chainOf(wcs).skyToPixel, lonDeg, latDeg)
  const fitsX = p[0]!
  const fitsY = q[0]!
  return Number.isFinite(fitsX) && Number.isFinite(fitsY) ? { fitsX, fitsY } : undefined
}

/**
 * Sky positions of the first `count` (default all) pixels, written to `lonDeg` and `latDeg`, which may be the input arrays. NaN in
 * both where there is no sky. Nothing is allocated.
 *
 * @throws {WcsError} `WCS_BAD_ARRAYS` when an array is shorter than `count`
 */
export function pixelsToSky(
  wcs: Wcs,
  fitsX: Float64Array,
  fitsY: Float64Array,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  count: number = fitsX.length,
): void {
  const { direct, pixelToSky: stages } = chainOf(wcs)
  if (direct === undefined) runStages(stages, fitsX, fitsY, lonDeg, latDeg, count)
  else {
    checkLengths(fitsX, fitsY, lonDeg, latDeg, count)
    direct.pixelToSky(fitsX, fitsY, lonDeg, latDeg, count)
  }
}

/**
 * Pixels of the first `count` (default all) sky positions, written to `fitsX` and `fitsY`, which may be the input arrays. NaN in both
 * where the projection has no image. Nothing is allocated.
 *
 * @throws {WcsError} `WCS_BAD_ARRAYS` when an array is shorter than `count`
 */
export function skyToPixels(
  wcs: Wcs,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  fitsX: Float64Array,
  fitsY: Float64Array,
  count: number = lonDeg.length,
): void {
  const { direct, skyToPixel: stages } = chainOf(wcs)
  if (direct === undefined) runStages(stages, lonDeg, latDeg, fitsX, fitsY, count)
  else {
    checkLengths(lonDeg, latDeg, fitsX, fitsY, count)
    direct.skyToPixel(lonDeg, latDeg, fitsX, fitsY, count)
  }
}

function runOne(stages: Chain['pixelToSky'], a: number, b: number): { p: Float64Array; q: Float64Array } {
  const { p, q, s } = workArrays()
  p[0] = a
  q[0] = b
  for (const stage of stages) stage(p, q, s, 1)
  return { p, q }
}
