import type { ElementEnd, ElementState } from './batch-system.ts'

/** Final states of Slurm's jobs by what they mean (squeue(1), section "Job state codes"). */
const ENDS: Readonly<Record<string, ElementEnd['cause']>> = {
  COMPLETED: 'done',
  FAILED: 'failed',
  TIMEOUT: 'time',
  DEADLINE: 'time',
  OUT_OF_MEMORY: 'memory',
  NODE_FAIL: 'infrastructure',
  BOOT_FAIL: 'infrastructure',
  PREEMPTED: 'infrastructure',
  REVOKED: 'infrastructure',
  LAUNCH_FAILED: 'infrastructure',
  CANCELLED: 'removed',
}

/** Reasons of a job that waits until a person lets it go on. */
const HELD = /^(?:JobHeld|job_requeued_in_held)/i
/** A node could not start it, and Slurm tries no other one by itself. */
const LAUNCH_FAILED = /^launch_failed/i
/** Reasons of a job that would wait for ever: it asks for what is not there or not allowed. */
const NEVER =
  /^(?:BadConstraints|Partition(?:Config|TimeLimit|NodeLimit)|DependencyNeverSatisfied|AccountNotAllowed|QOSNotAllowed|InvalidQOS|InvalidAccount)/i

/**
 * What a final state means; `undefined` for a job that has not ended.
 *
 * @param state as Slurm writes it, with or without `by UID`
 * @param exitCode `status:signal`
 */
export function slurmEnd(state: string, exitCode: string | undefined, host: string): ElementEnd | undefined {
  const word = state.split(' ', 1)[0]?.replace(/\+$/, '') ?? ''
  const cause = ENDS[word]
  if (cause === undefined) return undefined
  const code = exitCode === undefined || exitCode === '0:0' ? '' : `, exit code ${exitCode}`
  const text = `Slurm: ${state}${code}`
  return { cause, text, ...(isHost(host) ? { host } : {}) }
}

/** State of a job that has not ended. */
export function slurmWaiting(state: string, reason: string, host: string): ElementState {
  if (state !== 'PENDING') return { phase: 'running', ...(isHost(host) ? { host } : {}) }
  // Some reasons are printed as words, some as names.
  const name = reason.replaceAll(' ', '_')
  const cause = HELD.test(name)
    ? 'person'
    : LAUNCH_FAILED.test(name)
      ? 'infrastructure'
      : NEVER.test(name)
        ? 'never'
        : undefined
  // A partition that is down, a node that is reserved: it goes on by itself some time.
  return cause === undefined
    ? { phase: 'pending', reason }
    : { phase: 'held', reason: `Slurm: pending, ${reason}`, cause }
}

function isHost(host: string): boolean {
  return host !== '' && !/^(?:None|\(null\))/.test(host)
}
