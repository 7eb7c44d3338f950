import type { Grid } from '../../model/site-catalog.ts'
import type { PlanProblems } from '../problem.ts'
import { type ClusterInput, type Clustering, taskSeconds } from './clustering.ts'
import { clusterGroups, type GroupPart, type HorizontalGroup } from './horizontal.ts'
import { packEvenly } from './pack.ts'

/**
 * Least run time of a cluster, seconds: to start a job at a node costs half a second of its processor, and is not to be more than a
 * small part of what the job does.
 */
const LEAST_SECONDS = 3

/**
 * Clustering by predicted run time: the jobs of a level, transformation and site are dealt over so many clusters that
 * each runs for about the target time, but over no fewer than the site runs at a time, so that short levels still run in
 * parallel, unless clusters would then be shorter than some seconds. Jobs that run longer than the target, and jobs without a
 * prediction, stay alone.
 */
export function clusterByPrediction(
  input: ClusterInput,
  before: Clustering,
  problems: PlanProblems,
): Clustering {
  return clusterGroups(input, before, 'auto', (group) => split(input, group, problems))
}

function split(input: ClusterInput, group: HorizontalGroup, problems: PlanProblems): readonly GroupPart[] {
  if (group.tasks.length === 1) return []
  const target = input.settings.clusterTargetSeconds
  const tasks: number[] = []
  const seconds: number[] = []
  let unknownCount = 0
  for (const task of group.tasks) {
    const known = taskSeconds(input, task)
    if (known === undefined) unknownCount++
    else if (known < target) {
      tasks.push(task)
      seconds.push(known)
    }
  }
  if (unknownCount > 0) {
    problems.warning('NO_RUNTIME', 'jobs have no predicted run time and stay alone', {
      where: `level ${group.level}, transformation ${group.transformationId}`,
      found: `${unknownCount} of ${group.tasks.length} jobs`,
      remedy: 'set the pegasus profile runtime, or run it once: the next plan knows its run times',
    })
  }
  const total = seconds.reduce((sum, s) => sum + s, 0)
  const parallel = Math.min(slotCount(input, group), tasks.length, Math.ceil(total / LEAST_SECONDS))
  const count = Math.max(Math.round(total / target), parallel, 1)
  const each = total / count
  const reason = `level ${group.level}, ${group.transformationId}: ${tasks.length} jobs of ${shown(total)} s in all, ${shown(each)} s a cluster, target ${target} s`
  return packEvenly(tasks, seconds, count)
    .filter((part) => part.length > 1)
    .map((part) => ({ tasks: [...part].sort((a, b) => a - b), reason }))
}

/** Clusters that the site of a group runs at a time: what the request says, else the nodes of the site, else the default. */
function slotCount(input: ClusterInput, { tasks: [first = 0] }: HorizontalGroup): number {
  const { clusterMinCount } = input.settings
  if (clusterMinCount !== undefined) return clusterMinCount
  return nodesOf(input.sites.at(input.assignment.siteOf[first] ?? 0).site.grids) ?? DEFAULT_SLOTS
}

const DEFAULT_SLOTS = 8

/** Nodes of a site that run jobs, as its entry says. */
export function nodesOf(grids: readonly Grid[]): number | undefined {
  const grid = grids.find(({ jobType }) => jobType === undefined || jobType === 'compute')
  const count = grid?.idleNodes ?? grid?.totalNodes
  return count === undefined ? undefined : Math.max(1, Math.floor(count))
}

function shown(seconds: number): string {
  return seconds < 10 ? seconds.toPrecision(2) : String(Math.round(seconds))
}
