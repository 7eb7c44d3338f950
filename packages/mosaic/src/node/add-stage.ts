import { type ByteSink, startStage } from '@skyloom/base'
import { FitsWriter, type Header } from '@skyloom/fits'
import { stripScratchBytes } from '../add/add-strip.ts'
import type { CombineMethod } from '../add/combine.ts'
import type { BackgroundPlane } from '../background/plane.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { StoredWindow } from './image-store.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import type { ByteCount } from './stage-meter.ts'
import { type AddResult, previewBytes } from './tasks.ts'

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
}

/** Statistics and preview of a finished mosaic. */
export interface AddedMosaic {
  readonly finitePixels: number
  /** NaN when no pixel has data; so are max and mean. */
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Shrunken mosaic, rows upwards, NaN where there is no data. */
  readonly preview: {
    readonly data: Float32Array
    readonly width: number
    readonly height: number
    readonly factor: number
  }
}

/** Longer side of the preview, pixels, at most. */
const PREVIEW_SIDE = 1100
/** Pixels of a strip, about: large enough to keep threads busy, small beside any memory limit. */
const STRIP_PIXELS = 512 * 1024

/** Adds the images strip by strip and writes both files; the sinks are complete but not yet committed. */
export async function addImages(run: MosaicRun, request: AddRequest, bytes: ByteCount): Promise<AddedMosaic> {
  const { window, isFloat64 } = request
  const factor = Math.max(1, Math.ceil(Math.max(window.width, window.height) / PREVIEW_SIDE))
  const strips = stripsOf(window, factor)
  const progress = startStage(run.options.onProgress, 'add', strips.length, 'strips', run.settings.clock)
  const shape = [window.height, window.width]
  const mosaic = new FitsWriter(request.mosaic.sink)
  const area = new FitsWriter(request.area.sink)
  const mosaicImage = await mosaic.beginImage({ bitpix: isFloat64 ? -64 : -32, shape }, request.mosaic.header)
  const areaImage = await area.beginImage({ bitpix: -32, shape }, request.area.header)
  const previewWidth = Math.ceil(window.width / factor)
  const previewHeight = Math.ceil(window.height / factor)
  const preview = new Float32Array(previewWidth * previewHeight)
  const total = { count: 0, min: Infinity, max: -Infinity, sum: 0 }
  await run.runner.runAll(
    strips,
    async (strip) => await prepareStrip(run, request, strip, factor),
    async ({ result, planes }, strip) => {
      const count = strip.width * strip.height
      const values = isFloat64 ? run.memory.f64(planes.valueAt, count) : run.memory.f32(planes.valueAt, count)
      await mosaicImage.writeRows(values)
      await areaImage.writeRows(run.memory.f32(planes.areaAt, count))
      planes.release()
      preview.set(result.preview, Math.floor((strip.row - window.row) / factor) * previewWidth)
      addStatistics(total, result)
      const written = count * ((isFloat64 ? 8 : 4) + 4)
      bytes.written += written
      progress.advance(1, written)
    },
    run.options.signal,
  )
  await mosaicImage.end()
  await areaImage.end()
  const { count, min, max, sum } = total
  const hasData = count > 0
  return {
    finitePixels: count,
    min: hasData ? min : Number.NaN,
    max: hasData ? max : Number.NaN,
    mean: sum / count,
    preview: { data: preview, width: previewWidth, height: previewHeight, factor },
  }
}

function addStatistics(
  total: { count: number; min: number; max: number; sum: number },
  { statistics }: AddResult,
): void {
  if (statistics.count === 0) return
  total.count += statistics.count
  total.min = Math.min(total.min, statistics.min)
  total.max = Math.max(total.max, statistics.max)
  total.sum += statistics.sum
}

/** Strips of whole preview rows, from the first row on. */
function stripsOf(window: Region, factor: number): readonly Region[] {
  const rows = factor * Math.max(1, Math.round(STRIP_PIXELS / window.width / factor))
  const strips: Region[] = []
  for (let row = 0; row < window.height; row += rows) {
    strips.push({ ...window, row: window.row + row, height: Math.min(rows, window.height - row) })
  }
  return strips
}

interface StripPlanes {
  readonly valueAt: number
  readonly areaAt: number
  release(): void
}

async function prepareStrip(
  run: MosaicRun,
  request: AddRequest,
  strip: Region,
  previewFactor: number,
): Promise<{ run(): Promise<{ result: AddResult; planes: StripPlanes }> }> {
  const { images, corrections, template, combine, isFloat64 } = request
  const inStrip = images
    .map(({ slot, extent }, index) => ({ slot, index, region: intersectRegions(extent.region, strip) }))
    .filter(({ region }) => !isEmptyRegion(region))
  const windows: (StoredWindow & { readonly correction: BackgroundPlane })[] = []
  for (const { slot, index, region } of inStrip) {
    const correction = corrections[index] ?? { a: 0, b: 0, c: 0 }
    windows.push({ ...(await run.store.window(slot, region)), correction })
  }
  const count = strip.width * strip.height
  const valueAt = await run.store.allocate((isFloat64 ? 8 : PIXEL_BYTES) * count)
  const areaAt = await run.store.allocate(PIXEL_BYTES * count)
  const previewAt = await run.store.allocate(previewBytes(strip, previewFactor))
  const scratchBytes = Math.max(
    stripScratchBytes(strip.width, inStrip.length),
    isFloat64 ? PIXEL_BYTES * count : 0,
  )
  const scratchAt = await run.store.allocate(scratchBytes)
  const payload = {
    images: windows.map(({ region, valueAt: at, coverageAt, stride, correction }) => ({
      region,
      valueAt: at,
      coverageAt,
      stride,
      correction,
    })),
    combine,
    templateWcs: template.wcs,
    crpix: template.crpix,
    region: strip,
    isFloat64,
    valueAt,
    areaAt,
    scratchAt,
    previewFactor,
    previewAt,
  }
  const planes = {
    valueAt,
    areaAt,
    release() {
      run.store.release(valueAt)
      run.store.release(areaAt)
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
        for (const window of windows) window.release()
      }
    },
  }
}
