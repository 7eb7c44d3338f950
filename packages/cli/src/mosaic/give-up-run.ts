import { isSkyloomError } from '@skyloom/base'
import type { Registry } from '@skyloom/registry'
import { MemoryExecutor, runIdOf, runPlan } from '@skyloom/runner'
import { readMakeRecord } from './make-record.ts'
import { programIdentity } from './program-identity.ts'

/**
 * Cancels an interrupted run of a mosaic that is begun in another way: nobody will go on with it, and what it left running is ended. A
 * run that has ended, that an engine works on, or that is not there any more, stays as it is.
 *
 * @param successor directory of the run that takes its place
 */
export async function giveUpRun(registry: Registry, runDir: string, successor: string): Promise<void> {
  try {
    const { endedMs } = await registry.runs.get(await runIdOf(runDir))
    if (endedMs !== null) return
    const record = await readMakeRecord(runDir)
    await runPlan(registry.runs, runDir, {
      wish: { op: 'cancel', reason: `begun in another way as run ${await runIdOf(successor)}` },
      executor:
        record?.workflow === 'classic'
          ? undefined
          : (host) =>
              new MemoryExecutor(host, { functions: new Map(), cores: 1, program: programIdentity() }),
    })
  } catch (error) {
    if (!GONE.some((code) => isSkyloomError(error, code))) throw error
  }
}

/** Another engine has it, it was removed, or its directory was changed. */
const GONE = ['RUNNER_RUN_BUSY', 'RUNNER_NOT_FOUND', 'REGISTRY_NOT_FOUND', 'RUNNER_BAD_PLAN'] as const
