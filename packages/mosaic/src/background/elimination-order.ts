/** Neighbours of the nodes of an undirected graph: those of node i are `neighbours[start[i]]` to `neighbours[start[i + 1] - 1]`. */
export interface Adjacency {
  readonly start: Int32Array
  readonly neighbours: Int32Array
}

/** Neighbours by edge; several edges between two nodes give several entries. */
export function adjacencyOf(nodeCount: number, from: Int32Array, to: Int32Array): Adjacency {
  const start = new Int32Array(nodeCount + 1)
  for (let edge = 0; edge < from.length; edge++) {
    start[from[edge]! + 1]!++
    start[to[edge]! + 1]!++
  }
  for (let node = 0; node < nodeCount; node++) start[node + 1]! += start[node]!
  const next = start.slice(0, nodeCount)
  const neighbours = new Int32Array(2 * from.length)
  for (let edge = 0; edge < from.length; edge++) {
    const [a, b] = [from[edge]!, to[edge]!]
    neighbours[next[a]!++] = b
    neighbours[next[b]!++] = a
  }
  return { start, neighbours }
}

/** Nodes on a plane. */
export interface NodePlaces {
  readonly x: Float64Array
  readonly y: Float64Array
}

/** Parts of so few nodes are not divided. */
const SMALLEST_PART = 8

/**
 * An order of elimination that keeps the factor of a matrix sparse when neighbours lie near each other: nested dissection. The nodes are
 * halved across their longer side; those of one half that touch the other come last, the halves before them in the same way.
 *
 * @returns the nodes in the order in which they are eliminated
 *
 * Source: George, Nested Dissection of a Regular Finite Element Mesh (SIAM J. Numer. Anal. 10, 1973); halves by coordinates.
 */
export function eliminationOrder({ start, neighbours }: Adjacency, places: NodePlaces): Int32Array {
  const nodeCount = start.length - 1
  const order = new Int32Array(nodeCount)
  let end = nodeCount
  const place = (nodes: Iterable<number>): void => {
    for (const node of nodes) order[--end] = node
  }
  const half = new Int32Array(nodeCount)
  let mark = 0
  const parts: Int32Array[] = [Int32Array.from(order.keys())]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.length <= SMALLEST_PART) {
      place(part)
      continue
    }
    const sorted = sortAlongLongerSide(part, places)
    const middle = sorted.length >> 1
    mark++
    for (const node of sorted.subarray(middle)) half[node] = mark
    const isBorder = (node: number): boolean => {
      for (let k = start[node]!; k < start[node + 1]!; k++) if (half[neighbours[k]!] === mark) return true
      return false
    }
    const low = sorted.subarray(0, middle)
    place(low.filter(isBorder))
    parts.push(
      low.filter((node) => !isBorder(node)),
      sorted.subarray(middle),
    )
  }
  return order
}

function sortAlongLongerSide(nodes: Int32Array, { x, y }: NodePlaces): Int32Array {
  const extent = (values: Float64Array): number => {
    let [low, high] = [Infinity, -Infinity]
    for (const node of nodes) {
      low = Math.min(low, values[node]!)
      high = Math.max(high, values[node]!)
    }
    return high - low
  }
  const [along, across] = extent(x) >= extent(y) ? [x, y] : [y, x]
  return Int32Array.from(nodes).sort((a, b) => along[a]! - along[b]! || across[a]! - across[b]! || a - b)
}
