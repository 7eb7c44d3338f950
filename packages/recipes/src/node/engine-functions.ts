import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  extraName,
  JOB_FILES,
  type ProductSummary,
  partnerFiles,
  projectedFiles,
  TABLE_NAMES,
  ZERO_PLANE,
} from '@skyloom/mosaic'
import {
  type BackgroundModel,
  inputWithout,
  isSameTemplate,
  type MosaicFacts,
  type MosaicInput,
  type MosaicJobs,
  type MosaicSession,
  mosaicPlanFile,
  productSummary,
} from '@skyloom/mosaic/node'
import { RecipeError } from '../errors.ts'
import { ENGINE_JOBS, fitJobId, projectJobId } from '../mosaic/engine-workflow.ts'

/** A file as a job found or left it. */
export interface UsedFile {
  readonly lfn: string
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** What a job of the engine did. */
export interface EngineAnswer {
  readonly read: readonly UsedFile[]
  readonly written: readonly UsedFile[]
  readonly described?: readonly {
    readonly lfn: string
    readonly metadata: Readonly<Record<string, number>>
  }[]
  readonly notes?: readonly {
    readonly lfn: string
    readonly level: 'error' | 'info'
    readonly text: string
  }[]
}

/** A function that does the job with an id. */
export type EngineFunction = (call: { readonly id: string }) => Promise<EngineAnswer>

/** The jobs of a mosaic as functions of a runner. */
export interface EngineFunctions {
  /** By transformation of the engine's workflow. */
  readonly functions: ReadonlyMap<string, EngineFunction>
  /** What the report needs, once all jobs have ended. */
  readonly facts: () => Omit<MosaicFacts, 'damaged' | 'spilledBytes'>
}

/**
 * Functions that do the jobs of `engineWorkflow` in the memory of a run. Damaged images are tolerated as long as the template does not
 * depend on them; if it does, the job that models the corrections fails with `RECIPE_BEGIN_AGAIN`.
 *
 * @param inputsDir folder of the plan file and the template of the run
 */
export async function engineFunctions(
  session: MosaicSession,
  input: MosaicInput,
  jobs: MosaicJobs,
  inputsDir: string,
): Promise<EngineFunctions> {
  const outDir = resolve(session.options.outDir)
  const start = await Promise.all(
    [JOB_FILES.plan, JOB_FILES.template].map(async (name) => await usedFile(inputsDir, name)),
  )
  const partners = partnerFiles(mosaicPlanFile(input, session.settings).images)
  const products: ProductSummary[] = []
  let model: BackgroundModel | undefined
  let added: MosaicFacts['added'] | undefined
  let png: Uint8Array | undefined
  const written = async (names: readonly string[]): Promise<EngineAnswer> => {
    const made = await Promise.all(names.map(async (name) => await jobs.product(name)))
    products.push(...made)
    const files = made.map(({ name, sizeBytes, sha256 }) => ({
      lfn: name,
      path: join(outDir, name),
      sizeBytes,
      sha256,
    }))
    return { read: start, written: files }
  }
  const pairOf = new Map(input.pairs.map((pair, index) => [fitJobId(pair), index]))
  const imageOf = new Map(input.images.map((_, index) => [projectJobId(index), index]))
  const single = new Map<string, EngineFunction>([
    [
      ENGINE_JOBS.model,
      async () => {
        await checkTemplate(session, input, jobs)
        model = await jobs.model()
        return { read: start, written: [], described: correctionsOf(input, model) }
      },
    ],
    [
      ENGINE_JOBS.add,
      async () => {
        added = await jobs.add()
        const extras = session.settings.planes.map(extraName)
        return await written(['mosaic.fits', 'mosaic_area.fits', ...extras])
      },
    ],
    [
      ENGINE_JOBS.picture,
      async () => {
        png = await jobs.picture()
        return await written(['mosaic.png'])
      },
    ],
    [
      ENGINE_JOBS.tables,
      async () => {
        await jobs.tables()
        return await written(TABLE_NAMES)
      },
    ],
  ])
  const once: EngineFunction = async (call) => await known(single.get(call.id), call.id)(call)
  return {
    functions: new Map<string, EngineFunction>([
      ['mProject', async ({ id }) => await projected(jobs, known(imageOf.get(id), id), start, partners)],
      [
        'mDiffFit',
        async ({ id }) => {
          await jobs.fit(known(pairOf.get(id), id))
          return { read: start, written: [] }
        },
      ],
      ...['mBgModel', 'mAdd', 'mViewer'].map((name) => [name, once] as const),
    ]),
    facts: () => ({
      input,
      model: known(model, ENGINE_JOBS.model),
      added: known(added, ENGINE_JOBS.add),
      png: known(png, ENGINE_JOBS.picture),
      outside: jobs.left.outside,
      products,
    }),
  }
}

async function projected(
  jobs: MosaicJobs,
  index: number,
  start: readonly UsedFile[],
  partners: ReadonlyMap<string, string>,
): Promise<EngineAnswer> {
  const outcome = await jobs.project(index)
  const image = known(jobs.input.images[index], projectJobId(index))
  const { name: lfn, path, sizeBytes } = image
  if (outcome.kind === 'projected') {
    const { sha256, quality } = outcome.projected
    const read = new Map([[lfn, { lfn, path: resolve(path), sizeBytes, sha256 }]])
    for (const partner of quality?.partners ?? []) {
      const place = known(image.quality?.[partner.kind], partner.name).path
      const name = known(partners.get(place), partner.name)
      const { size } = await stat(place)
      read.set(name, { lfn: name, path: place, sizeBytes: size, sha256: partner.sha256 })
    }
    return { read: [...start, ...read.values()], written: [] }
  }
  const level = outcome.kind === 'damaged' ? 'error' : 'info'
  return { read: start, written: [], notes: [{ lfn, level, text: outcome.reason.reason }] }
}

/** @throws RecipeError `RECIPE_BEGIN_AGAIN` when the template would be another without the damaged images */
async function checkTemplate(session: MosaicSession, input: MosaicInput, jobs: MosaicJobs): Promise<void> {
  const { damaged } = jobs.left
  if (damaged.length === 0) return
  const gone = new Set(input.images.map(({ name }) => name))
  const before = session.images.filter(({ name }) => !gone.has(name))
  const left = await inputWithout(session, [
    ...before.map(({ name }) => ({ name, code: '', reason: '' })),
    ...damaged,
  ])
  if (isSameTemplate(input, left)) return
  throw new RecipeError('RECIPE_BEGIN_AGAIN', 'the mosaic begins again without damaged images', {
    where: damaged.map(({ name }) => name),
    found: 'a template that was made with them',
  })
}

/** The correction of each image as metadata of its reprojected file. */
function correctionsOf(input: MosaicInput, model: BackgroundModel): NonNullable<EngineAnswer['described']> {
  const files = projectedFiles(input.images)
  return model.images.map(({ slot }, index) => {
    const { a, b, c } = model.solution.corrections[index] ?? ZERO_PLANE
    return {
      lfn: files[slot]?.image ?? '',
      metadata: { correction_a: a, correction_b: b, correction_c: c },
    }
  })
}

async function usedFile(folder: string, lfn: string): Promise<UsedFile> {
  const { sizeBytes, sha256 } = await productSummary(folder, lfn)
  return { lfn, path: join(folder, lfn), sizeBytes, sha256 }
}

function known<Value>(value: Value | undefined, job: string): Value {
  if (value === undefined) throw new RangeError(`the mosaic has no job ${job}, or it has not ended`)
  return value
}
