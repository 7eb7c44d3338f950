import { differenceScratchBytes, type OverlapSide } from '../difference/fit-difference.ts'
import type { PlaneFit } from '../difference/fit-plane.ts'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { StoredWindow } from './image-store.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'

/** The difference of two images: its window on the template and the plane through it. */
export interface DifferenceFit {
  readonly window: Region
  readonly fit: PlaneFit
}

/** Differences two images of the store and fits a plane; undefined when they share fewer than three pixels with data. */
export async function fitOverlap(
  run: MosaicRun,
  plus: ProjectedImage,
  minus: ProjectedImage,
  template: Template,
): Promise<DifferenceFit | undefined> {
  const window = intersectRegions(plus.extent.region, minus.extent.region)
  if (isEmptyRegion(window)) return undefined
  const fit = await run.lane.run(async () => {
    const first = await run.store.window(plus.slot, window)
    const second = await run.store.window(minus.slot, window)
    const scratchAt = await run.store.allocate(differenceScratchBytes(window))
    const { crpix } = template
    const payload = { plus: sideOf(first), minus: sideOf(second), window, crpix, scratchAt }
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
  }, run.options.signal)
  return fit === undefined ? undefined : { window, fit }
}

function sideOf({ valueAt, coverage, stride }: StoredWindow): OverlapSide {
  return { valueAt, coverageAt: coverage.at, stride }
}
