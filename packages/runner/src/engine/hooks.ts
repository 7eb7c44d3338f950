import { spawn } from 'node:child_process'
import { splitArguments } from '@skyloom/workflow'
import type { PlanFile } from '../plan/plan-file.ts'

/** A moment of a job at which its hooks run. */
export interface HookCall {
  readonly on: 'start' | 'error' | 'success'
  readonly job: number
}

/**
 * Starts the hooks of jobs: commands of the workflow, split into words as its arguments are, without a shell. They get the
 * event in `PEGASUS_EVENT`, `PEGASUS_JOBID`, `PEGASUS_WFID` and `PEGASUS_STATUS`. A hook is no part of the run: nobody waits
 * for it, and one that was due when the engine died is not run later.
 */
export function runHooks(plan: PlanFile, runId: string, calls: readonly HookCall[]): void {
  for (const { on, job } of calls) {
    if (!plan.hasHooks(job)) continue
    for (const task of plan.job(job).tasks) {
      for (const hook of task.hooks) {
        if (!isDue(hook.on, on)) continue
        const [program = '', ...args] = splitArguments([hook.command])
        const child = spawn(program, args, {
          stdio: 'ignore',
          detached: true,
          env: {
            ...process.env,
            PEGASUS_EVENT: on,
            PEGASUS_JOBID: plan.name(job),
            PEGASUS_WFID: runId,
            PEGASUS_STATUS: on === 'error' ? '1' : '0',
          },
        })
        // A hook that cannot be started must not end the run.
        child.on('error', () => undefined)
        child.unref()
      }
    }
  }
}

function isDue(wanted: string, on: HookCall['on']): boolean {
  return wanted === on || wanted === 'all' || (wanted === 'end' && on !== 'start')
}
