import { join } from 'node:path'
import { atomicFile, readFileText, writeFileAtomic } from '@skyloom/base/node'
import { FitsWriter, Header, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { MosaicError } from '../errors.ts'
import { fitFile, JOB_FILES, type MosaicPlanFile, projectedFiles } from '../make/job-files.ts'
import type { MosaicOptions } from '../make/options.ts'
import { partnerFiles } from '../make/partner-files.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { PARTNER_KINDS, type Partner, type PartnerKind } from '../quality/quality-options.ts'
import { isEmptyRegion } from '../region.ts'
import { readTemplate } from '../template/template.ts'
import { NO_VALUES, widenExtent } from '../view/stretch/histogram.ts'
import type { AddedMosaic } from './add-stage.ts'
import { type BackgroundModel, modelBackground, type PairFit } from './background-model.ts'
import { type DifferenceFit, fitOverlap } from './difference-stage.ts'
import { type ImageFacts, imageFacts, outcomeOf } from './image-facts.ts'
import type { MosaicInput } from './mosaic-input.ts'
import { type OpenRun, openRun } from './open-run.ts'
import { type ProjectedImage, type ProjectOutcome, projectImage } from './project-stage.ts'
import { scanImage } from './scan-images.ts'
import { resolveSettings } from './settings.ts'
import { createStageMeter } from './stage-meter.ts'
import { windowPlanes } from './window-planes.ts'
import { writeMosaic, writePicture, writeTables } from './write-products.ts'

/** Statistics of a mosaic, as its job leaves them for others. */
export type MosaicStatistics = Omit<AddedMosaic, 'preview'> & { readonly previewFactor: number }

/** One job of a mosaic on files: its number or name, and the folder with its logical files. */
export interface FileJob {
  readonly folder: string
  /** Name of the plan file in the folder. */
  readonly plan: string
  readonly job:
    | { readonly kind: 'image'; readonly image: number }
    | { readonly kind: 'pair'; readonly plus: number; readonly minus: number }
    | { readonly kind: 'model' | 'add' | 'picture' | 'tables' }
  readonly memoryBytes?: number | undefined
}

/**
 * Does one job of a mosaic with its logical files as files of a folder: the same functions and numbers as in memory, so that the products
 * are the same.
 *
 * @throws MosaicError, FitsError, BaseError
 */
export async function runFileJob({ folder, plan: planName, job, memoryBytes }: FileJob): Promise<void> {
  const plan = readPlan(await readFileText(join(folder, planName), 'utf8'), planName)
  const template = readTemplate(
    await readFileText(join(folder, JOB_FILES.template), 'latin1'),
    JOB_FILES.template,
  )
  const options: MosaicOptions = {
    ...plan.settings,
    imagesDir: folder,
    outDir: folder,
    threads: 1,
    memoryBytes,
    overwrite: true,
  }
  const settings = resolveSettings(options)
  const input: MosaicInput = { images: [], template, templateFile: plan.templateFile, pairs: plan.pairs }
  const work = new FileWork(folder, plan, input)
  const raw = job.kind === 'image' ? await work.raw(job.image) : []
  const run = openRun(options, settings, createStageMeter(settings.clock), raw)
  try {
    switch (job.kind) {
      case 'image':
        await work.project(run, job.image, present(raw[0], 'image'))
        return
      case 'pair':
        await work.fit(run, job.plus, job.minus)
        return
      case 'model':
        await work.model(run)
        return
      case 'add':
        await work.add(run)
        return
      case 'picture':
        await work.picture(run)
        return
      case 'tables':
        await writeTables(run, input, await work.readModel())
    }
  } finally {
    await run.close()
  }
}

/** What is known of a mosaic whose jobs ran on files. */
export async function readFileFacts(
  folder: string,
  plan: MosaicPlanFile,
  input: MosaicInput,
): Promise<{
  readonly outcomes: readonly ProjectOutcome[]
  readonly model: BackgroundModel
  readonly added: MosaicStatistics
}> {
  const work = new FileWork(folder, plan, input)
  return {
    outcomes: await work.outcomes(),
    model: await work.readModel(),
    added: await work.statistics(),
  }
}

function readPlan(text: string, name: string): MosaicPlanFile {
  const plan: unknown = JSON.parse(text)
  if (typeof plan === 'object' && plan !== null && 'version' in plan && plan.version === 1)
    // Written by `mosaicPlanFile` of the same version.
    return plan as MosaicPlanFile
  throw new MosaicError('MOSAIC_BAD_OPTION', 'this is no plan of a mosaic of this version', {
    where: [name],
    remedy: 'plan the mosaic again',
  })
}

/** The model without what the images themselves tell. */
type StoredModel = Omit<BackgroundModel, 'images' | 'anchors'> & {
  readonly slots: readonly number[]
  readonly anchors: readonly number[]
}

/** Logical files of a mosaic in a folder. */
class FileWork {
  readonly #folder: string
  readonly #plan: MosaicPlanFile
  readonly #input: MosaicInput
  readonly #files: ReturnType<typeof projectedFiles>

  constructor(folder: string, plan: MosaicPlanFile, input: MosaicInput) {
    this.#folder = folder
    this.#plan = plan
    this.#input = input
    this.#files = projectedFiles(plan.images)
  }

  /** The header of an original in the folder, and where its partners are there. */
  async raw(index: number): Promise<readonly [Awaited<ReturnType<typeof scanImage>>]> {
    const { name, hdu, quality } = present(this.#plan.images[index], 'image')
    const image = await scanImage(join(this.#folder, name), name, hdu)
    if (quality === undefined) return [image]
    const files = partnerFiles(this.#plan.images)
    const here: Partial<Record<PartnerKind, Partner>> = {}
    for (const kind of PARTNER_KINDS) {
      const partner = quality[kind]
      if (partner === undefined) continue
      here[kind] = { ...partner, path: join(this.#folder, present(files.get(partner.path), kind)) }
    }
    return [{ ...image, quality: { ...quality, ...here } }]
  }

  async project(run: OpenRun, index: number, image: ProjectedImage['image']): Promise<void> {
    const files = present(this.#files[index], 'image')
    const outcome = await projectImage(run, image, this.#input.template, index)
    await this.#writeJson(files.facts, imageFacts(outcome))
    if (outcome.kind !== 'projected') {
      for (const name of [files.image, files.area]) await this.#writePlanes(name, 0, 0, [])
      return
    }
    const { region } = outcome.projected.extent
    const { width, height } = region
    const stored = await run.store.window(index, region)
    const planes = windowPlanes(run.memory, stored)
    await this.#writePlanes(files.image, width, height, planes.slice(0, 1))
    await this.#writePlanes(files.area, width, height, planes.slice(1))
    stored.release()
  }

  async fit(run: OpenRun, plus: number, minus: number): Promise<void> {
    const [first, second] = [await this.#outcome(plus), await this.#outcome(minus)]
    let fit: DifferenceFit | undefined
    if (first.kind === 'projected' && second.kind === 'projected') {
      for (const { projected } of [first, second]) await this.#load(run, projected)
      fit = await fitOverlap(run, first.projected, second.projected, this.#input.template)
    }
    await this.#writeJson(fitFile({ plus, minus }), fit ?? null)
  }

  async model(run: OpenRun): Promise<void> {
    const fits: PairFit[] = []
    for (const pair of this.#plan.pairs) {
      const fit = await this.#readJson<DifferenceFit | null>(fitFile(pair))
      if (fit !== null) fits.push({ ...pair, ...fit })
    }
    const { images, anchors, ...model } = modelBackground(
      run.settings,
      this.#input.template,
      await this.outcomes(),
      fits,
    )
    const stored: StoredModel = {
      slots: images.map(({ slot }) => slot),
      anchors: [...anchors],
      ...model,
    }
    await this.#writeJson(JOB_FILES.corrections, stored)
  }

  async readModel(): Promise<BackgroundModel> {
    const { slots, anchors, ...model } = await this.#readJson<StoredModel>(JOB_FILES.corrections)
    const images: ProjectedImage[] = []
    for (const slot of slots) {
      const outcome = await this.#outcome(slot)
      if (outcome.kind === 'projected') images.push(outcome.projected)
    }
    // JSON has no undefined in lists.
    const rejectReasons = model.rejectReasons.map((reason) => reason ?? undefined)
    return { ...model, anchors: new Set(anchors), rejectReasons, images }
  }

  async add(run: OpenRun): Promise<void> {
    const model = await this.readModel()
    for (const image of model.images) await this.#load(run, image)
    const { preview, ...statistics } = await writeMosaic(run, this.#input, model)
    await this.#writePlanes(JOB_FILES.preview, preview.width, preview.height, [preview.data])
    await this.#writeJson(JOB_FILES.statistics, { ...statistics, previewFactor: preview.factor })
  }

  async statistics(): Promise<MosaicStatistics> {
    type Read = Omit<MosaicStatistics, 'min' | 'max' | 'mean'> &
      Readonly<Record<'min' | 'max' | 'mean', number | null>>
    const { min, max, mean, ...rest } = await this.#readJson<Read>(JOB_FILES.statistics)
    // JSON has no NaN, which stands for the statistics of nothing.
    return { ...rest, min: min ?? Number.NaN, max: max ?? Number.NaN, mean: mean ?? Number.NaN }
  }

  async picture(run: OpenRun): Promise<void> {
    const { previewFactor: factor, ...statistics } = await this.statistics()
    await using file = await openFitsFile(join(this.#folder, JOB_FILES.preview), { blocking: true })
    const hdu = await file.hdu(0)
    const [height = 0, width = 0] = hdu.shape
    const data = new Float32Array(width * height)
    await readImage(hdu, { as: 'float32', into: data })
    const extent = widenExtent(NO_VALUES, data)
    await writePicture(run, { ...statistics, preview: { data, width, height, factor, extent } })
  }

  async outcomes(): Promise<readonly ProjectOutcome[]> {
    const outcomes: ProjectOutcome[] = []
    for (const index of this.#files.keys()) outcomes.push(await this.#outcome(index))
    return outcomes
  }

  async #outcome(index: number): Promise<ProjectOutcome> {
    const files = present(this.#files[index], 'image')
    const place = present(this.#plan.images[index], 'image')
    return outcomeOf(await this.#readJson<ImageFacts>(files.facts), place, index)
  }

  /** Reads the planes of an image into the store, which moves them to disk again when memory is short. */
  async #load(run: OpenRun, { slot, extent }: ProjectedImage): Promise<void> {
    const files = present(this.#files[slot], 'image')
    const { region } = extent
    if (isEmptyRegion(region)) return
    const read = async (name: string): Promise<readonly number[]> => {
      const places: number[] = []
      await using file = await openFitsFile(join(this.#folder, name), { blocking: true })
      for await (const hdu of file.hdus()) {
        const at = await run.store.allocate(PIXEL_BYTES * region.width * region.height)
        await readImage(hdu, { as: 'float32', into: run.memory.f32(at, region.width * region.height) })
        places.push(at)
      }
      return places
    }
    const [valueAt] = await read(files.image)
    const [coverage, ...more] = (await read(files.area)).map((at) => ({ at, constant: Number.NaN }))
    const planes = { valueAt: present(valueAt, 'plane'), coverage: present(coverage, 'plane'), more }
    run.store.put(slot, { region, extent: region, ...planes })
  }

  async #writePlanes(
    name: string,
    width: number,
    height: number,
    planes: readonly Float32Array[],
  ): Promise<void> {
    const sink = await atomicFile(join(this.#folder, name), { overwrite: true })
    try {
      const writer = new FitsWriter(sink)
      const shape = planes.length === 0 ? [] : [height, width]
      for (const data of planes.length === 0 ? [new Float32Array()] : planes) {
        const image = await writer.beginImage({ bitpix: -32, shape }, new Header())
        if (data.length > 0) await image.writeRows(data)
        await image.end()
      }
      await sink.commit()
    } catch (error) {
      await sink.discard()
      throw error
    }
  }

  async #writeJson(name: string, value: unknown): Promise<void> {
    await writeFileAtomic(join(this.#folder, name), `${JSON.stringify(value)}\n`, { overwrite: true })
  }

  async #readJson<Value>(name: string): Promise<Value> {
    // Written by another job of the same plan.
    return JSON.parse(await readFileText(join(this.#folder, name), 'utf8')) as Value
  }
}

function present<Value>(value: Value | undefined, what: string): Value {
  if (value !== undefined) return value
  throw new MosaicError('MOSAIC_BAD_OPTION', `the plan of the mosaic has no such ${what}`)
}
