import { isSkyloomError } from '@skyloom/base'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { isFluxPerPixel } from '../project/project-method.ts'
import { projectRegion } from '../project/project-region.ts'
import { isEmptyRegion } from '../region.ts'
import type { Template } from '../template/template.ts'
import { prepareQuality } from './prepare-quality.ts'
import type { MosaicRun } from './run.ts'
import { rejection } from './scan-images.ts'
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

/** Reads and reprojects an image and leaves it in the store under the number `slot`. */
export async function projectImage(
  run: MosaicRun,
  image: ImageRecord,
  template: Template,
  slot: number,
): Promise<ProjectOutcome> {
  const outside = { kind: 'outside', reason: outsideReason(image) } as const
  const region = projectRegion(image, template)
  if (isEmptyRegion(region)) return outside
  return await run.lane.run(async () => {
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
      async run(): Promise<ProjectOutcome> {
        try {
          const result = await run.pool.run('project', payload, { signal: run.options.signal })
          if (isEmptyRegion(result.extent.region)) {
            freePlanes()
            return outside
          }
          run.store.put(slot, region, result.extent.region, valueAt, coverageAt, quality?.storedAt)
          return { kind: 'projected', projected: { image, slot, ...result } }
        } catch (error) {
          freePlanes()
          if (!isDamage(error)) throw error
          return { kind: 'damaged', reason: rejection(image.name, error) }
        } finally {
          run.store.release(imageAt)
          for (const at of quality?.readAt ?? []) run.store.release(at)
        }
      },
    }
  }, run.options.signal)
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
