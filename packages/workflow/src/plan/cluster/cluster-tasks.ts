import type { ClusterStyle } from '../options.ts'
import type { PlanProblems } from '../problem.ts'
import { clusterByPrediction } from './auto.ts'
import { type ClusterInput, type Clustering, type ClusterPass, noClusters } from './clustering.ts'
import { clusterHorizontally } from './horizontal.ts'
import { clusterByLabel, clusterWhole } from './label.ts'

const PASSES: Readonly<Record<ClusterStyle, ClusterPass>> = {
  horizontal: clusterHorizontally,
  label: clusterByLabel,
  whole: clusterWhole,
  auto: clusterByPrediction,
}

/** Applies the cluster styles of the request in their order; each takes the jobs that the ones before left alone. */
export function clusterTasks(input: ClusterInput, problems: PlanProblems): Clustering {
  let clustering = noClusters(input.tasks.taskCount)
  for (const style of input.settings.clusterStyles) clustering = PASSES[style](input, clustering, problems)
  return clustering
}
