import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { atomicFile, PARTIAL_MARK, writeFileAtomic } from '@skyloom/base/node'
import { formatHeaderTemplate } from '@skyloom/fits'
import { createPixelMemory } from '@skyloom/kernels'
import { createWorkerPool } from '@skyloom/kernels/node'
import type { BackgroundPlane } from '../background/plane.ts'
import { rejectFits } from '../background/reject.ts'
import { type BackgroundSolution, connectedGroups, solveBackground } from '../background/solve.ts'
import { MosaicError } from '../errors.ts'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import { formatImageTable } from '../image-table/image-table.ts'
import type { MosaicOptions } from '../make/options.ts'
import type { MosaicSummary } from '../make/summary.ts'
import { type FittedPair, formatCorrectionTable, formatFitTable, formatOverlapTable } from '../make/tables.ts'
import { PROGRAM, VERSION } from '../make/version.ts'
import { gaussianLogStretch } from '../preview/gaussian-log.ts'
import { encodeGreyPng } from '../preview/png.ts'
import { productHeader } from '../product/product-header.ts'
import { type Region, uniteRegions } from '../region.ts'
import { graticule } from '../report/graticule.ts'
import { mosaicReport } from '../report/report.ts'
import type { Template } from '../template/template.ts'
import { type AddedMosaic, addImages } from './add-stage.ts'
import { fitOverlaps } from './difference-stage.ts'
import { createImageStore } from './image-store.ts'
import { requireImages, templateOf } from './inputs.ts'
import { checkOutFolder, makeOutFolder } from './out-folder.ts'
import { type ProjectedImage, projectImages } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import { scanImages } from './scan-images.ts'
import { type MosaicSettings, pixelMemoryBytes, resolveSettings, usefulThreads } from './settings.ts'
import { createStageMeter, type StageMeter } from './stage-meter.ts'
import { summarize } from './summarize.ts'
import { createTaskRunner } from './task-runner.ts'
import { sha256OfFile, TASK_SCRATCH_BYTES, type tasks } from './tasks.ts'

/**
 * Makes a mosaic of the images in a folder: scan, template, reprojection, overlaps, differences and plane fits, background
 * model, correction and addition, picture, tables and report.
 *
 * Images that cannot be used are left out and listed in the summary, whose status is then `partial`; the mosaic is the one that
 * the remaining images alone would give.
 *
 * @throws MosaicError, FitsError, WcsError, BaseError when nothing can be made; no product is left half-written then
 */
export async function makeMosaic(options: MosaicOptions): Promise<MosaicSummary> {
  let settings = resolveSettings(options)
  const startMs = settings.clock.monotonicMs()
  const startCpu = process.cpuUsage()
  const meter = createStageMeter(settings.clock)
  await checkOutFolder(options.outDir, settings.overwrite)
  const scan = await meter.measure(
    'scan',
    async () =>
      await scanImages(options.imagesDir, {
        hdu: settings.hdu,
        onProgress: options.onProgress,
        signal: options.signal,
      }),
  )
  settings = { ...settings, threads: usefulThreads(options, settings, scan.images) }
  let images = scan.images
  let damaged: readonly RejectedImage[] = []
  for (;;) {
    requireImages(images, [...scan.rejected, ...damaged])
    const template = await templateOf(options, settings, images)
    const made = await withRun(options, settings, images, async (run) => {
      const projected = await meter.measure(
        'project',
        async (bytes) => await projectImages(run, images, template, bytes),
      )
      if (projected.damaged.length > 0) return { again: projected.damaged }
      if (projected.projected.length === 0) throw noOverlap(template)
      const finished = await finishMosaic(run, options, settings, meter, template, projected.projected)
      return { ...finished, outside: projected.outside, spilledBytes: run.store.spilledBytes }
    })
    if ('again' in made) {
      // Damage shows only when pixels are read. The template must not depend on damaged images, so begin again without them.
      damaged = [...damaged, ...made.again]
      const names = new Set(made.again.map(({ name }) => name))
      images = images.filter(({ name }) => !names.has(name))
      continue
    }
    const rejected = [...scan.rejected, ...damaged].sort((a, b) => (a.name < b.name ? -1 : 1))
    const cpu = process.cpuUsage(startCpu)
    const summary = summarize({
      ...made,
      settings,
      templateName: options.headerFile === undefined ? 'from the images' : basename(options.headerFile),
      template,
      rejected,
      stages: meter.stages,
      seconds: (settings.clock.monotonicMs() - startMs) / 1000,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    })
    await writeFileAtomic(join(options.outDir, 'report.html'), mosaicReport(summary, made.picture), {
      overwrite: true,
    })
    return summary
  }
}

function noOverlap(template: Template): MosaicError {
  const [lon, lat] = template.wcs.crval
  return new MosaicError('MOSAIC_NO_OVERLAP', 'no image has data on the mosaic', {
    where: ['template'],
    found: `${template.width} x ${template.height} pixels about ${lon.toFixed(4)}, ${lat.toFixed(4)}`,
    remedy: 'check centre, size and frame of the template against the images',
  })
}

async function withRun<T>(
  options: MosaicOptions,
  settings: MosaicSettings,
  images: readonly ImageRecord[],
  work: (run: MosaicRun) => Promise<T>,
): Promise<T> {
  await makeOutFolder(options.outDir)
  const limitBytes = pixelMemoryBytes(settings, images)
  const memory = createPixelMemory({ maximumBytes: limitBytes })
  const runner = createTaskRunner(settings.threads)
  const spillPath = join(options.outDir, `.spill${PARTIAL_MARK}${process.pid}`)
  const store = createImageStore(memory, limitBytes, spillPath, () => runner.isBusy())
  const pool = createWorkerPool<typeof tasks>({
    threads: settings.threads,
    memory,
    taskModule: new URL('./tasks.js', import.meta.url),
    scratchBytes: TASK_SCRATCH_BYTES,
  })
  try {
    const { onProgress, signal } = options
    return await work({ memory, pool, store, runner, clock: settings.clock, onProgress, signal })
  } finally {
    await pool.close()
    store.close()
  }
}

/** What is known once all products but the report are in place. */
export interface FinishedMosaic {
  readonly images: readonly ProjectedImage[]
  readonly fits: readonly FittedPair[]
  readonly rejectReasons: ReturnType<typeof rejectFits>
  readonly solution: BackgroundSolution
  readonly window: Region
  readonly added: AddedMosaic
  readonly picture: { readonly png: Uint8Array; readonly graticule: ReturnType<typeof graticule> }
  readonly products: MosaicSummary['products']
}

async function finishMosaic(
  run: MosaicRun,
  options: MosaicOptions,
  settings: MosaicSettings,
  meter: StageMeter,
  template: Template,
  images: readonly ProjectedImage[],
): Promise<FinishedMosaic> {
  const fits = await meter.measure('difference', async () => await fitOverlaps(run, images, template))
  const rejectReasons = rejectFits(
    fits,
    images.map(({ extent }) => extent.region),
  )
  const solution = await meter.measure('background', () => {
    const used = fits.filter((_, index) => rejectReasons[index] === undefined)
    const moments = images.map(({ extent }) => extent.moments)
    const solved = solveBackground(moments, used, settings.background)
    return Promise.resolve(
      settings.background === 'none' ? { ...solved, groups: connectedGroups(images.length, fits) } : solved,
    )
  })
  const union = uniteRegions(images.map(({ extent }) => extent.region))
  const window = settings.isExactSize
    ? { col: 0, row: 0, width: template.width, height: template.height }
    : union
  const { added, products } = await writeProducts(
    run,
    options,
    settings,
    meter,
    template,
    images,
    fits,
    solution.corrections,
    window,
  )
  return { images, fits, rejectReasons, solution, window, ...added, products }
}

interface Written {
  readonly added: { readonly added: AddedMosaic; readonly picture: FinishedMosaic['picture'] }
  readonly products: MosaicSummary['products']
}

async function writeProducts(
  run: MosaicRun,
  options: MosaicOptions,
  settings: MosaicSettings,
  meter: StageMeter,
  template: Template,
  images: readonly ProjectedImage[],
  fits: readonly FittedPair[],
  corrections: readonly BackgroundPlane[],
  window: Region,
): Promise<Written> {
  const path = (name: string): string => join(options.outDir, name)
  const replace = { overwrite: settings.overwrite }
  const mosaicSink = await atomicFile(path('mosaic.fits'), replace)
  const areaSink = await atomicFile(path('mosaic_area.fits'), replace)
  try {
    const common = {
      template: template.header,
      window,
      imageHeaders: images.map(({ image }) => image.header),
      combine: settings.combine,
      making: { program: PROGRAM, version: VERSION, history: historyLines(settings, options, images) },
    }
    const added = await meter.measure('add', async (bytes) => {
      const mosaic = { sink: mosaicSink, header: productHeader({ ...common, kind: 'mosaic' }) }
      const area = { sink: areaSink, header: productHeader({ ...common, kind: 'area' }) }
      const { combine, isFloat64 } = settings
      return await addImages(
        run,
        { images, corrections, template, window, combine, isFloat64, mosaic, area },
        bytes,
      )
    })
    return await meter.measure('write', async (bytes) => {
      const { preview } = added
      const { levels } = gaussianLogStretch(preview.data)
      const png = encodeGreyPng(levels, preview.width, preview.height)
      const names = images.map(({ image }) => image.name)
      const texts: readonly (readonly [string, string | Uint8Array])[] = [
        ['mosaic.png', png],
        ['template.hdr', formatHeaderTemplate(template.header)],
        ['images.tbl', formatImageTable(images.map(({ image }) => image))],
        ['diffs.tbl', formatOverlapTable(names, fits)],
        ['fits.tbl', formatFitTable(fits, template.crpix)],
        ['corrections.tbl', formatCorrectionTable(corrections)],
      ]
      await mosaicSink.commit()
      await areaSink.commit()
      for (const [name, content] of texts) {
        bytes.written += content.length
        await writeFileAtomic(path(name), content, replace)
      }
      const productNames = ['mosaic.fits', 'mosaic_area.fits', ...texts.map(([name]) => name)]
      const products = await Promise.all(
        productNames.map(async (name) => await productSummary(path(name), name)),
      )
      const lines = graticule(template, window)
      return { added: { added, picture: { png, graticule: lines } }, products }
    })
  } catch (error) {
    await mosaicSink.discard()
    await areaSink.discard()
    throw error
  }
}

async function productSummary(path: string, name: string): Promise<MosaicSummary['products'][number]> {
  const { size } = await stat(path)
  return { name, sizeBytes: size, sha256: sha256OfFile(path) }
}

function historyLines(
  settings: MosaicSettings,
  options: MosaicOptions,
  images: readonly ProjectedImage[],
): readonly string[] {
  const template =
    options.headerFile === undefined ? 'made from the images and options' : basename(options.headerFile)
  return [
    `${PROGRAM} ${VERSION} mosaic make`,
    `method ${settings.method}, background ${settings.background}, combine ${settings.combine}`,
    `template ${template}`,
    ...images.flatMap(({ image, sha256 }) => [`input ${image.name} hdu ${image.hdu}`, `sha256 ${sha256}`]),
  ]
}

/** True for the error that a stop on request raises. */
export function isInterruption(error: unknown): boolean {
  return isSkyloomError(error, 'BASE_ABORTED')
}
