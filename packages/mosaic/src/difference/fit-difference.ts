import {
  DIFF_STATISTICS_BYTES,
  type PixelKernels,
  type PixelViews,
  PLANE_SUMS_BYTES,
  readDiffStatistics,
  readPlaneSums,
} from '@skyloom/kernels'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import type { Region } from '../region.ts'
import {
  type FitPlaneOptions,
  fitPlane,
  type PlaneFit,
  type PlanePass,
  type PlaneSpread,
} from './fit-plane.ts'
import { hullBytes, overlapBox } from './overlap-box.ts'

/** The part of a reprojected image that lies in the overlap window: offsets of its first pixel. */
export interface OverlapSide {
  readonly valueAt: number
  /** 0 = every pixel with a value is covered in full. */
  readonly coverageAt: number
  readonly stride: number
}

/** Bytes of scratch memory that `fitDifference` needs for a window. */
export function differenceScratchBytes(window: Region): number {
  return RECORD_BYTES + hullBytes(window.height) + PIXEL_BYTES * window.width * window.height
}

const RECORD_BYTES = 64 * Math.ceil(Math.max(PLANE_SUMS_BYTES, DIFF_STATISTICS_BYTES) / 64)

/**
 * Difference of two reprojected images over the window that they share, by Montage's rule (pixels whose summed area is
 * a third away from the usual are left out), and the plane through it.
 *
 * @param window the shared pixels of the template
 * @param crpix reference pixel of the template; the plane is in offsets from it
 * @param scratchAt `differenceScratchBytes(window)` bytes
 * @returns undefined when the images share fewer than three pixels with data
 */
export function fitDifference(
  views: PixelViews,
  kernels: PixelKernels,
  plus: OverlapSide,
  minus: OverlapSide,
  window: Region,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  scratchAt: number,
  options: FitPlaneOptions = {},
): PlaneFit | undefined {
  const { width, height } = window
  const recordAt = scratchAt
  const hullAt = scratchAt + RECORD_BYTES
  const differenceAt = hullAt + hullBytes(height)
  kernels.diffMontage(
    plus.valueAt,
    plus.coverageAt,
    plus.stride,
    minus.valueAt,
    minus.coverageAt,
    minus.stride,
    width,
    height,
    1,
    differenceAt,
    width,
    recordAt,
  )
  if (readDiffStatistics(views, recordAt).count === 0) return undefined
  const x0 = window.col - crpix.fitsX
  const y0 = window.row - crpix.fitsY
  const pass: PlanePass = (plane, limit) => {
    const { a, b, c } = plane
    kernels.planeFitPass(differenceAt, width, width, height, x0, y0, a, b, c, limit, recordAt)
    return readPlaneSums(views, recordAt)
  }
  const spread: PlaneSpread = ({ a, b, c }, limit) => {
    kernels.planeSpread(differenceAt, width, width, height, x0, y0, a, b, c, limit, recordAt)
    const [count = 0, residuals = 0] = views.f64(recordAt, 2)
    return { count, residuals }
  }
  const box = overlapBox(views, kernels, differenceAt, width, height, x0, y0, hullAt)
  return fitPlane(pass, box, options, spread)
}
