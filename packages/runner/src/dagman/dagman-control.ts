import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCondorOutage } from '../batch/condor-outage.ts'
import { type ProgramAnswer, schedulerLine, schedulerProgram } from '../batch/scheduler-program.ts'
import { RunnerError } from '../errors.ts'

/** What came of a command for HTCondor's queue. `isOutage`: it does not answer; ask again later. */
export type QueueAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly isOutage: boolean; readonly text: string }

/**
 * Submits a DAG; DAGMan itself finds the newest rescue file. Files of an earlier submission stay, with the history that they hold.
 *
 * @throws {RunnerError} `RUNNER_SCHEDULER` when HTCondor is not installed, or refuses the DAG
 */
export async function submitDag(runDir: string, basename: string, runId: string): Promise<QueueAnswer> {
  // The file that stops a DAG would stop it again.
  await rm(haltFile(runDir, basename), { force: true })
  const words = ['-append', `+SkyloomRun = "${runId}"`, '-autorescue', '1', '-update_submit']
  const answer = await schedulerProgram('condor_submit_dag', [...words, `${basename}.dag`], { cwd: runDir })
  if (answer.isMissing) {
    throw new RunnerError('RUNNER_SCHEDULER', 'HTCondor is not installed here', {
      found: 'no program condor_submit_dag on the search path',
      remedy: 'start the run on an access point of the pool, or with --engine skyloom',
    })
  }
  if (answer.code === 0) return { ok: true }
  const refused = queueAnswer(answer)
  if (!refused.ok && refused.isOutage) return refused
  throw new RunnerError('RUNNER_SCHEDULER', 'HTCondor did not take the DAG', {
    where: [join(runDir, `${basename}.dag`)],
    found: schedulerLine(answer),
  })
}

/** Takes jobs out of the queue, holds or releases them. Jobs that are not there any more are no error. */
export async function changeQueue(
  program: 'condor_rm' | 'condor_hold' | 'condor_release',
  id: string,
  reason?: string,
): Promise<QueueAnswer> {
  const words = reason === undefined || program === 'condor_release' ? [id] : ['-reason', reason, id]
  const answer = await schedulerProgram(program, words)
  const isGone = /couldn't find|no matching|not found|already/i.test(answer.stderr + answer.stdout)
  return answer.code === 0 || isGone ? { ok: true } : queueAnswer(answer)
}

function queueAnswer(answer: ProgramAnswer): QueueAnswer {
  return {
    ok: false,
    isOutage: isCondorOutage(answer),
    text: schedulerLine(answer),
  }
}

/** Asks DAGMan to start no more nodes; it ends with a rescue file when those that run have ended. */
export async function haltDag(runDir: string, basename: string): Promise<void> {
  await writeFile(haltFile(runDir, basename), '')
}

/** Lets DAGMan start nodes again. */
export async function unhaltDag(runDir: string, basename: string): Promise<void> {
  await rm(haltFile(runDir, basename), { force: true })
}

/** Whether DAGMan was asked to start no more nodes. */
export function isHalted(runDir: string, basename: string): boolean {
  return existsSync(haltFile(runDir, basename))
}

function haltFile(runDir: string, basename: string): string {
  return join(runDir, `${basename}.dag.halt`)
}
