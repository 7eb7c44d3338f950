import { startStage } from '@skyloom/base'
import type { RejectedImage } from '../image-table/image-record.ts'
import type { ProductSummary } from '../make/summary.ts'
import type { AddedMosaic } from './add-stage.ts'
import { type BackgroundModel, modelBackground, type PairFit } from './background-model.ts'
import { type DifferenceFit, fitOverlap } from './difference-stage.ts'
import type { MosaicInput } from './mosaic-input.ts'
import { type ProjectOutcome, projectImage } from './project-stage.ts'
import type { MosaicRun } from './run.ts'
import { summarizeProduct, writeMosaic, writePicture, writeTables } from './write-products.ts'

/**
 * The jobs of a mosaic. What one makes for others stays in the memory of the run; a job may start when those that it needs have ended:
 * `fit` after both of its images, `model` after all images and fits, `add` and `tables` after the model, `picture` after `add`.
 */
export interface MosaicJobs {
  readonly input: MosaicInput
  /** Reads and reprojects an image. */
  project(image: number): Promise<ProjectOutcome>
  /** Differences a pair of images; undefined when they share too little, or one of them did not survive. */
  fit(pair: number): Promise<DifferenceFit | undefined>
  /** Solves for the corrections of all images. */
  model(): Promise<BackgroundModel>
  /** Corrects and adds the images: `mosaic.fits` and `mosaic_area.fits`. */
  add(): Promise<AddedMosaic>
  /** `mosaic.png`. */
  picture(): Promise<Uint8Array>
  /** Template and tables. */
  tables(): Promise<void>
  /** Size and SHA-256 of a product that is in place. */
  product(name: string): Promise<ProductSummary>
  /** Images that were left out by `project`, so far. */
  readonly left: { readonly damaged: readonly RejectedImage[]; readonly outside: readonly RejectedImage[] }
}

/** The jobs that make a mosaic of an input in a run. */
export function mosaicJobs(run: MosaicRun, input: MosaicInput): MosaicJobs {
  const { images, template, pairs } = input
  const { onProgress } = run.options
  const { clock } = run.settings
  const outcomes: (ProjectOutcome | undefined)[] = images.map(() => undefined)
  const fits: (PairFit | undefined)[] = pairs.map(() => undefined)
  let model: BackgroundModel | undefined
  let added: AddedMosaic | undefined
  const stage = (name: string, count: number, unit: string): (() => ReturnType<typeof startStage>) => {
    let progress: ReturnType<typeof startStage> | undefined
    return () => (progress ??= startStage(onProgress, name, count, unit, clock))
  }
  const projecting = stage('project', images.length, 'images')
  const fitting = stage('difference', pairs.length, 'pairs')
  const reasons = (kind: 'damaged' | 'outside'): readonly RejectedImage[] =>
    outcomes.flatMap((outcome) => (outcome?.kind === kind ? [outcome.reason] : []))
  return {
    input,
    get left() {
      return { damaged: reasons('damaged'), outside: reasons('outside') }
    },
    async project(index) {
      const image = present(images[index], 'image')
      const progress = projecting()
      return await run.meter.measure('project', async (bytes) => {
        const outcome = await projectImage(run, image, template, index, input.regions?.[index])
        outcomes[index] = outcome
        bytes.read += image.sizeBytes
        progress.advance(1, image.sizeBytes)
        return outcome
      })
    },
    async fit(index) {
      const { plus, minus } = present(pairs[index], 'pair')
      const [first, second] = [present(outcomes[plus], 'image'), present(outcomes[minus], 'image')]
      const progress = fitting()
      return await run.meter.measure('difference', async () => {
        const isPair = first.kind === 'projected' && second.kind === 'projected'
        const fit = isPair ? await fitOverlap(run, first.projected, second.projected, template) : undefined
        if (fit !== undefined) fits[index] = { plus, minus, ...fit }
        progress.advance()
        return fit
      })
    },
    async model() {
      return await run.meter.measure('background', () => {
        const known = outcomes.map((outcome) => present(outcome, 'image'))
        const found = fits.filter((fit) => fit !== undefined)
        model = modelBackground(run.settings, template, known, found)
        return Promise.resolve(model)
      })
    },
    async add() {
      added = await writeMosaic(run, input, present(model, 'model'))
      return added
    },
    picture: async () => await writePicture(run, present(added, 'mosaic')),
    tables: async () => await writeTables(run, input, present(model, 'model')),
    product: async (name) => await summarizeProduct(run, name),
  }
}

function present<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new RangeError(`the ${what} is not there, or its job has not ended`)
  return value
}
