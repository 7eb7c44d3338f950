import { type PlanJob, profileValue } from '@skyloom/workflow'

/** What a job asks of the machine. */
export interface JobSettings {
  readonly cores: number
  /** Megabytes; 0 when the job does not say. */
  readonly memoryMb: number
  /** Milliseconds; 0 for no limit. */
  readonly timeoutMs: number
  /** Factor on its memory after an attempt that ran out of it; 0 when the job does not say. */
  readonly memoryFactor: number
  /** Factor on its time after an attempt that ran longer; 0 when the job does not say. */
  readonly timeFactor: number
}

/**
 * Resources of a job from its profiles: `pegasus.cores`, `pegasus.memory` (MB), `pegasus.maxwalltime` (minutes), with
 * HTCondor's `request_cpus` and `request_memory` and Globus' `maxwalltime` where those are not set; `pegasus.retry.memory` and
 * `pegasus.retry.time` (factors), which Pegasus does not have. Jobs that move or remove
 * files take no core: their categories bound them.
 */
export function jobSettings(job: PlanJob): JobSettings {
  const number = (...names: readonly (readonly ['pegasus' | 'condor' | 'globus', string])[]): number => {
    for (const [namespace, key] of names) {
      const value = Number(profileValue(job.profiles, namespace, key))
      if (Number.isFinite(value) && value > 0) return value
    }
    return 0
  }
  const cores = number(['pegasus', 'cores'], ['condor', 'request_cpus'], ['globus', 'count'])
  return {
    cores: job.kind === 'compute' ? cores || 1 : 0,
    memoryMb: number(['pegasus', 'memory'], ['condor', 'request_memory'], ['globus', 'maxmemory']),
    timeoutMs: 60_000 * number(['pegasus', 'maxwalltime'], ['globus', 'maxwalltime'], ['globus', 'maxtime']),
    memoryFactor: number(['pegasus', 'retry.memory']),
    timeFactor: number(['pegasus', 'retry.time']),
  }
}
