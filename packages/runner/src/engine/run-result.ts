import type { RunStatus } from '../machine/run-event.ts'
import { type JobState, RunMachine } from '../machine/run-machine.ts'
import type { PlanFile } from '../plan/plan-file.ts'

/** How the engine left a run. */
export interface RunResult {
  readonly runId: string
  /** `paused`, `held`: a person has to say something; `stopped`: by the signal. */
  readonly status: RunStatus | 'paused' | 'held' | 'stopped'
  readonly jobs: Readonly<Record<JobState, number>>
  /** Attempts that this engine took over from a former one. */
  readonly adopted: number
}

/** The result of a run that had succeeded before. */
export function finished(runId: string, plan: PlanFile): RunResult {
  const machine = new RunMachine(plan.spec)
  const jobs = { ...countsOf(machine), unready: 0, ready: 0, succeeded: plan.jobCount }
  return { runId, status: 'succeeded', jobs, adopted: 0 }
}

/** Jobs by state. */
export function countsOf(machine: RunMachine): Readonly<Record<JobState, number>> {
  const of = (state: JobState): number => machine.count(state)
  return {
    unready: of('unready'),
    ready: of('ready'),
    running: of('running'),
    waiting: of('waiting'),
    succeeded: of('succeeded'),
    failed: of('failed'),
    held: of('held'),
    canceled: of('canceled'),
  }
}
