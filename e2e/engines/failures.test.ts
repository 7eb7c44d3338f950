import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { executorForSites, MemoryStore, runPlan } from '@skyloom/runner'
import { describe, expect, test } from 'vitest'
import type { SmallJob } from '../../packages/runner/test/small-plan.ts'
import { enginePlan, engines } from './engines.ts'
import { runOn } from './run-on.ts'

const pegasus = (key: string, value: string): NonNullable<SmallJob['profiles']>[number] => ({
  namespace: 'pegasus',
  key,
  value,
})

describe.for(engines)('jobs on $name', (engine) => {
  test('end as they should, each with its true cause', async () => {
    const eat = 'const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1))'
    const jobs: readonly SmallJob[] = [
      { run: ['/bin/sh', '-c', 'cat raw raw >twice'], reads: ['raw'], writes: ['twice'] },
      { run: ['/bin/sh', '-c', 'echo no such star >&2; exit 7'], retries: 1 },
      { run: ['/bin/sh', '-c', 'kill -9 $$'] },
      { run: ['node', '-e', eat], profiles: [pegasus('memory', '150')] },
      { run: ['/bin/sleep', '300'], profiles: [pegasus('maxwalltime', '0.05')] },
      { run: ['/bin/true'], writes: ['nothing.fits'] },
    ]
    const { result, runDir, attempts } = await runOn(engine, jobs)
    expect(result).toMatchObject({ status: 'failed', jobs: { succeeded: 1, failed: 5 } })
    expect(attempts).toEqual([
      'job_0 1 succeeded',
      'job_1 1 failed: exit code 7: no such star',
      'job_1 2 failed: exit code 7: no such star',
      'job_2 1 failed: it was ended by SIGKILL',
      expect.stringMatching(/^job_3 1 failed: .*(?:more than 150 MB|more memory|OUT_OF_MEMORY)/),
      'job_4 1 failed: it ran longer than allowed',
      expect.stringMatching(/^job_5 1 failed: .*nothing under nothing.fits/),
    ])
    expect(readFileSync(join(runDir, 'scratch/twice'), 'utf8')).toBe('raw\nraw\n')
    // No batch stays behind.
    expect(readdirSync(join(runDir, 'batch', engine.site)).sort()).toEqual(['element.sh', 'skyloom-node.mjs'])
  })

  test('that somebody takes out of the queue fail with that', async () => {
    const runDir = enginePlan(engine, [{ run: ['/bin/sleep', '300'] }])
    const store = new MemoryStore()
    const ended = runPlan(store, runDir, { executor: executorForSites({ queryMs: 1000 }) })
    const folder = join(runDir, 'batch', engine.site)
    const id = (): string | undefined => {
      const batch = existsSync(folder)
        ? readdirSync(folder).find((name) => name.startsWith('skyloom-') && !name.includes('.'))
        : undefined
      const file = batch === undefined ? undefined : join(folder, batch, 'id')
      return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined
    }
    await expect.poll(id, { timeout: 30_000 }).toBeDefined()
    expect(spawnSync(engine.remove, [id() ?? '']).status).toBe(0)
    const result = await ended
    expect(result.status).toBe('failed')
    const reasons: (string | null)[] = []
    for await (const { reason } of store.attempts(result.runId)) reasons.push(reason)
    expect(reasons).toEqual([expect.stringMatching(engine.removed)])
  })
})
