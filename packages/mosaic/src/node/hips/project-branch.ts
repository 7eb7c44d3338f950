import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import type { TaskContext } from '@skyloom/kernels'
import { approximateMap, pixelMap, type Wcs } from '@skyloom/wcs'
import { MosaicError } from '../../errors.ts'
import { PIXEL_BYTES, type PixelPlane } from '../../pixel-plane.ts'
import { AREA_SCRATCH_BYTES, CORNER_BYTES, projectImage, TILE_SIDE } from '../../project/project-image.ts'
import { projectRegion } from '../../project/project-region.ts'
import { gridScratchBytes } from '../../project/tile-corners.ts'
import { isEmptyRegion, type Region } from '../../region.ts'
import type { Template } from '../../template/template.ts'

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
/** Parts of a branch are not made smaller than this. */
const MIN_PART_SIDE = 64
/** A branch at the scale of its image lies under twice as many pixels when it is turned by 45 degrees; some are left for other scales. */
const WINDOW_FACTOR = 2.6
const MIN_WINDOW_PIXELS = 1 << 20
const GRID_BYTES = 1024 * 1024

/** Blocks of the scratch of a task that projects a branch. */
interface Blocks {
  readonly cornersAt: number
  readonly areaAt: number
  readonly gridAt: number
  readonly valueAt: number
  readonly coverageAt: number
  /** Sums of value times coverage, and of coverage; only for several images. */
  readonly sumAt: number
  readonly weightAt: number
  readonly windowAt: number
  readonly windowPixels: number
  readonly endAt: number
}

function blocks(at: number, side: number, isSingle: boolean): Blocks {
  const pixels = side * side
  let free = at
  const take = (bytes: number): number => {
    const start = free
    free += 64 * Math.ceil(bytes / 64)
    return start
  }
  const windowPixels = Math.max(MIN_WINDOW_PIXELS, Math.ceil(WINDOW_FACTOR * pixels))
  return {
    cornersAt: take(CORNER_BYTES),
    areaAt: take(AREA_SCRATCH_BYTES),
    gridAt: take(GRID_BYTES),
    valueAt: take(PIXEL_BYTES * pixels),
    coverageAt: take(PIXEL_BYTES * pixels),
    sumAt: take(isSingle ? 0 : 8 * pixels),
    weightAt: take(isSingle ? 0 : 8 * pixels),
    windowAt: take(PIXEL_BYTES * windowPixels),
    windowPixels,
    endAt: free,
  }
}

/** Bytes of scratch that a branch of this side takes. */
export function branchScratchBytes(side: number, isSingle: boolean): number {
  return blocks(0, side, isSingle).endAt
}

/**
 * The pixels of a branch from all images: the mean of what they show there by exact area overlap, weighted by how much of a pixel each
 * covers; images enter in the order given.
 *
 * @returns a view of scratch, row-major; NaN without data
 * @throws MosaicError `MOSAIC_MEMORY` when a part of the branch lies under more of an image than scratch holds
 */
export async function projectBranch(
  context: TaskContext,
  template: Template,
  images: readonly HipsImage[],
  isSingle: boolean,
): Promise<Float32Array> {
  const { memory, kernels, scratch } = context
  const side = template.width
  const at = blocks(scratch.at, side, isSingle)
  const pixels = side * side
  const value = memory.f32(at.valueAt, pixels)
  if (!isSingle) memory.f64(at.sumAt, 2 * pixels).fill(0)
  for (const image of images) {
    context.throwIfAborted()
    value.fill(Number.NaN)
    memory.f32(at.coverageAt, pixels).fill(0)
    await projectInto(context, template, image, at)
    if (isSingle) break
    kernels.accumulateMean(at.valueAt, at.coverageAt, pixels, 0, 0, 0, 0, 0, at.sumAt, at.weightAt)
  }
  if (!isSingle) kernels.finishMeanF32(at.sumAt, at.weightAt, pixels, at.valueAt, at.coverageAt)
  return value
}

async function projectInto(
  context: TaskContext,
  template: Template,
  image: HipsImage,
  at: Blocks,
): Promise<void> {
  const exact = pixelMap(template.wcs, image.wcs)
  const file = await openFitsFile(image.path, { blocking: true })
  try {
    const hdu = await file.hdu(image.hdu)
    const project = async (part: Region): Promise<void> => {
      context.throwIfAborted()
      const window = windowUnder(template, image, part)
      if (isEmptyRegion(window)) return
      if (window.width * window.height > at.windowPixels) {
        for (const quarter of quarters(part, image.path)) await project(quarter)
        return
      }
      const into = context.memory.f32(at.windowAt, window.width * window.height)
      await readImage(hdu, { as: 'float32', region: window, into })
      projectPart(context, template, { image, exact, window }, part, at)
    }
    const whole = projectRegion(image, template)
    if (!isEmptyRegion(whole)) await project(whole)
  } finally {
    await file.close()
  }
}

/** Pixels of the image under a part of the branch. */
function windowUnder(template: Template, image: HipsImage, part: Region): Region {
  const [x, y] = template.wcs.crpix
  const wcs: Wcs = { ...template.wcs, crpix: [x - part.col, y - part.row] }
  return projectRegion({ wcs, width: part.width, height: part.height }, image)
}

function quarters({ col, row, width, height }: Region, path: string): readonly Region[] {
  if (width <= MIN_PART_SIDE && height <= MIN_PART_SIDE) {
    throw new MosaicError('MOSAIC_MEMORY', 'a part of a tile lies under too many pixels of an image', {
      where: [path],
      remedy: 'use a deeper --order, allow more --memory, or shrink the image first',
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

function projectPart(
  context: TaskContext,
  template: Template,
  source: {
    readonly image: HipsImage
    readonly exact: ReturnType<typeof pixelMap>
    readonly window: Region
  },
  part: Region,
  at: Blocks,
): void {
  const { memory, kernels } = context
  const { exact, window } = source
  const grid = approximateMap(exact, part, { boundPx: POSITION_BOUND_PX })
  if (gridScratchBytes(grid, TILE_SIDE) > GRID_BYTES)
    throw new RangeError('the grid of a branch is larger than planned')
  const plane = (block: number): PixelPlane => ({
    at: block + PIXEL_BYTES * (part.row * template.width + part.col),
    width: part.width,
    height: part.height,
    stride: template.width,
  })
  projectImage(
    memory,
    kernels,
    {
      plane: { at: at.windowAt, width: window.width, height: window.height, stride: window.width },
      col: window.col,
      row: window.row,
      weightAt: 0,
    },
    { grid, exact },
    { region: part, value: plane(at.valueAt), coverage: plane(at.coverageAt) },
    { cornersAt: at.cornersAt, gridAt: at.gridAt, areaAt: at.areaAt, areaBytes: AREA_SCRATCH_BYTES },
    () => context.throwIfAborted(),
  )
}
