import type { PlanProblems } from '../problem.ts'
import { type ClusterInput, type Clustering, taskSeconds } from './clustering.ts'
import { clusterGroups, type GroupPart, type HorizontalGroup } from './horizontal.ts'
import { packEvenly } from './pack.ts'

/**
 * Clustering by predicted run time: the jobs of a level, transformation and site are dealt over so many clusters that
 * each runs for about the target time, but never over fewer than the request's smallest number, so that short levels
 * still run in parallel. Jobs that run longer than the target, and jobs without a prediction, stay alone.
 */
export function clusterByPrediction(
  input: ClusterInput,
  before: Clustering,
  problems: PlanProblems,
): Clustering {
  return clusterGroups(input, before, 'auto', (group) => split(input, group, problems))
}

function split(input: ClusterInput, group: HorizontalGroup, problems: PlanProblems): readonly GroupPart[] {
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
      remedy: 'set the pegasus profile runtime, or plan with statistics of past runs',
    })
  }
  const total = seconds.reduce((sum, s) => sum + s, 0)
  const count = Math.max(
    Math.round(total / target),
    Math.min(input.settings.clusterMinCount, tasks.length),
    1,
  )
  const reason = `level ${group.level}, ${group.transformationId}: ${tasks.length} jobs of ${Math.round(total)} s in all, target ${target} s`
  return packEvenly(tasks, seconds, count)
    .filter((part) => part.length > 1)
    .map((part) => ({ tasks: [...part].sort((a, b) => a - b), reason }))
}
