import { RunnerError } from '../errors.ts'
import type { EngineStore } from '../store/run-store.ts'

/**
 * Removes a run from the registry; files stay.
 *
 * @param options `isForced` removes it though jobs may still run: programs that an engine left running for the next one
 * @throws {RunnerError} `RUNNER_RUN_BUSY` when jobs may still run
 * @throws {RegistryError} `REGISTRY_HELD` when an engine runs it, `REGISTRY_NOT_FOUND`
 */
export async function removeRun(
  store: EngineStore,
  runId: string,
  options: { readonly isForced?: boolean; readonly isDry?: boolean } = {},
): Promise<void> {
  const run = await store.get(runId)
  const counts = await store.counts(runId)
  const running = counts.reduce((sum, { state, jobs }) => sum + (state === 'running' ? jobs : 0), 0)
  if (run.lease !== null && run.lease.expiresMs > Date.now()) {
    throw new RunnerError('RUNNER_RUN_BUSY', 'an engine runs this run', {
      where: [`run ${runId}`],
      found: run.lease.owner,
      remedy: 'skyloom run cancel, and remove it when it has ended',
    })
  }
  if (running > 0 && run.endedMs === null && options.isForced !== true) {
    throw new RunnerError('RUNNER_RUN_BUSY', 'programs of this run may still be running', {
      where: [`run ${runId}`],
      found: `${running} jobs were running when its engine ended`,
      remedy: 'skyloom run cancel and skyloom run resume end them; --force removes it all the same',
    })
  }
  if (options.isDry !== true) await store.remove(runId)
}
