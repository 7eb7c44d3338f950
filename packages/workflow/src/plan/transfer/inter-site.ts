import { ACTION } from '../node-graph.ts'
import { UNIT } from '../unit-table.ts'
import { runsLocally } from './place.ts'
import { broughtTo, linkOnce, type TransferState } from './transfer-state.ts'

/**
 * Makes the nodes that pull files a unit reads from the staging site of the unit that wrote them: one node per reader
 * and source site; a file that an earlier reader pulled is not pulled again. Outputs of a sub-workflow are not pulled:
 * it is planned to deliver them where they are read. A DAG that is planned already brings them to one place.
 */
export function addInterSite(state: TransferState, unit: number): void {
  const { context, builder } = state
  const { units, sites } = context
  const target = units.stagingOf[unit]!
  let nodes: Map<number, number> | undefined
  const end = units.inputs.start[unit + 1]!
  for (let i = units.inputs.start[unit]!; i < end; i++) {
    const file = units.inputs.file[i]!
    const producer = units.producer[file]!
    if (producer < 0 || producer === unit) continue
    const source = units.stagingOf[producer]!
    if (source === target || units.kind[producer] === UNIT.subWorkflow) continue
    const brought = broughtTo(state, target)
    if (brought[file]! >= 0) {
      linkOnce(state, brought[file]!, unit)
      continue
    }
    nodes ??= new Map()
    let node = nodes.get(source)
    if (node === undefined) {
      const isRemote = !runsLocally(sites.at(target), 'inter')
      const site = isRemote ? target : sites.local.index
      node = builder.addNode('inter_site', {
        site,
        dirSite: source,
        level: -1,
        number: nodes.size,
        unit,
        isRemote,
      })
      nodes.set(source, node)
      linkOnce(state, node, unit)
    }
    brought[file] = node
    builder.addEntry(node, ACTION.interSite, file, source, target)
    builder.addEdge(producer, node)
  }
}
