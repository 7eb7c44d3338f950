import { isSkyloomError } from '@skyloom/base'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { alignedShift } from '../project/aligned-shift.ts'
import { isFluxPerPixel } from '../project/project-method.ts'
import { projectRegion } from '../project/project-region.ts'
import { isEmptyRegion, type Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { StoredPlane } from './image-store.ts'
import { prepareQuality } from './prepare-quality.ts'
import type { MosaicRun } from './run.ts'
import { rejection } from './scan-images.ts'
import { prepareAligned } from './take-stage.ts'
import type { PreparedTask } from './task-runner.ts'
import type { ProjectResult } from './tasks.ts'

/** An image that is in the store, reprojected. */
export interface ProjectedImage extends ProjectResult {
  readonly image: ImageRecord
  /** Its number in the store. */
  readonly slot: number
}

/**
 * What became of an image: in the store; with pixels that could not be read (`damaged`); or fine but without a pixel on the
 * template (`outside`).
 */
export type ProjectOutcome =
  | { readonly kind: 'projected'; readonly projected: ProjectedImage }
  | { readonly kind: 'outside'; readonly reason: RejectedImage }
  | { readonly kind: 'damaged'; readonly reason: RejectedImage }

/** Largest error of a mapped position, pixels of the input. */
const POSITION_BOUND_PX = 0.001

/**
 * Reads and reprojects an image, where its pixels are not those of the template, and leaves it in the store under the number `slot`.
 *
 * @param region its `projectRegion`
 */
export async function projectImage(
  run: MosaicRun,
  image: ImageRecord,
  template: Template,
  slot: number,
  region: Region = projectRegion(image, template),
): Promise<ProjectOutcome> {
  const outside = { kind: 'outside', reason: outsideReason(image) } as const
  if (isEmptyRegion(region)) return outside
  const aligned = alignedShift(image.wcs, template.wcs, region)
  const outcome = async (result: Promise<ProjectResult | undefined>): Promise<ProjectOutcome> => {
    try {
      const found = await result
      return found === undefined ? outside : { kind: 'projected', projected: { image, slot, ...found } }
    } catch (error) {
      if (!isDamage(error)) throw error
      return { kind: 'damaged', reason: rejection(image.name, error) }
    }
  }
  return await run.lane.run(async () => {
    const task = await (aligned === undefined
      ? prepareProjection(run, image, template, slot, region)
      : prepareAligned(run, image, template, slot, aligned))
    return { run: async () => await outcome(task.run()) }
  }, run.options.signal)
}

/** Reprojects the image onto a region of the template; gives undefined when no pixel with data lies there. */
async function prepareProjection(
  run: MosaicRun,
  image: ImageRecord,
  template: Template,
  slot: number,
  region: Region,
): Promise<PreparedTask<ProjectResult | undefined>> {
  const { width, height, path, hdu, wcs } = image
  const planeBytes = PIXEL_BYTES * region.width * region.height
  const imageAt = await run.store.allocate(PIXEL_BYTES * width * height)
  const valueAt = await run.store.allocate(planeBytes)
  const coverageAt = await run.store.allocate(planeBytes)
  const quality = await prepareQuality(run, image, planeBytes)
  const freePlanes = (): void => {
    for (const at of [valueAt, coverageAt, ...(quality?.storedAt ?? [])]) run.store.release(at)
  }
  const payload = {
    path,
    hdu,
    width,
    height,
    imageWcs: wcs,
    templateWcs: template.wcs,
    crpix: template.crpix,
    region,
    imageAt,
    valueAt,
    coverageAt,
    name: image.name,
    quality: quality?.payload,
    boundPx: POSITION_BOUND_PX,
    method: run.settings.method,
    pixfrac: run.settings.pixfrac,
    isFlux: isFluxPerPixel(run.settings.conserve, image.header.card('BUNIT')?.value),
  }
  return {
    async run() {
      let isKept = false
      try {
        const result = await run.pool.run('project', payload, { signal: run.options.signal })
        const extent = result.extent.region
        if (isEmptyRegion(extent)) return undefined
        isKept = true
        const plane = (at: number): StoredPlane => ({ at, constant: Number.NaN })
        const more = (quality?.storedAt ?? []).map(plane)
        run.store.put(slot, { region, extent, valueAt, coverage: plane(coverageAt), more })
        return result
      } finally {
        if (!isKept) freePlanes()
        run.store.release(imageAt)
        for (const at of quality?.readAt ?? []) run.store.release(at)
      }
    },
  }
}

/** Faults of one file leave that file out; everything else ends the run. */
function isDamage(error: unknown): boolean {
  return (
    isSkyloomError(error) &&
    (error.code.startsWith('FITS_') ||
      error.code === 'MOSAIC_BAD_PARTNER' ||
      error.code === 'BASE_READ_FAILED' ||
      error.code === 'BASE_SHORT_READ')
  )
}

function outsideReason(image: ImageRecord): RejectedImage {
  return {
    name: image.name,
    code: 'MOSAIC_NO_OVERLAP',
    reason: `${image.name}: no pixel with data lies on the mosaic`,
  }
}
