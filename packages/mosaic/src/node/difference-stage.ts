import { startStage } from '@skyloom/base'
import { differenceScratchBytes } from '../difference/fit-difference.ts'
import type { PlaneFit } from '../difference/fit-plane.ts'
import type { FittedPair } from '../make/tables.ts'
import { findOverlaps, type OverlapPair } from '../overlap/pairs.ts'
import type { Template } from '../template/template.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'

/** Differences all overlapping pairs and fits planes; pairs that share fewer than three pixels are left out. */
export async function fitOverlaps(
  run: MosaicRun,
  images: readonly ProjectedImage[],
  template: Template,
): Promise<readonly FittedPair[]> {
  const pairs = findOverlaps(images.map(({ extent }) => extent.region))
  const progress = startStage(run.options.onProgress, 'difference', pairs.length, 'pairs', run.settings.clock)
  const fits: FittedPair[] = []
  await run.runner.runAll(
    pairs,
    async (pair) => await prepareFit(run, pair, template),
    (fit, { plus, minus, window }) => {
      progress.advance()
      if (fit !== undefined) fits.push({ plus, minus, window, fit })
    },
    run.options.signal,
  )
  return fits
}

async function prepareFit(
  run: MosaicRun,
  { plus, minus, window }: OverlapPair,
  template: Template,
): Promise<{ run(): Promise<PlaneFit | undefined> }> {
  const first = await run.store.window(plus, window)
  const second = await run.store.window(minus, window)
  const scratchAt = await run.store.allocate(differenceScratchBytes(window))
  const { crpix } = template
  const side = ({
    valueAt,
    coverageAt,
    stride,
  }: typeof first): { valueAt: number; coverageAt: number; stride: number } => ({
    valueAt,
    coverageAt,
    stride,
  })
  const payload = { plus: side(first), minus: side(second), window, crpix, scratchAt }
  return {
    async run() {
      try {
        return await run.pool.run('fit', payload, { signal: run.options.signal })
      } finally {
        run.store.release(scratchAt)
        first.release()
        second.release()
      }
    },
  }
}
