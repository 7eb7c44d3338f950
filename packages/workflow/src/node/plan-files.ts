import { dirname, join, relative } from 'node:path'
import { WorkflowError } from '../errors.ts'
import type { Properties } from '../model/properties.ts'
import type { Replica, ReplicaCatalog } from '../model/replica-catalog.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import { FORMAT_VERSION, type Workflow } from '../model/workflow.ts'
import type { PlanOptions, PlanRequest } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import { planWorkflow } from '../plan/plan-workflow.ts'
import { readReplicas } from './catalog-readers.ts'
import { type Finding, hasErrors, planFindings } from './finding.ts'
import { listDirectory } from './list-directory.ts'
import { openWorkflow } from './open-workflow.ts'
import { outputPlaces, type ParentRun, readParentRun } from './parent-run.ts'
import {
  directoryOptions,
  readEarlierRun,
  readPlanCatalogs,
  transformationsOfDirectory,
  withReferencedCatalogs,
} from './plan-catalogs.ts'
import { type PlanProperties, readPlanProperties } from './plan-properties.ts'
import { chooseRunPlace, type RunPlace } from './run-place.ts'
import { isFile, type SourceFile, SourceReader } from './source-reader.ts'

/** What a command line says about a plan. Relative paths belong to `folder`. */
export interface PlanFilesOptions {
  /** File of the workflow. Default `workflow.yml`. */
  readonly workflow?: string | undefined
  /**
   * Current folder; catalogs and properties with their usual names are looked for here and in `catalogs`, then beside the
   * workflow.
   */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  /** Properties file in place of `pegasus.properties`. */
  readonly confFile?: string | undefined
  /** Properties that win over all others. */
  readonly definitions?: ReadonlyMap<string, string> | undefined
  /** Replica catalogs with the highest rank. */
  readonly cacheFiles?: readonly string[] | undefined
  /** Replica catalogs of a workflow that contains this one. */
  readonly inheritedFiles?: readonly string[] | undefined
  /** Directories whose files are inputs. */
  readonly inputDirs?: readonly string[] | undefined
  /** Directory whose files are programs. */
  readonly transformationsDir?: string | undefined
  /** Directories of earlier runs, or their output catalogs. */
  readonly reuse?: readonly string[] | undefined
  /** Directory below which runs are written. Default the current folder. */
  readonly dir?: string | undefined
  readonly group?: string | undefined
  readonly relativeDir?: string | undefined
  readonly relativeSubmitDir?: string | undefined
  readonly randomDir?: string | true | undefined
  /** Directory of the run that contains this sub-workflow: its catalogs, properties, sites and files are used. */
  readonly parentRun?: string | undefined
  /** What the planner itself is told. */
  readonly plan?: Omit<PlanOptions, 'relativeDir' | 'submitDir' | 'isSubWorkflow'> | undefined
  /** Time of planning. */
  readonly time?: Date | undefined
}

/** A plan made from files, or everything that is in its way. */
export type PlanFilesResult =
  | {
      readonly ok: true
      readonly plan: Plan
      readonly request: PlanRequest
      readonly place: RunPlace
      /** Id of the outermost run, for sub-workflows. */
      readonly rootWorkflowId: string | undefined
      readonly sources: readonly SourceFile[]
      readonly warnings: readonly Finding[]
    }
  | { readonly ok: false; readonly sources: readonly SourceFile[]; readonly problems: readonly Finding[] }

/** Usual name of a workflow. */
const WORKFLOW_FILE = 'workflow.yml'

/**
 * Plans a workflow from files, as the command does. Problems of all files and of the plan are gathered; nothing is
 * written.
 *
 * @throws {BaseError} `BASE_READ_FAILED` for a file that was asked for and cannot be read
 */
export async function planFiles(options: PlanFilesOptions): Promise<PlanFilesResult> {
  const reader = new SourceReader(options.folder, options.environment ?? process.env)
  const made = await readRequest(options, reader)
  if (made === undefined || hasErrors(reader.findings)) {
    return { ok: false, sources: reader.sources, problems: sorted(reader.findings) }
  }
  const result = planWorkflow(made.request)
  if (!result.ok) {
    const problems = [...reader.findings, ...planFindings(result.problems)]
    return { ok: false, sources: reader.sources, problems: sorted(problems) }
  }
  const warnings = [...reader.findings, ...planFindings(result.plan.warnings)]
  return { ok: true, plan: result.plan, ...made, sources: reader.sources, warnings }
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
}

interface MadeRequest {
  readonly request: PlanRequest
  readonly place: RunPlace
  readonly rootWorkflowId: string | undefined
}

async function readRequest(
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
  if (opened === undefined) return undefined
  const place = placeOf(options, reader, opened.workflow, properties, parent)
  const request: PlanRequest = {
    workflow: opened.workflow,
    sites: catalogs.sites,
    transformations: joinTransformations([opened.transformationCatalog, catalogs.transformations, programs]),
    replicas: joinReplicas([catalogs.replicas, opened.replicaCatalog]),
    ...more,
    properties: joinProperties(opened.properties, properties.values),
    options: planOptions(options, reader, place, parent),
  }
  return { request: withOutputPlaces(request, parent), place, rootWorkflowId: parent?.rootWorkflowId }
}

/** Outputs that the parent's jobs read are brought to where those look for them. */
function withOutputPlaces(request: PlanRequest, parent: ParentRun | undefined): PlanRequest {
  const outputs = parent?.outputs
  if (outputs === undefined || outputs.replicas.length === 0) return request
  const named = request.options?.outputSites ?? []
  const outputSites =
    named.length > 0 ? named : outputs.replicas.slice(0, 1).flatMap((r) => r.locations.map((l) => l.site))
  const properties = new Map(request.properties).set('pegasus.dir.storage.mapper', 'Replica')
  const outputLocations = outputPlaces(outputs, outputSites)
  return { ...request, properties, outputLocations, options: { ...request.options, outputSites } }
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

type FurtherReplicas = Pick<
  PlanRequest,
  'cache' | 'inputListing' | 'inheritedReplicas' | 'earlierRuns' | 'outputLocations'
>

async function readFurtherReplicas(
  options: PlanFilesOptions,
  reader: SourceReader,
  properties: PlanProperties,
  parent: ParentRun | undefined,
): Promise<FurtherReplicas> {
  const cache: (ReplicaCatalog | undefined)[] = []
  for (const file of options.cacheFiles ?? [])
    cache.push(await readReplicas(reader, reader.path(file), 'cache'))
  if (parent?.cache !== undefined) cache.push(parent.cache)
  const inherited: (ReplicaCatalog | undefined)[] = []
  for (const file of options.inheritedFiles ?? []) {
    inherited.push(await readReplicas(reader, reader.path(file), 'inherited replicas'))
  }
  if (parent?.inherited !== undefined) inherited.push(parent.inherited)
  const listings: ReplicaCatalog[] = []
  for (const directory of options.inputDirs ?? []) {
    const path = reader.path(directory)
    reader.sources.push({ role: 'input directory', path })
    listings.push(await listDirectory(path, directoryOptions(properties.values)))
  }
  const earlierRuns: ReplicaCatalog[] = []
  for (const run of options.reuse ?? []) {
    const catalog = await readEarlierRun(reader, run)
    if (catalog !== undefined) earlierRuns.push(catalog)
  }
  const mapper = properties.values.get('pegasus.dir.storage.mapper.replica.file')
  return {
    cache: joinReplicas(cache),
    inheritedReplicas: joinReplicas(inherited),
    inputListing: joinReplicas(listings),
    earlierRuns,
    outputLocations:
      mapper === undefined ? undefined : await readReplicas(reader, reader.path(mapper), 'output locations'),
  }
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
  }
}

function joinReplicas(catalogs: readonly (ReplicaCatalog | undefined)[]): ReplicaCatalog | undefined {
  const known = catalogs.filter((catalog) => catalog !== undefined)
  if (known.length <= 1) return known[0]
  const replicas: Replica[] = []
  for (const catalog of known) for (const replica of catalog.replicas) replicas.push(replica)
  return { pegasus: FORMAT_VERSION, replicas, extensions: [] }
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

/** Properties that a workflow of another format implies rank below all others. */
function joinProperties(implied: Properties | undefined, properties: Properties): Properties {
  return implied === undefined ? properties : new Map([...implied, ...properties])
}
