import type { Job } from '../model/job.ts'
import { transformationId } from '../model/job.ts'
import { type Profile, profileValue } from '../model/profile.ts'
import type { Executable } from './assign/executable.ts'
import type { BuiltPlan } from './build-plan.ts'
import type { PlanContext } from './context.ts'
import { jobCategory, jobPriority, jobRetries } from './job-settings.ts'
import { makeWork } from './make-work.ts'
import { KIND, NODE_KINDS } from './node-graph.ts'
import { nodeName } from './node-name.ts'
import type {
  PlanCluster,
  PlanExecutable,
  PlanInput,
  PlanJob,
  PlanMember,
  PlanOutput,
  PlanPlace,
  PlanTask,
} from './plan.ts'
import type { PlanSite } from './site-index.ts'
import { USE } from './task-table.ts'
import { fileFacts, knownFile } from './transfer/known-file.ts'
import { directReplicas } from './transfer/place.ts'
import { type RankedReplica, rankReplicas } from './transfer/rank-replicas.ts'
import { ARRIVAL } from './transfer/transfer-state.ts'
import { configurationOf, scratchPath, scratchUrl } from './transfer/urls.ts'

/** What making jobs needs besides the plan: where their entries are, and their levels. */
export interface JobTables {
  readonly built: BuiltPlan
  readonly entryStart: Uint32Array
  readonly entries: Uint32Array
  /** Level of each node, from 0. */
  readonly level: Uint32Array
  /** Sites where results stay in the scratch directory. */
  readonly sitesWithResults: { has(site: number): boolean }
}

/** Makes the full description of a job. */
export function makeJob(tables: JobTables, node: number): PlanJob {
  const { built, level } = tables
  const { graph, context } = built
  const { nodes } = graph
  const kind = nodes.kind[node]!
  const unit = nodes.unit[node]!
  const site = context.sites.at(nodes.site[node]!)
  const dirSite = nodes.dirSite[node]!
  const runsTasks = kind === KIND.compute || kind === KIND.sub_workflow || kind === KIND.sub_dag
  const profiles = runsTasks ? unitProfiles(context, unit) : context.assignment.profiles.ofSite(site)
  return {
    number: node,
    name: nodeName(graph, context, node),
    kind: NODE_KINDS[kind] ?? 'noop',
    site: site.name,
    stagingSite: dirSite < 0 || kind === KIND.registration ? undefined : context.sites.at(dirSite).name,
    level: level[node]! + 1,
    priority: jobPriority(kind, level[node]! + 1, runsTasks ? profiles : []),
    category: jobCategory(kind, nodes.level[node]! < 0, runsTasks ? profiles : []),
    retries: jobRetries(profiles, context.settings),
    dataConfiguration: runsTasks ? configurationOf(context, unit) : undefined,
    tasks: runsTasks ? unitTasks(context, unit) : [],
    cluster: runsTasks ? clusterOf(context, unit) : undefined,
    inputs: runsTasks ? unitInputs(built, unit) : [],
    outputs: runsTasks ? unitOutputs(built, unit) : [],
    ...makeWork(tables, node),
    profiles,
  }
}

function clusterOf(context: PlanContext, unit: number): PlanCluster | undefined {
  const cluster = context.units.clusters.get(unit)
  return cluster === undefined ? undefined : { style: cluster.style, reason: cluster.reason }
}

/** Profiles of a unit; those of a cluster are merged: run times add up, of other numbers the largest counts. */
function unitProfiles(context: PlanContext, unit: number): readonly Profile[] {
  const { units } = context
  const first = units.taskStart[unit]!
  const end = units.taskStart[unit + 1]!
  const own = taskProfiles(context, units.tasks[first]!)
  if (end - first === 1) return own
  const merged = new Map(own.map((profile) => [`${profile.namespace}\n${profile.key}`, profile]))
  for (let k = first + 1; k < end; k++) {
    for (const profile of taskProfiles(context, units.tasks[k]!)) {
      const key = `${profile.namespace}\n${profile.key}`
      const before = merged.get(key)
      merged.set(key, before === undefined ? profile : combine(before, profile))
    }
  }
  return clusterCores([...merged.values()])
}

/** A cluster takes as many cores as `pegasus.clusters.cores` says, and memory for all tasks that then run at a time. */
function clusterCores(merged: readonly Profile[]): readonly Profile[] {
  const each = coresOf(merged)
  const wanted = Number(profileValue(merged, 'pegasus', 'clusters.cores') ?? Number.NaN)
  if (!(wanted > each)) return merged
  const memoryMb = Number(profileValue(merged, 'pegasus', 'memory') ?? Number.NaN)
  const changed = [
    { namespace: 'pegasus', key: 'cores', value: String(wanted) } as const,
    ...(memoryMb > 0
      ? [
          {
            namespace: 'pegasus',
            key: 'memory',
            value: String(memoryMb * Math.floor(wanted / each)),
          } as const,
        ]
      : []),
  ]
  const isChanged = (profile: Profile): boolean =>
    changed.some(({ namespace, key }) => namespace === profile.namespace && key === profile.key)
  return [...merged.filter((profile) => !isChanged(profile)), ...changed]
}

function coresOf(profiles: readonly Profile[]): number {
  const cores = Number(profileValue(profiles, 'pegasus', 'cores') ?? 1)
  return cores > 0 ? cores : 1
}

function combine(first: Profile, second: Profile): Profile {
  const a = Number(first.value)
  const b = Number(second.value)
  if (first.value.trim() === '' || !Number.isFinite(a) || !Number.isFinite(b)) return first
  const isSum = first.namespace === 'pegasus' && (first.key === 'runtime' || first.key === 'maxwalltime')
  return { ...first, value: String(isSum ? a + b : Math.max(a, b)) }
}

function taskProfiles(context: PlanContext, task: number): readonly Profile[] {
  const { tasks, assignment, sites } = context
  const job = tasks.jobs[task]
  const executable = assignment.executables[assignment.executableOf[task]!]
  if (job === undefined) return []
  return assignment.profiles.all(job, sites.at(assignment.siteOf[task]!), executable?.profiles ?? [])
}

function unitTasks(context: PlanContext, unit: number): readonly PlanTask[] {
  const { units, tasks, assignment } = context
  const made: PlanTask[] = []
  const members = membersOf(context, unit)
  const first = units.taskStart[unit]!
  for (let k = first; k < units.taskStart[unit + 1]!; k++) {
    const task = units.tasks[k]!
    const member = members[k - first]
    const job = tasks.jobs[task]
    if (job === undefined) continue
    const profiles = taskProfiles(context, task)
    const seconds = Number(profileValue(profiles, 'pegasus', 'runtime') ?? Number.NaN)
    made.push({
      id: job.id,
      type: job.type,
      transformation: job.type === 'job' ? transformationId(job) : job.file,
      executable: describeExecutable(context, job, assignment.executables[assignment.executableOf[task]!]),
      arguments: job.arguments,
      stdin: job.stdin,
      stdout: job.stdout,
      stderr: job.stderr,
      hooks: job.hooks,
      metadata: job.metadata,
      environment: profiles
        .filter((p) => p.namespace === 'env')
        .map(({ key, value }) => [key, value] as const),
      runtimeSeconds: Number.isFinite(seconds) ? seconds : undefined,
      member: member === undefined ? undefined : { ...member, cores: coresOf(profiles) },
    })
  }
  return made
}

/** What the tasks of a cluster need of each other; nothing for a task that stands alone. */
function membersOf(context: PlanContext, unit: number): readonly Omit<PlanMember, 'cores'>[] {
  const { units, tasks } = context
  const members = units.tasks.subarray(units.taskStart[unit], units.taskStart[unit + 1])
  if (members.length === 1) return []
  const { childStart, children } = tasks.graph
  const places = new Map([...members].map((task, at) => [task, at]))
  const after: number[][] = Array.from(members, () => [])
  members.forEach((task, at) => {
    for (const child of children.subarray(childStart[task], childStart[task + 1]))
      after[places.get(child) ?? -1]?.push(at)
  })
  const lfnsOf = ({ start, file }: PlanContext['tasks']['inputs'], task: number): readonly string[] =>
    Array.from(file.subarray(start[task], start[task + 1]), (number) => tasks.lfns[number] ?? '')
  return Array.from(members, (task, at) => ({
    reads: lfnsOf(tasks.inputs, task),
    writes: lfnsOf(tasks.outputs, task),
    after: after[at] ?? [],
  }))
}

function describeExecutable(
  context: PlanContext,
  job: Job,
  executable: Executable | undefined,
): PlanExecutable {
  if (job.type !== 'job') {
    const locations = context.replicas.find(job.file)?.locations ?? []
    const local = context.sites.local
    const place = { runsLocally: true, destination: local }
    const [location] = rankReplicas(locations, place, context.sites, context.settings)
    return { type: job.type === 'pegasusWorkflow' ? 'workflow' : 'dag', lfn: job.file, location }
  }
  const container = executable?.container
  if (executable?.pinnedPfn !== undefined) return { type: 'installed', path: executable.pinnedPfn, container }
  const entry = executable?.entry
  if (entry === undefined) return { type: 'function', name: transformationId(job) }
  if (entry.type === 'installed') return { type: 'installed', path: entry.pfn, container }
  return { type: 'staged', lfn: executable?.companions[0]?.lfn ?? job.name, container }
}

function unitInputs(built: BuiltPlan, unit: number): readonly PlanInput[] {
  const { context, arrival } = built
  const { units } = context
  const configuration = configurationOf(context, unit)
  const staging = context.sites.at(units.stagingOf[unit]!)
  const inputs: PlanInput[] = []
  for (let i = units.inputs.start[unit]!; i < units.inputs.start[unit + 1]!; i++) {
    const file = units.inputs.file[i]!
    const flags = units.inputs.flags[i]!
    const lfn = units.files.lfns[file] ?? ''
    const way = arrival[i]!
    const isAbsent = way === ARRIVAL.absent
    const isDirect = way === ARRIVAL.direct
    const facts = fileFacts(context, file)
    inputs.push({
      lfn,
      sizeBytes: facts.sizeBytes,
      from: isAbsent ? 'absent' : isDirect ? 'replica' : 'staging',
      sources: isAbsent
        ? []
        : isDirect
          ? directSources(context, unit, file)
          : [
              {
                site: staging.name,
                url: scratchUrl(context, staging, lfn, 'get', configuration),
                priority: 100,
              },
            ],
      path: scratchPath(context, lfn, configuration),
      isOptional: (flags & USE.optional) !== 0,
      isExecutable: (flags & USE.executable) !== 0,
      containerType: facts.containerType,
      sha256: facts.sha256,
    })
  }
  return inputs
}

function directSources(context: PlanContext, unit: number, file: number): readonly RankedReplica[] {
  const { units, sites } = context
  const known = knownFile(context, file)
  if (known === undefined) return []
  const lfn = units.files.lfns[file] ?? ''
  const direct = directReplicas(
    lfn,
    known.locations,
    configurationOf(context, unit),
    sites.at(units.siteOf[unit]!),
  )
  if (direct.length > 0) return direct
  return rankReplicas(
    known.locations,
    { runsLocally: true, destination: sites.local },
    sites,
    context.settings,
  )
}

function unitOutputs(built: BuiltPlan, unit: number): readonly PlanOutput[] {
  const { context } = built
  const { units } = context
  const configuration = configurationOf(context, unit)
  const staging = context.sites.at(units.stagingOf[unit]!)
  const outputs: PlanOutput[] = []
  for (let i = units.outputs.start[unit]!; i < units.outputs.start[unit + 1]!; i++) {
    const file = units.outputs.file[i]!
    const flags = units.outputs.flags[i]!
    const lfn = units.files.lfns[file] ?? ''
    outputs.push({
      lfn,
      sizeBytes: fileFacts(context, file).sizeBytes,
      target: { site: staging.name, url: scratchUrl(context, staging, lfn, 'put', configuration) },
      path: scratchPath(context, lfn, configuration),
      isStagedOut: (flags & USE.stageOut) !== 0,
      isCheckpoint: (flags & USE.checkpoint) !== 0,
      deliverTo: deliveries(context, unit, file, staging),
    })
  }
  return outputs
}

/** Scratch directories of readers that are elsewhere, of an output of a sub-workflow; others are pulled by inter-site jobs. */
function deliveries(
  context: PlanContext,
  unit: number,
  file: number,
  staging: PlanSite,
): readonly PlanPlace[] {
  const { units, sites, tasks } = context
  const job = tasks.jobs[units.tasks[units.taskStart[unit]!]!]
  if (job?.type !== 'pegasusWorkflow') return []
  const places = new Map<string, PlanPlace>()
  const lfn = units.files.lfns[file] ?? ''
  for (let c = units.graph.childStart[unit]!; c < units.graph.childStart[unit + 1]!; c++) {
    const reader = units.graph.children[c]!
    const site = sites.at(units.stagingOf[reader]!)
    if (site === staging || !reads(units, reader, file)) continue
    places.set(site.name, {
      site: site.name,
      url: scratchUrl(context, site, lfn, 'put', configurationOf(context, reader)),
    })
  }
  return [...places.values()]
}

function reads(units: PlanContext['units'], unit: number, file: number): boolean {
  for (let i = units.inputs.start[unit]!; i < units.inputs.start[unit + 1]!; i++)
    if (units.inputs.file[i] === file) return true
  return false
}
