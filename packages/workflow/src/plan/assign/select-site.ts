import type { Digraph } from '../../graph/digraph.ts'
import { type Levels, topologicalLevels } from '../../graph/order.ts'
import { profileValue } from '../../model/profile.ts'
import type { PlanSettings } from '../settings.ts'
import type { PlanSite } from '../site-index.ts'
import type { TaskTable } from '../task-table.ts'
import type { Candidates } from './candidates.ts'
import { heftSites } from './heft.ts'
import { seededRandom } from './random.ts'

/** What a site selector works on. */
export interface SiteChoice {
  readonly tasks: TaskTable
  /** Graph of the tasks that are planned. */
  readonly graph: Digraph
  /** Tasks to place, in the order of the workflow: compute jobs without a pinned site. */
  readonly open: Uint32Array
  /** Candidates per task. */
  readonly candidatesOf: (task: number) => Candidates
  readonly settings: PlanSettings
  readonly sites: readonly PlanSite[]
  /** Run time of a task on a site, seconds. */
  readonly seconds: (task: number, site: PlanSite) => number
}

type Selector = (choice: SiteChoice, siteOf: Int32Array) => void

const SELECTORS: Readonly<Record<PlanSettings['siteSelector'], Selector>> = {
  Random: selectRandom,
  RoundRobin: selectRoundRobin,
  Group: selectByGroup,
  Heft: heftSites,
}

/** Chooses a site number for every open task and writes it into `siteOf`. */
export function selectSites(choice: SiteChoice, siteOf: Int32Array): void {
  if (choice.sites.length === 1) {
    for (const task of choice.open) siteOf[task] = choice.sites[0]?.index ?? 0
    return
  }
  SELECTORS[choice.settings.siteSelector](choice, siteOf)
}

function selectRandom(choice: SiteChoice, siteOf: Int32Array): void {
  const random = seededRandom(choice.settings.seed)
  for (const task of choice.open) {
    const { sites } = choice.candidatesOf(task)
    siteOf[task] = sites[Math.floor(random() * sites.length)]?.site.index ?? -1
  }
}

/** On each level a job goes to the candidate that has the fewest jobs of that level. */
function selectRoundRobin(choice: SiteChoice, siteOf: Int32Array): void {
  const { level }: Levels = topologicalLevels(choice.graph)
  const load = new Map<number, Uint32Array>()
  for (const task of choice.open) {
    const counts = load.get(level[task]!) ?? new Uint32Array(maxIndex(choice.sites) + 1)
    load.set(level[task]!, counts)
    let best = -1
    for (const { site } of choice.candidatesOf(task).sites) {
      if (best < 0 || counts[site.index]! < counts[best]!) best = site.index
    }
    siteOf[task] = best
    if (best >= 0) counts[best]!++
  }
}

/** Jobs with the same profile `group` go to one site that can run all of them; the others are placed one by one. */
function selectByGroup(choice: SiteChoice, siteOf: Int32Array): void {
  const random = seededRandom(choice.settings.seed)
  const groups = new Map<string, number[]>()
  for (const task of choice.open) {
    const group = profileValue(choice.tasks.jobs[task]?.profiles ?? [], 'pegasus', 'group')
    const key = group === undefined ? `job ${task}` : `group ${group}`
    const members = groups.get(key)
    if (members === undefined) groups.set(key, [task])
    else members.push(task)
  }
  for (const members of groups.values()) {
    const shared = sharedSites(members.map((task) => choice.candidatesOf(task)))
    const pick = shared[Math.floor(random() * shared.length)]
    for (const task of members) {
      siteOf[task] = pick ?? choice.candidatesOf(task).sites[0]?.site.index ?? -1
    }
  }
}

function sharedSites(candidates: readonly Candidates[]): readonly number[] {
  const unique = [...new Set(candidates)]
  const first = unique[0]?.sites.map(({ site }) => site.index) ?? []
  return first.filter((index) => unique.every(({ sites }) => sites.some(({ site }) => site.index === index)))
}

function maxIndex(sites: readonly PlanSite[]): number {
  return sites.reduce((max, site) => Math.max(max, site.index), 0)
}
