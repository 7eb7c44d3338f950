import { ACTION, KIND } from '../plan/node-graph.ts'
import { DATA_CONFIGURATIONS } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import type { ForecastAssumptions } from './forecast.ts'

/** Run times of the jobs of a plan. */
export interface SecondsEstimate {
  /** Per job, without waiting. */
  readonly seconds: Float64Array
  readonly taskSeconds: number
  readonly unknownTasks: number
}

/** Estimates the run time of every job: tasks by profile or prediction, transfers by bytes; wrapped jobs also move files. */
export function estimateSeconds(
  plan: Plan,
  sizes: Float64Array,
  assumptions: ForecastAssumptions,
): SecondsEstimate {
  const { context, graph, request } = plan.built
  const { units, tasks, assignment, sites } = context
  const seconds = new Float64Array(plan.jobCount)
  let taskSeconds = 0
  let unknownTasks = 0
  const secondsToMove = (file: number): number => {
    const size = sizes[file]!
    return (Number.isNaN(size) ? assumptions.unknownBytes : size) / assumptions.bytesPerSecond
  }
  for (let unit = 0; unit < units.unitCount; unit++) {
    for (let k = units.taskStart[unit]!; k < units.taskStart[unit + 1]!; k++) {
      const task = units.tasks[k]!
      const job = tasks.jobs[task]
      if (job === undefined) continue
      const executable = assignment.executables[assignment.executableOf[task]!]?.profiles ?? []
      const text = assignment.profiles.value(
        job,
        sites.at(assignment.siteOf[task]!),
        executable,
        'pegasus',
        'runtime',
      )
      const known = text === undefined ? request.options?.predictSeconds?.(job) : Number(text)
      const isKnown = known !== undefined && Number.isFinite(known) && known >= 0
      const length = isKnown ? known : assumptions.unknownSeconds
      if (!isKnown) unknownTasks++
      taskSeconds += length
      seconds[unit]! += length
    }
    const configuration = DATA_CONFIGURATIONS[units.configurationOf[unit]!]
    if (configuration === 'condorio' || configuration === 'nonsharedfs') {
      for (let i = units.inputs.start[unit]!; i < units.inputs.start[unit + 1]!; i++)
        seconds[unit]! += secondsToMove(units.inputs.file[i]!)
      for (let i = units.outputs.start[unit]!; i < units.outputs.start[unit + 1]!; i++)
        seconds[unit]! += secondsToMove(units.outputs.file[i]!)
    }
  }
  const { entries } = graph
  for (let i = 0; i < entries.count; i++) {
    const node = entries.node[i]!
    const action = entries.action[i]!
    if (graph.nodes.kind[node] === KIND.compute || action > ACTION.interSite) continue
    seconds[node]! += secondsToMove(entries.file[i]!)
  }
  return { seconds, taskSeconds, unknownTasks }
}
