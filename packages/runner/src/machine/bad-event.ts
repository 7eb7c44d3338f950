import { RunnerError } from '../errors.ts'
import type { RunEvent } from './run-event.ts'

/** The error of an event that cannot follow the history of its run. */
export function badEvent(event: RunEvent, state: string): RunnerError {
  return new RunnerError('RUNNER_BAD_EVENT', `the history of the run cannot go on with ${event.type}`, {
    ...('job' in event ? { where: [`job ${event.job}`] } : {}),
    found: `${JSON.stringify(event)}; ${state}`,
  })
}

/** The error of a job number that the run does not have. */
export function noSuchJob(job: number, jobCount: number): RunnerError {
  return new RunnerError('RUNNER_BAD_EVENT', 'there is no such job in the run', {
    found: String(job),
    allowed: `0 to ${jobCount - 1}`,
  })
}
