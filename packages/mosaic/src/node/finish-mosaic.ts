import { connectedGroups } from '../background/groups.ts'
import { rejectFits } from '../background/reject.ts'
import { type BackgroundSolution, solveBackground } from '../background/solve.ts'
import type { FittedPair } from '../make/tables.ts'
import { type Region, uniteRegions } from '../region.ts'
import type { Template } from '../template/template.ts'
import { fitOverlaps } from './difference-stage.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import { type WrittenProducts, writeProducts } from './write-products.ts'

/** What is known once all products but the report are in place. */
export interface FinishedMosaic extends WrittenProducts {
  readonly images: readonly ProjectedImage[]
  readonly fits: readonly FittedPair[]
  /** For each fit why the background model did not use it. */
  readonly rejectReasons: ReturnType<typeof rejectFits>
  readonly solution: BackgroundSolution
  /** The part of the template that became the mosaic. */
  readonly window: Region
}

/** From reprojected images in the store to products in the output folder: differences, background model, addition. */
export async function finishMosaic(
  run: MosaicRun,
  template: Template,
  images: readonly ProjectedImage[],
): Promise<FinishedMosaic> {
  const { meter, settings } = run
  const regions = images.map(({ extent }) => extent.region)
  const fits = await meter.measure('difference', async () => await fitOverlaps(run, images, template))
  const rejectReasons = rejectFits(fits, regions)
  const solution = await meter.measure('background', () => {
    const used = fits.filter((_, index) => rejectReasons[index] === undefined)
    const moments = images.map(({ extent }) => extent.moments)
    const solved = solveBackground(moments, used, settings.background)
    const isNone = settings.background === 'none'
    return Promise.resolve(isNone ? { ...solved, groups: connectedGroups(images.length, fits) } : solved)
  })
  const window = settings.isExactSize
    ? { col: 0, row: 0, width: template.width, height: template.height }
    : uniteRegions(regions)
  const { corrections } = solution
  const written = await writeProducts(run, { template, images, fits, corrections, window })
  return { images, fits, rejectReasons, solution, window, ...written }
}
