import { basename, join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { PARTIAL_MARK, writeFileAtomic } from '@skyloom/base/node'
import { createPixelMemory } from '@skyloom/kernels'
import { createWorkerPool } from '@skyloom/kernels/node'
import { MosaicError } from '../errors.ts'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import type { MosaicOptions } from '../make/options.ts'
import type { MosaicSummary } from '../make/summary.ts'
import { mosaicReport } from '../report/report.ts'
import type { Template } from '../template/template.ts'
import { finishMosaic } from './finish-mosaic.ts'
import { createImageStore } from './image-store.ts'
import { requireImages, templateOf } from './inputs.ts'
import { checkOutFolder, makeOutFolder } from './out-folder.ts'
import { projectImages } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import { scanImages } from './scan-images.ts'
import { type MosaicSettings, pixelMemoryBytes, resolveSettings, usefulThreads } from './settings.ts'
import { createStageMeter, type StageMeter } from './stage-meter.ts'
import { summarize } from './summarize.ts'
import { createTaskRunner } from './task-runner.ts'
import { TASK_SCRATCH_BYTES, type tasks } from './tasks.ts'

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
    const made = await withRun(options, settings, meter, images, async (run) => {
      const projected = await meter.measure(
        'project',
        async (bytes) => await projectImages(run, images, template, bytes),
      )
      if (projected.damaged.length > 0) return { again: projected.damaged }
      if (projected.projected.length === 0) throw noOverlap(template)
      const finished = await finishMosaic(run, template, projected.projected)
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
  meter: StageMeter,
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
    return await work({ options, settings, meter, memory, pool, store, runner })
  } finally {
    await pool.close()
    store.close()
  }
}

/** True for the error that a stop on request raises. */
export function isInterruption(error: unknown): boolean {
  return isSkyloomError(error, 'BASE_ABORTED')
}
