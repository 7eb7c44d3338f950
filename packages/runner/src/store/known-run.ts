import { isSkyloomError } from '@skyloom/base'
import type { RunRow } from '@skyloom/registry'
import type { EngineStore } from './run-store.ts'

/** A run, if the registry has it. */
export async function knownRun(store: EngineStore, runId: string): Promise<RunRow | undefined> {
  try {
    return await store.get(runId)
  } catch (error) {
    if (isSkyloomError(error, 'REGISTRY_NOT_FOUND')) return undefined
    throw error
  }
}
