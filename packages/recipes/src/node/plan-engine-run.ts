import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { formatHeaderTemplate } from '@skyloom/fits'
import { JOB_FILES, partnerFiles } from '@skyloom/mosaic'
import { type MosaicInput, type MosaicSession, mosaicPlanFile } from '@skyloom/mosaic/node'
import {
  formatPlanProblem,
  PLAN_FILE,
  type Plan,
  type PlanRequest,
  planLines,
  planWorkflow,
} from '@skyloom/workflow'
import {
  Directory,
  Properties,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
} from '@skyloom/workflow/api'
import { writeRun } from '@skyloom/workflow/node'
import { RecipeError } from '../errors.ts'
import { engineWorkflow, partnersOf } from '../mosaic/engine-workflow.ts'
import { modulesOf } from '../mosaic/modules-of.ts'

/** Where and how the workflow of the mosaic engine runs. */
export interface EngineRunPlace {
  /** Name of the workflow. */
  readonly name: string
  /** Folder below which directories of runs are made. */
  readonly runsDir: string
  /** Directory of an interrupted run that is gone on with if its plan is the same. */
  readonly interruptedRun?: string | undefined
  /** Name and version of the program, for the description of the run. */
  readonly program: string
  readonly commandLine: readonly string[]
  /** Folder of the commands of the Montage modules: run as programs on files. Without it functions in memory. */
  readonly commandsDir?: string | undefined
}

/** Site of this machine. */
const SITE = 'local'
/** Folder in the directory of a run for what its jobs start from. */
const INPUTS = 'inputs'

/**
 * Plans the workflow of the mosaic engine and writes the directory of its run. The products go straight into the output folder.
 *
 * @returns the directory of the run and the SHA-256 of its plan
 */
export async function planEngineRun(
  session: MosaicSession,
  input: MosaicInput,
  place: EngineRunPlace,
): Promise<{ readonly runDir: string; readonly planSha256: string }> {
  const { interruptedRun } = place
  if (interruptedRun !== undefined) {
    const { plan } = planned(session, input, place, interruptedRun)
    const before = await readFile(join(interruptedRun, PLAN_FILE), 'utf8').catch(() => undefined)
    const files = await sameInputs(interruptedRun, inputTexts(session, input))
    const text = [...planLines(plan)].join('')
    if (files && before === text)
      return { runDir: interruptedRun, planSha256: createHash('sha256').update(text).digest('hex') }
  }
  const runDir = join(resolve(place.runsDir), randomUUID())
  const { plan, request } = planned(session, input, place, runDir)
  await mkdir(resolve(place.runsDir), { recursive: true })
  const at = { baseDir: resolve(place.runsDir), runDir, isNumbered: false, relativeDir: '.' }
  const { program, commandLine } = place
  const content = { plan, request, place: at, sources: [] }
  const { planSha256 } = await writeRun(content, { format: 'skyloom', program, commandLine })
  await mkdir(join(runDir, INPUTS))
  for (const [name, text] of inputTexts(session, input))
    await writeFileAtomic(join(runDir, INPUTS, name), text)
  return { runDir, planSha256 }
}

function inputTexts({ settings }: MosaicSession, input: MosaicInput): ReadonlyMap<string, string> {
  return new Map([
    [JOB_FILES.plan, `${JSON.stringify(mosaicPlanFile(input, settings))}\n`],
    [JOB_FILES.template, formatHeaderTemplate(input.template.header)],
  ])
}

async function sameInputs(runDir: string, texts: ReadonlyMap<string, string>): Promise<boolean> {
  for (const [name, text] of texts) {
    const found = await readFile(join(runDir, INPUTS, name), 'utf8').catch(() => undefined)
    if (found !== text) return false
  }
  return true
}

function planned(
  { options, settings }: MosaicSession,
  input: MosaicInput,
  place: EngineRunPlace,
  runDir: string,
): { readonly plan: Plan; readonly request: PlanRequest } {
  const { commandsDir } = place
  const isMemory = commandsDir === undefined
  const outDir = resolve(options.outDir)
  const replicas = new ReplicaCatalog()
  const partners = partnerFiles(mosaicPlanFile(input, settings).images)
  for (const name of [JOB_FILES.plan, JOB_FILES.template])
    replicas.addReplica(SITE, name, `file://${join(runDir, INPUTS, name)}`)
  const paths = new Map(input.images.map(({ name, path }) => [name, resolve(path)]))
  for (const [path, name] of partners) paths.set(name, path)
  for (const [name, path] of paths) replicas.addReplica(SITE, name, `file://${path}`)
  const workflow = engineWorkflow({
    name: place.name,
    images: input.images.map((image) => ({ ...image, partners: partnersOf(image, partners) })),
    pairs: input.pairs,
    planes: settings.planes,
  })
  const request: PlanRequest = {
    workflow: workflow.build(),
    sites: new SiteCatalog(
      new Site(SITE).addDirectories(
        new Directory('sharedScratch', isMemory ? dirname(outDir) : runDir),
        new Directory('localStorage', outDir),
      ),
    ).build(),
    ...(isMemory
      ? {}
      : {
          transformations: new TransformationCatalog(
            ...modulesOf(workflow).map(
              (name) => new Transformation(name, { site: SITE, pfn: join(resolve(commandsDir), name) }),
            ),
          ).build(),
        }),
    replicas: replicas.build(),
    // What fails would fail again; what was lost is tried again without being counted.
    properties: new Properties({ 'dagman.retry': 0 }).build(),
    options: {
      sites: [SITE],
      outputSites: [SITE],
      dataConfiguration: isMemory ? 'memory' : 'sharedfs',
      // In memory the products are where they belong as soon as their jobs have written them.
      relativeDir: isMemory ? basename(outDir) : 'scratch',
      // The report is made of what the jobs leave.
      cleanup: 'none',
    },
  }
  const result = planWorkflow(request)
  if (result.ok) return { plan: result.plan, request }
  throw new RecipeError('RECIPE_BAD_OPTION', 'the workflow of the mosaic cannot be planned', {
    found: result.problems.map(formatPlanProblem).join('; '),
  })
}
