import { buildDigraph, type Digraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import { appendEdges } from './append-edges.ts'

/** Kinds of nodes of an executable workflow, as `expected` reports count them. */
export const NODE_KINDS = [
  'compute',
  'stage_in',
  'stage_out',
  'inter_site',
  'registration',
  'create_dir',
  'chmod',
  'cleanup',
  'sub_workflow',
  'sub_dag',
  'noop',
] as const

/** Kind of a node of an executable workflow. */
export type NodeKind = (typeof NODE_KINDS)[number]

/** Positions in {@link NODE_KINDS}. */
export const KIND: Readonly<Record<NodeKind, number>> = {
  compute: 0,
  stage_in: 1,
  stage_out: 2,
  inter_site: 3,
  registration: 4,
  create_dir: 5,
  chmod: 6,
  cleanup: 7,
  sub_workflow: 8,
  sub_dag: 9,
  noop: 10,
}

/** What one entry of a node's work list does with a file. */
export const ACTION = {
  stageIn: 0,
  stageOut: 1,
  interSite: 2,
  register: 3,
  removeFile: 4,
  removeDir: 5,
  makeDir: 6,
  chmod: 7,
} as const

/** Facts of a node besides its kind. */
export interface NodeFacts {
  /** Site where it runs. */
  readonly site: number
  /** Site whose scratch directory it works in, -1 for none. */
  readonly dirSite: number
  /** Level in its name; -1 when the name has none. */
  readonly level: number
  /** Last number of its name. */
  readonly number: number
  /** Unit it runs or works for, -1 for none. */
  readonly unit: number
  /** Its transfers belong to the group `remote`: they run on the site that `dirSite` is, or would. */
  readonly isRemote: boolean
}

/** Nodes of an executable workflow in columns. */
export interface NodeColumns {
  readonly count: number
  readonly kind: Uint8Array
  readonly site: Int32Array
  readonly dirSite: Int32Array
  readonly level: Int32Array
  readonly number: Int32Array
  readonly unit: Int32Array
  readonly isRemote: Uint8Array
}

/** Entries of the work lists of nodes in columns: transfers, registrations, removals. */
export interface EntryColumns {
  readonly count: number
  readonly node: Int32Array
  /** A value of {@link ACTION}. */
  readonly action: Uint8Array
  /** File number, -1 for directories. */
  readonly file: Int32Array
  /** Site the file comes from; -1: from its replicas. */
  readonly from: Int32Array
  /** Site the file goes to, or where it is removed or registered. */
  readonly to: Int32Array
}

/** An executable workflow under construction. Never changed: passes make a new one with {@link extendGraph}. */
export interface NodeGraph {
  readonly nodes: NodeColumns
  readonly entries: EntryColumns
  readonly digraph: Digraph
}

/** Builder of a graph whose first nodes have the edges of `digraph`; these nodes must be added first. */
export function startGraph(digraph: Digraph): GraphBuilder {
  return new GraphBuilder(undefined, digraph)
}

/** Builder of a graph that has everything of `graph` plus what is added. */
export function extendGraph(graph: NodeGraph): GraphBuilder {
  return new GraphBuilder(graph, graph.digraph)
}

/** Graph without nodes. */
export const NO_EDGES: Digraph = buildDigraph(0, new EdgeCollector(1))

/** Collects nodes, entries and edges on top of a graph. */
export class GraphBuilder {
  readonly #nodes: NodeStore
  readonly #entries: EntryStore
  readonly #digraph: Digraph
  readonly #edges = new EdgeCollector()

  constructor(base: NodeGraph | undefined, digraph: Digraph) {
    this.#nodes = new NodeStore(base?.nodes)
    this.#entries = new EntryStore(base?.entries)
    this.#digraph = digraph
  }

  get nodeCount(): number {
    return this.#nodes.count
  }

  addNode(kind: NodeKind, facts: NodeFacts): number {
    return this.#nodes.add(KIND[kind], facts)
  }

  addEntry(node: number, action: number, file: number, from: number, to: number): void {
    this.#entries.add(node, action, file, from, to)
  }

  /** Adds an edge to or from a node that was added to this builder. */
  addEdge(parent: number, child: number): void {
    this.#edges.add(parent, child)
  }

  finish(): NodeGraph {
    const digraph = appendEdges(this.#digraph, this.#nodes.count, this.#edges)
    return { nodes: this.#nodes.columns(), entries: this.#entries.columns(), digraph }
  }
}

class NodeStore {
  #count: number
  #kind: Uint8Array
  #site: Int32Array
  #dirSite: Int32Array
  #level: Int32Array
  #number: Int32Array
  #unit: Int32Array
  #isRemote: Uint8Array

  constructor(base: NodeColumns | undefined) {
    this.#count = base?.count ?? 0
    const capacity = Math.max(64, Math.ceil(this.#count * 1.25))
    this.#kind = grown(base?.kind, new Uint8Array(capacity))
    this.#site = grown(base?.site, new Int32Array(capacity))
    this.#dirSite = grown(base?.dirSite, new Int32Array(capacity))
    this.#level = grown(base?.level, new Int32Array(capacity))
    this.#number = grown(base?.number, new Int32Array(capacity))
    this.#unit = grown(base?.unit, new Int32Array(capacity))
    this.#isRemote = grown(base?.isRemote, new Uint8Array(capacity))
  }

  get count(): number {
    return this.#count
  }

  add(kind: number, facts: NodeFacts): number {
    if (this.#count === this.#kind.length) this.#grow()
    const node = this.#count++
    this.#kind[node] = kind
    this.#site[node] = facts.site
    this.#dirSite[node] = facts.dirSite
    this.#level[node] = facts.level
    this.#number[node] = facts.number
    this.#unit[node] = facts.unit
    this.#isRemote[node] = facts.isRemote ? 1 : 0
    return node
  }

  columns(): NodeColumns {
    const end = this.#count
    return {
      count: end,
      kind: this.#kind.subarray(0, end),
      site: this.#site.subarray(0, end),
      dirSite: this.#dirSite.subarray(0, end),
      level: this.#level.subarray(0, end),
      number: this.#number.subarray(0, end),
      unit: this.#unit.subarray(0, end),
      isRemote: this.#isRemote.subarray(0, end),
    }
  }

  #grow(): void {
    const capacity = this.#kind.length * 2
    this.#kind = grown(this.#kind, new Uint8Array(capacity))
    this.#site = grown(this.#site, new Int32Array(capacity))
    this.#dirSite = grown(this.#dirSite, new Int32Array(capacity))
    this.#level = grown(this.#level, new Int32Array(capacity))
    this.#number = grown(this.#number, new Int32Array(capacity))
    this.#unit = grown(this.#unit, new Int32Array(capacity))
    this.#isRemote = grown(this.#isRemote, new Uint8Array(capacity))
  }
}

class EntryStore {
  #count: number
  #node: Int32Array
  #action: Uint8Array
  #file: Int32Array
  #from: Int32Array
  #to: Int32Array

  constructor(base: EntryColumns | undefined) {
    this.#count = base?.count ?? 0
    const capacity = Math.max(64, Math.ceil(this.#count * 1.25))
    this.#node = grown(base?.node, new Int32Array(capacity))
    this.#action = grown(base?.action, new Uint8Array(capacity))
    this.#file = grown(base?.file, new Int32Array(capacity))
    this.#from = grown(base?.from, new Int32Array(capacity))
    this.#to = grown(base?.to, new Int32Array(capacity))
  }

  add(node: number, action: number, file: number, from: number, to: number): void {
    if (this.#count === this.#node.length) this.#grow()
    const entry = this.#count++
    this.#node[entry] = node
    this.#action[entry] = action
    this.#file[entry] = file
    this.#from[entry] = from
    this.#to[entry] = to
  }

  columns(): EntryColumns {
    const end = this.#count
    return {
      count: end,
      node: this.#node.subarray(0, end),
      action: this.#action.subarray(0, end),
      file: this.#file.subarray(0, end),
      from: this.#from.subarray(0, end),
      to: this.#to.subarray(0, end),
    }
  }

  #grow(): void {
    const capacity = this.#node.length * 2
    this.#node = grown(this.#node, new Int32Array(capacity))
    this.#action = grown(this.#action, new Uint8Array(capacity))
    this.#file = grown(this.#file, new Int32Array(capacity))
    this.#from = grown(this.#from, new Int32Array(capacity))
    this.#to = grown(this.#to, new Int32Array(capacity))
  }
}

function grown<T extends Uint8Array | Int32Array>(from: T | undefined, into: T): T {
  if (from !== undefined) into.set(from)
  return into
}
