import { topologicalOrder } from '../../graph/order.ts'
import type { Grid } from '../../model/site-catalog.ts'
import type { PlanSite } from '../site-index.ts'
import type { SiteChoice } from './select-site.ts'

/** Slots of a site whose catalog entry does not say how many nodes are idle. */
const DEFAULT_SLOTS = 20
/** More slots than this make no difference to the choice but cost time. */
const MAX_SLOTS = 10_000
/** Assumed rate between two sites, bytes per second. */
const BYTES_PER_SECOND = 50e6
/** Assumed start-up time of a transfer between two sites, seconds. */
const TRANSFER_START_SECONDS = 1
/** Size of a file whose size is unknown, bytes. */
const UNKNOWN_SIZE_BYTES = 10e6

/**
 * Heterogeneous earliest finish time: tasks by falling upward rank, each to the site where it would finish first.
 * Source: Topcuoglu, Hariri and Wu 2002, IEEE Trans. Parallel Distrib. Syst. 13, 260; without insertion into gaps.
 */
export function heftSites(choice: SiteChoice, siteOf: Int32Array): void {
  const { tasks, graph } = choice
  const isOpen = new Uint8Array(tasks.taskCount)
  for (const task of choice.open) isOpen[task] = 1
  const order = topologicalOrder(graph)
  const moveSeconds = transferSeconds(choice)
  const rank = new Float64Array(tasks.taskCount)
  for (let k = order.length - 1; k >= 0; k--) {
    const task = order[k]!
    let longest = 0
    for (let i = graph.childStart[task]!; i < graph.childStart[task + 1]!; i++) {
      longest = Math.max(longest, moveSeconds(task) + rank[graph.children[i]!]!)
    }
    rank[task] = longest + (isOpen[task] === 1 ? meanSeconds(choice, task) : 0)
  }
  // Sorting by rank keeps parents before children: ranks fall along edges, and equal ranks keep the topological order.
  const byRank = [...order].sort((a, b) => rank[b]! - rank[a]!)
  const slots = new Map(choice.sites.map((site) => [site.index, new SlotHeap(slotCount(site))]))
  const finish = new Float64Array(tasks.taskCount)
  for (const task of byRank) {
    if (isOpen[task] === 0) continue
    placeTask(choice, task, siteOf, finish, slots, moveSeconds)
  }
}

function placeTask(
  choice: SiteChoice,
  task: number,
  siteOf: Int32Array,
  finish: Float64Array,
  slots: ReadonlyMap<number, SlotHeap>,
  moveSeconds: (task: number) => number,
): void {
  const { graph } = choice
  let best = -1
  let bestFinish = Number.POSITIVE_INFINITY
  for (const { site } of choice.candidatesOf(task).sites) {
    let ready = slots.get(site.index)?.earliest ?? 0
    for (let i = graph.parentStart[task]!; i < graph.parentStart[task + 1]!; i++) {
      const parent = graph.parents[i]!
      const move = siteOf[parent] === site.index ? 0 : moveSeconds(parent)
      ready = Math.max(ready, finish[parent]! + move)
    }
    const end = ready + choice.seconds(task, site)
    if (end < bestFinish) {
      best = site.index
      bestFinish = end
    }
  }
  siteOf[task] = best
  finish[task] = bestFinish
  slots.get(best)?.replaceEarliest(bestFinish)
}

function transferSeconds(choice: SiteChoice): (task: number) => number {
  const { outputs, sizeBytes, taskCount } = choice.tasks
  const seconds = new Float64Array(taskCount)
  for (let task = 0; task < taskCount; task++) {
    let bytes = 0
    for (let i = outputs.start[task]!; i < outputs.start[task + 1]!; i++) {
      const size = sizeBytes[outputs.file[i]!]!
      bytes += Number.isNaN(size) ? UNKNOWN_SIZE_BYTES : size
    }
    seconds[task] = TRANSFER_START_SECONDS + bytes / BYTES_PER_SECOND
  }
  return (task) => seconds[task]!
}

function meanSeconds(choice: SiteChoice, task: number): number {
  const { sites } = choice.candidatesOf(task)
  if (sites.length === 0) return 0
  return sites.reduce((sum, { site }) => sum + choice.seconds(task, site), 0) / sites.length
}

function slotCount(site: PlanSite): number {
  const grid: Grid | undefined = site.site.grids.find(
    (g) => g.jobType === undefined || g.jobType === 'compute',
  )
  const count = grid?.idleNodes ?? grid?.totalNodes ?? DEFAULT_SLOTS
  return Math.max(1, Math.min(MAX_SLOTS, Math.floor(count)))
}

/** Times at which the slots of a site become free, smallest on top. */
class SlotHeap {
  readonly #free: Float64Array

  constructor(count: number) {
    this.#free = new Float64Array(count)
  }

  get earliest(): number {
    return this.#free[0]!
  }

  /** The slot that is free first is busy until `time`. */
  replaceEarliest(time: number): void {
    const free = this.#free
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= free.length) break
      if (child + 1 < free.length && free[child + 1]! < free[child]!) child++
      if (free[child]! >= time) break
      free[at] = free[child]!
      at = child
    }
    free[at] = time
  }
}
