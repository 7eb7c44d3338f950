import { type PixelKernels, type PixelViews, readCoverageSums } from '@skyloom/kernels'
import type { Moments } from '../background/moments.ts'
import type { Region } from '../region.ts'

/** Where a reprojected image has data. */
export interface CoverageExtent {
  /** Smallest rectangle of the template with all covered pixels; empty when there are none. */
  readonly region: Region
  readonly coveredPixels: number
  /** Moments of the covered pixels, template offsets. */
  readonly moments: Moments
}

/**
 * Extent of the pixels with positive coverage.
 *
 * @param coverageAt row-major in pixel memory, for `region` of the template
 * @param crpix reference pixel of the template
 * @param scratchAt `COVERAGE_SUMS_BYTES`
 */
export function coverageExtent(
  views: PixelViews,
  kernels: PixelKernels,
  coverageAt: number,
  region: Region,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  scratchAt: number,
): CoverageExtent {
  kernels.coverageSums(coverageAt, region.width, region.width, region.height, scratchAt)
  return extentOf(views, region, crpix, scratchAt)
}

/**
 * Extent of the pixels that have a value, of an image whose pixels are those of the template.
 *
 * @param plane its first pixel is that of `region`
 */
export function valueExtent(
  views: PixelViews,
  kernels: PixelKernels,
  plane: { readonly at: number; readonly stride: number },
  region: Region,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  scratchAt: number,
): CoverageExtent {
  kernels.valueSums(plane.at, plane.stride, region.width, region.height, scratchAt)
  return extentOf(views, region, crpix, scratchAt)
}

function extentOf(
  views: PixelViews,
  region: Region,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  recordAt: number,
): CoverageExtent {
  const sums = readCoverageSums(views, recordAt)
  const n = sums.count
  const x0 = region.col - crpix.fitsX
  const y0 = region.row - crpix.fitsY
  const extent =
    n === 0
      ? { col: region.col, row: region.row, width: 0, height: 0 }
      : {
          col: region.col + sums.minCol,
          row: region.row + sums.minRow,
          width: sums.maxCol - sums.minCol + 1,
          height: sums.maxRow - sums.minRow + 1,
        }
  const moments = {
    n,
    x: sums.x + n * x0,
    y: sums.y + n * y0,
    xx: sums.xx + 2 * x0 * sums.x + n * x0 * x0,
    xy: sums.xy + x0 * sums.y + y0 * sums.x + n * x0 * y0,
    yy: sums.yy + 2 * y0 * sums.y + n * y0 * y0,
  }
  return { region: extent, coveredPixels: n, moments }
}
