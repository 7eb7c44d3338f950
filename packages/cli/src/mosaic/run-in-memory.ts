import { join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import type { RejectedImage } from '@skyloom/mosaic'
import { type MosaicInput, type MosaicSession, mosaicJobs, openRun } from '@skyloom/mosaic/node'
import { engineFunctions } from '@skyloom/recipes/node'
import type { Registry } from '@skyloom/registry'
import { MemoryExecutor, runPlan } from '@skyloom/runner'
import type { ProgramIdentity } from './program-identity.ts'
import type { RunOutcome } from './run-on-files.ts'
import { stopped } from './stopped.ts'

/**
 * Runs the workflow of the mosaic engine as functions of this process.
 *
 * @param before images that were found damaged by earlier runs
 * @throws what the first job that failed threw
 */
export async function runInMemory(
  registry: Registry,
  session: MosaicSession,
  input: MosaicInput,
  { runDir, planSha256 }: { readonly runDir: string; readonly planSha256: string },
  before: readonly RejectedImage[],
  program: ProgramIdentity,
): Promise<RunOutcome> {
  const run = openRun(session.options, session.settings, session.meter, input.images)
  try {
    const jobs = mosaicJobs(run, input)
    const { functions, facts } = await engineFunctions(session, input, jobs, join(runDir, 'inputs'))
    const errors: unknown[] = []
    const result = await runPlan(registry.runs, runDir, {
      executor: (host) =>
        new MemoryExecutor(host, {
          functions,
          cores: session.settings.threads,
          program,
          onError: (error) => {
            errors.push(error)
            run.stop()
          },
          onCancel: () => run.stop(),
        }),
      planSha256,
      policy: { onFailure: 'stop' },
      signal: session.options.signal,
      cancelOnStop: true,
    })
    const damaged = [...before, ...jobs.left.damaged]
    if (isSkyloomError(errors[0], 'RECIPE_BEGIN_AGAIN')) return { damaged }
    if (errors.length > 0) throw errors[0]
    if (result.status !== 'succeeded') throw await stopped(registry, result, runDir)
    const { spilledBytes } = run.store
    return { runId: result.runId, facts: { ...facts(), damaged, spilledBytes } }
  } finally {
    await run.close()
  }
}
