import { join } from 'node:path'
import { type ByteSink, startStage } from '@skyloom/base'
import { isFileSink, PARTIAL_MARK } from '@skyloom/base/node'
import { FitsWriter, type Header } from '@skyloom/fits'
import { nodeDeflateTile } from '@skyloom/fits/node'
import type { Statistics } from '@skyloom/kernels'
import { type StripImage, stripScratchBytes } from '../add/add-strip.ts'
import type { CombineMethod, PlainCombineMethod } from '../add/combine.ts'
import { stackScratchBytes } from '../add/stack-strip.ts'
import type { BackgroundPlane } from '../background/plane.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { beginProductImage } from '../product/product-storage.ts'
import { solidAngleBytes } from '../project/solid-angle.ts'
import { type QualityNeeds, qualityNeeds } from '../quality/quality-needs.ts'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { ValueExtent } from '../view/stretch/histogram.ts'
import { type ExtraOffsets, type ExtraTarget, extraPixelBytes, openExtraPlanes } from './extra-planes.ts'
import type { StoredPlane, StoredWindow } from './image-store.ts'
import { nextPlace, type PixelPlace } from './pixel-place.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import type { ByteCount } from './stage-meter.ts'
import { planStrips } from './strips.ts'
import { type AddPayload, type AddResult, previewBytes, type StackPayload } from './tasks.ts'

/** What is added and where it goes. */
export interface AddRequest {
  readonly images: readonly ProjectedImage[]
  readonly corrections: readonly BackgroundPlane[]
  readonly template: Template
  /** The part of the template that becomes the mosaic. */
  readonly window: Region
  readonly combine: CombineMethod
  readonly isFloat64: boolean
  readonly mosaic: { readonly sink: ByteSink; readonly header: Header }
  readonly area: { readonly sink: ByteSink; readonly header: Header }
  /** Planes that tell what the pixels rest on. */
  readonly extras?: readonly ExtraTarget[]
}

/** Statistics and preview of a finished mosaic. */
export interface AddedMosaic {
  readonly finitePixels: number
  /** NaN when no pixel has data; so are max and mean. */
  readonly min: number
  readonly max: number
  readonly mean: number
  /** For each image the pixels that were rejected as outliers; undefined when none could be. */
  readonly rejectedPixels: readonly number[] | undefined
  /** Shrunken mosaic, rows upwards, NaN where there is no data. */
  readonly preview: {
    readonly data: Float32Array
    readonly width: number
    readonly height: number
    readonly factor: number
    readonly extent: ValueExtent
  }
}

/** Longer side of the preview, pixels, at most. */
const PREVIEW_SIDE = 1100
/** Part of the memory for strips: those that are made, and the one that is prepared meanwhile. */
const STRIPS_PART = 0.5

/** After so many bytes the disk begins to write them, while the next are made. */
const FLUSH_BYTES = 64e6

/** Adds the images strip by strip and writes both files; the sinks are complete but not yet committed. */
export async function addImages(run: MosaicRun, request: AddRequest, bytes: ByteCount): Promise<AddedMosaic> {
  const { window, isFloat64 } = request
  const factor = Math.max(1, Math.ceil(Math.max(window.width, window.height) / PREVIEW_SIDE))
  const strips = makeRoomForStrips(run, request, factor)
  const progress = startStage(run.options.onProgress, 'add', strips.length, 'strips', run.settings.clock)
  const shape = [window.height, window.width]
  const mosaic = new FitsWriter(request.mosaic.sink)
  const area = new FitsWriter(request.area.sink)
  const storage = { ...run.settings, deflateTile: nodeDeflateTile }
  const valueLayout = { bitpix: isFloat64 ? -64 : -32, shape } as const
  const mosaicImage = await beginProductImage(mosaic, valueLayout, request.mosaic.header, storage, false)
  const areaLayout = { bitpix: -32, shape } as const
  const areaImage = await beginProductImage(area, areaLayout, request.area.header, storage, true)
  const rejectedPixels = request.images.map(() => 0)
  const scratchPath = join(run.options.outDir, `.context${PARTIAL_MARK}${process.pid}`)
  const extras = await openExtraPlanes(request.extras ?? [], window, request.images, scratchPath, storage)
  const previewWidth = Math.ceil(window.width / factor)
  const previewHeight = Math.ceil(window.height / factor)
  const preview = new Float32Array(previewWidth * previewHeight)
  const first = {
    value: nextPlace(request.mosaic.sink, mosaicImage),
    area: nextPlace(request.area.sink, areaImage),
  }
  const total = { count: 0, min: Infinity, max: -Infinity, sum: 0 }
  const previewTotal = { ...total }
  try {
    await run.runner.runAll(
      strips,
      async (strip, index) =>
        await prepareStrip(run, request, strip, factor, placesOf(strip, request, first, index % 2 === 1)),
      async ({ result, planes }, strip) => {
        const count = strip.width * strip.height
        if (result.sums === undefined) {
          const values = isFloat64
            ? run.memory.f64(planes.valueAt, count)
            : run.memory.f32(planes.valueAt, count)
          await mosaicImage.writeRows(values)
          await areaImage.writeRows(run.memory.f32(planes.areaAt, count))
        } else {
          mosaicImage.skipRows?.(count, result.sums.value)
          areaImage.skipRows?.(count, result.sums.area)
        }
        const extraBytes = await extras.write(run.memory, planes.extraAt, count)
        planes.release()
        for (const [k, rejected] of result.rejected.entries())
          rejectedPixels[planes.places[k] ?? 0]! += rejected
        preview.set(result.preview, Math.floor((strip.row - window.row) / factor) * previewWidth)
        addStatistics(total, result.statistics)
        addStatistics(previewTotal, result.previewStatistics)
        const written = count * ((isFloat64 ? 8 : 4) + 4) + extraBytes
        if (Math.floor((bytes.written + written) / FLUSH_BYTES) > Math.floor(bytes.written / FLUSH_BYTES))
          for (const { sink } of [request.mosaic, request.area]) if (isFileSink(sink)) sink.flush()
        bytes.written += written
        progress.advance(1, written)
      },
      run.options.signal,
    )
    await mosaicImage.end()
    await areaImage.end()
    await extras.end()
  } finally {
    extras.close()
  }
  const { count, min, max, sum } = total
  const hasData = count > 0
  return {
    finitePixels: count,
    min: hasData ? min : Number.NaN,
    max: hasData ? max : Number.NaN,
    mean: sum / count,
    rejectedPixels: request.combine === 'clipped' ? rejectedPixels : undefined,
    preview: { data: preview, width: previewWidth, height: previewHeight, factor, extent: previewTotal },
  }
}

function addStatistics(
  total: { count: number; min: number; max: number; sum: number },
  statistics: Statistics,
): void {
  if (statistics.count === 0) return
  total.count += statistics.count
  total.min = Math.min(total.min, statistics.min)
  total.max = Math.max(total.max, statistics.max)
  total.sum += statistics.sum
}

/** Where the rows of a strip go, if threads may write them. */
function placesOf(
  { row, width }: Region,
  { window, isFloat64 }: AddRequest,
  { value, area }: { readonly value: PixelPlace | undefined; readonly area: PixelPlace | undefined },
  isAreaFirst: boolean,
): AddPayload['store'] {
  if (value === undefined || area === undefined) return undefined
  const pixels = (row - window.row) * width
  return {
    value: { ...value, offset: value.offset + (isFloat64 ? 8 : PIXEL_BYTES) * pixels },
    area: { ...area, offset: area.offset + PIXEL_BYTES * pixels },
    isAreaFirst,
  }
}

/** Cuts the mosaic so that its strips have room in memory, and gives them that room. */
function makeRoomForStrips(run: MosaicRun, request: AddRequest, factor: number): readonly Region[] {
  const { store } = run
  const { images, window, isFloat64, extras = [] } = request
  const atOnce = run.tasksAtOnce + 1
  const sources = images.map(({ slot, extent }) => ({
    region: extent.region,
    rowBytes: store.rowBytes(slot),
  }))
  const extraBytes = extras.reduce((sum, { plane }) => sum + extraPixelBytes(plane, images.length), 0)
  const pixelBytes = (isFloat64 ? 12 : 4) + PIXEL_BYTES + extraBytes
  const roomBytes = (STRIPS_PART * store.limitBytes) / atOnce
  const { strips, imageBytes, resultBytes } = planStrips(window, factor, sources, pixelBytes, roomBytes)
  // Images that stay in memory are used where they are; once some have left, parts of those are read.
  const isWhole = store.makeRoom(atOnce * resultBytes)
  if (!isWhole) store.makeRoom(atOnce * (resultBytes + imageBytes))
  return strips
}

interface StripPlanes {
  readonly valueAt: number
  readonly areaAt: number
  readonly extraAt: ExtraOffsets
  /** Which images are in the strip. */
  readonly places: readonly number[]
  release(): void
}

async function prepareStrip(
  run: MosaicRun,
  request: AddRequest,
  strip: Region,
  previewFactor: number,
  store: AddPayload['store'],
): Promise<{ run(): Promise<{ result: AddResult; planes: StripPlanes }> }> {
  const { images, corrections, template, combine, isFloat64 } = request
  const needs = qualityNeeds(run.settings.quality, combine, run.settings.planes)
  // Outliers are told by the rows around.
  const reach = combine === 'clipped' ? 1 : 0
  const around = { ...strip, row: strip.row - reach, height: strip.height + 2 * reach }
  const inStrip = images
    .map(({ slot, extent }, index) => ({ slot, index, region: intersectRegions(extent.region, around) }))
    .filter(({ region }) => !isEmptyRegion(region))
  const windows: (StoredWindow & { readonly correction: BackgroundPlane; readonly place: number })[] = []
  for (const { slot, index, region } of inStrip) {
    const correction = corrections[index] ?? { a: 0, b: 0, c: 0 }
    windows.push({ ...(await run.store.window(slot, region)), correction, place: index })
  }
  const count = strip.width * strip.height
  const valueAt = await run.store.allocate((isFloat64 ? 8 : PIXEL_BYTES) * count)
  const areaAt = await run.store.allocate(PIXEL_BYTES * count)
  const extraAt = { variance: 0, weight: 0, count: 0, context: 0 }
  for (const { plane } of request.extras ?? [])
    extraAt[plane] = await run.store.allocate(extraPixelBytes(plane, images.length) * count)
  const previewAt = await run.store.allocate(previewBytes(strip, previewFactor))
  const scratchBytes = Math.max(
    (needs.isStack ? stackScratchBytes : stripScratchBytes)(strip.width, inStrip.length),
    solidAngleBytes(strip),
    isFloat64 ? PIXEL_BYTES * count : 0,
  )
  const scratchAt = await run.store.allocate(scratchBytes)
  const parts = windows.map(({ region, valueAt: at, coverage, stride, correction }) => ({
    region,
    valueAt: at,
    coverageAt: coverage.at,
    stride,
    correction,
  }))
  const payload = {
    images: parts,
    combine: plainCombine(combine),
    stack: needs.isStack ? stackPayload(run, request, parts, windows, needs, extraAt) : undefined,
    templateWcs: template.wcs,
    crpix: template.crpix,
    region: strip,
    isFloat64,
    valueAt,
    areaAt,
    scratchAt,
    previewFactor,
    previewAt,
    store,
  }
  const releasePixels = (): void => {
    run.store.release(valueAt)
    run.store.release(areaAt)
  }
  const planes = {
    valueAt,
    areaAt,
    extraAt,
    places: windows.map(({ place }) => place),
    release() {
      if (store === undefined) releasePixels()
      for (const at of Object.values(extraAt)) if (at !== 0) run.store.release(at)
    },
  }
  return {
    async run() {
      try {
        const result = await run.pool.run('add', payload, { signal: run.options.signal })
        return { result, planes }
      } finally {
        run.store.release(scratchAt)
        run.store.release(previewAt)
        // They are in their files.
        if (store !== undefined) releasePixels()
        for (const window of windows) window.release()
      }
    },
  }
}

/** The method of a strip without weights and variances; a stack brings its own. */
function plainCombine(combine: CombineMethod): PlainCombineMethod {
  return combine === 'median' || combine === 'count' ? combine : 'mean'
}

function stackPayload(
  { settings }: MosaicRun,
  { images, combine }: AddRequest,
  parts: readonly StripImage[],
  windows: readonly { readonly more: readonly StoredPlane[]; readonly place: number }[],
  { isWeighted, hasVariance }: QualityNeeds,
  extraAt: ExtraOffsets,
): StackPayload {
  return {
    images: parts.map((part, k) => {
      const { more = [], place = 0 } = windows[k] ?? {}
      const weight = isWeighted ? more[0] : undefined
      const variance = hasVariance ? more.at(-1) : undefined
      return {
        ...part,
        place,
        weightAt: weight?.at ?? 0,
        weight: weight?.constant ?? 1,
        varianceAt: variance?.at ?? 0,
        variance: variance?.constant ?? Number.NaN,
      }
    }),
    settings: { combine, clip: settings.clip, imageCount: images.length },
    varianceAt: extraAt.variance,
    weightAt: extraAt.weight,
    countAt: extraAt.count,
    contextAt: extraAt.context,
  }
}
