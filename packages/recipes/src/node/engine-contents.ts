import { formatHeaderTemplate } from '@skyloom/fits'
import {
  anchoredImages,
  isEmptyRegion,
  JOB_FILES,
  type MosaicOptions,
  type PlannedSettings,
  partnerFiles,
  projectRegion,
  type Region,
  type RejectedImage,
  type Template,
  thinPairs,
} from '@skyloom/mosaic'
import { mosaicInput, mosaicPlanFile, type PlannedInput, resolveSettings } from '@skyloom/mosaic/node'
import { engineWorkflow, partnersOf } from '../mosaic/engine-workflow.ts'
import { forecastJobs } from '../mosaic/forecast-jobs.ts'
import { predictImages } from '../mosaic/predict-images.ts'
import type { FoundImages } from './find-images.ts'
import type { WorkflowContents } from './write-workflow-folder.ts'

/** What becomes of the pixels, as for `makeMosaic`. */
export type PixelOptions = Pick<MosaicOptions, keyof PlannedSettings>

/** What a mosaic by the engine is made of. */
export interface EngineContentsInput {
  readonly name: string
  readonly found: FoundImages
  readonly template: Template
  /** Name of the file of the template, if it was given. */
  readonly templateFile: string | undefined
  readonly pixels: PixelOptions
}

/** The engine's workflow and what was left out of it. */
export interface EngineContents extends WorkflowContents {
  readonly images: PlannedInput['images']
  readonly pairCount: number
  /** Images that lie beside the mosaic. */
  readonly beside: readonly RejectedImage['name'][]
}

/**
 * The workflow of the mosaic engine with its template and plan: the jobs of `mosaic make`, which leaves images beside the mosaic out, too.
 *
 * @throws MosaicError `MOSAIC_BAD_OPTION`
 */
export function engineContents({
  name,
  found,
  template,
  templateFile,
  pixels,
}: EngineContentsInput): EngineContents {
  const settings = resolveSettings({ ...pixels, imagesDir: '', outDir: '' })
  anchoredImages(
    found.images.map(({ lfn }) => lfn),
    settings.anchors,
  )
  const { images, pairs, beside, regions } = placedImages(found, template, settings.background)
  const plan = mosaicPlanFile({ images, pairs, templateFile }, settings)
  const partners = partnerFiles(plan.images)
  const sizes = new Map(found.images.map(({ lfn, sizeBytes }) => [lfn, sizeBytes]))
  const urls = new Map(found.images.map(({ lfn, url }) => [lfn, url]))
  return {
    workflow: engineWorkflow({
      name,
      images: images.map((image) => ({
        ...image,
        sizeBytes: sizes.get(image.name),
        partners: partnersOf(image, partners),
      })),
      pairs,
      planes: settings.planes,
      isRegistered: true,
      seconds: forecastJobs({
        images: regions.map((region, at) => {
          const name = images[at]?.name ?? ''
          return { name, sizeBytes: sizes.get(name), region }
        }),
        pairs,
        method: settings.method,
      }),
    }),
    inputs: new Map([
      [JOB_FILES.plan, `${JSON.stringify(plan)}\n`],
      [JOB_FILES.template, formatHeaderTemplate(template.header)],
    ]),
    places: new Map([
      ...images.map((image) => [image.name, urls.get(image.name) ?? image.path] as const),
      ...Array.from(partners, ([path, partner]) => [partner, `file://${path}`] as const),
    ]),
    images,
    pairCount: pairs.length,
    beside,
  }
}

/** The images that lie on the template, and the pairs that are differenced: by headers where they are known, else by outlines. */
function placedImages(
  found: FoundImages,
  template: Template,
  background: NonNullable<MosaicOptions['background']>,
): Pick<EngineContents, 'beside'> &
  Pick<PlannedInput, 'images' | 'pairs'> & { readonly regions: readonly Region[] } {
  if (found.records !== undefined) {
    const placed = found.records.filter((image) => !isEmptyRegion(projectRegion(image, template)))
    const names = new Set(placed.map((image) => image.name))
    const beside = found.records.flatMap((image) => (names.has(image.name) ? [] : [image.name]))
    const regions = placed.map((image) => projectRegion(image, template))
    return { ...mosaicInput(placed, template, undefined, background), beside, regions }
  }
  const { placed, pairs, beside } = predictImages(found.images, template)
  return {
    images: placed.map(({ image: { lfn, hdu, url } }) => ({ name: lfn, hdu, path: url })),
    pairs: background === 'none' ? [] : thinPairs(pairs, placed.length),
    beside: beside.map(({ lfn }) => lfn),
    regions: placed.map(({ region }) => region),
  }
}
