import { isSkyloomError } from '@skyloom/base'
import type { RejectedImage } from '../image-table/image-record.ts'
import type { MosaicPlanFile } from '../make/job-files.ts'
import type { MosaicOptions } from '../make/options.ts'
import type { MosaicSummary } from '../make/summary.ts'
import type { AddedMosaic } from './add-stage.ts'
import { usefulThreads } from './memory-budget.ts'
import { type MosaicJobs, mosaicJobs } from './mosaic-jobs.ts'
import {
  inputWithout,
  isSameTemplate,
  type MosaicFacts,
  reportMosaic,
  startMosaic,
} from './mosaic-session.ts'
import { type OpenRun, openRun } from './open-run.ts'
import { checkOutFolder, makeOutFolder } from './out-folder.ts'
import { plannedInput } from './plan-file.ts'
import { resolveSettings } from './settings.ts'
import { createStageMeter } from './stage-meter.ts'
import { productSummaries } from './write-products.ts'

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
  const session = await startMosaic(options)
  let damaged: readonly RejectedImage[] = []
  for (;;) {
    const input = await inputWithout(session, damaged)
    await makeOutFolder(session.options.outDir)
    const run = openRun(session.options, session.settings, session.meter, input.images)
    try {
      const jobs = mosaicJobs(run, input)
      await all(run, input.images.length, async (image) => await jobs.project(image))
      const before = damaged
      damaged = [...before, ...jobs.left.damaged]
      // Damage shows only when pixels are read. If the template depends on it, begin again without the damaged images.
      if (damaged.length > before.length && !isSameTemplate(input, await inputWithout(session, damaged)))
        continue
      const { model, added, png } = await matchAndAdd(run, jobs)
      const { outside } = jobs.left
      const { spilledBytes } = run.store
      const products = await session.meter.measure(
        'write',
        async () => await productSummaries(run, session.settings.planes),
      )
      const facts = { input, model, added, png, damaged, outside, spilledBytes, products }
      return await reportMosaic(session, facts)
    } finally {
      await run.close()
    }
  }
}

/** What can change when a mosaic is made again. */
export type RemakeOptions = Pick<
  MosaicOptions,
  'outDir' | 'threads' | 'memoryBytes' | 'onProgress' | 'signal'
>

/**
 * Makes the products of a recorded mosaic again, the report left out.
 *
 * @param plan and `templateText`: what the mosaic was made from
 * @throws as `makeMosaic`
 */
export async function remakeMosaic(
  plan: MosaicPlanFile,
  templateText: string,
  options: RemakeOptions,
): Promise<void> {
  const made = { ...plan.settings, ...options, imagesDir: '' }
  const resolved = resolveSettings(made)
  const input = await plannedInput(plan, templateText)
  const settings = { ...resolved, threads: usefulThreads(made, resolved, input.images) }
  await checkOutFolder(options.outDir, false)
  await makeOutFolder(options.outDir)
  const run = openRun(made, settings, createStageMeter(settings.clock), input.images)
  try {
    const jobs = mosaicJobs(run, input)
    await all(run, input.images.length, async (image) => await jobs.project(image))
    await matchAndAdd(run, jobs)
  } finally {
    await run.close()
  }
}

/** From projected images to products. */
async function matchAndAdd(
  run: OpenRun,
  jobs: MosaicJobs,
): Promise<Pick<MosaicFacts, 'model' | 'png'> & { readonly added: AddedMosaic }> {
  await all(run, jobs.input.pairs.length, async (pair) => await jobs.fit(pair))
  const model = await jobs.model()
  const added = await jobs.add()
  const png = await jobs.picture()
  await jobs.tables()
  return { model, added, png }
}

/** Runs a job for each number below `count`. After a failure no more are started; it is thrown when all have ended. */
async function all(run: OpenRun, count: number, job: (number: number) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      try {
        await job(number)
      } catch (error) {
        failures.push(error)
        run.stop()
      }
    }),
  )
  if (failures.length > 0) throw failures[0]
}

/** True for the error that a stop on request raises. */
export function isInterruption(error: unknown): boolean {
  return isSkyloomError(error, 'BASE_ABORTED')
}
