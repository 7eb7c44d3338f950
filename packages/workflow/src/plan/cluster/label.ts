import { findCycle, topologicalOrder } from '../../graph/order.ts'
import type { PlanProblems } from '../problem.ts'
import {
  addClusters,
  type Cluster,
  type ClusterInput,
  type Clustering,
  isFree,
  numberUnits,
  taskProfile,
} from './clustering.ts'
import { quotientGraph } from './quotient.ts'

/**
 * Label clustering: jobs of one site with the same label run as one, in topological order. A group that is not convex
 * (a path leaves it and comes back) is refused.
 */
export function clusterByLabel(input: ClusterInput, before: Clustering, problems: PlanProblems): Clustering {
  const key = input.settings.labelKey
  const groups = new Map<string, { readonly label: string; readonly tasks: number[] }>()
  for (const task of topologicalOrder(input.reuse.graph)) {
    if (!isFree(input, before, task)) continue
    const label = taskProfile(input, task, key)
    if (label === undefined) continue
    const { siteOf, configurationOf } = input.assignment
    const id = `${siteOf[task]!}\n${configurationOf[task]!}\n${label}`
    const group = groups.get(id)
    if (group !== undefined) group.tasks.push(task)
    else groups.set(id, { label, tasks: [task] })
  }
  const names = new Set<string>()
  const made: Cluster[] = []
  for (const { label, tasks } of groups.values()) {
    if (tasks.length === 1 && !input.settings.allowsSingleClusters) continue
    made.push({ name: uniqueName(`merge_${label}`, names), style: 'label', tasks, reason: `${key} ${label}` })
  }
  const after = addClusters(before, made)
  return isConvex(input, after, problems) ? after : before
}

/** Whole clustering: all compute jobs of the workflow run as one. */
export function clusterWhole(input: ClusterInput, before: Clustering, problems: PlanProblems): Clustering {
  const tasks = [...topologicalOrder(input.reuse.graph)].filter((task) => isFree(input, before, task))
  const { siteOf, configurationOf } = input.assignment
  const kinds = new Set(tasks.map((task) => `${siteOf[task]!} ${configurationOf[task]!}`))
  if (kinds.size > 1) {
    problems.error('BAD_CLUSTERING', 'the jobs of the workflow are on several sites and cannot run as one', {
      found: [...new Set(tasks.map((task) => input.sites.at(siteOf[task]!).name))].join(', '),
      remedy: 'plan for one site, or use label clustering',
    })
    return before
  }
  if (tasks.length === 0 || (tasks.length === 1 && !input.settings.allowsSingleClusters)) return before
  const after = addClusters(before, [
    { name: 'merge_whole-wf', style: 'whole', tasks, reason: 'whole workflow' },
  ])
  return isConvex(input, after, problems) ? after : before
}

function isConvex(input: ClusterInput, clustering: Clustering, problems: PlanProblems): boolean {
  const units = numberUnits(input, clustering)
  const cycle = findCycle(quotientGraph(input.reuse.graph, units))
  if (cycle === undefined) return true
  const path = cycle.map((unit) => unitName(input, clustering, units.unitOf, unit))
  problems.error('BAD_CLUSTERING', 'a group of jobs is not convex: a path leaves it and comes back', {
    found: [...path, path[0] ?? ''].join(' -> '),
    remedy: 'give the jobs on the path the same label, or split the group',
  })
  return false
}

function unitName(input: ClusterInput, clustering: Clustering, unitOf: Int32Array, unit: number): string {
  const task = unitOf.indexOf(unit)
  const cluster = clustering.clusters[clustering.clusterOf[task] ?? -1]
  return cluster?.name ?? input.tasks.jobs[task]?.id ?? ''
}

function uniqueName(name: string, taken: Set<string>): string {
  let unique = name
  for (let n = 2; taken.has(unique); n++) unique = `${name}_${n}`
  taken.add(unique)
  return unique
}
