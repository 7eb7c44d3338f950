import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import {
  analyzeRun,
  explainRunJob,
  leaveWish,
  MemoryStore,
  type RunEvent,
  type RunOptions,
  type RunResult,
  readRunRecord,
  runPlan,
} from '../dist/index.js'
import { type SmallJob, smallPlan } from './small-plan.ts'

const module = new URL('./functions.mjs', import.meta.url).href
const functions = new Map(['upper', 'fail', 'sleepForEver', 'exit'].map((name) => [name, { module, name }]))
const quick = { backoffMs: 1, maxBackoffMs: 5 }

async function run(
  jobs: readonly SmallJob[],
  options: RunOptions = {},
  throttles: readonly (readonly [string, number])[] = [],
): Promise<{
  result: RunResult
  store: MemoryStore
  runDir: string
  reasons: ReadonlyMap<string, string | null>
}> {
  const store = new MemoryStore()
  const runDir = smallPlan(join(freshFolder(), 'run'), jobs, throttles)
  const result = await runPlan(store, runDir, { functions, policy: quick, ...options })
  const reasons = new Map<string, string | null>()
  for await (const { jobId, attempt, reason } of store.attempts(result.runId))
    reasons.set(`${jobId} ${attempt}`, reason)
  return { result, store, runDir, reasons }
}

describe('programs', () => {
  test('get their arguments unchanged, their folder, and only a part of the environment', async () => {
    process.env['SKYLOOM_TEST_SECRET'] = 'canary-7'
    const words = ['a b', '-x', '*', '$HOME', 'é', '"', 'a;b|c&d']
    const program = `const fs = require('node:fs'); fs.writeFileSync('out.json', JSON.stringify([process.argv.slice(1), process.env]))`
    const { result, runDir, store } = await run([
      {
        run: [process.execPath, '-e', program.replaceAll("'", '"'), '--', ...words],
        writes: ['out.json'],
        environment: [
          ['GIVEN', '1'],
          ['S3_SECRET_KEY', 'canary-8'],
        ],
      },
    ])
    expect(result.status).toBe('succeeded')
    const [args, environment] = JSON.parse(readFileSync(join(runDir, 'scratch/out.json'), 'utf8')) as [
      string[],
      Record<string, string>,
    ]
    expect(args).toEqual(words)
    expect(environment).toMatchObject({ GIVEN: '1', S3_SECRET_KEY: 'canary-8', SKYLOOM_JOB: 'job_0' })
    expect(environment).not.toHaveProperty('SKYLOOM_TEST_SECRET')
    // No secret is in any record.
    expect(
      JSON.stringify(await readRunRecord(store, result.runId), (_, value: unknown) =>
        value instanceof Map ? [...value] : value,
      ),
    ).not.toMatch(/canary-[78]/)
  })

  test('that fail are tried again and then fail with their last words', async () => {
    const { result, reasons, store } = await run([
      { run: ['/bin/sh', '-c', 'echo first >&2; echo no such star >&2; exit 7'], retries: 2 },
      { run: ['/bin/true'] },
    ])
    expect(result).toMatchObject({ status: 'failed', jobs: { failed: 1, succeeded: 1 } })
    expect([...reasons]).toEqual(
      [
        ['job_1 1', null],
        ['job_0 1', 'exit code 7: no such star'],
        ['job_0 2', 'exit code 7: no such star'],
        ['job_0 3', 'exit code 7: no such star'],
      ].sort((a, b) => [...reasons.keys()].indexOf(a[0] ?? '') - [...reasons.keys()].indexOf(b[0] ?? '')),
    )
    const analysis = analyzeRun(await readRunRecord(store, result.runId))
    expect(analysis).toMatchObject({
      failed: 1,
      failedJobs: [{ job: 'job_0', attempts: 3, stderr: 'first\nno such star\n' }],
    })
  })

  const failures: readonly {
    readonly name: string
    readonly job: SmallJob
    readonly reason: string | RegExp
  }[] = [
    { name: 'a signal', job: { run: ['/bin/sh', '-c', 'kill -9 $$'] }, reason: 'it was ended by SIGKILL' },
    {
      name: 'no program',
      job: { run: ['/nowhere/prog'] },
      reason: /program cannot be run here.*\/nowhere\/prog.*RUNNER_NO_TRANSFORMATION/,
    },
    {
      name: 'an output that is not written',
      job: { run: ['/bin/true'], writes: ['x.fits'] },
      reason: /nothing under x.fits.*RUNNER_OUTPUT_MISSING/,
    },
    {
      name: 'an input that is missing',
      job: { run: ['/bin/true'], reads: ['raw.fits'] },
      reason: /raw.fits: an input is missing: .*was not found.*RUNNER_INPUT_MISSING/,
    },
    { name: 'a function that throws', job: { run: 'fail' }, reason: 'Error: no star in the field' },
    { name: 'a function that ends its worker', job: { run: 'exit' }, reason: /the worker died/ },
    {
      name: 'a function that is not there',
      job: { run: 'nowhere' },
      reason: /no function nowhere was given/,
    },
  ]
  test.for(failures)('$name is a failure of the job', async ({ reason, job }) => {
    const { result, reasons } = await run([job])
    expect(result.status).toBe('failed')
    expect(reasons.get('job_0 1')).toMatch(reason)
  })

  test('that take too long are ended with all their children', async () => {
    const { reasons, result } = await run([
      {
        run: ['/bin/sh', '-c', 'sleep 60 & wait'],
        profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.005' }],
      },
      { run: 'sleepForEver', profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.005' }] },
    ])
    expect(result.status).toBe('failed')
    expect(reasons.get('job_0 1')).toBe('it ran longer than allowed')
    expect(reasons.get('job_1 1')).toBe('it ran longer than allowed')
  })

  test('that use more memory than they asked for are ended, and get more', async () => {
    const program = 'const b = Buffer.alloc(150e6, 1); setTimeout(() => process.exit(0), 400)'
    const { result, reasons } = await run(
      [
        {
          run: [process.execPath, '-e', program],
          retries: 1,
          profiles: [{ namespace: 'pegasus', key: 'memory', value: '120' }],
        },
      ],
      { policy: { ...quick, memoryFactor: 4 } },
    )
    expect(reasons.get('job_0 1')).toBe('it used more than 120 MB')
    expect(result.status).toBe('succeeded')
  })

  test('are measured', async () => {
    const program = 'const b = Buffer.alloc(60e6, 1); while (process.cpuUsage().user < 4e5); '
    const { store, result } = await run([{ run: [process.execPath, '-e', program] }])
    for await (const row of store.invocations(result.runId)) {
      expect(row.exitCode).toBe(0)
      expect(row.programSha256).toMatch(/^[0-9a-f]{64}$/)
      expect(row.maxRssBytes).toBeGreaterThan(60e6)
      expect(row.cpuMs).toBeGreaterThan(300)
      expect(row.durationMs).toBeGreaterThan(300)
    }
  })
})

describe('functions', () => {
  test('read their inputs and write their outputs in warm workers', async () => {
    const { result, runDir, store } = await run([
      { run: ['/bin/echo', 'm 42'], stdout: 'a.txt', writes: ['a.txt'], children: [1] },
      { run: 'upper', reads: ['a.txt'], writes: ['b.txt'] },
    ])
    expect(result.status).toBe('succeeded')
    expect(readFileSync(join(runDir, 'scratch/b.txt'), 'utf8')).toBe('M 42\n')
    expect(existsSync(join(runDir, 'scratch/.skyloom-work', result.runId.slice(0, 8), '1.1'))).toBe(false)
    const attempts = []
    for await (const { jobId, stdout, executor } of store.attempts(result.runId))
      attempts.push([jobId, executor, stdout])
    expect(attempts).toEqual([
      ['job_0', 'process', null],
      ['job_1', 'worker', 'done\n'],
    ])
  })
})

describe('wishes of a person', () => {
  test('a run that is paused ends its running jobs, and resumes', async () => {
    const store = new MemoryStore()
    const runDir = smallPlan(join(freshFolder(), 'run'), [
      { run: ['/bin/sleep', '0.5'], children: [1] },
      { run: ['/bin/true'] },
    ])
    const first = runPlan(store, runDir, {
      onEvents: (events) => {
        if (events.some(({ type }) => type === 'attempt-started'))
          void leaveWish(runDir, { op: 'pause', reason: 'lunch' })
      },
    })
    expect(await first).toMatchObject({ status: 'paused', jobs: { succeeded: 1, ready: 1 } })
    expect(await store.get((await first).runId)).toMatchObject({
      state: 'paused',
      reason: 'lunch',
      lease: null,
    })
    expect(await runPlan(store, runDir)).toMatchObject({ status: 'succeeded', jobs: { succeeded: 2 } })
  })

  test('a run that is canceled ends its programs', async () => {
    const store = new MemoryStore()
    const runDir = smallPlan(join(freshFolder(), 'run'), [
      { run: ['/bin/sleep', '60'], children: [1] },
      { run: ['/bin/true'] },
    ])
    const startMs = Date.now()
    const result = await runPlan(store, runDir, {
      onEvents: (events) => {
        if (events.some(({ type }) => type === 'attempt-started'))
          void leaveWish(runDir, { op: 'cancel', reason: 'wrong field' })
      },
    })
    expect(result).toMatchObject({ status: 'canceled', jobs: { canceled: 1, unready: 1 } })
    expect(Date.now() - startMs).toBeLessThan(10_000)
  })

  test('an engine that is stopped leaves its programs running; the next adopts them', async () => {
    const store = new MemoryStore()
    const folder = freshFolder()
    const mark = join(folder, 'mark')
    const runDir = smallPlan(join(folder, 'run'), [
      { run: ['/bin/sh', '-c', `sleep 1; echo once >> ${mark}`] },
    ])
    const stop = new AbortController()
    const stopped = await runPlan(store, runDir, {
      signal: stop.signal,
      onEvents: (events) => {
        if (events.some(({ type }) => type === 'attempt-started')) setTimeout(() => stop.abort(), 200)
      },
    })
    expect(stopped).toMatchObject({ status: 'stopped', jobs: { running: 1 } })
    expect(await runPlan(store, runDir)).toMatchObject({ status: 'succeeded', adopted: 1 })
    expect(readFileSync(mark, 'utf8')).toBe('once\n')
  })

  test('a second engine is refused while the first one runs', async () => {
    const store = new MemoryStore()
    const runDir = smallPlan(join(freshFolder(), 'run'), [{ run: ['/bin/sleep', '0.4'] }])
    let first: Promise<unknown> | undefined
    await new Promise<void>((resolve) => {
      const onEvents = (events: readonly RunEvent[]): void => {
        if (events.some(({ type }) => type === 'attempt-started')) resolve()
      }
      first = expect(runPlan(store, runDir, { onEvents })).rejects.toThrow('RUNNER_LEASE_LOST')
    })
    const { id } = (await store.list())[0] ?? { id: '' }
    // Another machine's engine; that of this process is known as our own.
    await store.releaseLease(id, 1)
    await store.acquireLease(id, 'other 1 1', 60_000)
    await expect(runPlan(store, runDir)).rejects.toThrow(
      /another engine runs this run: found other 1 1.*RUNNER_RUN_BUSY/,
    )
    // And the first has lost its lease: what it does is not stored.
    await first
  })
})

describe('results that are known', () => {
  const jobs: readonly SmallJob[] = [
    { run: ['/bin/echo', 'm 42'], stdout: 'a.txt', writes: ['a.txt'], children: [1] },
    { run: 'upper', reads: ['a.txt'], writes: ['b.txt'] },
  ]

  test('are taken over by another run, verified, and explained', async () => {
    const store = new MemoryStore()
    const folder = freshFolder()
    const first = await runPlan(store, smallPlan(join(folder, 'one'), jobs), { functions })
    const second = await runPlan(store, smallPlan(join(folder, 'two'), jobs), { functions })
    expect(second.status).toBe('succeeded')
    expect(readFileSync(join(folder, 'two/scratch/b.txt'), 'utf8')).toBe('M 42\n')
    expect(await explainRunJob(store, second.runId, 'job_1')).toMatchObject({
      state: 'skipped',
      because: expect.stringContaining(`reused ${first.runId} job_1 1`) as unknown,
    })
    // A damaged result is never taken.
    writeFileSync(join(folder, 'one/scratch/b.txt'), 'M 43\n')
    writeFileSync(join(folder, 'two/scratch/b.txt'), 'M 43\n')
    const third = await runPlan(store, smallPlan(join(folder, 'three'), jobs), { functions })
    expect(readFileSync(join(folder, 'three/scratch/b.txt'), 'utf8')).toBe('M 42\n')
    expect((await store.job(third.runId, 'job_0')).state).toBe('skipped')
    expect((await store.job(third.runId, 'job_1')).state).toBe('succeeded')
  })

  test('other arguments run again, and explain says what changed', async () => {
    const store = new MemoryStore()
    const folder = freshFolder()
    const first = await runPlan(store, smallPlan(join(folder, 'one'), jobs), { functions })
    const changed = [{ ...jobs[0], run: ['/bin/echo', 'm 43'] }, ...jobs.slice(1)]
    const second = await runPlan(store, smallPlan(join(folder, 'two'), changed), { functions })
    expect((await explainRunJob(store, second.runId, 'job_0')).because).toBe(
      `it ran: the arguments changed from "m 42" to "m 43" against run ${first.runId}`,
    )
    expect((await explainRunJob(store, second.runId, 'job_1')).because).toContain('an input')
  })
})

test('what waits for a failed job is explained by it, with the path', async () => {
  const { store, result } = await run([
    { run: ['/bin/sh', '-c', 'echo bad header >&2; exit 1'], children: [1] },
    { run: ['/bin/true'], children: [2] },
    { run: ['/bin/true'] },
  ])
  expect(await explainRunJob(store, result.runId, 'job_2')).toMatchObject({
    state: 'unready',
    because: 'job_0 failed: exit code 1: bad header',
    path: ['job_0', 'job_1', 'job_2'],
  })
})

test('throttles hold while programs run', async () => {
  const folder = freshFolder()
  mkdirSync(join(folder, 'busy'))
  const busy = join(folder, 'busy/lock')
  const jobs = Array.from({ length: 6 }, () => ({
    run: ['/bin/sh', '-c', `mkdir ${busy} || exit 9; sleep 0.05; rmdir ${busy}`],
    category: 'one',
  }))
  const { result } = await run(jobs, { cores: 4 }, [['one', 1]])
  expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 6 } })
})

test('a job that is larger than the machine is refused before anything runs', async () => {
  const jobs: readonly SmallJob[] = [
    { run: ['/bin/true'] },
    { run: ['/bin/true'], profiles: [{ namespace: 'pegasus', key: 'cores', value: '64' }] },
  ]
  await expect(run(jobs, { cores: 2 })).rejects.toThrow(
    /job job_1: a job asks for more.*64 cores.*RUNNER_TOO_LARGE/,
  )
})

test('a plan that was changed is refused', async () => {
  const store = new MemoryStore()
  const runDir = smallPlan(join(freshFolder(), 'run'), [{ run: ['/bin/false'] }])
  await runPlan(store, runDir)
  const plan = join(runDir, 'plan.jsonl')
  writeFileSync(plan, readFileSync(plan, 'utf8').replace('/bin/false', '/bin/true'))
  await expect(runPlan(store, runDir)).rejects.toThrow(
    /the plan was changed after the run began.*RUNNER_BAD_PLAN/,
  )
  writeFileSync(plan, readFileSync(plan, 'utf8').slice(0, -20))
  await expect(runPlan(store, runDir)).rejects.toThrow('RUNNER_BAD_PLAN')
})
