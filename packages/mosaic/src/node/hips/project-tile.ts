import { readImage } from '@skyloom/fits'
import type { TaskContext } from '@skyloom/kernels'
import { approximateMap, type PixelMap, pixelMap, type Wcs } from '@skyloom/wcs'
import { MosaicError } from '../../errors.ts'
import { HIPS_TILE_SIDE } from '../../hips/tile.ts'
import { PIXEL_BYTES, type PixelPlane } from '../../pixel-plane.ts'
import { AREA_SCRATCH_BYTES, CORNER_BYTES, projectImage, TILE_SIDE } from '../../project/project-image.ts'
import { projectRegion } from '../../project/project-region.ts'
import { gridScratchBytes } from '../../project/tile-corners.ts'
import { isEmptyRegion, type Region } from '../../region.ts'
import type { Template } from '../../template/template.ts'
import type { OpenImages } from './open-images.ts'

/** An image of a HiPS. Plain data. */
export interface HipsImage {
  readonly path: string
  readonly hdu: number
  readonly width: number
  readonly height: number
  readonly wcs: Wcs
}

/** Largest error of a position, pixels of the image. */
const POSITION_BOUND_PX = 0.001
/** Parts of a tile are not made smaller than this. */
const MIN_PART_SIDE = 16
/** Pixels of an image that are in memory at a time. A tile at the scale of its image lies under half a million. */
const WINDOW_PIXELS = 4_000_000
const GRID_BYTES = 256 * 1024
const PIXELS = HIPS_TILE_SIDE * HIPS_TILE_SIDE

/** Places of blocks in the scratch of a task that projects tiles, from its start. */
const CORNERS_AT = 0
const AREA_AT = aligned(CORNERS_AT + CORNER_BYTES)
const GRID_AT = aligned(AREA_AT + AREA_SCRATCH_BYTES)
const VALUE_AT = aligned(GRID_AT + GRID_BYTES)
const COVERAGE_AT = aligned(VALUE_AT + PIXEL_BYTES * PIXELS)
/** Sums of value times coverage, then of coverage. */
const SUM_AT = aligned(COVERAGE_AT + PIXEL_BYTES * PIXELS)
const WEIGHT_AT = aligned(SUM_AT + 8 * PIXELS)
const WINDOW_AT = aligned(WEIGHT_AT + 8 * PIXELS)

/** Bytes of scratch that {@link projectTile} takes. */
export const PROJECT_TILE_BYTES: number = aligned(WINDOW_AT + PIXEL_BYTES * WINDOW_PIXELS)

function aligned(offset: number): number {
  return 64 * Math.ceil(offset / 64)
}

/**
 * The pixels of a tile from images: the mean of what they show there by exact area overlap, weighted by how much of a pixel each covers;
 * images enter in the order given. The result depends on nothing but the tile and the images.
 *
 * @param at start of `PROJECT_TILE_BYTES` of pixel memory
 * @returns a view of that memory, row-major, NaN without data; undefined when no image lies near the tile
 * @throws MosaicError `MOSAIC_MEMORY` when a small part of the tile lies under more of an image than fits
 */
export async function projectTile(
  context: TaskContext,
  at: number,
  template: Template,
  images: readonly HipsImage[],
  open: OpenImages,
): Promise<Float32Array | undefined> {
  const { memory, kernels } = context
  const near = images.filter((image) => !isEmptyRegion(projectRegion(image, template)))
  if (near.length === 0) return undefined
  const value = memory.f32(at + VALUE_AT, PIXELS)
  const isAlone = near.length === 1
  if (!isAlone) memory.f64(at + SUM_AT, 2 * PIXELS).fill(0)
  for (const image of near) {
    context.throwIfAborted()
    value.fill(Number.NaN)
    memory.f32(at + COVERAGE_AT, PIXELS).fill(0)
    await projectInto(context, at, template, image, open)
    if (isAlone) return value
    kernels.accumulateMean(
      at + VALUE_AT,
      at + COVERAGE_AT,
      PIXELS,
      0,
      0,
      0,
      0,
      0,
      at + SUM_AT,
      at + WEIGHT_AT,
    )
  }
  kernels.finishMeanF32(at + SUM_AT, at + WEIGHT_AT, PIXELS, at + VALUE_AT, at + COVERAGE_AT)
  return value
}

async function projectInto(
  context: TaskContext,
  at: number,
  template: Template,
  image: HipsImage,
  open: OpenImages,
): Promise<void> {
  const exact = pixelMap(template.wcs, image.wcs)
  const hdu = await open.hdu(image)
  const project = async (part: Region): Promise<void> => {
    context.throwIfAborted()
    const window = windowUnder(template, image, part)
    if (isEmptyRegion(window)) return
    if (window.width * window.height > WINDOW_PIXELS) {
      for (const quarter of quarters(part, image.path)) await project(quarter)
      return
    }
    const into = context.memory.f32(at + WINDOW_AT, window.width * window.height)
    await readImage(hdu, { as: 'float32', region: window, into })
    projectPart(context, at, exact, window, part)
  }
  await project(projectRegion(image, template))
}

/** Pixels of the image under a part of the tile. */
function windowUnder(template: Template, image: HipsImage, part: Region): Region {
  const [x, y] = template.wcs.crpix
  const wcs: Wcs = { ...template.wcs, crpix: [x - part.col, y - part.row] }
  return projectRegion({ wcs, width: part.width, height: part.height }, image)
}

function quarters({ col, row, width, height }: Region, path: string): readonly Region[] {
  if (width <= MIN_PART_SIDE && height <= MIN_PART_SIDE) {
    throw new MosaicError('MOSAIC_MEMORY', 'a small part of a tile lies under too many pixels of an image', {
      where: [path],
      remedy: 'use a deeper --order, or shrink the image first',
    })
  }
  const left = Math.ceil(width / 2)
  const low = Math.ceil(height / 2)
  return [
    { col, row, width: left, height: low },
    { col: col + left, row, width: width - left, height: low },
    { col, row: row + low, width: left, height: height - low },
    { col: col + left, row: row + low, width: width - left, height: height - low },
  ].filter((part) => !isEmptyRegion(part))
}

function projectPart(context: TaskContext, at: number, exact: PixelMap, window: Region, part: Region): void {
  const grid = approximateMap(exact, part, { boundPx: POSITION_BOUND_PX })
  if (gridScratchBytes(grid, TILE_SIDE) > GRID_BYTES)
    throw new RangeError('the grid of a tile is larger than planned')
  const plane = (block: number): PixelPlane => ({
    at: at + block + PIXEL_BYTES * (part.row * HIPS_TILE_SIDE + part.col),
    width: part.width,
    height: part.height,
    stride: HIPS_TILE_SIDE,
  })
  const { col, row, width, height } = window
  projectImage(
    context.memory,
    context.kernels,
    { plane: { at: at + WINDOW_AT, width, height, stride: width }, col, row, weightAt: 0 },
    { grid, exact },
    { region: part, value: plane(VALUE_AT), coverage: plane(COVERAGE_AT) },
    {
      cornersAt: at + CORNERS_AT,
      gridAt: at + GRID_AT,
      areaAt: at + AREA_AT,
      areaBytes: AREA_SCRATCH_BYTES,
    },
    () => context.throwIfAborted(),
  )
}
