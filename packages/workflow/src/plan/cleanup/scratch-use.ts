import type { PlanContext } from '../context.ts'
import { ACTION, KIND, type NodeGraph } from '../node-graph.ts'
import { USE } from '../task-table.ts'
import { fileFacts } from '../transfer/known-file.ts'
import { ARRIVAL } from '../transfer/transfer-state.ts'
import { entriesByNode } from './removable.ts'

/** Size of a file whose size is not known, and by default the least that any file counts, bytes. */
export const ASSUMED_BYTES: number = 10 * 2 ** 20

/**
 * Property with the least size that a file counts. The reference counts every file as 10 MiB whatever the metadata
 * say; with that minimum what it refuses is refused here. 0 makes the check exact.
 */
export const MINIMUM_SIZE_PROPERTY = 'pegasus.file.cleanup.constraint.minsize'

/** A file whose users have run, or that has one user left. */
export interface Release {
  readonly file: number
  /** The last user, -1 when none is left. */
  readonly lastUser: number
}

/** Which nodes write and use which files in the scratch directory of one site. */
export class ScratchUse {
  /** True when some files count as larger than they are known to be. */
  readonly isEstimated: boolean
  /** Size that every file counts at least, bytes. */
  readonly least: number
  readonly #graph: NodeGraph
  readonly #context: PlanContext
  readonly #site: number
  readonly #entries: { readonly start: Uint32Array; readonly members: Uint32Array }
  readonly #arrival: Uint8Array
  readonly #sizes: Float64Array
  /** Nodes that write each file, then those that read it, both by rising number; only files that may be removed have them. */
  readonly #users: (number[] | undefined)[]
  readonly #writerCount: Uint32Array
  readonly #left: Uint32Array
  /** Sum of the numbers of the users that are left: with one left it is its number. */
  readonly #leftSum: Float64Array
  readonly #isStagedOut: Uint8Array
  readonly #needed: Float64Array

  /** @param least size that every file counts at least, bytes */
  constructor(graph: NodeGraph, context: PlanContext, arrival: Uint8Array, site: number, least: number) {
    this.least = least
    this.#graph = graph
    this.#context = context
    this.#arrival = arrival
    this.#site = site
    this.#entries = entriesByNode(graph)
    const fileCount = context.units.files.lfns.length
    const known = knownSizes(context)
    this.#sizes = known.map((size) => (Number.isNaN(size) ? ASSUMED_BYTES : Math.max(size, least)))
    this.isEstimated = this.#sizes.some((size, file) => size !== known[file])
    this.#users = Array.from({ length: fileCount })
    this.#left = new Uint32Array(fileCount)
    this.#leftSum = new Float64Array(fileCount)
    this.#isStagedOut = new Uint8Array(fileCount)
    this.#needed = new Float64Array(graph.nodes.count)
    for (let node = 0; node < graph.nodes.count; node++) this.#addNode(node)
    this.#writerCount = Uint32Array.from(this.#users, (users) => users?.length ?? 0)
    for (let node = 0; node < graph.nodes.count; node++) this.#addReads(node)
  }

  /** Bytes that a node adds to the directory. */
  neededBytes(node: number): number {
    return this.#needed[node]!
  }

  /** Bytes of files of which the node is the last user. */
  freedBytes(node: number): number {
    let bytes = 0
    this.#forEachFile(node, (file) => {
      if (this.#left[file] === 1 && this.#leftSum[file] === node) bytes += this.#sizes[file]!
    })
    return bytes
  }

  /** Takes a node off the users of its files. */
  execute(node: number): readonly Release[] {
    const releases: Release[] = []
    this.#forEachFile(node, (file) => {
      if (!this.#isUser(file, node)) return
      this.#left[file]!--
      this.#leftSum[file]! -= node
      if (this.#left[file]! <= 1)
        releases.push({ file, lastUser: this.#left[file] === 1 ? this.#leftSum[file]! : -1 })
    })
    return releases
  }

  sizeBytes(file: number): number {
    return this.#sizes[file]!
  }

  usersOf(file: number): readonly number[] {
    const users = this.#users[file] ?? []
    // The writer comes before all readers.
    return users.length > 1 ? users.slice(1) : users
  }

  isStagedOut(file: number): boolean {
    return this.#isStagedOut[file] === 1
  }

  #addNode(node: number): void {
    const { kind, unit } = this.#graph.nodes
    const { units } = this.#context
    if (this.#runsUnitHere(node)) {
      const u = unit[node]!
      const isCopied = this.#hasStageOut(node)
      for (let i = units.outputs.start[u]!; i < units.outputs.start[u + 1]!; i++) {
        const file = units.outputs.file[i]!
        this.#needed[node]! += this.#sizes[file]!
        const isKept = (units.outputs.flags[i]! & USE.stageOut) !== 0 && !isCopied
        if (!isKept) this.#addUser(file, node)
      }
    } else if (kind[node] === KIND.stage_in || kind[node] === KIND.inter_site) {
      this.#forEachEntry(node, (file, action, _from, to) => {
        if (to !== this.#site) return
        this.#needed[node]! += this.#sizes[file]!
        if (action === ACTION.interSite) this.#addUser(file, node)
      })
    }
  }

  #addReads(node: number): void {
    const { units } = this.#context
    if (this.#runsUnitHere(node)) {
      const u = this.#graph.nodes.unit[node]!
      for (let i = units.inputs.start[u]!; i < units.inputs.start[u + 1]!; i++) {
        const file = units.inputs.file[i]!
        const isRead = this.#arrival[i] === ARRIVAL.staged && this.#users[file] !== undefined
        if (isRead && !this.#isUser(file, node)) this.#addUser(file, node)
      }
    } else {
      this.#forEachEntry(node, (file, action, from) => {
        if (from !== this.#site || this.#users[file] === undefined) return
        if (action === ACTION.stageOut) this.#isStagedOut[file] = 1
        if (this.#users[file].at(-1) !== node) this.#addUser(file, node)
      })
    }
  }

  #isUser(file: number, node: number): boolean {
    const users = this.#users[file] ?? []
    const writers = this.#writerCount[file]!
    for (let i = 0; i < writers; i++) if (users[i] === node) return true
    let low = writers
    let high = users.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((users[middle] ?? 0) < node) low = middle + 1
      else high = middle
    }
    return users[low] === node
  }

  #addUser(file: number, node: number): void {
    const users = this.#users[file]
    if (users === undefined) this.#users[file] = [node]
    else users.push(node)
    this.#left[file]!++
    this.#leftSum[file]! += node
  }

  #runsUnitHere(node: number): boolean {
    const { kind, dirSite } = this.#graph.nodes
    return (kind[node] === KIND.compute || kind[node] === KIND.sub_workflow) && dirSite[node] === this.#site
  }

  #hasStageOut(node: number): boolean {
    const { childStart, children } = this.#graph.digraph
    for (let i = childStart[node]!; i < childStart[node + 1]!; i++) {
      if (this.#graph.nodes.kind[children[i]!] === KIND.stage_out) return true
    }
    return false
  }

  #forEachEntry(node: number, visit: (file: number, action: number, from: number, to: number) => void): void {
    const { file, action, from, to } = this.#graph.entries
    for (let k = this.#entries.start[node]!; k < this.#entries.start[node + 1]!; k++) {
      const i = this.#entries.members[k]!
      if (file[i]! >= 0) visit(file[i]!, action[i]!, from[i]!, to[i]!)
    }
  }

  /** Files of a node, each once for each way in which it uses them; those that may not be removed have no users. */
  #forEachFile(node: number, visit: (file: number) => void): void {
    const { units } = this.#context
    if (this.#runsUnitHere(node)) {
      const u = this.#graph.nodes.unit[node]!
      const isOwn = new Set<number>()
      for (let i = units.outputs.start[u]!; i < units.outputs.start[u + 1]!; i++) {
        isOwn.add(units.outputs.file[i]!)
        visit(units.outputs.file[i]!)
      }
      for (let i = units.inputs.start[u]!; i < units.inputs.start[u + 1]!; i++) {
        if (!isOwn.has(units.inputs.file[i]!)) visit(units.inputs.file[i]!)
      }
    } else {
      let last = -1
      this.#forEachEntry(node, (file, action, from, to) => {
        const isHere = from === this.#site || (action === ACTION.interSite && to === this.#site)
        if (isHere && file !== last) visit(file)
        last = file
      })
    }
  }
}

function knownSizes(context: PlanContext): Float64Array {
  const { files } = context.units
  return Float64Array.from(files.lfns, (_, file) => fileFacts(context, file).sizeBytes ?? Number.NaN)
}
