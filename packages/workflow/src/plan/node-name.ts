import { type PlanContext, safeName, unitName } from './context.ts'
import { KIND, type NodeGraph } from './node-graph.ts'

/** Name of a node (file 03, section 3.7). */
export function nodeName(graph: NodeGraph, context: PlanContext, node: number): string {
  const { kind, dirSite, level, number, unit, isRemote } = graph.nodes
  const { settings, sites, tasks } = context
  const prefix = settings.jobPrefix
  const u = unit[node]!
  const site = dirSite[node]! < 0 ? '' : sites.at(dirSite[node]!).name
  const group = isRemote[node] === 1 ? 'remote' : 'local'
  const place = `${level[node]!}_${number[node]!}`
  const whole = `${tasks.workflow.name}_${settings.index}`
  switch (kind[node]) {
    case KIND.stage_in:
      return safeName(`stage_in_${group}_${prefix}${site}_${place}`)
    case KIND.stage_out:
      return safeName(`stage_out_${group}_${prefix}${site}_${place}`)
    case KIND.registration:
      return safeName(`register_${prefix}${site}_${place}`)
    case KIND.inter_site:
      return `stage_inter_${group}_${unitName(context, u)}_${number[node]!}`
    case KIND.chmod:
      return `chmod_${unitName(context, u)}_${number[node]!}`
    case KIND.create_dir:
      return safeName(`create_dir_${prefix}${whole}_${site}`)
    case KIND.cleanup:
      return level[node]! < 0
        ? safeName(`cleanup_${prefix}${whole}_${site}`)
        : safeName(`clean_up_${prefix}${site}_level_${place}`)
    case KIND.noop:
      return safeName(`${graph.nodes.count === 1 ? 'noop' : 'pegasus_concat'}_${prefix}${whole}`)
    default:
      return unitName(context, u)
  }
}
