import type { Digraph } from '../graph/digraph.ts'
import { buildDigraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import type { Layers } from './layers.ts'

/**
 * A graph with bends: edges over several levels go through one bend on each level between. Nodes are 0 to
 * `nodeCount - 1`, bends follow.
 */
export interface Mesh {
  readonly nodeCount: number
  /** Nodes and bends. */
  readonly vertexCount: number
  readonly level: Uint32Array
  readonly levelCount: number
  /** All edges between vertices run from a lower to a higher level. */
  readonly graph: Digraph
  /** The edges of the original graph as vertex chains: edge `e` is `chain[chainStart[e]]` to `chain[chainStart[e + 1] - 1]`. */
  readonly chainStart: Uint32Array
  readonly chain: Uint32Array
}

/** Bends per node up to which long edges get them; above, long edges are straight. */
const BENDS_PER_NODE = 3
/** Bends that are always affordable. */
const FREE_BENDS = 20_000

/** Adds the bends of long edges. Backward and level edges stay straight and do not count for the order. */
export function makeMesh(graph: Digraph, layers: Layers): Mesh {
  const { level } = layers
  let bendCount = 0
  forEachEdge(graph, (from, to) => {
    const span = level[to]! - level[from]!
    if (span > 1) bendCount += span - 1
  })
  const hasBends = bendCount <= Math.max(FREE_BENDS, BENDS_PER_NODE * graph.nodeCount)
  const vertexCount = graph.nodeCount + (hasBends ? bendCount : 0)
  const vertexLevel = new Uint32Array(vertexCount)
  vertexLevel.set(level)
  const chainStart = new Uint32Array(graph.edgeCount + 1)
  const chain = new Uint32Array(2 * graph.edgeCount + (hasBends ? bendCount : 0))
  const edges = new EdgeCollector(graph.edgeCount)
  let edge = 0
  let end = 0
  let nextBend = graph.nodeCount
  forEachEdge(graph, (from, to) => {
    chain[end++] = from
    let last = from
    if (hasBends) {
      for (let at = level[from]! + 1; at < level[to]!; at++) {
        vertexLevel[nextBend] = at
        edges.add(last, nextBend)
        last = nextBend
        chain[end++] = nextBend++
      }
    }
    chain[end++] = to
    if (level[to]! > level[from]!) edges.add(last, to)
    chainStart[++edge] = end
  })
  return {
    nodeCount: graph.nodeCount,
    vertexCount,
    level: vertexLevel,
    levelCount: layers.levelCount,
    graph: buildDigraph(vertexCount, edges),
    chainStart,
    chain,
  }
}

function forEachEdge(graph: Digraph, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < graph.nodeCount; from++) {
    const stop = graph.childStart[from + 1]!
    for (let i = graph.childStart[from]!; i < stop; i++) visit(from, graph.children[i]!)
  }
}
