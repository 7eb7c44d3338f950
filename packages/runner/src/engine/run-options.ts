import type { Clock } from '@skyloom/base'
import type { ParentJob } from '@skyloom/workflow/node'
import type { Executor } from '../executor/executor.ts'
import type { ExecutorHost, LocalExecutorOptions } from '../executor/local-executor.ts'
import type { RunEvent } from '../machine/run-event.ts'
import type { JobState } from '../machine/run-machine.ts'
import type { RunPolicy } from '../machine/run-spec.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import type { Wish } from './control.ts'
import type { KickstartChoice } from './kickstart-records.ts'

/** How a run is run. */
export interface RunOptions extends LocalExecutorOptions {
  readonly policy?: Partial<RunPolicy> | undefined
  /** SHA-256 of the plan that the caller has written, which is then not checked again if it is still the same. */
  readonly planSha256?: string | undefined
  /** Time a lease is good for after the engine died on another machine. */
  readonly leaseMs?: number | undefined
  /** Another executor in place of this machine. */
  readonly executor?: ((host: ExecutorHost, options: LocalExecutorOptions) => Executor) | undefined
  /** Hears of every group of events after it is stored. */
  readonly onEvents?: ((events: readonly RunEvent[], progress: RunProgress) => void) | undefined
  /** The job whose sub-workflow it is, where the plan does not say so. */
  readonly parent?: ParentJob | undefined
  /** Ends the engine in an orderly way: programs that run go on and are adopted by the next engine. */
  readonly signal?: AbortSignal | undefined
  /** What is asked of the run before anything is started. */
  readonly wish?: Wish | undefined
  /** Stop programs that run when the engine is ended by `signal`. */
  readonly cancelOnStop?: boolean | undefined
  /** Hears what a person should know while the run goes on: that it waits for room on a disk, and that there is room again. */
  readonly onNotice?: ((text: string) => void) | undefined
  readonly clock?: Clock | undefined
  /** Which attempts get a record of Pegasus' form in the folder `kickstart` of the run. Default `programs`. */
  readonly kickstart?: KickstartChoice | undefined
}

/** Counts of a run while it runs. */
export interface RunProgress {
  readonly plan: PlanFile
  readonly count: (state: JobState) => number
}
