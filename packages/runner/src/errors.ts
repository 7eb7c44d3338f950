import { SkyloomError } from '@skyloom/base'

/** Codes of errors that `runner` raises. A job that fails is no error but a value: see `Failure`. */
export type RunnerErrorCode =
  | 'RUNNER_BAD_PLAN'
  | 'RUNNER_BAD_EVENT'
  | 'RUNNER_BAD_RECORD'
  | 'RUNNER_BAD_SETTINGS'
  | 'RUNNER_NOT_FOUND'
  | 'RUNNER_RUN_BUSY'
  | 'RUNNER_LEASE_LOST'
  | 'RUNNER_TOO_LARGE'
  | 'RUNNER_NO_TRANSFORMATION'
  | 'RUNNER_TRANSFER_FAILED'
  | 'RUNNER_CHECKSUM'
  | 'RUNNER_INPUT_MISSING'
  | 'RUNNER_OUTPUT_MISSING'
  | 'RUNNER_SPAWNER'
  | 'RUNNER_JOB_FAILED'
  | 'RUNNER_SCHEDULER'
  | 'RUNNER_CONTAINER'

/** Errors of runs, executors, transfers and records. */
export class RunnerError extends SkyloomError<RunnerErrorCode> {
  override readonly name = 'RunnerError'
}
