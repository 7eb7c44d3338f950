import type { CelestialAxes } from './axes.ts'
import type { KeywordReader } from './keyword-reader.ts'

/** Keywords for the size of a pixel in arcseconds, along x and along y; the second is the first where it is absent. */
const PIXEL_SIZES = [
  ['SECPIX', 'SECPIX'],
  ['PIXSCALE', 'PIXSCALE'],
  ['SECPIX1', 'SECPIX2'],
  ['PIXSCAL1', 'PIXSCAL2'],
  ['XPIXSIZE', 'YPIXSIZE'],
] as const
const ARCSEC_PER_DEG = 3600

/**
 * Increment of a celestial axis from the keywords that stand in for CDELT by the rules of Montage and WCSTools; longitude runs left.
 *
 * @returns degrees per pixel; undefined when the header has none of them or a size of zero
 *
 * Source: behaviour of Montage 6.0 (mPix2Coord on headers with CDELT of 0); a test compares.
 */
export function pixelSizeDeg(header: KeywordReader, axes: CelestialAxes, axis: number): number | undefined {
  const pair = PIXEL_SIZES.find(([x]) => header.has(x))
  if (pair === undefined) return undefined
  const size = axis === 1 ? header.number(pair[0]) : (header.number(pair[1]) ?? header.number(pair[0]))
  if (size === undefined || size === 0) return undefined
  return (axis === axes.lonAxis ? -size : size) / ARCSEC_PER_DEG
}
