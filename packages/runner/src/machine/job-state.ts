/** States of jobs. `waiting`: for the time of the next retry. */
export const JOB_STATES = [
  'unready',
  'ready',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'held',
  'canceled',
] as const

/** State of a job. */
export type JobState = (typeof JOB_STATES)[number]

/** Positions in {@link JOB_STATES}, as which states are kept. */
export const UNREADY = 0
/** See {@link UNREADY}. */
export const READY = 1
/** See {@link UNREADY}. */
export const RUNNING = 2
/** See {@link UNREADY}. */
export const WAITING = 3
/** See {@link UNREADY}. */
export const SUCCEEDED = 4
/** See {@link UNREADY}. */
export const FAILED = 5
/** See {@link UNREADY}. */
export const HELD = 6
/** See {@link UNREADY}. */
export const CANCELED = 7
