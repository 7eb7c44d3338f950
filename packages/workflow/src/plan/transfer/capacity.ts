import type { PlanContext } from '../context.ts'

/** Jobs of a level for which one transfer node is made when nothing else is said (file 03, section 3.4). */
const JOBS_PER_TRANSFER_NODE = 10

/**
 * Most transfer nodes of a level, site and group: profile `<direction>.<group>.clusters` or `<direction>.clusters` of
 * the transformation, the staging site, the job, the workflow or the properties; else a tenth of the jobs of the level.
 */
export function transferNodeCount(
  context: PlanContext,
  direction: 'stagein' | 'stageout',
  isRemote: boolean,
  unit: number,
  jobsOnLevel: number,
): number {
  const { units, tasks, assignment, sites } = context
  const task = units.tasks[units.taskStart[unit]!]!
  const job = tasks.jobs[task]
  const site = sites.at(units.stagingOf[unit]!)
  const executable = assignment.executables[assignment.executableOf[task]!]?.profiles ?? []
  for (const key of [`${direction}.${isRemote ? 'remote' : 'local'}.clusters`, `${direction}.clusters`]) {
    const text =
      job === undefined ? undefined : assignment.profiles.value(job, site, executable, 'pegasus', key)
    const count = text === undefined ? Number.NaN : Number(text)
    if (Number.isInteger(count) && count > 0) return count
  }
  return Math.ceil(jobsOnLevel / JOBS_PER_TRANSFER_NODE)
}
