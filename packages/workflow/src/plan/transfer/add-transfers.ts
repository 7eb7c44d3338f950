import type { PlanContext } from '../context.ts'
import { type NodeGraph, type NodeKind, startGraph } from '../node-graph.ts'
import { hashText } from '../reference-order.ts'
import { UNIT } from '../unit-table.ts'
import { addInterSite } from './inter-site.ts'
import { hasOutputSites } from './output-sites.ts'
import { StageIn } from './stage-in.ts'
import { StageOut } from './stage-out.ts'
import type { TransferState } from './transfer-state.ts'
import { walkUnits } from './walk.ts'

/** A graph with the nodes that run units and move files. */
export interface TransferResult {
  readonly graph: NodeGraph
  /** How each entry of `units.inputs` arrives: a value of `ARRIVAL`. */
  readonly arrival: Uint8Array
}

/** Adds a node for every unit, and stage-in, inter-site, stage-out, registration and chmod nodes by the balanced rules. */
export function addTransfers(context: PlanContext): TransferResult {
  const { units, settings } = context
  // The node of a unit has the number of the unit.
  const builder = startGraph(units.graph)
  for (let unit = 0; unit < units.unitCount; unit++) {
    builder.addNode(kindOf(units.kind[unit]!), {
      site: units.siteOf[unit]!,
      dirSite: units.stagingOf[unit]!,
      level: units.level[unit]!,
      number: 0,
      unit,
      isRemote: false,
    })
  }
  const unitsOnLevel = new Uint32Array(units.levelCount)
  for (const level of units.level) unitsOnLevel[level]!++
  const state: TransferState = {
    context,
    fileHashes: Int32Array.from(units.files.lfns, (lfn) => hashText(lfn)),
    builder,
    arrival: new Uint8Array(units.inputs.file.length),
    broughtBy: [],
    unitsOnLevel,
    edgeMarks: [],
  }
  if (settings.refiner !== 'Empty') dealTransfers(state)
  return { graph: builder.finish(), arrival: state.arrival }
}

function dealTransfers(state: TransferState): void {
  const { context } = state
  const stageIn = new StageIn(state)
  const stageOut = new StageOut(state)
  const hasOutputSite = hasOutputSites(context)
  for (const unit of walkUnits(context)) {
    addInterSite(state, unit)
    stageIn.add(unit)
    if (hasOutputSite) stageOut.add(unit)
  }
  if (hasOutputSite) stageOut.addReused()
}

function kindOf(unitKind: number): NodeKind {
  if (unitKind === UNIT.subWorkflow) return 'sub_workflow'
  return unitKind === UNIT.subDag ? 'sub_dag' : 'compute'
}
