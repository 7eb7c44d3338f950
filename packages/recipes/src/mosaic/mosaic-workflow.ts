import { File, Job, Workflow } from '@skyloom/workflow/api'
import type { JobSeconds } from './forecast-jobs.ts'
import { derivedFiles, differenceName, type ImageFiles, MOSAIC_FILES, statusName } from './mosaic-files.ts'
import type { SourceImage } from './source-image.ts'

/** Kinds of background matching. */
export const RECIPE_BACKGROUNDS = ['plane', 'level', 'none'] as const
/** Kind of background matching. */
export type RecipeBackground = (typeof RECIPE_BACKGROUNDS)[number]

/** Ways of adding overlapping pixels. */
export const RECIPE_COMBINES = ['mean', 'median', 'count'] as const
/** Way of adding overlapping pixels. */
export type RecipeCombine = (typeof RECIPE_COMBINES)[number]

/** What a mosaic workflow is made of. */
export interface MosaicWorkflowInput {
  readonly name: string
  readonly images: readonly Pick<SourceImage, 'lfn' | 'hdu' | 'sizeBytes'>[]
  /** Pairs that overlap, by their places in `images`. */
  readonly pairs: readonly { readonly plus: number; readonly minus: number }[]
  readonly background: RecipeBackground
  readonly combine: RecipeCombine
  /** Larger side of the picture, pixels. */
  readonly pictureSide: number
  /** Run times to expect, which become profiles of the jobs. */
  readonly seconds?: JobSeconds
}

/** Files between stages stay where they are made. */
const INTERMEDIATE = { stageOut: false, registerReplica: false }

/**
 * The abstract workflow of a mosaic, of Montage modules: project every image; with background matching fit the difference of every
 * overlapping pair, model the corrections from all fits and apply them; list, add, shrink and draw. Coverage travels with the images.
 * Inputs besides the images are the template and three tables, named in {@link MOSAIC_FILES}.
 */
export function mosaicWorkflow(input: MosaicWorkflowInput): Workflow {
  const workflow = new Workflow(input.name)
  const template = new File(MOSAIC_FILES.template)
  const projected = input.images.map((image, index) => {
    const out = derivedFiles('p', image.lfn)
    const runtime = input.seconds?.project[index]
    workflow.addJobs(projectJob(image, out, template).addPegasusProfile({ runtime }))
    return out
  })
  // A single image, or images that nowhere overlap, have nothing to be matched with.
  const isMatched = input.background !== 'none' && input.pairs.length > 0
  const corrected = isMatched ? addMatching(workflow, input, projected, template) : projected
  addProducts(workflow, input, corrected, template)
  return workflow
}

function projectJob(image: MosaicWorkflowInput['images'][number], out: ImageFiles, template: File): Job {
  const raw = new File(image.lfn, image.sizeBytes === undefined ? {} : { sizeBytes: image.sizeBytes })
  const hdu = image.hdu === 0 ? [] : ['-h', image.hdu]
  return new Job('mProject')
    .addArgs(...hdu, raw, out.image, template)
    .addInputs(raw, template)
    .addOutputs(out.image, out.area, INTERMEDIATE)
}

function addMatching(
  workflow: Workflow,
  { pairs, background, seconds }: MosaicWorkflowInput,
  projected: readonly ImageFiles[],
  template: File,
): readonly ImageFiles[] {
  const level = background === 'level' ? ['-l'] : []
  const table = new File(MOSAIC_FILES.projectedTable)
  const statusTable = new File(MOSAIC_FILES.statusTable)
  const fits = new File(MOSAIC_FILES.fits)
  const corrections = new File(MOSAIC_FILES.corrections)
  const statuses = pairs.map(({ plus, minus }, index) => {
    const status = new File(statusName(plus, minus))
    const [first, second] = [filesAt(projected, plus), filesAt(projected, minus)]
    workflow.addJobs(
      new Job('mDiffFit')
        .addPegasusProfile({ runtime: seconds?.fit[index] })
        .addArgs(...level, '-s', status, first.image, second.image, differenceName(plus, minus), template)
        .addInputs(first.image, first.area, second.image, second.area, template)
        .addOutputs(status, INTERMEDIATE),
    )
    return status
  })
  workflow.addJobs(
    new Job('mConcatFit')
      .addArgs(statusTable, fits, '.')
      .addInputs(statusTable, ...statuses)
      .addOutputs(fits, INTERMEDIATE),
    new Job('mBgModel')
      .addArgs(...level, table, fits, corrections)
      .addInputs(table, fits)
      .addOutputs(corrections),
  )
  return projected.map((before) => {
    const after = derivedFiles('c', before.image.lfn.replace(/^p-/, ''))
    workflow.addJobs(
      new Job('mBackground')
        .addArgs('-t', before.image, after.image, table, corrections)
        .addInputs(before.image, before.area, table, corrections)
        .addOutputs(after.image, after.area, INTERMEDIATE),
    )
    return after
  })
}

function addProducts(
  workflow: Workflow,
  { combine, pictureSide }: MosaicWorkflowInput,
  images: readonly ImageFiles[],
  template: File,
): void {
  const list = new File(MOSAIC_FILES.correctedList)
  const table = new File(MOSAIC_FILES.correctedTable)
  const mosaic = { image: new File(MOSAIC_FILES.mosaic), area: new File(areaName(MOSAIC_FILES.mosaic)) }
  const preview = new File(MOSAIC_FILES.preview)
  const picture = new File(MOSAIC_FILES.picture)
  const all = images.flatMap(({ image, area }) => [image, area])
  workflow.addJobs(
    new Job('mImgtbl')
      .addArgs('-t', list, '.', table)
      .addInputs(list, ...images.map(({ image }) => image))
      .addOutputs(table, INTERMEDIATE),
    new Job('mAdd')
      .addArgs('-a', combine, table, template, mosaic.image)
      .addInputs(table, template, ...all)
      .addOutputs(mosaic.image, mosaic.area),
    new Job('mShrink')
      .addArgs('-f', mosaic.image, preview, pictureSide)
      .addInputs(mosaic.image)
      .addOutputs(preview, INTERMEDIATE),
    new Job('mViewer')
      .addArgs('-ct', 0, '-gray', preview, '-1s', 'max', 'gaussian-log', '-out', picture)
      .addInputs(preview)
      .addOutputs(picture),
  )
}

function areaName(name: string): string {
  return name.replace(/\.fits$/, '_area.fits')
}

function filesAt(files: readonly ImageFiles[], index: number): ImageFiles {
  const found = files[index]
  if (found === undefined) throw new RangeError(`there is no image ${index} of ${files.length}`)
  return found
}
