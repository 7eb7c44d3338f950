import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import { fillPart, type PixelPlane, pixelAt } from '../pixel-plane.ts'
import { isInterpolation, kernelTable, kernelTaps, TABLE_STEPS } from './interpolation-kernel.ts'
import { gatherMap, type ProjectBy } from './project-by.ts'
import { type ImageWindow, type ProjectScratch, type ProjectTarget, TILE_SIDE } from './project-image.ts'
import { loadBand, tileCorners } from './tile-corners.ts'

/**
 * Reprojects the variance of an image's pixels: the variance of what `projectBy` makes of the values when the pixels of the image are
 * independent, sum(k² variance) / sum(k)² with the factors k of its method.
 *
 * For `planar` and `drizzle` the overlaps are taken in the plane of the image; relative to each other they are the same as in that of the template,
 * but for the curvature of the map within a pixel.
 *
 * @param variance NaN wherever the image has no data
 * @param target `value` takes the variance; `coverage` is that of the reprojected image, read only
 */
export function projectVariance(
  views: PixelViews,
  kernels: PixelKernels,
  variance: ImageWindow,
  by: ProjectBy,
  target: ProjectTarget,
  scratch: ProjectScratch & { readonly gridBytes: number },
  throwIfAborted: () => void,
): void {
  const { region } = target
  const { method } = by
  const map = gatherMap(by, region, scratch.gridBytes)
  const drop = method === 'drizzle' ? by.pixfrac : 1
  const table = isInterpolation(method) ? kernelTable(method) : undefined
  if (table !== undefined) views.f32(scratch.areaAt, table.length).set(table)
  const { plane } = variance
  const window = [variance.col, variance.row, plane.width, plane.height, plane.stride] as const
  for (let row = 0; row < region.height; row += TILE_SIDE) {
    throwIfAborted()
    const height = Math.min(TILE_SIDE, region.height - row)
    const band = loadBand(views, map, region.row + row, height, scratch.gridAt)
    for (let col = 0; col < region.width; col += TILE_SIDE) {
      const width = Math.min(TILE_SIDE, region.width - col)
      if (isBlank(views, target.coverage, col, row, width, height)) {
        fillPart(views, target.value, { col, row, width, height }, Number.NaN)
        continue
      }
      const tile = { col: region.col + col, row: region.row + row, width, height }
      const cornersYAt = tileCorners(views, kernels, band, tile, scratch)
      const places = [scratch.cornersAt, cornersYAt, width, height] as const
      const out = [pixelAt(target.value, col, row), target.value.stride] as const
      if (isInterpolation(method)) {
        const sampling = [kernelTaps(method), scratch.areaAt, TABLE_STEPS] as const
        kernels.interpolateVarianceTile(plane.at, ...window, ...places, ...sampling, ...out)
      } else kernels.areaVarianceTile(plane.at, ...window, ...places, drop, ...out)
    }
  }
}

/** True when nothing of a tile is covered. */
function isBlank(
  views: PixelViews,
  coverage: PixelPlane,
  col: number,
  row: number,
  width: number,
  height: number,
): boolean {
  for (let k = 0; k < height; k++) {
    if (views.f32(pixelAt(coverage, col, row + k), width).some((area) => area > 0)) return false
  }
  return true
}
