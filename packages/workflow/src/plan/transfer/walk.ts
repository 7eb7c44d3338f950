import { type PlanContext, unitName } from '../context.ts'
import { hashText, sortByPlace, tableSize, walkByTables } from '../reference-order.ts'
import type { UseRows } from '../use-rows.ts'

function unitHashes(context: PlanContext): Int32Array {
  const { units } = context
  const hashes = new Int32Array(units.unitCount)
  for (let unit = 0; unit < units.unitCount; unit++) hashes[unit] = hashText(unitName(context, unit))
  return hashes
}

/** Units in the order in which transfers are dealt. */
export function walkUnits(context: PlanContext): Uint32Array {
  const { units, tasks } = context
  const tableCount = tasks.taskCount + units.clusters.size
  return walkByTables(units.graph, unitHashes(context), { roots: () => tableCount, ties: tableCount })
}

/** Positions of the uses of each row in table order of their files. */
export function orderedUses(rows: UseRows, fileHashes: Int32Array): Uint32Array {
  const places = Uint32Array.from({ length: rows.file.length }, (_, i) => i)
  const hashes = new Int32Array(rows.file.length)
  for (let i = 0; i < hashes.length; i++) hashes[i] = fileHashes[rows.file[i]!]!
  for (let row = 0; row + 1 < rows.start.length; row++) {
    const start = rows.start[row]!
    const end = rows.start[row + 1]!
    if (end - start > 1) sortByPlace(places, start, end, hashes, tableSize(end - start))
  }
  return places
}
