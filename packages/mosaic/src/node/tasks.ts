import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import {
  type PixelKernels,
  type PixelViews,
  readStatistics,
  type Statistics,
  type TaskContext,
} from '@skyloom/kernels'
import type { Wcs } from '@skyloom/wcs'
import { addStrip, type StripImage } from '../add/add-strip.ts'
import type { CombineMethod } from '../add/combine.ts'
import { fitDifference, type OverlapSide } from '../difference/fit-difference.ts'
import type { PlaneFit } from '../difference/fit-plane.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { type CoverageExtent, coverageExtent } from '../project/coverage-extent.ts'
import { type ProjectBy, projectBy } from '../project/project-by.ts'
import { AREA_SCRATCH_BYTES, CORNER_BYTES } from '../project/project-image.ts'
import { scaleBySolidAngle, solidAngles } from '../project/solid-angle.ts'
import type { Region } from '../region.ts'

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
}

/** What is known of an image after reprojection. */
export interface ProjectResult {
  readonly extent: CoverageExtent
  readonly mapErrorPx: number
  readonly sha256: string
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
  readonly combine: CombineMethod
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
}

/** What is known of a strip. */
export interface AddResult {
  readonly statistics: Statistics
  readonly preview: Float32Array
}

/** Positions in the scratch block of `project`. */
const AREA_AT = CORNER_BYTES
const GRID_AT = CORNER_BYTES + 64 * Math.ceil(AREA_SCRATCH_BYTES / 64)

/** Scratch that a pool for these tasks needs: corners, prefix sums, and grid nodes of one row of tiles. */
export const TASK_SCRATCH_BYTES: number = GRID_AT + 4 * 1024 * 1024

async function project(context: TaskContext, payload: ProjectPayload): Promise<ProjectResult> {
  const { memory, kernels, scratch } = context
  const { width, height, region, imageAt, valueAt, coverageAt } = payload
  await readPixels(context, payload)
  context.throwIfAborted()
  const plane = (at: number): { at: number; width: number; height: number; stride: number } => ({
    at,
    width: region.width,
    height: region.height,
    stride: region.width,
  })
  const mapErrorPx = await projectBy(
    memory,
    kernels,
    { plane: { at: imageAt, width, height, stride: width }, col: 0, row: 0, weightAt: 0 },
    payload,
    { region, value: plane(valueAt), coverage: plane(coverageAt) },
    {
      cornersAt: scratch.at,
      areaAt: scratch.at + AREA_AT,
      areaBytes: AREA_SCRATCH_BYTES,
      gridAt: scratch.at + GRID_AT,
      gridBytes: scratch.sizeBytes - GRID_AT,
    },
    () => context.throwIfAborted(),
  )
  const coverage = memory.f32(coverageAt, region.width * region.height)
  return {
    extent: coverageExtent(coverage, region, payload.crpix),
    mapErrorPx,
    sha256: sha256OfFile(payload.path),
  }
}

async function readPixels({ memory }: TaskContext, payload: ProjectPayload): Promise<void> {
  const file = await openFitsFile(payload.path, { blocking: true })
  try {
    const into = memory.f32(payload.imageAt, payload.width * payload.height)
    await readImage(await file.hdu(payload.hdu), { as: 'float32', into })
  } finally {
    await file.close()
  }
}

const HASH_STEP_BYTES = 1024 * 1024

/** SHA-256 of a file, hexadecimal. */
export function sha256OfFile(path: string): string {
  const hash = createHash('sha256')
  const buffer = new Uint8Array(HASH_STEP_BYTES)
  const fd = openSync(path, 'r')
  try {
    for (let count = readSync(fd, buffer); count > 0; count = readSync(fd, buffer))
      hash.update(buffer.subarray(0, count))
  } finally {
    closeSync(fd)
  }
  return hash.digest('hex')
}

function fit({ memory, kernels }: TaskContext, payload: FitPayload): PlaneFit | undefined {
  const { plus, minus, window, crpix, scratchAt } = payload
  return fitDifference(memory, kernels, plus, minus, window, crpix, scratchAt)
}

function add({ memory, kernels, scratch }: TaskContext, payload: AddPayload): AddResult {
  const { region, valueAt, areaAt, isFloat64, crpix } = payload
  const target = { region, valueAt, isFloat64, areaAt, scratchAt: payload.scratchAt }
  addStrip(memory, kernels, payload.images, payload.combine, crpix, target)
  const angles = solidAngles(payload.templateWcs, region)
  for (let row = 0; row < region.height; row++) {
    scaleBySolidAngle(
      memory.f32(areaAt + 4 * row * region.width, region.width),
      angles,
      region.col,
      region.row + row,
    )
  }
  const count = region.width * region.height
  const singleAt = isFloat64 ? payload.scratchAt : valueAt
  if (isFloat64) memory.f32(singleAt, count).set(memory.f64(valueAt, count))
  kernels.statistics(singleAt, region.width, region.width, region.height, scratch.at)
  const statistics = readStatistics(memory, scratch.at)
  return { statistics, preview: shrinkStrip(memory, kernels, singleAt, payload) }
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

/** The tasks of a mosaic, for a worker pool. */
export const tasks: {
  readonly project: typeof project
  readonly fit: typeof fit
  readonly add: typeof add
} = { project, fit, add }
