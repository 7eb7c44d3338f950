import { type PlanContext, unitName } from '../context.ts'
import { hashText, walkByTables } from '../reference-order.ts'

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
