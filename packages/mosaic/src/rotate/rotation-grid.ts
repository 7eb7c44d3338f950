import type { FitsPixel } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'

/** A CD matrix: degrees per pixel, `[CD1_1, CD1_2, CD2_1, CD2_2]`. */
export type CdMatrix = readonly [number, number, number, number]

/** The grid of a turned image. */
export interface RotationGrid {
  readonly width: number
  readonly height: number
  /** Reference pixel of the new grid; it lies at the same place of the sky as the old one. */
  readonly crpix: FitsPixel
  readonly oldCrpix: FitsPixel
  /** Offset from the old reference pixel that belongs to one from the new: `[xx, xy, yx, yy]`. */
  readonly toOld: CdMatrix
}

/** Largest side of a turned image. */
const MAX_SIDE = 2 ** 31 - 1

/**
 * The grid that holds an image when its CD matrix is replaced by another: the box around the turned outline, and as in Montage one
 * pixel more on each axis.
 *
 * @param corners outline on the old grid, FITS coordinates of edges
 * @throws MosaicError `MOSAIC_BAD_OPTION` for a matrix without inverse, `MOSAIC_TOO_LARGE`
 */
export function rotationGrid(
  oldCrpix: FitsPixel,
  oldCd: CdMatrix,
  newCd: CdMatrix,
  corners: readonly FitsPixel[],
): RotationGrid {
  const toNew = product(inverse(newCd), oldCd)
  const toOld = product(inverse(oldCd), newCd)
  const points = corners.map(({ fitsX, fitsY }) =>
    apply(toNew, fitsX - oldCrpix.fitsX, fitsY - oldCrpix.fitsY),
  )
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [left, bottom] = [Math.min(...xs), Math.min(...ys)]
  // Rounded first, so that a quarter turn, whose sines are not exact, does not add a pixel.
  const side = (length: number): number => Math.floor(Number(length.toFixed(6))) + 1
  const width = side(Math.max(...xs) - left)
  const height = side(Math.max(...ys) - bottom)
  if (!(width <= MAX_SIDE && height <= MAX_SIDE))
    throw new MosaicError('MOSAIC_TOO_LARGE', 'the turned image would be too large', {
      found: `${width} x ${height} pixels`,
      allowed: `${MAX_SIDE} pixels on each side`,
    })
  return { width, height, crpix: { fitsX: 0.5 - left, fitsY: 0.5 - bottom }, oldCrpix, toOld }
}

/** Where a pixel of the new grid lies on the old one. */
export function oldPixel(grid: RotationGrid, fitsX: number, fitsY: number): FitsPixel {
  const [x, y] = apply(grid.toOld, fitsX - grid.crpix.fitsX, fitsY - grid.crpix.fitsY)
  return { fitsX: grid.oldCrpix.fitsX + x, fitsY: grid.oldCrpix.fitsY + y }
}

function apply([xx, xy, yx, yy]: CdMatrix, x: number, y: number): readonly [number, number] {
  return [xx * x + xy * y, yx * x + yy * y]
}

function product(a: CdMatrix, b: CdMatrix): CdMatrix {
  return [
    a[0] * b[0] + a[1] * b[2],
    a[0] * b[1] + a[1] * b[3],
    a[2] * b[0] + a[3] * b[2],
    a[2] * b[1] + a[3] * b[3],
  ]
}

function inverse([a, b, c, d]: CdMatrix): CdMatrix {
  const determinant = a * d - b * c
  if (!(Math.abs(determinant) > 0) || !Number.isFinite(determinant))
    throw new MosaicError('MOSAIC_BAD_OPTION', 'the matrix of the coordinates has no inverse', {
      found: [a, b, c, d].join(' '),
    })
  return [d / determinant, -b / determinant, -c / determinant, a / determinant]
}
