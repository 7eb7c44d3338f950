import { BaseError, type SkyloomError } from '@skyloom/base'
import type { Registry } from '@skyloom/registry'
import { RunnerError, type RunResult } from '@skyloom/runner'

/** The error of a run that did not make its mosaic: stopped by Ctrl-C or another command, or failed with the reason of its first job. */
export async function stopped(
  registry: Registry,
  { status, runId }: RunResult,
  runDir: string,
): Promise<SkyloomError> {
  const where = [`run ${runId}`, runDir]
  if (status !== 'failed') return new BaseError('BASE_ABORTED', `the run was ${status}`, { where })
  for await (const { jobId, reason } of registry.runs.jobs(runId, { states: ['failed'] })) {
    return new RunnerError('RUNNER_JOB_FAILED', `a job failed: ${reason ?? 'no reason is known'}`, {
      where: [...where, jobId],
      remedy: `skyloom run analyze ${runId} tells more`,
    })
  }
  return new BaseError('BASE_ABORTED', 'the run ended without its mosaic', { where })
}
