import { dirname, join, relative } from 'node:path'
import { WorkflowError } from '../errors.ts'
import { jobTitle } from '../model/job.ts'
import type { Properties } from '../model/properties.ts'
import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import { FORMAT_VERSION, type Workflow } from '../model/workflow.ts'
import type { PlanOptions, PlanRequest } from '../plan/options.ts'
import { readFileSizes, withFileSizes } from './file-sizes.ts'
import { joinReplicas, readFurtherReplicas } from './further-replicas.ts'
import { openWorkflow } from './open-workflow.ts'
import { type ParentRun, readParentRun } from './parent-run.ts'
import { readPlanCatalogs, transformationsOfDirectory, withReferencedCatalogs } from './plan-catalogs.ts'
import type { PlanFilesOptions } from './plan-files.ts'
import { type PlanProperties, readPlanProperties } from './plan-properties.ts'
import { chooseRunPlace, type RunPlace } from './run-place.ts'
import type { ParentJob } from './run-request.ts'
import { predictFrom, type RunTimes, readRunTimes } from './run-times.ts'
import { siteProfiles, undeclaredPool, withSiteProfiles } from './site-profiles.ts'
import { isFile, type SourceReader } from './source-reader.ts'

/** Usual name of a workflow. */
const WORKFLOW_FILE = 'workflow.yml'
/** Property that names a file with sizes of files. */
const SIZES_KEY = 'pegasus.file.cleanup.constraint.csv'

const NO_SIZES: ReadonlyMap<string, number> = new Map()
const NO_TIMES: RunTimes = new Map()

/** A request to plan and where its run goes. */
export interface MadeRequest {
  readonly request: PlanRequest
  readonly place: RunPlace
  /** Id of the outermost run, for sub-workflows. */
  readonly rootWorkflowId: string | undefined
  /** The job whose sub-workflow it is. */
  readonly parent: ParentJob | undefined
  readonly runTimes: RunTimes
}

/** Reads everything that a request consists of; `undefined` when there is no workflow. */
export async function readRequest(
  options: PlanFilesOptions,
  reader: SourceReader,
): Promise<MadeRequest | undefined> {
  const workflowPath = reader.path(options.workflow ?? WORKFLOW_FILE)
  const parent =
    options.parentRun === undefined
      ? undefined
      : await readParentRun(reader, options.parentRun, options.dir ?? '.')
  const folders = catalogFolders(parent?.folders ?? [reader.folder], dirname(workflowPath))
  const home = reader.variable('HOME')
  const properties = await readPlanProperties(reader, {
    confFile: options.confFile,
    folders,
    homeFile: home === undefined ? undefined : join(home, '.pegasusrc'),
    definitions: options.definitions,
  })
  const opened = await readWorkflowFile(reader, workflowPath, options.workflow)
  const catalogs = await readPlanCatalogs(reader, properties, folders, opened?.workflow)
  const more = await readFurtherReplicas(options, reader, properties, parent)
  const programs =
    options.transformationsDir === undefined
      ? undefined
      : await transformationsOfDirectory(reader, options.transformationsDir)
  const sizesFile = properties.values.get(SIZES_KEY)?.trim() ?? ''
  const sizes = sizesFile === '' ? NO_SIZES : await readFileSizes(reader, reader.path(sizesFile))
  const runTimes = await runTimesFor(options, reader, parent, opened?.workflow)
  if (opened === undefined) return undefined
  const place = placeOf(options, reader, opened.workflow, properties, parent)
  const profiles = siteProfiles(properties.values)
  const request: PlanRequest = {
    workflow: workflowOf(opened.workflow, sizes, profiles),
    sites: sitesOf(catalogs.sites, opened.workflow, profiles),
    transformations: joinTransformations([opened.transformationCatalog, catalogs.transformations, programs]),
    replicas: joinReplicas([catalogs.replicas, opened.replicaCatalog]),
    ...more,
    properties: propertiesOfPlan(opened.properties, properties.values),
    options: planOptions(options, reader, place, parent, runTimes),
  }
  return {
    request: withOutputPlaces(request, parent),
    place,
    rootWorkflowId: parent?.rootWorkflowId,
    parent:
      parent === undefined || options.parentJob === undefined
        ? undefined
        : { runId: parent.runId, job: options.parentJob },
    runTimes,
  }
}

/** Run times that are named, else those of the parent, else those of the history. */
async function runTimesFor(
  { pastRuns, history }: PlanFilesOptions,
  reader: SourceReader,
  parent: ParentRun | undefined,
  workflow: Workflow | undefined,
): Promise<RunTimes> {
  if (pastRuns !== undefined) return await readRunTimes(reader, pastRuns)
  if (parent?.runTimes !== undefined) return parent.runTimes
  if (history === undefined || workflow === undefined) return NO_TIMES
  const known = await history(workflow.name, [...new Set(workflow.jobs.map(jobTitle))])
  if (known === undefined || known.times.size === 0) return NO_TIMES
  reader.sources.push({ role: 'run times', path: known.name })
  return known.times
}

/** Outputs that the parent's jobs read are brought to where those look for them; all others to the output sites. */
function withOutputPlaces(request: PlanRequest, parent: ParentRun | undefined): PlanRequest {
  const outputLocations = parent?.outputs
  if (outputLocations === undefined || outputLocations.replicas.length === 0) return request
  const properties = new Map(request.properties).set('pegasus.dir.storage.mapper', 'Replica')
  return { ...request, properties, outputLocations, options: { ...request.options, deliversToParent: true } }
}

/** Folders of catalogs and properties: the current one, that of the workflow, and `catalogs` in both. */
function catalogFolders(current: readonly string[], workflowFolder: string): readonly string[] {
  const folders = [...current, workflowFolder].flatMap((folder) => [folder, join(folder, 'catalogs')])
  return [...new Set(folders)]
}

async function readWorkflowFile(
  reader: SourceReader,
  path: string,
  written: string | undefined,
): Promise<
  | {
      readonly workflow: Workflow
      readonly replicaCatalog?: ReplicaCatalog | undefined
      readonly transformationCatalog?: TransformationCatalog | undefined
      readonly properties?: Properties | undefined
    }
  | undefined
> {
  if (written === undefined && !isFile(path)) {
    throw new WorkflowError('WORKFLOW_NOT_FOUND', 'there is no workflow to plan', {
      where: [path],
      remedy: 'name the file of the workflow: skyloom plan FILE',
    })
  }
  const opened = await openWorkflow(path, { variables: reader.variable, name: reader.shown(path) })
  reader.sources.push({ role: 'workflow', path })
  reader.findings.push(...(opened.ok ? opened.warnings : opened.problems))
  if (!opened.ok) return undefined
  for (const { what, where, count } of opened.losses) {
    const times = count === 1 ? '' : ` (${count} times)`
    reader.add('warning', 'NOT_EXPRESSED', `${where}: cannot be expressed and is left out: ${what}${times}`)
  }
  return { ...opened, workflow: await withReferencedCatalogs(reader, opened.workflow, path) }
}

function placeOf(
  options: PlanFilesOptions,
  reader: SourceReader,
  workflow: Workflow,
  properties: PlanProperties,
  parent: ParentRun | undefined,
): RunPlace {
  const dir = reader.path(options.dir ?? '.')
  const time = options.time ?? new Date()
  if (parent !== undefined) {
    // A sub-workflow is written where its parent expects it, and works below its parent's directories.
    const relativeDir = options.relativeDir ?? join(parent.relativeDir, pathBelow(parent.runDir, dir))
    return chooseRunPlace({ dir, label: workflow.name, relativeSubmitDir: '.', relativeDir, time })
  }
  const place = chooseRunPlace({
    dir,
    label: workflow.name,
    group: options.group,
    relativeDir: options.relativeDir,
    relativeSubmitDir: options.relativeSubmitDir,
    randomDir: options.randomDir,
    usesTimestamp: properties.values.get('pegasus.dir.useTimestamp')?.trim().toLowerCase() === 'true',
    time,
  })
  const prefix = properties.values.get('pegasus.dir.exec')?.trim() ?? ''
  return prefix === '' ? place : { ...place, relativeDir: join(prefix, place.relativeDir) }
}

/** Path of a sub-workflow's directory below that of its parent. */
function pathBelow(parentDir: string, dir: string): string {
  const below = relative(parentDir, dir)
  if (below !== '' && !below.startsWith('..')) return below
  throw new WorkflowError('WORKFLOW_BAD_OPTION', 'a sub-workflow is written below the run of its parent', {
    where: ['option --dir'],
    found: dir,
    allowed: `a directory below ${parentDir}`,
  })
}

function planOptions(
  options: PlanFilesOptions,
  reader: SourceReader,
  place: RunPlace,
  parent: ParentRun | undefined,
  runTimes: RunTimes,
): PlanOptions {
  const own = options.plan ?? {}
  const outputDir = own.outputDir === undefined ? undefined : reader.path(own.outputDir)
  return {
    ...own,
    sites: own.sites ?? parent?.options.sites,
    outputSites: own.outputSites ?? parent?.options.outputSites,
    stagingSites: own.stagingSites ?? parent?.options.stagingSites,
    outputDir: outputDir ?? parent?.options.outputDir,
    relativeDir: place.relativeDir,
    submitDir: parent?.options.submitDir ?? place.baseDir,
    isSubWorkflow: parent !== undefined,
    predictSeconds: own.predictSeconds ?? (runTimes.size === 0 ? undefined : predictFrom(runTimes)),
  }
}

/** Later catalogs win over earlier ones. */
function joinTransformations(
  catalogs: readonly (TransformationCatalog | undefined)[],
): TransformationCatalog | undefined {
  const known = catalogs.filter((catalog) => catalog !== undefined)
  if (known.length <= 1) return known[0]
  return {
    pegasus: FORMAT_VERSION,
    transformations: known.flatMap((catalog) => catalog.transformations),
    containers: known.flatMap((catalog) => catalog.containers),
    extensions: [],
  }
}

/** Properties that are used up here: what they say is in the request already. */
const USED_UP = /^pegasus\.(?:dir\.exec|file\.cleanup\.constraint\.csv|catalog\.site\.sites\..+)$/

/** Properties that a workflow of another format implies rank below all others. */
function propertiesOfPlan(implied: Properties | undefined, properties: Properties): Properties {
  return new Map([...(implied ?? []), ...properties].filter(([key]) => !USED_UP.test(key)))
}

type SiteProfiles = ReturnType<typeof siteProfiles>

function workflowOf(
  workflow: Workflow,
  sizes: ReadonlyMap<string, number>,
  profiles: SiteProfiles,
): Workflow {
  const sized = sizes.size === 0 ? workflow : withFileSizes(workflow, sizes)
  if (sized.siteCatalog === undefined) return sized
  return { ...sized, siteCatalog: withSiteProfiles(sized.siteCatalog, profiles) }
}

function sitesOf(
  catalog: SiteCatalog | undefined,
  workflow: Workflow,
  profiles: SiteProfiles,
): SiteCatalog | undefined {
  const declared = [catalog, workflow.siteCatalog].flatMap((known) => known?.sites ?? [])
  const pool = declared.some((site) => site.name === 'condorpool') ? undefined : undeclaredPool(profiles)
  if (catalog === undefined) return pool
  const own = withSiteProfiles(catalog, profiles)
  return pool === undefined ? own : { ...own, sites: [...own.sites, ...pool.sites] }
}
