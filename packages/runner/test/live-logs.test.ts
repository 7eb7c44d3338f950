import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import {
  jobLogs,
  type LogOptions,
  MemoryStore,
  planOfRun,
  runIdOf,
  runningJobs,
  runPlan,
} from '../dist/index.js'
import { lastLine, lastLinesOffset } from '../src/files/read-end.ts'
import { type SmallJob, smallPlan } from './small-plan.ts'

/** Waits until a file is there, so that tests say when a program goes on. */
const GATE = 'until [ -e "$0" ]; do sleep 0.02; done'
const module = new URL('./functions.mjs', import.meta.url).href
const functions = new Map([['chatty', { module, name: 'chatty' }]])

interface Course {
  readonly runDir: string
  readonly store: MemoryStore
  readonly end: Promise<unknown>
  open(gate: string): void
  logs(job: string, options?: LogOptions): AsyncGenerator<string>
}

/** Starts a run and lets the test look at it. */
async function started(jobs: (gate: (name: string) => string) => readonly SmallJob[]): Promise<Course> {
  const folder = freshFolder()
  const runDir = smallPlan(
    join(folder, 'run'),
    jobs((name) => join(folder, name)),
  )
  const store = new MemoryStore()
  const runId = await runIdOf(runDir)
  let end: Promise<unknown> = Promise.resolve()
  await new Promise<void>((resolve) => {
    end = runPlan(store, runDir, { functions, cores: 2, policy: { backoffMs: 1 }, onEvents: () => resolve() })
  })
  return {
    runDir,
    store,
    end,
    open: (gate) => writeFileSync(join(folder, gate), ''),
    async *logs(job, options = {}) {
      const run = await store.get(runId)
      for await (const piece of jobLogs(store, run, job, { pollMs: 10, ...options }))
        yield `${piece.attempt}.${piece.task} ${piece.stream} ${Buffer.from(piece.bytes).toString('utf8')}`
    },
  }
}

async function all(logs: AsyncGenerator<string>): Promise<readonly string[]> {
  const found: string[] = []
  for await (const piece of logs) found.push(piece)
  return found
}

test('what a program writes comes while it runs, through its tries, to its end', async () => {
  const course = await started((gate) => [
    { run: ['/bin/sh', '-c', `echo first; ${GATE}; echo second >&2; exit 1`, gate('a')], retries: 1 },
  ])
  const logs = course.logs('job_0', { follow: true })
  expect((await logs.next()).value).toBe('1.1 stdout first\n')
  course.open('a')
  expect(await all(logs)).toEqual(['1.1 stderr second\n', '2.1 stdout first\n', '2.1 stderr second\n'])
  await course.end
  // Afterwards the same is there, from the last try or from another one.
  expect(await all(course.logs('job_0'))).toEqual(['2.1 stdout first\n', '2.1 stderr second\n'])
  expect(await all(course.logs('job_0', { attempt: 1, lastLines: 1 }))).toEqual([
    '1.1 stdout first\n',
    '1.1 stderr second\n',
  ])
  await expect(all(course.logs('job_0', { attempt: 3 }))).rejects.toThrow(
    /job_0: there is no such attempt.*RUNNER_NOT_FOUND/,
  )
})

test('what a function prints comes while it runs, too', async () => {
  const course = await started(() => [{ run: 'chatty', environment: [['GATE', 'x']] }])
  const logs = course.logs('job_0', { follow: true })
  const first = await logs.next()
  expect(first.value).toMatch(/^1\.1 stdout begun in \/.*\n$/)
  const folder = /begun in (.*)\n/.exec(String(first.value))?.[1] ?? ''
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'gate'), '')
  expect(await all(logs)).toEqual(['1.1 stdout done\n'])
  await course.end
})

test('jobs that run are shown with their last lines', async () => {
  const course = await started((gate) => [
    { run: ['/bin/sh', '-c', `printf "10 %%\\r20 %%\\r\\033[31m30 %%\\033[0m"; ${GATE}`, gate('a')] },
    { run: ['/bin/sh', '-c', `echo out; echo warned >&2; ${GATE}`, gate('a')] },
  ])
  const run = await course.store.get(await runIdOf(course.runDir))
  const plan = planOfRun(run)
  await expect
    .poll(async () =>
      (await runningJobs(course.store, run, plan, 5)).map(
        ({ job, lastLine: line }) => `${job} ${line ?? ''}`,
      ),
    )
    .toEqual(['job_0 30 %', 'job_1 warned'])
  expect(await runningJobs(course.store, run, plan, 1)).toHaveLength(1)
  plan?.close()
  course.open('a')
  await course.end
})

test('the last lines of a file', () => {
  const path = join(freshFolder(), 'log')
  const lines = Array.from({ length: 30_000 }, (_, k) => `line ${k}\n`)
  writeFileSync(path, lines.join(''))
  const size = lines.join('').length
  for (const count of [1, 2, 29_999])
    expect(lastLinesOffset(path, count)).toBe(size - lines.slice(-count).join('').length)
  expect(lastLinesOffset(path, 30_001)).toBe(0)
  expect(lastLinesOffset(join(path, '..', 'none'), 3)).toBe(0)
  expect(lastLine(path, 100)).toBe('line 29999')
  writeFileSync(path, 'a\nb')
  expect(lastLinesOffset(path, 1)).toBe(2)
  writeFileSync(path, '\n\n')
  expect(lastLinesOffset(path, 1)).toBe(1)
  expect(lastLine(path, 100)).toBeUndefined()
})
