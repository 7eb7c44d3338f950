import type { ImageRecord } from '../image-table/image-record.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import type { AlignedShift } from '../project/aligned-shift.ts'
import { intersectRegions, isEmptyRegion } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { StoredPlane } from './image-store.ts'
import { prepareAlignedQuality } from './prepare-quality.ts'
import type { QualityPayload, QualityResult } from './read-quality.ts'
import type { MosaicRun } from './run.ts'
import type { PreparedTask } from './task-runner.ts'
import type { ProjectResult } from './tasks.ts'

/**
 * Reads an image whose pixels are those of the template and leaves them in the store as they are: no reprojection, no plane of coverage (a
 * pixel with a value is covered in full), and none for a weight or variance that all pixels share.
 *
 * Where its values are those of its file they need no room on disk: the store reads them again.
 *
 * @returns undefined when no pixel with data lies on the template
 */
export async function prepareAligned(
  run: MosaicRun,
  image: ImageRecord,
  template: Template,
  slot: number,
  shift: AlignedShift,
): Promise<PreparedTask<ProjectResult | undefined>> {
  const { width, height, path, hdu, name } = image
  const imageAt = await run.store.allocate(PIXEL_BYTES * width * height)
  const quality = await prepareAlignedQuality(run, image)
  const placed = { col: shift.col, row: shift.row, width, height }
  const region = intersectRegions(placed, { col: 0, row: 0, width: template.width, height: template.height })
  const place = { path, hdu, width, height, imageAt, name }
  const payload = { ...place, crpix: template.crpix, placed, region, quality }
  return {
    async run() {
      const kept = new Set<number>()
      try {
        const { source, ...result } = await run.pool.run('take', payload, { signal: run.options.signal })
        if (isEmptyRegion(result.extent.region)) return undefined
        const more = qualityPlanes(quality, result.quality)
        for (const at of [imageAt, ...more.map((plane) => plane.at)]) kept.add(at)
        const { region: extent } = result.extent
        const coverage = { at: 0, constant: 1 }
        run.store.put(slot, { region: placed, extent, valueAt: imageAt, coverage, more, source })
        return { ...result, mapErrorPx: shift.errorPx, exactCellFraction: 0 }
      } finally {
        for (const at of [imageAt, quality?.imageWeightAt ?? 0, quality?.imageVarianceAt ?? 0])
          if (at !== 0 && !kept.has(at)) run.store.release(at)
      }
    },
  }
}

/** Weights, then variances, as far as they are wanted. */
function qualityPlanes(
  quality: QualityPayload | undefined,
  found: QualityResult | undefined,
): readonly StoredPlane[] {
  const more: StoredPlane[] = []
  // As float32, like the planes that reprojection makes.
  if (quality?.wantsWeight === true)
    more.push({ at: quality.imageWeightAt, constant: Math.fround(found?.constantWeight ?? 1) })
  if (quality?.wantsVariance === true)
    more.push({ at: quality.imageVarianceAt, constant: Math.fround((found?.noise ?? 0) ** 2) })
  return more
}
