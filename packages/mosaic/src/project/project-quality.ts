import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import { pixelMap } from '@skyloom/wcs'
import type { PixelPlane } from '../pixel-plane.ts'
import { isInterpolation } from './interpolation-kernel.ts'
import { type PixelRatioGrid, pixelRatios, scaleToFlux } from './pixel-ratio.ts'
import { type ProjectBy, projectBy } from './project-by.ts'
import type { ImageWindow, ProjectScratch, ProjectTarget } from './project-image.ts'
import { projectVariance } from './project-variance.ts'

/** Planes of an image that say how good its pixels are; NaN wherever the image has no data. */
export interface QualityPlanes {
  /** The image; its plane serves for the places of the others, which have its size and stride. */
  readonly image: ImageWindow
  /** Offset of the weights; 0 = all are `constantWeight`. */
  readonly weightAt: number
  readonly constantWeight: number
  /** Offset of the variances; 0 = unknown. */
  readonly varianceAt: number
}

/** Where they go: offsets of planes of the target's region, without gaps; 0 = not wanted. */
export interface QualityTarget {
  /** Mean weight of the pixels under a pixel, times its coverage; 0 without data. */
  readonly weightAt: number
  /** Variance of the pixel; NaN without data. */
  readonly varianceAt: number
}

/**
 * Reprojects weights and variances of an image that `projectBy` has reprojected, onto the same region.
 *
 * Weights are averaged as the values are; kernels with negative parts give way to the bilinear one. For flux per pixel both follow the
 * scale of the values: variances times the square of the ratio of pixel areas, weights by it.
 *
 * @param target the reprojected image; its coverage is read
 */
export async function projectQuality(
  views: PixelViews,
  kernels: PixelKernels,
  planes: QualityPlanes,
  by: ProjectBy,
  target: ProjectTarget,
  out: QualityTarget,
  scratch: ProjectScratch & { readonly gridBytes: number },
  throwIfAborted: () => void,
): Promise<void> {
  const { region } = target
  const { width, height } = region
  const planeAt = (at: number): PixelPlane => ({ at, width, height, stride: width })
  const windowAt = (at: number): ImageWindow => ({ ...planes.image, plane: { ...planes.image.plane, at } })
  const surface = { ...by, isFlux: false }
  if (out.varianceAt !== 0) {
    const into = { ...target, value: planeAt(out.varianceAt) }
    projectVariance(views, kernels, windowAt(planes.varianceAt), surface, into, scratch, throwIfAborted)
  }
  if (out.weightAt !== 0 && planes.weightAt !== 0) {
    const isPositive = !isInterpolation(by.method) || by.method === 'nearest'
    const method = isPositive ? by.method : 'bilinear'
    // Writes the coverage again, with the same numbers: the same pixels have data.
    const into = { ...target, value: planeAt(out.weightAt) }
    await projectBy(
      views,
      kernels,
      windowAt(planes.weightAt),
      { ...surface, method },
      into,
      scratch,
      throwIfAborted,
    )
  }
  const ratios = by.isFlux ? pixelRatios(pixelMap(by.templateWcs, by.imageWcs), region) : undefined
  for (let row = 0; row < height; row++) {
    const shift = 4 * width * row
    if (out.weightAt !== 0) {
      const weights = views.f32(out.weightAt + shift, width)
      const coverage = views.f32(target.coverage.at + 4 * target.coverage.stride * row, width)
      if (planes.weightAt === 0) weights.fill(planes.constantWeight)
      for (let col = 0; col < width; col++)
        weights[col] = coverage[col]! > 0 ? weights[col]! * coverage[col]! : 0
      if (ratios !== undefined) scaleTwice(weights, ratios, region.row + row, -1)
    }
    if (out.varianceAt !== 0 && ratios !== undefined)
      scaleTwice(views.f32(out.varianceAt + shift, width), ratios, region.row + row, 1)
  }
}

/** Multiplies by the square of the ratios, or divides by it. */
function scaleTwice(values: Float32Array, ratios: PixelRatioGrid, row: number, power: 1 | -1): void {
  const factors = new Float32Array(values.length).fill(1)
  scaleToFlux(factors, ratios, row)
  for (let i = 0; i < values.length; i++) {
    const square = factors[i]! * factors[i]!
    // Beyond the image there is no ratio.
    if (square > 0) values[i]! *= power === 1 ? square : 1 / square
  }
}
