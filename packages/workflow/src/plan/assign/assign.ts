import type { Job } from '../../model/job.ts'
import { profileValue } from '../../model/profile.ts'
import { DATA_CONFIGURATIONS, type DataConfiguration } from '../options.ts'
import type { PlanProblems } from '../problem.ts'
import { FATE, type Reuse } from '../reuse.ts'
import type { PlanSettings } from '../settings.ts'
import { type PlanSite, reportUnknownSite, type SiteIndex } from '../site-index.ts'
import { type TaskTable, taskTitle } from '../task-table.ts'
import type { TransformationIndex } from '../transformation-index.ts'
import { CandidateFinder, type Candidates, pinnedPfn, pinnedSite, reportNoSite } from './candidates.ts'
import { type Executable, ExecutableTable } from './executable.ts'
import { ProfileLayers } from './profiles.ts'
import { selectSites } from './select-site.ts'

/** Where and how every kept task runs. */
export interface Assignment {
  /** Site number per task, -1 for tasks that are not planned. */
  readonly siteOf: Int32Array
  /** Site through whose scratch directory the files of the task go. */
  readonly stagingOf: Int32Array
  /** Position in `DATA_CONFIGURATIONS`. */
  readonly configurationOf: Uint8Array
  /** Number of the executable, -1 for sub-workflows. */
  readonly executableOf: Int32Array
  readonly executables: readonly Executable[]
  readonly candidates: CandidateFinder
  readonly profiles: ProfileLayers
}

/** What {@link assignTasks} needs. */
export interface AssignInput {
  readonly tasks: TaskTable
  readonly reuse: Reuse
  readonly sites: SiteIndex
  readonly executionSites: readonly PlanSite[]
  readonly transformations: TransformationIndex
  readonly settings: PlanSettings
}

/** Run time that HEFT assumes of a job without the profile `runtime`, seconds. */
const DEFAULT_RUNTIME_SECONDS = 60

/** Selects site, executable, data configuration and staging site of every kept task. */
export function assignTasks(input: AssignInput, problems: PlanProblems): Assignment {
  const { tasks, settings, transformations } = input
  const candidates = new CandidateFinder(
    transformations,
    input.executionSites,
    settings.transformationSelector,
    settings.dataConfiguration,
  )
  const profiles = new ProfileLayers(tasks.workflow, settings)
  const siteOf = new Int32Array(tasks.taskCount).fill(-1)
  const open = placePinned(input, candidates, siteOf, problems)
  transformations.check(candidates.used, problems)
  if (problems.errorCount === 0) {
    selectSites(
      {
        tasks,
        graph: input.reuse.graph,
        open,
        candidatesOf: (task) => candidatesOf(candidates, tasks, task),
        settings,
        sites: input.executionSites,
        seconds: (task, site) => runtimeOn(input, profiles, candidates, task, site),
      },
      siteOf,
    )
  }
  return { ...decide(input, profiles, siteOf), siteOf, candidates, profiles }
}

/** Places sub-workflows on `local` and pinned jobs on their site; returns the tasks that are left to the selector. */
function placePinned(
  input: AssignInput,
  finder: CandidateFinder,
  siteOf: Int32Array,
  problems: PlanProblems,
): Uint32Array {
  const { tasks, reuse, sites, executionSites, transformations } = input
  const open = new Uint32Array(tasks.taskCount)
  const reported = new Set<string>()
  let openCount = 0
  tasks.jobs.forEach((job, task) => {
    if (reuse.fate[task] !== FATE.kept) return
    if (job.type !== 'job') {
      siteOf[task] = sites.local.index
      return
    }
    const candidates = finder.of(job)
    const pinned = pinnedSite(job)
    if (pinned !== undefined) {
      const site = sites.get(pinned)
      if (site === undefined) reportUnknownSite(sites, pinned, `pinned (${taskTitle(job)})`, problems)
      else if (!executionSites.includes(site)) reportForeignPin(job, pinned, executionSites, problems)
      else if (pinnedPfn(job) !== undefined || isCandidate(candidates, site)) siteOf[task] = site.index
      else reportNoSite(job, candidates, [site], problems)
      return
    }
    if (candidates.sites.length > 0 || pinnedPfn(job) !== undefined) {
      if (candidates.sites.length > 0) open[openCount++] = task
      else siteOf[task] = executionSites[0]?.index ?? -1
      return
    }
    // One message per transformation: a thousand jobs lack the same entry.
    if (reported.has(candidates.id)) return
    reported.add(candidates.id)
    if (candidates.transformation === undefined) {
      transformations.reportUnknown(candidates.id, taskTitle(job), problems)
    } else reportNoSite(job, candidates, executionSites, problems)
  })
  return open.slice(0, openCount)
}

function reportForeignPin(
  job: Job,
  pinned: string,
  executionSites: readonly PlanSite[],
  problems: PlanProblems,
): void {
  problems.error('UNKNOWN_SITE', 'a profile pins the job to a site that the plan does not use', {
    where: taskTitle(job),
    found: pinned,
    allowed: executionSites.map((site) => site.name).join(', '),
    remedy: `plan with site ${pinned}, or remove the profile selector execution.site`,
  })
}

function isCandidate(candidates: Candidates, site: PlanSite): boolean {
  return candidates.sites.some((candidate) => candidate.site === site)
}

function candidatesOf(finder: CandidateFinder, tasks: TaskTable, task: number): Candidates {
  const job = tasks.jobs[task]
  if (job?.type !== 'job') return { id: '', transformation: undefined, sites: [] }
  return finder.of(job)
}

function runtimeOn(
  input: AssignInput,
  profiles: ProfileLayers,
  finder: CandidateFinder,
  task: number,
  site: PlanSite,
): number {
  const job = input.tasks.jobs[task]
  if (job?.type !== 'job') return 0
  const { sites, transformation } = finder.of(job)
  const entry = sites.find((candidate) => candidate.site === site)?.entries[0]
  const executable = [...(transformation?.profiles ?? []), ...(entry?.profiles ?? [])]
  const text = profiles.value(job, site, executable, 'pegasus', 'runtime')
  const seconds = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : DEFAULT_RUNTIME_SECONDS
}

function decide(
  input: AssignInput,
  profiles: ProfileLayers,
  siteOf: Int32Array,
): Pick<Assignment, 'stagingOf' | 'configurationOf' | 'executableOf' | 'executables'> {
  const { tasks, sites, settings } = input
  const table = new ExecutableTable(input.transformations, settings)
  const stagingOf = new Int32Array(tasks.taskCount).fill(-1)
  const configurationOf = new Uint8Array(tasks.taskCount)
  const executableOf = new Int32Array(tasks.taskCount).fill(-1)
  tasks.jobs.forEach((job, task) => {
    const siteNumber = siteOf[task]!
    if (siteNumber < 0) return
    const site = sites.at(siteNumber)
    const executable = job.type === 'job' ? table.of(job, site, pinnedPfn(job)) : undefined
    if (executable !== undefined) executableOf[task] = executable.index
    const configuration = configurationFor(
      profiles.value(job, site, executable?.profiles ?? [], 'pegasus', 'data.configuration'),
      settings,
    )
    configurationOf[task] = DATA_CONFIGURATIONS.indexOf(configuration)
    stagingOf[task] = stagingSite(configuration, site, sites, settings).index
  })
  return { stagingOf, configurationOf, executableOf, executables: table.list }
}

function configurationFor(profile: string | undefined, settings: PlanSettings): DataConfiguration {
  // Memory is a property of the whole run.
  if (profile === undefined || settings.dataConfiguration === 'memory') return settings.dataConfiguration
  return DATA_CONFIGURATIONS.find((known) => known === profile.toLowerCase()) ?? settings.dataConfiguration
}

function stagingSite(
  configuration: DataConfiguration,
  site: PlanSite,
  sites: SiteIndex,
  settings: PlanSettings,
): PlanSite {
  if (configuration === 'condorio' || configuration === 'memory') return sites.local
  if (configuration === 'sharedfs') return site
  const { stagingSites } = settings
  const name = typeof stagingSites === 'string' ? stagingSites : stagingSites?.get(site.name)
  return (name === undefined ? undefined : sites.get(name)) ?? site
}

/** Data configurations that a profile can give to a job or site. */
const PROFILE_CONFIGURATIONS = DATA_CONFIGURATIONS.filter((known) => known !== 'memory')

/** Checks profiles that decide the plan: a bad word is an error, not a silent default. */
export function checkDataConfigurations(input: AssignInput, problems: PlanProblems): void {
  const check = (value: string | undefined, where: string): void => {
    if (value === undefined || PROFILE_CONFIGURATIONS.some((known) => known === value.toLowerCase())) return
    problems.unknownWord('BAD_PROFILE', 'unknown data configuration', value, PROFILE_CONFIGURATIONS, {
      where,
    })
  }
  for (const site of input.sites.sites) {
    check(profileValue(site.site.profiles, 'pegasus', 'data.configuration'), `site ${site.name}`)
  }
  for (const job of input.tasks.jobs) {
    check(profileValue(job.profiles, 'pegasus', 'data.configuration'), taskTitle(job))
  }
}
