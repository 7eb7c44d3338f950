import type { PlanContext } from '../context.ts'
import type { GraphBuilder } from '../node-graph.ts'
import { tablePlace, tableSize } from '../reference-order.ts'

/** What a unit's input needs so that the unit finds it. */
export const ARRIVAL = {
  /** It is in the scratch directory of the staging site. */
  staged: 0,
  /** The node takes it from its replica. */
  direct: 1,
  /** It is optional and has no replica. */
  absent: 2,
  /** A replica lies in the scratch directory already; it is not ours to remove. */
  inPlace: 3,
} as const

/** What the transfer passes share while they walk over the units. */
export interface TransferState {
  readonly context: PlanContext
  readonly builder: GraphBuilder
  /** A value of {@link ARRIVAL} for each entry of `units.inputs`. */
  readonly arrival: Uint8Array
  /** Per site number: node that brought a file to its scratch directory, -1 for none. */
  readonly broughtBy: Int32Array[]
  /** Units per level. */
  readonly unitsOnLevel: Uint32Array
  /** Hashes of the names of files, which decide the order in which they are dealt. */
  readonly fileHashes: Int32Array
  /** Last unit with an edge from or to a transfer node, to add each edge once. */
  readonly edgeMarks: number[]
}

/** Adds an edge from a transfer node to a unit unless that was done. */
export function linkOnce(state: TransferState, node: number, unit: number): void {
  if (state.edgeMarks[node] === unit) return
  state.edgeMarks[node] = unit
  state.builder.addEdge(node, unit)
}

/** Nodes that brought files to a site. */
export function broughtTo(state: TransferState, site: number): Int32Array {
  const known = state.broughtBy[site]
  if (known !== undefined) return known
  const made = new Int32Array(state.context.units.files.lfns.length).fill(-1)
  state.broughtBy[site] = made
  return made
}

/**
 * Sorts positions of the uses of a row as the reference deals them: by the place of the file in a table that holds
 * the whole row.
 */
export function sortUses(
  positions: number[],
  file: Uint32Array,
  rowLength: number,
  fileHashes: Int32Array,
): void {
  if (positions.length < 2) return
  const size = tableSize(rowLength)
  const placeOf = (position: number): number => tablePlace(fileHashes[file[position]!]!, size)
  positions.sort((a, b) => placeOf(a) - placeOf(b) || a - b)
}
