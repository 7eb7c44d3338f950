import type { Digraph } from '../graph/digraph.ts'

/*
 * The reference keeps jobs, files and children in hash tables and deals them to transfer and cleanup nodes in the
 * order in which it finds them there: by the place in a table whose size depends on the number of entries. Any fixed
 * order would do; this one is used so that plans are equal to the reference's edge by edge.
 */

/** Hash of a text, continued from `start`: h = 31 h + character code, in 32 bits. */
export function hashText(text: string, start = 0): number {
  let hash = start
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** Places of a table that holds `count` entries: a power of two of at least 16, filled by three quarters at most. */
export function tableSize(count: number): number {
  let size = 16
  while (count > size * 0.75) size *= 2
  return size
}

/** Place of an entry in a table of a size. */
export function tablePlace(hash: number, size: number): number {
  return (hash ^ (hash >>> 16)) & (size - 1)
}

/** Rows of at most this many entries are sorted by insertion, in place and without allocation. */
const SHORT_ROW = 32

/** Sorts the part of `items` from `start` to `end` by the places of their hashes in a table; equal places keep their order. */
export function sortByPlace(
  items: Uint32Array | Int32Array,
  start: number,
  end: number,
  hashes: Int32Array,
  size: number,
): void {
  if (end - start <= SHORT_ROW) {
    for (let i = start + 1; i < end; i++) {
      const item = items[i]!
      const place = tablePlace(hashes[item]!, size)
      let k = i - 1
      while (k >= start && tablePlace(hashes[items[k]!]!, size) > place) {
        items[k + 1] = items[k]!
        k--
      }
      items[k + 1] = item
    }
    return
  }
  // The place above, the position below: one number that sorts by both.
  const keys = new Float64Array(end - start)
  for (let i = start; i < end; i++)
    keys[i - start] = tablePlace(hashes[items[i]!]!, size) * 0x1_0000_0000 + (i - start)
  keys.sort()
  const before = items.slice(start, end)
  for (let i = start; i < end; i++) items[i] = before[keys[i - start]! % 0x1_0000_0000]!
}

/** Numbers of entries of the tables in which {@link walkByTables} looks nodes up. */
export interface WalkTables {
  /** Table of the roots. */
  readonly roots: (rootCount: number) => number
  /** Table that gives equal places their order; 0: they keep the order of their numbers. */
  readonly ties: number
}

/**
 * Nodes level by level, within a level in the order in which they become ready when roots and the children of each
 * node are looked at in table order.
 *
 * @param hashes hash of each node's name
 */
export function walkByTables(graph: Digraph, hashes: Int32Array, tables: WalkTables): Uint32Array {
  const order = new Uint32Array(graph.nodeCount)
  const waiting = new Uint32Array(graph.nodeCount)
  const sort = (start: number, stop: number, count: number): void => {
    if (stop - start < 2) return
    if (tables.ties > 0) sortByPlace(order, start, stop, hashes, tableSize(tables.ties))
    sortByPlace(order, start, stop, hashes, tableSize(count))
  }
  let end = 0
  for (let node = 0; node < graph.nodeCount; node++) {
    waiting[node] = graph.parentStart[node + 1]! - graph.parentStart[node]!
    if (waiting[node] === 0) order[end++] = node
  }
  sort(0, end, tables.roots(end))
  for (let head = 0; head < end; head++) {
    const node = order[head]!
    const ready = end
    const stop = graph.childStart[node + 1]!
    for (let i = graph.childStart[node]!; i < stop; i++) {
      const child = graph.children[i]!
      if (--waiting[child]! === 0) order[end++] = child
    }
    sort(ready, end, stop - graph.childStart[node]!)
  }
  return order
}
