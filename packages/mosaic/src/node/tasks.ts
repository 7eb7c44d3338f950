import {
  type PixelKernels,
  type PixelViews,
  readStatistics,
  type Statistics,
  type TaskContext,
} from '@skyloom/kernels'
import type { Wcs } from '@skyloom/wcs'
import { addStrip, type StripImage } from '../add/add-strip.ts'
import type { PlainCombineMethod } from '../add/combine.ts'
import { type StackImage, type StackSettings, stackStrip } from '../add/stack-strip.ts'
import { fitDifference, type OverlapSide } from '../difference/fit-difference.ts'
import type { PlaneFit } from '../difference/fit-plane.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { gaussianLogLevels } from '../preview/gaussian-log.ts'
import { type CoverageExtent, coverageExtent } from '../project/coverage-extent.ts'
import { type ProjectBy, projectBy } from '../project/project-by.ts'
import { AREA_SCRATCH_BYTES, CORNER_BYTES } from '../project/project-image.ts'
import { projectQuality } from '../project/project-quality.ts'
import { scaleRegionBySolidAngle, solidAngles } from '../project/solid-angle.ts'
import type { Region } from '../region.ts'
import type { ValueExtent } from '../view/stretch/histogram.ts'
import { type PixelPlace, storePixels } from './pixel-place.ts'
import { readPixels } from './read-pixels.ts'
import { type QualityPayload, type QualityResult, readQuality } from './read-quality.ts'
import { sha256OfFile } from './sha256-of-file.ts'
import { takeImage } from './take-image.ts'

export { sha256OfFile } from './sha256-of-file.ts'

/** Reference pixel of the template. */
interface Reference {
  readonly fitsX: number
  readonly fitsY: number
}

/** Read one image and reproject it. */
export interface ProjectPayload extends ProjectBy {
  readonly path: string
  readonly hdu: number
  readonly width: number
  readonly height: number
  readonly crpix: Reference
  /** Template pixels that are made. */
  readonly region: Region
  /** Blocks of pixel memory: the image as it is read, the reprojected values and their coverage. */
  readonly imageAt: number
  readonly valueAt: number
  readonly coverageAt: number
  /** Name for messages. */
  readonly name: string
  /** Pixels that do not count, weights and variances; undefined: all pixels with data are equal. */
  readonly quality: QualityPayload | undefined
}

/** What is known of an image after reprojection. */
export interface ProjectResult {
  readonly extent: CoverageExtent
  readonly mapErrorPx: number
  /** Share of the cells of the map that were evaluated exactly. */
  readonly exactCellFraction: number
  readonly sha256: string
  readonly quality: QualityResult | undefined
}

/** Difference two reprojected images and fit a plane. */
export interface FitPayload {
  readonly plus: OverlapSide
  readonly minus: OverlapSide
  readonly window: Region
  readonly crpix: Reference
  readonly scratchAt: number
}

/** Make one strip of the mosaic. */
export interface AddPayload {
  readonly images: readonly StripImage[]
  readonly combine: PlainCombineMethod
  /** In place of `images` and `combine`: any method, with planes that say what the pixels rest on. */
  readonly stack: StackPayload | undefined
  readonly templateWcs: Wcs
  readonly crpix: Reference
  readonly region: Region
  readonly isFloat64: boolean
  readonly valueAt: number
  readonly areaAt: number
  readonly scratchAt: number
  /** Shrink factor of the preview; the strip starts at a multiple of it, counted from `firstRow`. */
  readonly previewFactor: number
  /** `previewBytes` for it. */
  readonly previewAt: number
  /** Where value and area are written by the task itself; undefined: they stay in memory, as numbers of this machine. */
  readonly store:
    | {
        readonly value: PixelPlace
        readonly area: PixelPlace
        /** A file takes one write at a time: tasks that run side by side begin with different ones. */
        readonly isAreaFirst: boolean
      }
    | undefined
}

/** How a strip is made with weights, variances or rejection; planes of the strip, 0 = not wanted. */
export interface StackPayload {
  readonly images: readonly StackImage[]
  readonly settings: StackSettings
  readonly varianceAt: number
  readonly weightAt: number
  readonly countAt: number
  readonly contextAt: number
}

/** What is known of a strip. */
export interface AddResult {
  /** Rejected pixels of the images of a stack, in their order. */
  readonly rejected: readonly number[]
  readonly statistics: Statistics
  readonly preview: Float32Array
  readonly previewStatistics: Statistics
  /** What the bytes that were written give to DATASUM. */
  readonly sums: { readonly value: number; readonly area: number } | undefined
}

/** Positions in the scratch block of `project`. */
const AREA_AT = CORNER_BYTES
const GRID_AT = CORNER_BYTES + 64 * Math.ceil(AREA_SCRATCH_BYTES / 64)

/** Scratch that a pool for these tasks needs: corners, prefix sums, and grid nodes of one row of tiles. */
export const TASK_SCRATCH_BYTES: number = GRID_AT + 4 * 1024 * 1024

async function project(context: TaskContext, payload: ProjectPayload): Promise<ProjectResult> {
  const { memory, kernels, scratch } = context
  const { width, height, region, imageAt, valueAt, coverageAt } = payload
  const { sha256 } = await readPixels(memory, payload, () => undefined)
  context.throwIfAborted()
  const plane = (at: number): { at: number; width: number; height: number; stride: number } => ({
    at,
    width: region.width,
    height: region.height,
    stride: region.width,
  })
  const source = {
    plane: { at: imageAt, width, height, stride: width },
    col: 0,
    row: 0,
    weightAt: 0,
  }
  const quality =
    payload.quality === undefined
      ? undefined
      : await readQuality(memory, { at: imageAt, width, height, name: payload.name }, payload.quality)
  const target = { region, value: plane(valueAt), coverage: plane(coverageAt) }
  const areas = {
    cornersAt: scratch.at,
    areaAt: scratch.at + AREA_AT,
    areaBytes: AREA_SCRATCH_BYTES,
    gridAt: scratch.at + GRID_AT,
    gridBytes: scratch.sizeBytes - GRID_AT,
  }
  const check = (): void => context.throwIfAborted()
  const { maxErrorPx, exactCellFraction } = await projectBy(
    memory,
    kernels,
    source,
    payload,
    target,
    areas,
    check,
  )
  if (payload.quality !== undefined && quality !== undefined) {
    const { imageVarianceAt, ...out } = payload.quality
    const { constantWeight } = quality
    // Without weights or variances of the pixels there is one weight for all.
    const isConstant = out.quality.weight === undefined && out.quality.variance === undefined
    const planes = {
      image: source,
      weightAt: isConstant ? 0 : out.imageWeightAt,
      constantWeight,
      varianceAt: imageVarianceAt,
    }
    await projectQuality(memory, kernels, planes, payload, target, out, areas, check)
  }
  return {
    extent: coverageExtent(memory, kernels, coverageAt, region, payload.crpix, scratch.at),
    mapErrorPx: maxErrorPx,
    exactCellFraction,
    sha256,
    quality,
  }
}

function fit({ memory, kernels }: TaskContext, payload: FitPayload): PlaneFit | undefined {
  const { plus, minus, window, crpix, scratchAt } = payload
  return fitDifference(memory, kernels, plus, minus, window, crpix, scratchAt)
}

function add({ memory, kernels, scratch }: TaskContext, payload: AddPayload): AddResult {
  const { region, valueAt, areaAt, isFloat64, crpix } = payload
  const { stack } = payload
  const target = { region, valueAt, isFloat64, areaAt, scratchAt: payload.scratchAt }
  let rejected: readonly number[] = []
  if (stack === undefined) addStrip(memory, kernels, payload.images, payload.combine, crpix, target)
  else rejected = stackStrip(memory, kernels, stack.images, stack.settings, crpix, { ...stack, ...target })
  const angles = solidAngles(payload.templateWcs, region)
  scaleRegionBySolidAngle(memory, kernels, areaAt, angles, region, payload.scratchAt)
  const count = region.width * region.height
  const singleAt = isFloat64 ? payload.scratchAt : valueAt
  if (isFloat64) memory.f32(singleAt, count).set(memory.f64(valueAt, count))
  kernels.statistics(singleAt, region.width, region.width, region.height, scratch.at)
  const statistics = readStatistics(memory, scratch.at)
  const preview = shrinkStrip(memory, kernels, singleAt, payload)
  kernels.statistics(payload.previewAt, preview.length, preview.length, 1, scratch.at)
  const previewStatistics = readStatistics(memory, scratch.at)
  const sums = payload.store && storeStrip(memory, kernels, payload, payload.store)
  return { rejected, statistics, preview, previewStatistics, sums }
}

/** Writes value and area of a strip; gives what their bytes give to DATASUM. */
function storeStrip(
  memory: PixelViews,
  kernels: PixelKernels,
  { valueAt, areaAt, isFloat64, region }: AddPayload,
  { value, area, isAreaFirst }: NonNullable<AddPayload['store']>,
): NonNullable<AddResult['sums']> {
  const count = region.width * region.height
  const sums = { value: 0, area: 0 }
  for (const plane of isAreaFirst ? (['area', 'value'] as const) : (['value', 'area'] as const)) {
    sums[plane] =
      plane === 'value'
        ? storePixels(memory, kernels, valueAt, isFloat64 ? 8 : 4, count, value)
        : storePixels(memory, kernels, areaAt, 4, count, area)
  }
  return sums
}

/** Box means of the strip, which starts at a whole row of the preview. */
function shrinkStrip(
  memory: PixelViews,
  kernels: PixelKernels,
  valueAt: number,
  { region, previewFactor, previewAt }: AddPayload,
): Float32Array {
  const width = Math.ceil(region.width / previewFactor)
  const height = Math.ceil(region.height / previewFactor)
  const scratchAt = previewAt + 16 * Math.ceil((PIXEL_BYTES * width * height) / 16)
  kernels.shrinkRows(
    valueAt,
    region.width,
    region.width,
    0,
    region.height,
    previewFactor,
    previewAt,
    width,
    width,
    0,
    height,
    scratchAt,
  )
  return memory.f32(previewAt, width * height).slice()
}

/** Bytes that the preview of a strip needs, its scratch included. */
export function previewBytes(region: Region, factor: number): number {
  const pixels = Math.ceil(region.width / factor) * Math.ceil(region.height / factor)
  return 16 * Math.ceil((PIXEL_BYTES * pixels) / 16) + 16 * region.width
}

/** Make grey levels of the preview of a mosaic. */
export interface PicturePayload {
  readonly valueAt: number
  readonly count: number
  readonly extent: ValueExtent
  /** `gaussianLogBytes`. */
  readonly scratchAt: number
}

function picture(
  { memory, kernels }: TaskContext,
  { valueAt, count, extent, scratchAt }: PicturePayload,
): Uint8Array {
  return gaussianLogLevels(memory, kernels, valueAt, count, extent, scratchAt)
}

async function digest(_: TaskContext, path: string): Promise<string> {
  return await sha256OfFile(path)
}

/** The tasks of a mosaic, for a worker pool. */
export const tasks: {
  readonly project: typeof project
  readonly take: typeof takeImage
  readonly fit: typeof fit
  readonly add: typeof add
  readonly picture: typeof picture
  readonly digest: typeof digest
} = { project, take: takeImage, fit, add, picture, digest }
