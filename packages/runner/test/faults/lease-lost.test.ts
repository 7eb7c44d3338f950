import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { RegistryError } from '@skyloom/registry'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { MemoryStore, runPlan } from '../../dist/index.js'
import { smallPlan } from '../small-plan.ts'

/** A store that says that another engine has the run. */
class TakenStore extends MemoryStore {
  override async renewLease(): Promise<number> {
    return await Promise.reject(new RegistryError('REGISTRY_STALE_TOKEN', 'another engine has it'))
  }
}

const HOUR_MS = 3600 * 1000

test('an engine that slept asks before it publishes, and publishes nothing when another one took the run', async () => {
  const runDir = smallPlan(join(freshFolder(), 'run'), [
    { run: ['/bin/echo', 'm 42'], stdout: 'a.txt', writes: ['a.txt'] },
  ])
  let sleptMs = 0
  const ended = runPlan(new TakenStore(), runDir, {
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() + sleptMs },
    onEvents: (events) => {
      if (events.some(({ type }) => type === 'attempt-started')) sleptMs = HOUR_MS
    },
  })
  await expect(ended).rejects.toThrow('RUNNER_LEASE_LOST')
  expect(existsSync(join(runDir, 'scratch/a.txt'))).toBe(false)
})
