import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { MemoryStore, removeRun, rescueFile, runPlan } from '../dist/index.js'
import { smallPlan } from './small-plan.ts'

test('a rescue file has the nodes that are done, and the retries of the others', async () => {
  const store = new MemoryStore()
  const runDir = smallPlan(join(freshFolder(), 'run'), [
    { run: ['/bin/true'], name: 'project.a+1' },
    { run: ['/bin/false'], children: [2], retries: 2 },
    { run: ['/bin/true'], retries: 1 },
  ])
  const { runId } = await runPlan(store, runDir, { policy: { backoffMs: 1 } })
  const { path, chunks, doneCount, failedCount } = await rescueFile(store, runId)
  expect(path).toBe(join(runDir, 'small-0.dag.rescue001'))
  expect([doneCount, failedCount]).toEqual([1, 1])
  const lines = [...chunks].join('').split('\n')
  expect(lines.filter((line) => line.startsWith('#') && !line.startsWith('# Created'))).toEqual([
    '# Rescue DAG file, created after running',
    '#   the small-0.dag DAG file',
    '# Rescue DAG version: 2.0.1 (partial)',
    '#',
    '# Total number of Nodes: 3',
    '# Nodes premarked DONE: 1',
    '# Nodes that failed: 1',
    '#   job_1,<ENDLIST>',
  ])
  // Nodes are named as in the DAG of the same plan, where DAGMan reserves points and plus signs.
  expect(lines.filter((line) => /^[A-Z]/.test(line))).toEqual([
    'DONE project_a_1',
    'RETRY job_1 2',
    'RETRY job_2 1',
  ])
})

test('a run is removed only when nothing of it may still run', async () => {
  const store = new MemoryStore()
  const runDir = smallPlan(join(freshFolder(), 'run'), [{ run: ['/bin/sleep', '2'] }])
  const stop = new AbortController()
  const running = runPlan(store, runDir, {
    signal: stop.signal,
    onEvents: (events) => {
      if (events.some(({ type }) => type === 'attempt-started')) setTimeout(() => stop.abort(), 100)
    },
  })
  await expect.poll(async () => (await store.list())[0]?.lease ?? null).not.toBeNull()
  const id = (await store.list())[0]?.id ?? ''
  await expect(removeRun(store, id)).rejects.toThrow(/an engine runs this run.*RUNNER_RUN_BUSY/)
  expect((await running).status).toBe('stopped')
  await expect(removeRun(store, id)).rejects.toThrow(/may still be running.*1 jobs.*RUNNER_RUN_BUSY/)
  await expect(removeRun(store, id, { isForced: true, isDry: true })).resolves.toBeUndefined()
  expect((await runPlan(store, runDir)).status).toBe('succeeded')
  await removeRun(store, id)
  expect(await store.list()).toEqual([])
})
