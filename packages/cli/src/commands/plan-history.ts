import { isSkyloomError } from '@skyloom/base'
import type { Registry } from '@skyloom/registry'
import { type RunHistory, type RunTimes, runTimesOf } from '@skyloom/workflow/node'
import type { RegistryFlags } from './registry.ts'
import { registryOf } from './registry-open.ts'

/** Looks run times up in a registry. Where none was named and none is there, there is no history. */
export function planHistory(flags: RegistryFlags): RunHistory {
  return async (workflow, transformations) => {
    let registry: Registry
    try {
      registry = await registryOf(flags)
    } catch (error) {
      if (flags.registry === undefined && isSkyloomError(error, 'REGISTRY_NOT_FOUND')) return undefined
      throw error
    }
    try {
      return { name: registry.location, times: await timesIn(registry, workflow, transformations) }
    } finally {
      await registry.close()
    }
  }
}

/** Of runs of the workflow; of all runs for what none of those ran. */
async function timesIn(
  { runs }: Registry,
  workflow: string,
  transformations: readonly string[],
): Promise<RunTimes> {
  const own = await runs.runTimes(transformations, workflow)
  const known = new Set(own.map(({ transformation }) => transformation))
  const further = await runs.runTimes(transformations.filter((name) => !known.has(name)))
  return runTimesOf(
    [...own, ...further].map(({ meanMs, ...measured }) => ({ ...measured, meanSeconds: meanMs / 1000 })),
  )
}
