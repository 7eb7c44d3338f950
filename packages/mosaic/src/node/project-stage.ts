import { isSkyloomError, startStage } from '@skyloom/base'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { isFluxPerPixel } from '../project/project-method.ts'
import { projectRegion } from '../project/project-region.ts'
import { isEmptyRegion, type Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { MosaicRun } from './run.ts'
import { rejection } from './scan-images.ts'
import type { ByteCount } from './stage-meter.ts'
import type { ProjectResult } from './tasks.ts'

/** An image that is in the store, reprojected. */
export interface ProjectedImage extends ProjectResult {
  readonly image: ImageRecord
}

/** Outcome of the stage, in the order of the images. */
export interface ProjectedImages {
  /** Images with at least one pixel on the template; their index is their number in the store. */
  readonly projected: readonly ProjectedImage[]
  /** Images whose pixels could not be read. */
  readonly damaged: readonly RejectedImage[]
  /** Images that are fine but have no pixel on the template. */
  readonly outside: readonly RejectedImage[]
}

/** Largest error of a mapped position, pixels of the input. */
const POSITION_BOUND_PX = 0.001

/** Reads and reprojects all images and leaves them in the store. */
export async function projectImages(
  run: MosaicRun,
  images: readonly ImageRecord[],
  template: Template,
  bytes: ByteCount,
): Promise<ProjectedImages> {
  const progress = startStage(run.options.onProgress, 'project', images.length, 'images', run.settings.clock)
  const projected: ProjectedImage[] = []
  const damaged: RejectedImage[] = []
  const outside: RejectedImage[] = []
  await run.runner.runAll(
    images,
    async (image) => await prepareProject(run, image, template),
    (outcome, image) => {
      bytes.read += image.sizeBytes
      progress.advance(1, image.sizeBytes)
      if (outcome.kind === 'damaged') damaged.push(outcome.reason)
      else if (outcome.kind === 'outside' || isEmptyRegion(outcome.result.extent.region)) {
        if (outcome.kind === 'projected') freePlanes(run, outcome.planes)
        outside.push(outsideReason(image))
      } else {
        const { planes, result } = outcome
        run.store.put(
          projected.length,
          planes.region,
          result.extent.region,
          planes.valueAt,
          planes.coverageAt,
        )
        projected.push({ image, ...result })
      }
    },
    run.options.signal,
  )
  return { projected, damaged, outside }
}

interface Planes {
  readonly region: Region
  readonly valueAt: number
  readonly coverageAt: number
}

type Outcome =
  | { readonly kind: 'projected'; readonly planes: Planes; readonly result: ProjectResult }
  | { readonly kind: 'outside' }
  | { readonly kind: 'damaged'; readonly reason: RejectedImage }

async function prepareProject(
  run: MosaicRun,
  image: ImageRecord,
  template: Template,
): Promise<{ run(): Promise<Outcome> }> {
  const region = projectRegion(image, template)
  if (isEmptyRegion(region)) return { run: () => Promise.resolve({ kind: 'outside' }) }
  const { width, height, path, hdu, wcs } = image
  const planeBytes = PIXEL_BYTES * region.width * region.height
  const imageAt = await run.store.allocate(PIXEL_BYTES * width * height)
  const valueAt = await run.store.allocate(planeBytes)
  const coverageAt = await run.store.allocate(planeBytes)
  const planes = { region, valueAt, coverageAt }
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
    boundPx: POSITION_BOUND_PX,
    method: run.settings.method,
    pixfrac: run.settings.pixfrac,
    isFlux: isFluxPerPixel(run.settings.conserve, image.header.card('BUNIT')?.value),
  }
  return {
    async run() {
      try {
        const result = await run.pool.run('project', payload, { signal: run.options.signal })
        return { kind: 'projected', planes, result }
      } catch (error) {
        freePlanes(run, planes)
        if (!isDamage(error)) throw error
        return { kind: 'damaged', reason: rejection(image.name, error) }
      } finally {
        run.store.release(imageAt)
      }
    },
  }
}

function freePlanes(run: MosaicRun, planes: Planes): void {
  run.store.release(planes.valueAt)
  run.store.release(planes.coverageAt)
}

/** Faults of one file leave that file out; everything else ends the run. */
function isDamage(error: unknown): boolean {
  return (
    isSkyloomError(error) &&
    (error.code.startsWith('FITS_') || error.code === 'BASE_READ_FAILED' || error.code === 'BASE_SHORT_READ')
  )
}

function outsideReason(image: ImageRecord): RejectedImage {
  return {
    name: image.name,
    code: 'MOSAIC_NO_OVERLAP',
    reason: `${image.name}: no pixel with data lies on the mosaic`,
  }
}
