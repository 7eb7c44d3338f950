import { assignTasks, checkDataConfigurations } from './assign/assign.ts'
import { checkProfiles } from './check-profiles.ts'
import { addConstraintCleanup } from './cleanup/constraint.ts'
import { addInPlaceCleanup } from './cleanup/in-place.ts'
import { addLeafCleanup } from './cleanup/leaf.ts'
import { stayingBySite } from './cleanup/removable.ts'
import { clusterTasks } from './cluster/cluster-tasks.ts'
import type { PlanContext } from './context.ts'
import { addCreateDirs, scratchSites } from './create-dirs.ts'
import { NO_EDGES, type NodeGraph, startGraph } from './node-graph.ts'
import { DATA_CONFIGURATIONS, type PlanRequest } from './options.ts'
import type { PlanProblems } from './problem.ts'
import { ReplicaIndex, type ReplicaSource } from './replica-index.ts'
import { reuseOutputs } from './reuse.ts'
import { type PlanSettings, resolveSettings } from './settings.ts'
import {
  checkParentSites,
  checkServers,
  executionSites,
  indexSites,
  LOCAL_SITE,
  outputSites,
  type PlanSite,
  reportUnknownSite,
  type SiteIndex,
} from './site-index.ts'
import { compileTasks } from './task-table.ts'
import { addTransfers } from './transfer/add-transfers.ts'
import { TransformationIndex } from './transformation-index.ts'
import { buildUnits } from './unit-table.ts'

/** What the passes made of a request. */
export interface BuiltPlan {
  readonly request: PlanRequest
  readonly context: PlanContext
  readonly graph: NodeGraph
  /** How each entry of `context.units.inputs` arrives: a value of `ARRIVAL`. */
  readonly arrival: Uint8Array
}

/** Runs all passes in their order; `undefined` when there is no plan, the reasons are in `problems`. */
export function buildPlan(request: PlanRequest, problems: PlanProblems): BuiltPlan | undefined {
  const { workflow, options = {} } = request
  const settings = resolveSettings(workflow.name, options, request.properties, problems)
  const sites = indexSites([request.sites, workflow.siteCatalog], settings, problems)
  const executing = executionSites(sites, settings, problems)
  const targets = outputSites(sites, settings, problems)
  checkParentSites(sites, settings, request.outputLocations, problems)
  checkStagingSites(sites, settings, problems)
  checkMemorySites(executing, settings, problems)
  const transformations = new TransformationIndex(
    [request.transformations, workflow.transformationCatalog],
    problems,
  )
  const replicas = new ReplicaIndex(replicaSources(request, settings), problems)
  const tasks = compileTasks(workflow, settings.infersDependencies, problems)
  if (tasks === undefined || problems.errorCount > 0) return undefined
  const reuse = reuseOutputs(tasks, replicas, settings, problems)
  const assignInput = { tasks, reuse, sites, executionSites: executing, transformations, settings }
  checkDataConfigurations(assignInput, problems)
  const assignment = assignTasks(assignInput, problems)
  checkProfiles({ ...assignInput, assignment }, problems)
  if (problems.errorCount > 0) return undefined
  const clusterInput = { tasks, reuse, assignment, sites, settings, predictSeconds: options.predictSeconds }
  const clustering = clusterTasks(clusterInput, problems)
  if (problems.errorCount > 0) return undefined
  const context: PlanContext = {
    settings,
    sites,
    outputSites: targets,
    replicas,
    outputLocations: new ReplicaIndex(
      request.outputLocations === undefined
        ? []
        : [{ name: 'output locations', catalog: request.outputLocations, isMerged: false }],
      problems,
    ),
    transformations,
    tasks,
    reuse,
    assignment,
    units: buildUnits(clusterInput, clustering),
    problems,
  }
  checkUse(context)
  if (problems.errorCount > 0) return undefined
  return addNodes(request, context)
}

function addNodes(request: PlanRequest, context: PlanContext): BuiltPlan | undefined {
  const { settings, problems } = context
  const moved = addTransfers(context)
  if (problems.errorCount > 0) return undefined
  let graph = addCreateDirs(moved.graph, context)
  if (settings.cleanup === 'constraint') graph = addConstraintCleanup(graph, context, moved.arrival)
  if (settings.cleanup === 'inplace') graph = addInPlaceCleanup(graph, context, moved.arrival)
  if (settings.cleanup !== 'none') {
    warnOfResults(graph, context)
    graph = addLeafCleanup(graph, context)
  }
  if (problems.errorCount > 0) return undefined
  return {
    request,
    context,
    graph: graph.nodes.count === 0 ? noopGraph(context) : graph,
    arrival: moved.arrival,
  }
}

/** Most files that the warning names. */
const NAMED_FILES = 5

function warnOfResults(graph: NodeGraph, context: PlanContext): void {
  for (const [site, lfns] of stayingBySite(graph, context)) {
    const more = lfns.length > NAMED_FILES ? `, and ${lfns.length - NAMED_FILES} more` : ''
    context.problems.warning(
      'RESULTS_IN_SCRATCH',
      'results stay in the scratch directory of the run, which is therefore not removed',
      {
        where: `site ${context.sites.at(site).name}`,
        found: `${lfns.slice(0, NAMED_FILES).join(', ')}${more}`,
        remedy: 'name an output site',
      },
    )
  }
}

/** A DAG needs a node: when everything is reused it has one that does nothing. */
function noopGraph(context: PlanContext): NodeGraph {
  const builder = startGraph(NO_EDGES)
  const site = context.sites.local.index
  builder.addNode('noop', { site, dirSite: -1, level: -1, number: 0, unit: -1, isRemote: false })
  return builder.finish()
}

function replicaSources(request: PlanRequest, settings: PlanSettings): readonly ReplicaSource[] {
  const sources: ReplicaSource[] = []
  const add = (name: string, catalog: ReplicaSource['catalog'] | undefined, isMerged: boolean): void => {
    if (catalog !== undefined) sources.push({ name, catalog, isMerged })
  }
  add('cache', request.cache, settings.mergesCache)
  add('input directory', request.inputListing, false)
  add('workflow', request.workflow.replicaCatalog, settings.mergesInlineReplicas)
  add('parent workflow', request.inheritedReplicas, false)
  for (const catalog of request.earlierRuns ?? []) add('earlier run', catalog, false)
  add('replica catalog', request.replicas, false)
  return sources
}

function checkStagingSites(sites: SiteIndex, settings: PlanSettings, problems: PlanProblems): void {
  const { stagingSites } = settings
  if (stagingSites === undefined) return
  const names = typeof stagingSites === 'string' ? [stagingSites] : [...stagingSites.values()]
  for (const name of new Set(names)) {
    if (sites.get(name) === undefined) reportUnknownSite(sites, name, 'staging', problems)
  }
}

/** Memory is shared by the jobs of one machine only. */
function checkMemorySites(
  executing: readonly PlanSite[],
  settings: PlanSettings,
  problems: PlanProblems,
): void {
  const remote = executing.filter((site) => site.name !== LOCAL_SITE)
  if (settings.dataConfiguration !== 'memory' || remote.length === 0) return
  problems.error('BAD_OPTION', 'jobs with the data configuration memory run on the submit host only', {
    found: remote.map((site) => site.name).join(', '),
    allowed: LOCAL_SITE,
    remedy: 'plan for site local, or choose another data configuration',
  })
}

/** Checks what only shows when jobs have sites: scratch directories, addresses of servers, containers. */
function checkUse(context: PlanContext): void {
  const { problems, sites, units, assignment } = context
  for (const number of scratchSites(context)) {
    const site = sites.at(number)
    checkServers(site, problems)
    if (site.scratchPut !== undefined) continue
    problems.error('NO_SCRATCH', 'the staging site has no scratch directory that can be written', {
      where: `site ${site.name}`,
      allowed: 'a sharedScratch directory with a file server for put or all',
      remedy: 'add one in the site catalog, choose a staging site, or use the data configuration condorio',
    })
  }
  for (const site of context.outputSites) checkServers(site, problems)
  const refused = new Set<number>()
  for (let unit = 0; unit < units.unitCount; unit++) {
    const configuration = DATA_CONFIGURATIONS[units.configurationOf[unit]!] ?? 'condorio'
    if (configuration !== 'memory' && configuration !== 'sharedfs') continue
    const task = units.tasks[units.taskStart[unit]!]!
    const executable = assignment.executables[assignment.executableOf[task]!]
    if (executable?.container === undefined || refused.has(executable.index)) continue
    // The planner of Pegasus refuses its containers here; root trees are ours.
    if (configuration === 'sharedfs' && executable.container.type === 'bubblewrap') continue
    refused.add(executable.index)
    const problem =
      configuration === 'memory'
        ? 'functions in the memory of the engine run in no container'
        : 'containers of this type are not planned with the data configuration sharedfs'
    problems.error('CONTAINER_NOT_SUPPORTED', problem, {
      where: `transformation ${executable.transformationId}`,
      found: `container ${executable.container.name}`,
      allowed: 'the data configurations nonsharedfs, condorio; with sharedfs containers of type bubblewrap',
    })
  }
}
