import {
  type ExtraPlane,
  extraName,
  fitFile,
  JOB_FILES,
  partnerPaths,
  projectedFiles,
  TABLE_NAMES,
} from '@skyloom/mosaic'
import { File, Job, type JobOptions, Workflow } from '@skyloom/workflow/api'
import type { JobSeconds } from './forecast-jobs.ts'

/** What the workflow of the mosaic engine is made of. */
export interface EngineWorkflowInput {
  readonly name: string
  readonly images: readonly {
    readonly name: string
    readonly hdu: number
    readonly sizeBytes?: number | undefined
    /** Logical names of its weights, variances and masks. */
    readonly partners?: readonly string[]
  }[]
  /** Pairs that may overlap, by their places in `images`. */
  readonly pairs: readonly { readonly plus: number; readonly minus: number }[]
  /** Planes that are made beside mosaic and area. */
  readonly planes: readonly ExtraPlane[]
  /** Products are registered by jobs of the plan; default: by those who run it. */
  readonly isRegistered?: boolean
  /** Run times to expect, which become profiles of the jobs. */
  readonly seconds?: JobSeconds
}

/** Ids of the jobs that are there once, by what they do. */
export const ENGINE_JOBS = { model: 'model', add: 'add', picture: 'picture', tables: 'tables' } as const

/** Id of the job that projects an image. */
export function projectJobId(image: number): string {
  return `image_${image}`
}

/** Id of the job that fits the difference of a pair. */
export function fitJobId({ plus, minus }: { readonly plus: number; readonly minus: number }): string {
  return `pair_${plus}_${minus}`
}

/** Files that stay where they are made. */
const INTERNAL = { stageOut: false, registerReplica: false }

/**
 * The abstract workflow of the mosaic engine: project every image, fit the difference of every pair that may overlap, model the corrections
 * of all images, add the corrected images, draw the picture and write the tables. Its transformations are Montage modules that are told to
 * work as parts of the engine (`--mosaic`), so that the same workflow runs as functions in memory and as programs on files, with the same
 * products. Inputs besides the images are the two files that `MosaicPlanFile` is about.
 */
export function engineWorkflow({
  name,
  images,
  pairs,
  planes: extras,
  isRegistered = false,
  seconds,
}: EngineWorkflowInput): Workflow {
  const product = isRegistered ? {} : { registerReplica: false }
  const workflow = new Workflow(name)
  const plan = new File(JOB_FILES.plan)
  const template = new File(JOB_FILES.template)
  const job = (transformation: string, options: JobOptions & { readonly id: string }): Job =>
    new Job(transformation, options).addArgs('--mosaic', plan, options.id).addInputs(plan, template)
  const projected = projectedFiles(images).map(({ image, area, facts }, index) => {
    const raw = images[index]
    const files = { image: new File(image), area: new File(area), facts: new File(facts) }
    workflow.addJobs(
      job('mProject', { id: projectJobId(index) })
        .addPegasusProfile({ runtime: seconds?.project[index] })
        .addInputs(
          new File(raw?.name ?? '', raw?.sizeBytes === undefined ? {} : { sizeBytes: raw.sizeBytes }),
        )
        .addInputs(
          ...(raw?.partners ?? [])
            .filter((partner) => partner !== raw?.name)
            .map((partner) => new File(partner)),
        )
        .addOutputs(files.image, files.area, files.facts, INTERNAL),
    )
    return files
  })
  const filesOf = (image: number): readonly File[] => Object.values(projected[image] ?? {})
  const fits = pairs.map((pair, index) => {
    const fit = new File(fitFile(pair))
    workflow.addJobs(
      job('mDiffFit', { id: fitJobId(pair) })
        .addPegasusProfile({ runtime: seconds?.fit[index] })
        .addInputs(...filesOf(pair.plus), ...filesOf(pair.minus))
        .addOutputs(fit, INTERNAL),
    )
    return fit
  })
  const corrections = new File(JOB_FILES.corrections)
  const [statistics, preview] = [new File(JOB_FILES.statistics), new File(JOB_FILES.preview)]
  const planes = projected.flatMap(({ image, area }) => [image, area])
  const facts = projected.map((files) => files.facts)
  workflow.addJobs(
    job('mBgModel', { id: ENGINE_JOBS.model })
      .addInputs(...facts, ...fits)
      .addOutputs(corrections, INTERNAL),
    job('mAdd', { id: ENGINE_JOBS.add })
      .addInputs(...planes, ...facts, corrections)
      .addOutputs(new File('mosaic.fits'), new File('mosaic_area.fits'), product)
      .addOutputs(...extras.map((plane) => new File(extraName(plane))), product)
      .addOutputs(statistics, preview, INTERNAL),
    job('mViewer', { id: ENGINE_JOBS.picture })
      .addInputs(preview, statistics)
      .addOutputs(new File('mosaic.png'), product),
    // After the mosaic: on a full disk there is none, and no tables without it.
    job('mBgModel', { id: ENGINE_JOBS.tables })
      .addInputs(...facts, corrections, statistics)
      .addOutputs(...TABLE_NAMES.map((table) => new File(table)), product),
  )
  return workflow
}

/** Logical names of the partners of an image. @param files logical names by path, of `partnerFiles` */
export function partnersOf(
  image: Parameters<typeof partnerPaths>[0],
  files: ReadonlyMap<string, string>,
): readonly string[] {
  return partnerPaths(image).flatMap((path) => files.get(path) ?? [])
}
