import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { amounts } from './amounts.ts'
import { FaultyRuns } from './faulty-runs.ts'

test('a commit that fails, whichever it is, loses nothing', { timeout: 0 }, async () => {
  const runs = await FaultyRuns.start(3, true)
  const undisturbed = await runs.engine()
  const jobs = undisturbed.succeeded ?? 0
  const product = readFileSync(runs.run.product)
  for (const code of ['REGISTRY_SQL_FAILED', 'REGISTRY_DISK_FULL']) {
    for (const when of ['before', 'after'] as const) {
      for (let number = 1; ; number += amounts.operationStep === 1 ? 1 : 9) {
        runs.renew()
        const faulty = await runs.engine({ commit: { number, code, when } })
        const isReached = faulty.status !== 'succeeded' || faulty.notices.length > 0
        if (code === 'REGISTRY_DISK_FULL' && when === 'before' && isReached) {
          // It waits for room, says so, and goes on by itself.
          expect(faulty).toMatchObject({ status: 'succeeded' })
          expect(faulty.notices).toEqual([
            expect.stringMatching(/^the run waits for room: .*REGISTRY_DISK_FULL/),
            'there is room again; the run goes on',
          ])
        }
        if (faulty.status !== 'succeeded') expect(await runs.engine()).toMatchObject({ status: 'succeeded' })
        await runs.check(jobs, product)
        if (!isReached) break
      }
    }
  }
})
