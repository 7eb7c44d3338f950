import type { Grid } from '../model/site-catalog.ts'
import { entriesByNode } from '../plan/cleanup/removable.ts'
import { nodesOf } from '../plan/cluster/auto.ts'
import { ACTION, KIND } from '../plan/node-graph.ts'
import type { Plan } from '../plan/plan.ts'
import type { ForecastAssumptions } from './forecast.ts'
import { KeyHeap } from './key-heap.ts'

/** Outcome of a run on paper. */
export interface SimulatedRun {
  readonly wallSeconds: number
  readonly peakScratchBytes: ReadonlyMap<string, number>
  readonly writtenScratchBytes: ReadonlyMap<string, number>
}

/** Most jobs of a site that run at a time. */
const MAX_SLOTS = 100_000

/**
 * Runs a plan on paper: each site runs as many jobs as it has slots, the submit host any number of transfer jobs,
 * ready jobs in the order of their numbers; files take scratch space from the end of the job that writes them to the
 * end of the job that removes them.
 */
export function simulateRun(
  plan: Plan,
  seconds: Float64Array,
  sizes: Float64Array,
  assumptions: ForecastAssumptions,
): SimulatedRun {
  const { graph, context } = plan.built
  const { parentStart, childStart, children } = graph.digraph
  const free = context.sites.sites.map((site) => slotCount(site.site.grids, assumptions))
  const waiting = new Uint32Array(plan.jobCount)
  const queues = context.sites.sites.map(() => new KeyHeap())
  const running = new KeyHeap()
  const scratch = new ScratchMeter(plan, sizes, assumptions)
  let now = 0
  const start = (site: number): void => {
    const queue = queues[site]
    while (queue !== undefined && queue.size > 0 && (free[site] ?? 0) > 0) {
      const node = queue.take()
      free[site] = (free[site] ?? 0) - 1
      running.add(node, now + seconds[node]!)
    }
  }
  const offer = (node: number): void => {
    if (graph.nodes.kind[node] !== KIND.compute) running.add(node, now + seconds[node]!)
    else queues[graph.nodes.site[node]!]?.add(node, node)
  }
  for (let node = 0; node < plan.jobCount; node++) {
    waiting[node] = parentStart[node + 1]! - parentStart[node]!
    if (waiting[node] === 0) offer(node)
  }
  queues.forEach((_, site) => start(site))
  while (running.size > 0) {
    now = running.leastKey
    const node = running.take()
    scratch.finish(node)
    const site = graph.nodes.site[node]!
    if (graph.nodes.kind[node] === KIND.compute) free[site] = (free[site] ?? 0) + 1
    const touched = new Set([site])
    for (let i = childStart[node]!; i < childStart[node + 1]!; i++) {
      const child = children[i]!
      if (--waiting[child]! > 0) continue
      offer(child)
      touched.add(graph.nodes.site[child]!)
    }
    for (const other of touched) start(other)
  }
  return { wallSeconds: now, ...scratch.bytes() }
}

function slotCount(grids: readonly Grid[], assumptions: ForecastAssumptions): number {
  return Math.max(1, Math.min(MAX_SLOTS, nodesOf(grids) ?? Math.floor(assumptions.slotsPerSite)))
}

/** Bytes in scratch directories while jobs end. */
class ScratchMeter {
  readonly #plan: Plan
  readonly #sizes: Float64Array
  readonly #unknownBytes: number
  readonly #entries: { readonly start: Uint32Array; readonly members: Uint32Array }
  readonly #used: Float64Array
  readonly #peak: Float64Array
  readonly #written: Float64Array

  constructor(plan: Plan, sizes: Float64Array, assumptions: ForecastAssumptions) {
    const { context, graph } = plan.built
    this.#plan = plan
    this.#sizes = sizes
    this.#unknownBytes = assumptions.unknownBytes
    this.#entries = entriesByNode(graph)
    this.#used = new Float64Array(context.sites.sites.length)
    this.#peak = new Float64Array(context.sites.sites.length)
    this.#written = new Float64Array(context.sites.sites.length)
  }

  finish(node: number): void {
    const { graph, context } = this.#plan.built
    const { units, settings } = context
    const unit = graph.nodes.unit[node]!
    if (graph.nodes.kind[node] === KIND.compute && settings.dataConfiguration !== 'memory') {
      const site = graph.nodes.dirSite[node]!
      for (let i = units.outputs.start[unit]!; i < units.outputs.start[unit + 1]!; i++) {
        this.#add(site, this.#bytes(units.outputs.file[i]!))
      }
    }
    const { action, file, to } = graph.entries
    let last = -1
    for (let k = this.#entries.start[node]!; k < this.#entries.start[node + 1]!; k++) {
      const i = this.#entries.members[k]!
      const site = to[i]!
      if (action[i] === ACTION.stageIn || action[i] === ACTION.interSite)
        this.#add(site, this.#bytes(file[i]!))
      // A file that is listed twice is there once.
      else if (action[i] === ACTION.removeFile && file[i] !== last) this.#add(site, -this.#bytes(file[i]!))
      else if (action[i] === ACTION.removeDir) this.#used[site] = 0
      last = file[i]!
    }
  }

  bytes(): Omit<SimulatedRun, 'wallSeconds'> {
    return { peakScratchBytes: this.#bySite(this.#peak), writtenScratchBytes: this.#bySite(this.#written) }
  }

  #bySite(bytes: Float64Array): ReadonlyMap<string, number> {
    const { sites } = this.#plan.built.context
    const known = new Map<string, number>()
    bytes.forEach((count, site) => {
      if (count > 0) known.set(sites.at(site).name, count)
    })
    return known
  }

  #bytes(file: number): number {
    const size = this.#sizes[file]!
    return Number.isNaN(size) ? this.#unknownBytes : size
  }

  #add(site: number, bytes: number): void {
    this.#used[site] = Math.max(0, this.#used[site]! + bytes)
    if (bytes > 0) this.#written[site] = this.#written[site]! + bytes
    if (this.#used[site] > this.#peak[site]!) this.#peak[site] = this.#used[site]
  }
}
