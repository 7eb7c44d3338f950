import { join } from 'node:path'
import { lazily } from '@skyloom/base'
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import type { Properties } from '../model/properties.ts'
import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import {
  CLEANUP_STRATEGIES,
  CLUSTER_STYLES,
  DATA_CONFIGURATIONS,
  type PlanOptions,
  type PlanRequest,
} from '../plan/options.ts'
import type { ReadResult } from '../problem/problem.ts'
import { formatProblem } from '../problem/problem.ts'
import { readProperties } from '../read/properties.ts'
import { readReplicaCatalog } from '../read/replica-catalog.ts'
import { readSiteCatalog } from '../read/site-catalog.ts'
import { readTransformationCatalog } from '../read/transformation-catalog.ts'
import { readWorkflow } from '../read/workflow.ts'
import { predictFrom, type RunTimes, runTimesFromJson } from './run-times.ts'
import { isFile } from './source-reader.ts'
import { readTextFile } from './text-file.ts'

/** File of a run directory that says how its plan was made; with `catalogs/` the plan can be made again. */
export const REQUEST_FILE = 'request.json'

/** Version of the form of {@link REQUEST_FILE}. */
export const REQUEST_VERSION = 1 as const

/** Options of the planner as JSON. */
type JsonOptions = Omit<PlanOptions, 'predictSeconds' | 'stagingSites'> & {
  readonly stagingSites?: string | Readonly<Record<string, string>> | undefined
}

/** The job that runs a sub-workflow. */
export interface ParentJob {
  readonly runId: string
  readonly job: string
}

/** How the plan of a run directory was made. */
export interface RunRequest {
  readonly version: typeof REQUEST_VERSION
  readonly workflow: string
  readonly workflowId: string
  readonly rootWorkflowId: string
  /** Of which job of which run it is the sub-workflow. */
  readonly parent?: ParentJob | undefined
  /** ISO 8601. */
  readonly time: string
  readonly format: 'skyloom' | 'dagman'
  /** Name and version of the program that planned. */
  readonly program: string
  readonly runDir: string
  readonly commandLine: readonly string[]
  readonly sources: readonly { readonly role: string; readonly path: string }[]
  /** Count of catalogs of earlier runs. */
  readonly earlierRuns: number
  readonly options: JsonOptions
}

const list = lazily(() => z.array(z.string()))
const optionsSchema = lazily(
  (): z.ZodType<JsonOptions> =>
    z.object({
      sites: list().optional(),
      outputSites: list().optional(),
      outputDir: z.string().optional(),
      stagingSites: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
      cluster: z.array(z.enum(CLUSTER_STYLES)).optional(),
      cleanup: z.enum(CLEANUP_STRATEGIES).optional(),
      force: z.boolean().optional(),
      dataConfiguration: z.enum(DATA_CONFIGURATIONS).optional(),
      jobPrefix: z.string().optional(),
      basename: z.string().optional(),
      index: z.number().int().optional(),
      relativeDir: z.string().optional(),
      submitDir: z.string().optional(),
      isSubWorkflow: z.boolean().optional(),
      deliversToParent: z.boolean().optional(),
      seed: z.number().optional(),
      clusterTargetSeconds: z.number().optional(),
      clusterMinCount: z.number().optional(),
    }),
)
const requestSchema = lazily(
  (): z.ZodType<RunRequest> =>
    z.object({
      version: z.literal(REQUEST_VERSION),
      workflow: z.string(),
      workflowId: z.string(),
      rootWorkflowId: z.string(),
      parent: z.object({ runId: z.string(), job: z.string() }).optional(),
      time: z.string(),
      format: z.enum(['skyloom', 'dagman']),
      program: z.string(),
      runDir: z.string(),
      commandLine: list(),
      sources: z.array(z.object({ role: z.string(), path: z.string() })),
      earlierRuns: z.number().int(),
      options: optionsSchema(),
    }),
)

/** Options of a plan as JSON; what only the caller's process knows is left out. */
export function optionsAsJson(options: PlanOptions): JsonOptions {
  const { stagingSites } = options
  const isPlain = stagingSites === undefined || typeof stagingSites === 'string'
  const staging = isPlain ? stagingSites : Object.fromEntries(stagingSites)
  return { ...options, ...{ predictSeconds: undefined }, stagingSites: staging }
}

function optionsFromJson(options: JsonOptions): PlanOptions {
  const { stagingSites, ...rest } = options
  if (stagingSites === undefined || typeof stagingSites === 'string') return { ...rest, stagingSites }
  return { ...rest, stagingSites: new Map(Object.entries(stagingSites)) }
}

/** True for a directory that a plan was written into. */
export function isRunDirectory(path: string): boolean {
  return isFile(join(path, REQUEST_FILE))
}

/**
 * Reads how the plan of a run directory was made.
 *
 * @throws {BaseError} `BASE_READ_FAILED`
 * @throws {WorkflowError} `WORKFLOW_INVALID` when it was written by another version or is damaged
 */
export async function readRunRequest(runDir: string): Promise<RunRequest> {
  const path = join(runDir, REQUEST_FILE)
  const text = await readTextFile(path)
  try {
    return requestSchema().parse(JSON.parse(text))
  } catch (cause) {
    throw new WorkflowError('WORKFLOW_INVALID', 'the description of the run does not fit this version', {
      where: [path],
      remedy: 'plan the workflow again',
      cause,
    })
  }
}

/**
 * The request of a run directory: planning it again gives the same plan.
 *
 * @throws {WorkflowError} `WORKFLOW_INVALID` when a catalog of the run is damaged
 */
export async function loadPlanRequest(runDir: string): Promise<PlanRequest> {
  const request = await readRunRequest(runDir)
  const workflow = await part(runDir, 'workflow.yml', readWorkflow)
  if (workflow === undefined) {
    throw new WorkflowError('WORKFLOW_NOT_FOUND', 'the run has no workflow', {
      where: [join(runDir, 'catalogs')],
    })
  }
  const runTimes = await loadRunTimes(runDir)
  const earlierRuns: ReplicaCatalog[] = []
  for (let n = 1; n <= request.earlierRuns; n++) {
    const catalog = await part(runDir, earlierRunName(n), readReplicaCatalog)
    if (catalog !== undefined) earlierRuns.push(catalog)
  }
  return {
    workflow,
    sites: await part(runDir, 'sites.yml', readSiteCatalog),
    transformations: await part(runDir, 'transformations.yml', readTransformationCatalog),
    replicas: await part(runDir, 'replicas.yml', readReplicaCatalog),
    cache: await part(runDir, FURTHER_CATALOGS.cache, readReplicaCatalog),
    inputListing: await part(runDir, FURTHER_CATALOGS.inputListing, readReplicaCatalog),
    inheritedReplicas: await part(runDir, FURTHER_CATALOGS.inheritedReplicas, readReplicaCatalog),
    outputLocations: await part(runDir, FURTHER_CATALOGS.outputLocations, readReplicaCatalog),
    earlierRuns,
    properties: await part<Properties>(runDir, 'pegasus.properties', readProperties),
    options: {
      ...optionsFromJson(request.options),
      ...(runTimes === undefined ? {} : { predictSeconds: predictFrom(runTimes) }),
    },
  }
}

/** File of `catalogs/` with run times of past runs. */
export const RUN_TIMES_FILE = 'run-times.json'

/** Run times with which a run was planned; `undefined` without. */
export async function loadRunTimes(runDir: string): Promise<RunTimes | undefined> {
  const path = join(runDir, 'catalogs', RUN_TIMES_FILE)
  return isFile(path) ? runTimesFromJson(await readTextFile(path)) : undefined
}

/** Files of `catalogs/` besides those with the usual names. */
export const FURTHER_CATALOGS = {
  cache: 'cache.yml',
  inputListing: 'input-files.yml',
  inheritedReplicas: 'inherited-replicas.yml',
  outputLocations: 'output-locations.yml',
} as const

/** Name of the catalog of an earlier run, from 1. */
export function earlierRunName(number: number): string {
  return `earlier-run-${number}.yml`
}

async function part<T>(
  runDir: string,
  name: string,
  read: (text: string, options: { readonly name: string }) => ReadResult<T>,
): Promise<T | undefined> {
  const path = join(runDir, 'catalogs', name)
  if (!isFile(path)) return undefined
  const result = read(await readTextFile(path), { name })
  if (result.ok) return result.value
  const [first] = result.problems
  throw new WorkflowError('WORKFLOW_INVALID', 'a catalog of the run is damaged', {
    where: [path],
    found: first === undefined ? '' : formatProblem(first),
    remedy: 'plan the workflow again',
  })
}
