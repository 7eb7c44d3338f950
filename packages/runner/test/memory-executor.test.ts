import { join } from 'node:path'
import { openRegistry } from '@skyloom/registry'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { MemoryExecutor, type MemoryFunction, type RunResult, runPlan } from '../dist/index.js'
import { smallPlan } from './small-plan.ts'

const PROGRAM = { name: 'test', version: '1.2', sha256: 'ab'.repeat(32) }
const NOTHING = { read: [], written: [] }
/** `first` and `second` are made in memory, `last` reads both and writes a file. */
const JOBS = [
  { run: 'make', writes: ['first'], children: [2] },
  { run: 'make', writes: ['second'], children: [2] },
  { run: 'join', reads: ['first', 'second'], writes: ['last'] },
]

async function runIn(
  place: { readonly registry: string; readonly runDir: string },
  join: MemoryFunction,
): Promise<{ readonly result: RunResult; readonly made: readonly string[] }> {
  await using registry = await openRegistry(place.registry)
  const made: string[] = []
  const functions = new Map<string, MemoryFunction>([
    ['make', async ({ job }) => await Promise.resolve((made.push(job), NOTHING))],
    ['join', join],
  ])
  const result = await runPlan(registry.runs, place.runDir, {
    executor: (host) => new MemoryExecutor(host, { functions, cores: 1, program: PROGRAM }),
  })
  return { result, made }
}

test('files in memory have a history without a place, and results that went with an engine are made again', async () => {
  const folder = freshFolder()
  const place = { registry: join(folder, 'registry.db'), runDir: smallPlan(join(folder, 'run'), JOBS) }
  const broken = await runIn(place, async () => await Promise.reject(new Error('power cut')))
  expect(broken.made.toSorted()).toEqual(['job_0', 'job_1'])
  expect(broken.result.status).toBe('failed')

  const sha256 = 'cd'.repeat(32)
  const { result, made } = await runIn(place, async () =>
    Promise.resolve({
      read: [{ lfn: 'raw', path: '/data/raw', sizeBytes: 3, sha256 }],
      written: [{ lfn: 'last', path: '/out/last', sizeBytes: 4, sha256 }],
      described: [{ lfn: 'first', metadata: { level: 7 } }],
      notes: [{ lfn: 'raw', level: 'warning', text: 'a satellite' }],
    }),
  )
  expect(made.toSorted()).toEqual(['job_0', 'job_1'])
  expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 3 } })

  await using registry = await openRegistry(place.registry)
  const [last] = await registry.files.lookup('file:///out/last')
  expect(last).toMatchObject({ lfn: 'last', sha256, madeBy: { jobId: 'job_2', attempt: 2 } })
  const trace = await registry.files.trace([last?.id ?? ''], { direction: 'ancestors' })
  expect(trace.files.map(({ lfn }) => lfn).toSorted()).toEqual(['first', 'last', 'raw', 'second'])
  const first = await registry.files.get(`${result.runId}/first`)
  expect(first).toMatchObject({ sha256: null, replicas: [], metadata: { level: 7 }, madeBy: { attempt: 2 } })
  const [raw] = await registry.files.lookup('file:///data/raw')
  expect((await registry.files.get(raw?.id ?? '')).messages).toMatchObject([{ text: 'a satellite' }])
})

test('a full disk ends the run: who called hears of it, and resumes it when there is room', async () => {
  const folder = freshFolder()
  const place = { registry: join(folder, 'registry.db'), runDir: smallPlan(join(folder, 'run'), JOBS) }
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  const { result } = await runIn(place, async () => await Promise.reject(full))
  expect(result).toMatchObject({ status: 'failed', jobs: { failed: 1 } })
  const again = await runIn(place, async () => await Promise.resolve(NOTHING))
  expect(again.result.status).toBe('succeeded')
})

test('a transformation without a function fails with its name', async () => {
  const folder = freshFolder()
  const runDir = smallPlan(join(folder, 'run'), [{ run: 'unknown', writes: ['x'] }])
  const { result } = await runIn({ registry: join(folder, 'registry.db'), runDir }, async () =>
    Promise.resolve(NOTHING),
  )
  expect(result).toMatchObject({ status: 'failed', jobs: { failed: 1 } })
})
