import type { PixelKernels, PixelViews } from '@skyloom/kernels'
import { approximateMap, type PixelMap, pixelMap, pixelScaleDeg, type Wcs } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import type { Region } from '../region.ts'
import { isInterpolation, kernelTable, kernelTaps, TABLE_STEPS } from './interpolation-kernel.ts'
import { type MapAccuracy, mapAccuracy } from './map-accuracy.ts'
import { overlapSums } from './overlap-sums.ts'
import { pixelRatios, scaleToFlux } from './pixel-ratio.ts'
import {
  type ImageWindow,
  type ProjectScratch,
  type ProjectTarget,
  projectImage,
  TILE_SIDE,
} from './project-image.ts'
import type { ProjectMethod } from './project-method.ts'
import { gridScratchBytes, type ProjectMap } from './tile-corners.ts'

/** How an image is reprojected. */
export interface ProjectBy {
  readonly method: ProjectMethod
  readonly imageWcs: Wcs
  readonly templateWcs: Wcs
  /** Largest error of a mapped position, pixels of the image (of the template for `planar` and `drizzle`). */
  readonly boundPx: number
  /** Side of the footprint of a pixel for `drizzle`. */
  readonly pixfrac: number
  /** The values are flux per pixel and stay so; otherwise they are surface brightness. */
  readonly isFlux: boolean
}

/** Nodes this far apart do for images without strong distortion. */
const SMOOTH_STEP = 128
/** Overlaps in the plane below this fraction of a pixel are rounding. */
const LEAST_OVERLAP = 1e-9
/** Bytes for the sums of a band of overlaps. */
const BAND_BYTES = 64 * 1024 * 1024

/**
 * Reprojects the whole of an image in pixel memory by any method.
 *
 * @param image the whole image, from column and row 0 on
 * @param scratch `gridBytes` is the room for grid nodes
 * @returns accuracy of mapped positions
 * @throws MosaicError `MOSAIC_MEMORY`, `MOSAIC_TOO_LARGE`
 */
export async function projectBy(
  views: PixelViews,
  kernels: PixelKernels,
  image: ImageWindow,
  by: ProjectBy,
  target: ProjectTarget,
  scratch: ProjectScratch & { readonly gridBytes: number },
  throwIfAborted: () => void,
): Promise<MapAccuracy> {
  const accuracy =
    by.method === 'planar' || by.method === 'drizzle'
      ? await projectDrops(views, image, by, target, throwIfAborted)
      : projectTiles(views, kernels, image, by, target, scratch, throwIfAborted)
  if (by.isFlux) {
    const ratios = pixelRatios(pixelMap(by.templateWcs, by.imageWcs), target.region)
    for (let row = 0; row < target.region.height; row++) {
      const at = target.value.at + 4 * row * target.value.stride
      scaleToFlux(views.f32(at, target.region.width), ratios, target.region.row + row)
    }
  }
  return accuracy
}

/** By areas of overlap in the image, or by interpolation: from the template to the image, tile by tile. */
function projectTiles(
  views: PixelViews,
  kernels: PixelKernels,
  image: ImageWindow,
  by: ProjectBy,
  target: ProjectTarget,
  scratch: ProjectScratch & { readonly gridBytes: number },
  throwIfAborted: () => void,
): MapAccuracy {
  const { method } = by
  const map = gatherMap(by, target.region, scratch.gridBytes)
  if (isInterpolation(method)) {
    const table = kernelTable(method)
    views.f32(scratch.areaAt, table.length).set(table)
    const sampling = { taps: kernelTaps(method), tableAt: scratch.areaAt, steps: TABLE_STEPS }
    projectImage(views, kernels, image, map, target, scratch, throwIfAborted, sampling)
  } else projectImage(views, kernels, image, map, target, scratch, throwIfAborted)
  return mapAccuracy([map.grid])
}

/**
 * The map from the template to the image, of corners of pixels or, for interpolation, of their centres half a pixel further.
 *
 * @param gridBytes room for grid nodes
 * @throws MosaicError `MOSAIC_TOO_LARGE`
 */
export function gatherMap(
  { method, imageWcs, templateWcs, boundPx }: ProjectBy,
  region: Region,
  gridBytes: number,
): ProjectMap {
  const corners = pixelMap(templateWcs, imageWcs)
  const exact = isInterpolation(method) ? ofCentres(corners) : corners
  const grid = approximateMap(exact, region, { boundPx, smoothStep: SMOOTH_STEP })
  if (gridScratchBytes(grid, TILE_SIDE) > gridBytes) throw tooWide(region.width)
  return { grid, exact }
}

/** A map of corners as one of the centres half a pixel further. */
function ofCentres(corners: PixelMap): PixelMap {
  return (x, y, outX, outY, count) => {
    for (let k = 0; k < count; k++) {
      outX[k] = x[k]! + 0.5
      outY[k] = y[k]! + 0.5
    }
    corners(outX, outY, outX, outY, count)
  }
}

/** By areas of overlap in the template: from the image to the template. Coverage is 1 where footprints leave no gap, on average. */
async function projectDrops(
  views: PixelViews,
  image: ImageWindow,
  { method, imageWcs, templateWcs, boundPx, pixfrac }: ProjectBy,
  { region, value, coverage }: ProjectTarget,
  throwIfAborted: () => void,
): Promise<MapAccuracy> {
  const drop = method === 'drizzle' ? pixfrac : 1
  const ratio = Math.max(...pixelScaleDeg(imageWcs)) / Math.min(...pixelScaleDeg(templateWcs))
  const { plane } = image
  const source = {
    width: plane.width,
    height: plane.height,
    read(part: { col: number; row: number; width: number; height: number }) {
      throwIfAborted()
      const data = new Float64Array(part.width * part.height)
      for (let row = 0; row < part.height; row++) {
        const at = plane.at + 4 * ((part.row + row) * plane.stride + part.col)
        data.set(views.f32(at, part.width), row * part.width)
      }
      return Promise.resolve({ value: data, weight: undefined })
    },
  }
  const options = { toOutput: pixelMap(imageWcs, templateWcs), drop, boundPx, bandBytes: BAND_BYTES }
  return await overlapSums(source, region, ratio, options, (band) => {
    for (let row = 0; row < band.region.height; row++) {
      const offset = 4 * (band.region.row - region.row + row)
      const values = views.f32(value.at + offset * value.stride, region.width)
      const areas = views.f32(coverage.at + offset * coverage.stride, region.width)
      for (let col = 0; col < region.width; col++) {
        const at = 2 * (row * region.width + col)
        const area = band.sums[at + 1]!
        const isGood = area > LEAST_OVERLAP
        values[col] = isGood ? band.sums[at]! / area : Number.NaN
        areas[col] = isGood ? area / (drop * drop) : 0
      }
    }
  })
}

function tooWide(columns: number): MosaicError {
  return new MosaicError('MOSAIC_TOO_LARGE', 'the image covers too wide a part of the mosaic', {
    found: `${columns} columns`,
    remedy: 'make the mosaic in parts with --center and --size, or with a coarser --scale',
  })
}
