import { join } from 'node:path'
import { dagNames } from '../executable/dagman/names.ts'
import { type PlannedFile, textFile } from '../executable/planned-file.ts'
import { makeReplicaCatalog, type ReplicaCatalog } from '../model/replica-catalog.ts'
import type { PlanOptions } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import { writeReplicaCatalog } from '../write/write.ts'
import { readReplicas } from './catalog-readers.ts'
import { loadPlanRequest, loadRunTimes, readRunRequest } from './run-request.ts'
import type { RunTimes } from './run-times.ts'
import { isFile, type SourceReader } from './source-reader.ts'

/** What a sub-workflow takes from the run that contains it. */
export interface ParentRun {
  readonly runDir: string
  readonly runId: string
  /** Directory of the parent below the scratch directories. */
  readonly relativeDir: string
  readonly options: PlanOptions
  /** Folders of its catalogs. */
  readonly folders: readonly string[]
  /** Files that its jobs leave for sub-workflows. */
  readonly cache: ReplicaCatalog | undefined
  /** Replicas inside its workflow, and those that it inherited itself. */
  readonly inherited: ReplicaCatalog | undefined
  /** Where the parent's jobs look for outputs of the sub-workflow. */
  readonly outputs: ReplicaCatalog | undefined
  readonly rootWorkflowId: string
  readonly runTimes: RunTimes | undefined
}

/** File of a run directory with the places of files that sub-workflows read. */
export const CACHE_FILE = 'cache.txt'

/** Ending of the file beside the directory of a sub-workflow with the places that its outputs must get. */
const OUTPUTS_ENDING = '.outputs.txt'

/**
 * Reads what a sub-workflow takes from its parent.
 *
 * @param dir directory of the sub-workflow's run, below that of the parent
 */
export async function readParentRun(
  reader: SourceReader,
  parentRun: string,
  dir: string,
): Promise<ParentRun> {
  const runDir = reader.path(parentRun)
  const request = await loadPlanRequest(runDir)
  const { workflowId, rootWorkflowId } = await readRunRequest(runDir)
  const outputsPath = `${reader.path(dir)}${OUTPUTS_ENDING}`
  const cachePath = join(runDir, CACHE_FILE)
  const replicas = [request.workflow.replicaCatalog, request.inheritedReplicas].flatMap(
    (c) => c?.replicas ?? [],
  )
  const options = request.options ?? {}
  return {
    runDir,
    runId: workflowId,
    relativeDir: options.relativeDir ?? '',
    options,
    folders: [join(runDir, 'catalogs')],
    cache: isFile(cachePath) ? await readReplicas(reader, cachePath, 'cache', 'file') : undefined,
    outputs: isFile(outputsPath)
      ? await readReplicas(reader, outputsPath, 'output locations', 'file')
      : undefined,
    rootWorkflowId,
    runTimes: await loadRunTimes(runDir),
    inherited: replicas.length === 0 ? undefined : makeReplicaCatalog(replicas),
  }
}

/** Where sub-workflows of a plan find their inputs; `undefined` when it has none. */
export function subWorkflowInputs(plan: Plan): ReplicaCatalog | undefined {
  if ((plan.counts.jobs.sub_workflow ?? 0) === 0) return undefined
  const locations = new Map<string, Map<string, string>>()
  for (let number = 0; number < plan.jobCount; number++) {
    if (plan.kind(number) !== 'sub_workflow') continue
    for (const input of plan.job(number).inputs) {
      const places = locations.get(input.lfn) ?? new Map<string, string>()
      for (const { site, url } of input.sources) places.set(url, site)
      locations.set(input.lfn, places)
    }
  }
  const replicas = [...locations].map(([lfn, places]) => ({
    lfn,
    isRegex: false,
    locations: [...places].map(([pfn, site]) => ({ site, pfn })),
    metadata: [],
  }))
  return makeReplicaCatalog(replicas)
}

/** Directories of the sub-workflows of a DAG, relative to that of the run: DAGMan takes no DAG with one that is not there. */
export function subWorkflowFolders(plan: Plan): readonly string[] {
  if ((plan.counts.jobs.sub_workflow ?? 0) === 0) return []
  const names = dagNames(plan)
  return Array.from({ length: plan.jobCount }, (_, number) => number)
    .filter((number) => plan.kind(number) === 'sub_workflow')
    .map((number) => names.stem(number))
}

/** A file for each sub-workflow of a DAG that says where its outputs must come. */
export function* subWorkflowOutputs(plan: Plan): Generator<PlannedFile, void, undefined> {
  if ((plan.counts.jobs.sub_workflow ?? 0) === 0) return
  const names = dagNames(plan)
  for (let number = 0; number < plan.jobCount; number++) {
    if (plan.kind(number) !== 'sub_workflow') continue
    const replicas = plan.job(number).outputs.map(({ lfn, target, deliverTo }) => ({
      lfn,
      isRegex: false,
      locations: [target, ...deliverTo].map(({ site, url }) => ({ site, pfn: url })),
      metadata: [],
    }))
    const catalog = makeReplicaCatalog(replicas)
    yield textFile(`${names.stem(number)}${OUTPUTS_ENDING}`, writeReplicaCatalog(catalog, { format: 'text' }))
  }
}
