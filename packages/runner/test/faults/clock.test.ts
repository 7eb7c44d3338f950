import { join } from 'node:path'
import { openRegistry } from '@skyloom/registry'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { MemoryStore, type RunResult, runPlan } from '../../dist/index.js'
import { montageRun } from '../montage-shape.ts'
import { smallPlan } from '../small-plan.ts'
import { amounts } from './amounts.ts'
import { checkRun, checkTrace } from './check-run.ts'
import { runEngine } from './run-engine-process.ts'

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

test.for([{ functions: true }, { functions: false }])(
  'engines under a clock that jumps all the time, killed now and then, make the whole run ($functions)',
  async ({ functions }) => {
    const folder = freshFolder()
    const run = await montageRun(folder, 12)
    const registry = join(folder, 'registry.db')
    const settings = { runDir: run.runDir, registry, functions, jumpSeed: amounts.seed, slowMs: 10 }
    let kills = 0
    for (const delayMs of [900, 1300, Infinity]) {
      const end = await runEngine(settings, delayMs)
      if (end.type === 'killed') kills++
      else {
        if (end.type !== 'done') throw new Error(JSON.stringify(end))
        expect(end.result.status).toBe('succeeded')
        await checkRun(run, registry, end.result.jobs.succeeded)
        break
      }
    }
    expect(kills).toBeGreaterThan(0)
    if (!functions) checkTrace(run)
    await using opened = await openRegistry(registry)
    const [row] = await opened.runs.list()
    const times: number[] = []
    for await (const { timeMs } of opened.runs.events(row?.id ?? '')) times.push(timeMs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    for await (const { startedMs, endedMs } of opened.runs.attempts(row?.id ?? ''))
      expect(endedMs ?? 0).toBeGreaterThanOrEqual(startedMs ?? Infinity)
  },
)
