import type { ManualRow } from '../command/manual.ts'

/** `-j`, as the modules have it that call others. */
export const THREADS_OPTION: ManualRow = [
  '-j threads',
  'Work on so many rows at the same time, each in a thread of its own; default 1. The results are the same to the byte.',
]
/** `-d` of the modules that call others. */
export const TELL_OPTION: ManualRow = [
  '-d',
  'Tell about every row that failed in a line with `stat="INFO"` before the status line.',
]
