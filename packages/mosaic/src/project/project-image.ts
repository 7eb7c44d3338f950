import { areaScratchBytes, type PixelKernels, type PixelViews } from '@skyloom/kernels'
import type { ApproximateMap } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import { fillPart, type PixelPlane, pixelAt } from '../pixel-plane.ts'
import type { Region } from '../region.ts'
import { mayTouch } from './block-reach.ts'
import { type CornerScratch, loadBand, type ProjectMap, tileCorners } from './tile-corners.ts'

/** Side of an output tile in pixels: its corners and the part of the image under it stay in cache. */
export const TILE_SIDE = 64
/** Bytes of the corner positions of a full tile, both coordinates. */
export const CORNER_BYTES: number = 2 * 8 * (TILE_SIDE + 1) ** 2

/** The part of an input image that is in pixel memory. */
export interface ImageWindow {
  readonly plane: PixelPlane
  /** Column and row of the image that the plane starts with. */
  readonly col: number
  readonly row: number
  /** Weight plane with the same stride; 0 when there is none. */
  readonly weightAt: number
}

/** Where the reprojected pixels go: both planes cover `region` of the template. */
export interface ProjectTarget {
  readonly region: Region
  readonly value: PixelPlane
  readonly coverage: PixelPlane
}

/** Interpolation between pixels in place of the mean over the area of overlap. */
export interface Sampling {
  /** Pixels of the kernel along one axis. */
  readonly taps: number
  /** `kernelTable` in pixel memory, with this many steps. */
  readonly tableAt: number
  readonly steps: number
}

/** Memory that a projection works in. */
export interface ProjectScratch extends CornerScratch {
  readonly areaAt: number
  readonly areaBytes: number
}

/**
 * Reprojects an image onto the template by exact area overlap: each template pixel is mapped to a quadrilateral of the
 * image, its value is the mean surface brightness there and its coverage the covered fraction of the quadrilateral.
 * Surface brightness is kept; flux per pixel is this value times the ratio of pixel areas.
 *
 * @param map from template corner coordinates to image corner coordinates
 * @param sampling interpolate at the centres of the template's pixels; the map then has half a pixel added to its places on the template
 * @param throwIfAborted called before each row of tiles
 * @throws MosaicError `MOSAIC_MEMORY` when one template pixel covers more of the image than the scratch holds
 *
 * Accuracy: positions within the bound of the grid; areas to about 1e-12 relative, stored as float32.
 */
export function projectImage(
  views: PixelViews,
  kernels: PixelKernels,
  image: ImageWindow,
  map: ProjectMap,
  target: ProjectTarget,
  scratch: ProjectScratch,
  throwIfAborted: () => void = () => undefined,
  sampling?: Sampling,
): void {
  const { region } = target
  for (let row = 0; row < region.height; row += TILE_SIDE) {
    throwIfAborted()
    const height = Math.min(TILE_SIDE, region.height - row)
    const band = loadBand(views, map, region.row + row, height, scratch.gridAt)
    for (let col = 0; col < region.width; col += TILE_SIDE) {
      const width = Math.min(TILE_SIDE, region.width - col)
      const tile = { col: region.col + col, row: region.row + row, width, height }
      projectTile(views, kernels, image, band, target, scratch, tile, sampling)
    }
  }
}

function projectTile(
  views: PixelViews,
  kernels: PixelKernels,
  image: ImageWindow,
  map: ProjectMap,
  target: ProjectTarget,
  scratch: ProjectScratch,
  tile: Region,
  sampling: Sampling | undefined,
): void {
  if (missesImage(map.grid, tile, image)) {
    blankTile(views, target, tile)
    return
  }
  const cornersYAt = tileCorners(views, kernels, map, tile, scratch)
  if (sampling !== undefined) {
    kernels.interpolateTile(
      image.plane.at,
      image.col,
      image.row,
      image.plane.width,
      image.plane.height,
      image.plane.stride,
      image.weightAt,
      scratch.cornersAt,
      cornersYAt,
      tile.width,
      tile.height,
      sampling.taps,
      sampling.tableAt,
      sampling.steps,
      pixelAt(target.value, tile.col - target.region.col, tile.row - target.region.row),
      pixelAt(target.coverage, tile.col - target.region.col, tile.row - target.region.row),
      target.value.stride,
    )
    return
  }
  const status = kernels.areaTile(
    image.plane.at,
    image.col,
    image.row,
    image.plane.width,
    image.plane.height,
    image.plane.stride,
    image.weightAt,
    scratch.cornersAt,
    cornersYAt,
    tile.width,
    tile.height,
    pixelAt(target.value, tile.col - target.region.col, tile.row - target.region.row),
    pixelAt(target.coverage, tile.col - target.region.col, tile.row - target.region.row),
    target.value.stride,
    scratch.areaAt,
    scratch.areaBytes,
  )
  if (status !== 0) {
    for (const part of splitTile(tile))
      projectTile(views, kernels, image, map, target, scratch, part, sampling)
  }
}

/** Halves the longer side. */
function splitTile(tile: Region): readonly Region[] {
  const { col, row, width, height } = tile
  if (width === 1 && height === 1) {
    throw new MosaicError('MOSAIC_MEMORY', 'one mosaic pixel covers too many image pixels', {
      where: [`mosaic pixel ${col + 1}, ${row + 1}`],
      remedy: 'use a finer pixel scale for the mosaic or shrink the images first',
    })
  }
  if (width >= height) {
    const half = Math.ceil(width / 2)
    return [
      { col, row, width: half, height },
      { col: col + half, row, width: width - half, height },
    ]
  }
  const half = Math.ceil(height / 2)
  return [
    { col, row, width, height: half },
    { col, row: row + half, width, height: height - half },
  ]
}

/** True when no pixel of the tile can touch the image. */
function missesImage(grid: ApproximateMap, tile: Region, image: ImageWindow): boolean {
  const { width, height } = image.plane
  return !mayTouch(grid, tile, { col: image.col, row: image.row, width, height })
}

function blankTile(views: PixelViews, target: ProjectTarget, tile: Region): void {
  const part = { ...tile, col: tile.col - target.region.col, row: tile.row - target.region.row }
  fillPart(views, target.value, part, Number.NaN)
  fillPart(views, target.coverage, part, 0)
}

/** Scratch bytes that let full tiles through in one go where one template pixel covers about one image pixel. */
export const AREA_SCRATCH_BYTES: number = areaScratchBytes(4 * TILE_SIDE, 4 * TILE_SIDE, true)
