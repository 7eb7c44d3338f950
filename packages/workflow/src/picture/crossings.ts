import { groupBy } from '../graph/order.ts'
import type { Mesh } from './mesh.ts'

/** Vertices of every level from left to right. */
export type LevelOrder = readonly Uint32Array[]

/** Graphs with more edges than this are not counted for crossings. */
const MAX_COUNTED_EDGES = 30_000

/**
 * Order of the vertices on each level with few crossings: sweeps down and up, each sorting a level by the mean place
 * of its neighbours (barycentres); the best of all sweeps is kept where counting crossings is affordable.
 * Source: Sugiyama, Tagawa and Toda 1981.
 */
export function orderLevels(mesh: Mesh): LevelOrder {
  const groups = groupBy(mesh.level, mesh.levelCount)
  let levels: Uint32Array[] = Array.from({ length: mesh.levelCount }, (_, i) =>
    groups.members.slice(groups.start[i], groups.start[i + 1]),
  )
  const place = new Float64Array(mesh.vertexCount)
  for (const members of levels) setPlaces(members, place)
  const isCounted = mesh.graph.edgeCount <= MAX_COUNTED_EDGES
  const sweepCount = isCounted ? 12 : mesh.vertexCount < 50_000 ? 4 : 2
  let best = levels
  let bestCrossings = isCounted ? countCrossings(mesh, levels) : 0
  for (let sweep = 0; sweep < sweepCount && (!isCounted || bestCrossings > 0); sweep++) {
    levels = sweepOnce(mesh, levels, place, sweep % 2 === 0)
    if (!isCounted) {
      best = levels
      continue
    }
    const crossings = countCrossings(mesh, levels)
    if (crossings < bestCrossings) {
      best = levels
      bestCrossings = crossings
    }
  }
  return best
}

/** Places are fractions of the level, so that levels of different length can be compared. */
function setPlaces(members: Uint32Array, place: Float64Array): void {
  for (let i = 0; i < members.length; i++) place[members[i]!] = (i + 0.5) / members.length
}

function sweepOnce(mesh: Mesh, levels: LevelOrder, place: Float64Array, isDown: boolean): Uint32Array[] {
  const { graph } = mesh
  const start = isDown ? graph.parentStart : graph.childStart
  const neighbours = isDown ? graph.parents : graph.children
  const sorted = [...levels]
  for (let step = 0; step < levels.length; step++) {
    const at = isDown ? step : levels.length - 1 - step
    const members = levels[at]
    if (members === undefined) continue
    const key = new Float64Array(members.length)
    for (let i = 0; i < members.length; i++) {
      const vertex = members[i]!
      const first = start[vertex]!
      const stop = start[vertex + 1]!
      let sum = 0
      for (let k = first; k < stop; k++) sum += place[neighbours[k]!]!
      key[i] = stop === first ? place[vertex]! : sum / (stop - first)
    }
    const reordered = sortByKey(members, key)
    sorted[at] = reordered
    setPlaces(reordered, place)
  }
  return sorted
}

function sortByKey(members: Uint32Array, key: Float64Array): Uint32Array {
  const order = Uint32Array.from(members, (_, i) => i)
  order.sort((a, b) => key[a]! - key[b]! || a - b)
  return order.map((i) => members[i]!)
}

/** Number of pairs of edges that cross, over all levels. */
export function countCrossings(mesh: Mesh, levels: LevelOrder): number {
  const column = new Uint32Array(mesh.vertexCount)
  for (const members of levels) for (let i = 0; i < members.length; i++) column[members[i]!] = i
  let total = 0
  for (let at = 0; at + 1 < levels.length; at++) {
    total += crossingsBelow(mesh, levels[at] ?? new Uint32Array(), column, levels[at + 1]?.length ?? 0)
  }
  return total
}

/** Inversions among the targets of the edges of one level, with a Fenwick tree; O(edges log targets). */
function crossingsBelow(mesh: Mesh, members: Uint32Array, column: Uint32Array, width: number): number {
  const { graph } = mesh
  const tree = new Uint32Array(width + 1)
  let seen = 0
  let crossings = 0
  for (const vertex of members) {
    const targets = Array.from(
      graph.children.subarray(graph.childStart[vertex], graph.childStart[vertex + 1]),
      (child) => column[child]!,
    )
    for (const target of targets) {
      let notRight = 0
      for (let i = target + 1; i > 0; i -= i & -i) notRight += tree[i]!
      crossings += seen - notRight
    }
    for (const target of targets) {
      if (target >= width) continue
      seen++
      for (let i = target + 1; i <= width; i += i & -i) tree[i]!++
    }
  }
  return crossings
}
