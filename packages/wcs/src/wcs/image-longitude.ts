import type { Wcs } from './wcs.ts'

const CYLINDRICAL: ReadonlySet<string> = new Set(['CYP', 'CEA', 'CAR', 'MER'])

/**
 * Native longitude about which a cylindrical image is best read: 0 when it lies within 180 degrees of it, else that of the image's
 * middle. Images of unknown size and other projections get 0.
 */
export function imageLongitude(wcs: Wcs): number {
  const { width, height, crpix, cd, planeOffset } = wcs
  if (width === undefined || height === undefined || !CYLINDRICAL.has(wcs.projection)) return 0
  const perDegree = wcs.projection === 'CYP' ? (wcs.pv[2] ?? 1) : 1
  const phi = (fitsX: number, fitsY: number): number =>
    (cd[0] * (fitsX - crpix[0]) + cd[1] * (fitsY - crpix[1]) + planeOffset[0]) / perDegree
  const corners = [
    phi(0.5, 0.5),
    phi(width + 0.5, 0.5),
    phi(0.5, height + 0.5),
    phi(width + 0.5, height + 0.5),
  ]
  if (corners.every((corner) => Math.abs(corner) <= 180)) return 0
  return phi((width + 1) / 2, (height + 1) / 2)
}
