import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { MemoryStore, type RunResult, runPlan } from '../../dist/index.js'
import { smallPlan } from '../small-plan.ts'

const DAY_MS = 24 * 3600 * 1000

/** A clock whose wall time can be moved. */
function movableClock(): { nowMs(): number; monotonicMs(): number; jumpMs: number } {
  const clock = {
    jumpMs: 0,
    nowMs: () => Date.now() + clock.jumpMs,
    monotonicMs: () => performance.now(),
  }
  return clock
}

/** A job with a limit of 30 s, one that fails at first and waits 50 ms, and some more. */
function plan(folder: string): string {
  const mark = join(folder, 'mark')
  return smallPlan(join(folder, 'run'), [
    {
      run: ['/bin/sleep', '0.6'],
      profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.5' }],
      children: [2],
    },
    { run: ['/bin/sh', '-c', `mkdir ${mark} && exit 3; exit 0`], retries: 1 },
    { run: ['/bin/true'] },
  ])
}

const jumps = [
  { name: 'forward', jumpMs: DAY_MS },
  { name: 'back', jumpMs: -DAY_MS },
] as const

test.for(jumps)(
  'a wall clock that jumps a day $name ends no job and keeps none waiting',
  async ({ jumpMs }) => {
    const clock = movableClock()
    const store = new MemoryStore(() => clock.nowMs())
    const startedMs = performance.now()
    const result: RunResult = await runPlan(store, plan(freshFolder()), {
      clock,
      cores: 2,
      leaseMs: 300,
      policy: { backoffMs: 50 },
      onEvents: (events) => {
        if (events.some(({ type }) => type === 'attempt-ended')) clock.jumpMs = jumpMs
      },
    })
    expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 3 } })
    expect(performance.now() - startedMs).toBeLessThan(20_000)
    // The history goes forward whatever the clock does.
    const times: number[] = []
    for await (const { timeMs } of store.events(result.runId)) times.push(timeMs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  },
)

test('an engine that starts before the history of its run ended goes on after it', async () => {
  const clock = movableClock()
  const store = new MemoryStore(() => clock.nowMs())
  const runDir = plan(freshFolder())
  const stop = new AbortController()
  const first = await runPlan(store, runDir, {
    clock,
    policy: { backoffMs: 50 },
    signal: stop.signal,
    onEvents: (events) => {
      if (events.some(({ type }) => type === 'attempt-started')) stop.abort()
    },
  })
  expect(first.status).toBe('stopped')
  clock.jumpMs = -DAY_MS
  const second = await runPlan(store, runDir, { clock, policy: { backoffMs: 50 } })
  expect(second).toMatchObject({ status: 'succeeded', jobs: { succeeded: 3 } })
  const times: number[] = []
  for await (const { timeMs } of store.events(second.runId)) times.push(timeMs)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})
