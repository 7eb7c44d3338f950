import type { PlanContext } from '../context.ts'
import { scratchSites } from '../create-dirs.ts'
import { ACTION, extendGraph, type GraphBuilder, KIND, type NodeGraph } from '../node-graph.ts'
import { directorySite } from '../transfer/place.ts'
import { ReadyHeap } from './ready-heap.ts'
import { ASSUMED_BYTES, MINIMUM_SIZE_PROPERTY, ScratchUse } from './scratch-use.ts'

/** Space of a site when the property does not say, bytes. */
const DEFAULT_SPACE_BYTES = 10 * 2 ** 30

/**
 * Constraint cleanup: runs the workflow on paper, one job after the other, always the job that needs least space
 * next; when the scratch space of a site would be exceeded, a cleanup node removes what is no longer used, and the
 * jobs that come later and write files wait for it. A last node removes the rest.
 *
 * Staged-in files stay until the directory is removed, as in the reference, and are counted.
 */
export function addConstraintCleanup(graph: NodeGraph, context: PlanContext, arrival: Uint8Array): NodeGraph {
  const builder = extendGraph(graph)
  const least = minimumFileBytes(context)
  for (const site of scratchSites(context, graph)) {
    const use = new ScratchUse(graph, context, arrival, site, least)
    new SpaceSimulation(graph, context, builder, use, site).run()
  }
  return builder.finish()
}

function minimumFileBytes(context: PlanContext): number {
  const text = context.settings.properties.get(MINIMUM_SIZE_PROPERTY)?.trim()
  if (text === undefined || text === '') return ASSUMED_BYTES
  const bytes = Number(text)
  if (Number.isFinite(bytes) && bytes >= 0) return bytes
  context.problems.error('BAD_PROPERTY', 'the least size of a file is not a number of bytes', {
    where: `property ${MINIMUM_SIZE_PROPERTY}`,
    found: text,
  })
  return ASSUMED_BYTES
}

/** What else helps when files count as larger than they may be. */
function estimateHint(isEstimated: boolean, least: number): string {
  if (!isEstimated) return ''
  return least > 0
    ? `, or set ${MINIMUM_SIZE_PROPERTY} to 0 when the sizes of all files are known`
    : ', or give the sizes of all files'
}

/** Bytes that may be used in the scratch directory of a site. */
export function scratchLimitBytes(context: PlanContext, site: number): number {
  const { properties } = context.settings
  const prefix = 'pegasus.file.cleanup.constraint'
  const text =
    properties.get(`${prefix}.${context.sites.at(site).name}.maxspace`) ??
    properties.get(`${prefix}.maxspace`)
  if (text === undefined) return DEFAULT_SPACE_BYTES
  const bytes = Number(text)
  return Number.isFinite(bytes) && bytes > 0 ? bytes : Number.NaN
}

/** One run on paper over the nodes of a plan for the scratch space of one site. */
class SpaceSimulation {
  readonly #graph: NodeGraph
  readonly #context: PlanContext
  readonly #builder: GraphBuilder
  readonly #use: ScratchUse
  readonly #site: number
  readonly #waiting: Uint32Array
  readonly #isDone: Uint8Array
  /** Number of the last cleanup node that a node comes after, 0 for none. */
  readonly #comesAfter: Uint32Array
  /** Removed nodes' numbers in the graph, by their number from 1. */
  readonly #cleanups: number[] = []
  readonly #ready: ReadyHeap
  #freeBytes: number
  /** Files that nobody uses any more but that are still there. */
  #garbage: number[] = []

  constructor(graph: NodeGraph, context: PlanContext, builder: GraphBuilder, use: ScratchUse, site: number) {
    this.#graph = graph
    this.#context = context
    this.#builder = builder
    this.#use = use
    this.#site = site
    this.#waiting = new Uint32Array(graph.nodes.count)
    this.#isDone = new Uint8Array(graph.nodes.count)
    this.#comesAfter = new Uint32Array(graph.nodes.count)
    this.#freeBytes = scratchLimitBytes(context, site)
    this.#ready = new ReadyHeap(graph.nodes.count)
  }

  run(): void {
    const { problems, sites } = this.#context
    if (Number.isNaN(this.#freeBytes)) {
      problems.error('BAD_PROPERTY', 'the space of a site is not a positive number of bytes', {
        where: `property pegasus.file.cleanup.constraint.${sites.at(this.#site).name}.maxspace`,
        allowed: 'bytes, such as 10737418240',
      })
      return
    }
    const { parentStart } = this.#graph.digraph
    for (let node = 0; node < this.#graph.nodes.count; node++) {
      this.#waiting[node] = parentStart[node + 1]! - parentStart[node]!
      if (this.#waiting[node] === 0) this.#offer(node)
    }
    for (let node = this.#ready.take(); node >= 0; node = this.#ready.take()) {
      if (!this.#execute(node)) return
    }
    if (this.#garbage.length > 0) this.#clean()
  }

  #offer(node: number): void {
    const needed = this.#use.neededBytes(node)
    this.#ready.offer(node, needed, needed - this.#use.freedBytes(node))
  }

  /** False when there is not enough space. */
  #execute(node: number): boolean {
    const needed = this.#use.neededBytes(node)
    if (needed > this.#freeBytes) {
      if (this.#garbage.length > 0) this.#clean()
      if (needed > this.#freeBytes) {
        this.#reportTooLittle(needed - this.#freeBytes)
        return false
      }
    }
    this.#freeBytes -= needed
    this.#isDone[node] = 1
    this.#comeAfterCleanups(node, needed)
    for (const { file, lastUser } of this.#use.execute(node)) {
      if (lastUser >= 0) {
        // One user is left: it now frees the file when it runs.
        if (this.#waiting[lastUser] === 0 && this.#isDone[lastUser] === 0) this.#offer(lastUser)
      } else this.#garbage.push(file)
    }
    const { childStart, children } = this.#graph.digraph
    for (let i = childStart[node]!; i < childStart[node + 1]!; i++) {
      const child = children[i]!
      if (--this.#waiting[child]! === 0) this.#offer(child)
    }
    return true
  }

  /** A node that writes files comes after the latest cleanup node, through a parent or by an edge of its own. */
  #comeAfterCleanups(node: number, needed: number): void {
    const { parentStart, parents } = this.#graph.digraph
    let after = 0
    for (let i = parentStart[node]!; i < parentStart[node + 1]!; i++) {
      after = Math.max(after, this.#comesAfter[parents[i]!]!)
    }
    const latest = this.#cleanups.length
    if (needed > 0 && after < latest) {
      this.#builder.addEdge(this.#cleanups[latest - 1] ?? 0, node)
      after = latest
    }
    this.#comesAfter[node] = after
  }

  #clean(): void {
    const { sites } = this.#context
    const runsAt = directorySite(sites.at(this.#site), sites).index
    const node = this.#builder.addNode('cleanup', {
      site: runsAt,
      dirSite: this.#site,
      level: this.#cleanups.length + 1,
      number: 0,
      unit: -1,
      isRemote: runsAt === this.#site,
    })
    const users = new Set<number>()
    for (const file of this.#garbage) {
      // The reference lists a file that is staged out twice: for the job that wrote it and for the copy.
      const times = this.#use.isStagedOut(file) ? 2 : 1
      for (let k = 0; k < times; k++) this.#builder.addEntry(node, ACTION.removeFile, file, -1, this.#site)
      for (const user of this.#use.usersOf(file)) for (const last of this.#lastNodes(user)) users.add(last)
      this.#freeBytes += this.#use.sizeBytes(file)
    }
    for (const user of users) this.#builder.addEdge(user, node)
    const previous = this.#cleanups[this.#cleanups.length - 1]
    if (previous !== undefined) this.#builder.addEdge(previous, node)
    this.#cleanups.push(node)
    this.#garbage = []
  }

  /** Stage-out nodes behind a user stand for it when they are done. */
  #lastNodes(user: number): readonly number[] {
    const { childStart, children } = this.#graph.digraph
    const copies: number[] = []
    for (let i = childStart[user]!; i < childStart[user + 1]!; i++) {
      const child = children[i]!
      if (this.#graph.nodes.kind[child] !== KIND.stage_out) continue
      if (this.#isDone[child] === 0) return [user]
      copies.push(child)
    }
    return copies.length === 0 ? [user] : copies
  }

  #reportTooLittle(missing: number): void {
    const { problems, sites } = this.#context
    const { name } = sites.at(this.#site)
    problems.error('OUT_OF_SPACE', 'the scratch space of a site is too small for the workflow', {
      where: `site ${name}`,
      found: `${scratchLimitBytes(this.#context, this.#site)} bytes, ${Math.ceil(missing)} more are needed`,
      remedy: `raise pegasus.file.cleanup.constraint.${name}.maxspace${estimateHint(this.#use.isEstimated, this.#use.least)}`,
    })
  }
}
