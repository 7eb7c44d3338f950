import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { leaveWish, runPlan } from '../../dist/index.js'
import type { SmallJob } from '../small-plan.ts'
import { attemptsOf, copying, fastClock, logged, options, run, setting } from './fake-site.ts'
import { linesOf } from './fake-system.ts'

describe('batches', () => {
  test('many jobs go in one submission, to as many elements as can run at a time', async () => {
    const log = join(freshFolder(), 'log')
    const { result, system, runDir, attempts } = await run(logged(log, 12))
    expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 12 } })
    expect(system.log[0]).toBe('submit 2')
    expect([...linesOf(log)].sort((a, b) => Number(a) - Number(b))).toEqual([...Array(12).keys()].map(String))
    expect(attempts).toHaveLength(12)
    expect(readFileSync(join(runDir, 'scratch/copy7'), 'utf8')).toBe('raw\n')
    // Nothing is left but the programs.
    expect(readdirSync(join(runDir, 'batch/far')).sort()).toEqual(['element.sh', 'skyloom-node.mjs'])
  })

  test('a failed member alone is tried again', async () => {
    const log = join(freshFolder(), 'log')
    const jobs = [
      ...logged(log, 3),
      { run: ['/bin/sh', '-c', 'echo no such star >&2; exit 7'], retries: 1 } satisfies SmallJob,
    ]
    const { result, attempts } = await run(jobs)
    expect(result).toMatchObject({ status: 'failed', jobs: { succeeded: 3, failed: 1 } })
    expect(attempts.filter((line) => line.startsWith('job_3'))).toEqual([
      'job_3 1 failed: exit code 7: no such star',
      'job_3 2 failed: exit code 7: no such star',
    ])
    expect(linesOf(log)).toHaveLength(3)
  })

  test('jobs of site local run here beside them', async () => {
    const { result, system } = await run([{ run: ['/bin/true'] }, { run: ['/bin/true'], site: 'local' }])
    expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 2 } })
    expect(system.log).toEqual(['submit 1'])
  })

  test('a time limit is kept from the start of the program, on the node', async () => {
    const profiles = [{ namespace: 'pegasus' as const, key: 'maxwalltime', value: '0.01' }]
    const { attempts } = await run([{ run: ['/bin/sleep', '60'], profiles }])
    expect(attempts).toEqual(['job_0 1 failed: it ran longer than allowed'])
  })

  test('an output that is missing fails its job, as does an input', async () => {
    const { attempts } = await run([
      { run: ['/bin/true'], writes: ['x.fits'] },
      { run: ['/bin/true'], reads: ['none.fits'] },
    ])
    expect(attempts[0]).toMatch(/^job_0 1 failed: .*nothing under x.fits/)
    expect(attempts[1]).toMatch(/^job_1 1 failed: none.fits: an input is missing/)
  })
})

describe('nodes without Node.js', () => {
  test.each([
    ['that see the folder of the batch', false],
    ['that get their files from the scheduler', true],
  ])('%s run the one that goes along', async (_which, carries) => {
    const all = setting([
      {
        run: ['/bin/sh', '-c', 'readlink /proc/$PPID/exe >x'],
        writes: ['x'],
        dataConfiguration: carries ? 'condorio' : 'sharedfs',
      },
    ])
    all.system.carries = carries
    all.node = 'carried'
    expect(await runPlan(all.store, all.runDir, options(all))).toMatchObject({ status: 'succeeded' })
    expect(readFileSync(join(all.runDir, 'scratch/x'), 'utf8')).toMatch(/\/skyloom-node-runtime\n$/)
  })

  test('are told of a file that is none, before anything is submitted', async () => {
    const all = setting([{ run: ['/bin/true'] }])
    all.node = `carried:${join(all.runDir, 'plan.jsonl')}`
    await expect(runPlan(all.store, all.runDir, options(all))).rejects.toMatchObject({
      code: 'RUNNER_BAD_SETTINGS',
      message: expect.stringMatching(/carried:.*plan\.jsonl.*an executable file/) as unknown,
    })
    expect(all.system.log).toEqual([])
  })
})

describe('files that the scheduler carries', () => {
  test('arrive under their names and come home verified', async () => {
    const name = 'a, b/raw file.fits'
    const all = setting([
      {
        run: ['/bin/sh', '-c', 'mkdir -p "out, d"; cat "a, b/raw file.fits" raw >"out, d/x y"'],
        reads: [name, 'raw'],
        writes: ['out, d/x y'],
        dataConfiguration: 'condorio',
      },
    ])
    all.system.carries = true
    mkdirSync(join(all.runDir, 'scratch/a, b'))
    writeFileSync(join(all.runDir, 'scratch', name), 'image\n')
    const result = await runPlan(all.store, all.runDir, options(all))
    expect(await attemptsOf(all.store, result.runId)).toEqual(['job_0 1 succeeded'])
    expect(readFileSync(join(all.runDir, 'scratch/out, d/x y'), 'utf8')).toBe('image\nraw\n')
  })

  test('that change on the way are not taken', async () => {
    const all = setting([copying(0, { dataConfiguration: 'condorio', retries: 0 })])
    all.system.carries = true
    all.system.onHome = (home) => writeFileSync(join(home, 'out/files/copy0'), 'rotten\n')
    const result = await runPlan(all.store, all.runDir, options(all))
    const [attempt] = await attemptsOf(all.store, result.runId)
    expect(attempt).toMatch(/^job_0 1 failed: .*a file changed on its way home/)
    expect(existsSync(join(all.runDir, 'scratch/copy0'))).toBe(false)
  })
})

describe('a scheduler', () => {
  test('that is away is asked again; nothing is lost or doubled', async () => {
    const log = join(freshFolder(), 'log')
    const { result, system, notes } = await run(logged(log, 3), { outages: 2 })
    expect(result.status).toBe('succeeded')
    const asked = system.log.filter((line) => !line.startsWith('cancel'))
    expect(asked).toEqual(['outage', 'find', 'outage', 'find', 'submit 2'])
    expect(notes).toEqual(['far: nobody there; trying again until it answers'])
    expect(linesOf(log)).toHaveLength(3)
  })

  test('whose answer is lost has the batch once', async () => {
    const log = join(freshFolder(), 'log')
    const { result, system } = await run(logged(log, 3), { lostAnswers: 1 })
    expect(result.status).toBe('succeeded')
    expect(system.log.filter((line) => line.startsWith('submit'))).toEqual(['submit 2'])
    expect(linesOf(log)).toHaveLength(3)
  })

  test('that will never take a job fails it with its own word', async () => {
    const { attempts } = await run([{ run: ['/bin/true'] }], { refusal: 'no such partition' })
    expect(attempts).toEqual(['job_0 1 failed: no such partition'])
  })

  test('that has no room for all elements gets fewer', async () => {
    const log = join(freshFolder(), 'log')
    const all = setting(logged(log, 12), { most: 3 }, 8)
    const result = await runPlan(all.store, all.runDir, options(all))
    expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: 12 } })
    expect(all.system.log.slice(0, 3)).toEqual(['full 8', 'full 4', 'submit 2'])
    expect(linesOf(log)).toHaveLength(12)
  })

  test('that has no room at all gets jobs when there is', async () => {
    const log = join(freshFolder(), 'log')
    const all = setting(logged(log, 2), { most: 0 }, 1)
    const ended = runPlan(all.store, all.runDir, options(all, {}, { clock: fastClock(10) }))
    await expect.poll(() => all.notes.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(all.notes).toEqual(['far: AssocMaxSubmitJobLimit; trying again until there is room'])
    all.system.faults.most = 1
    expect(await ended).toMatchObject({ status: 'succeeded', jobs: { succeeded: 2 } })
    expect(linesOf(log)).toHaveLength(2)
  })

  test('that holds jobs says why', async () => {
    const held = { phase: 'held', reason: 'Slurm: pending, JobHeldAdmin', cause: 'person' } as const
    const { attempts, system } = await run([{ run: ['/bin/true'] }], { held })
    expect(attempts).toEqual(['job_0 1 failed: Slurm: pending, JobHeldAdmin'])
    expect(system.log).toContain('cancel 0')
  })

  test('that runs out of memory gets a job with more of it', async () => {
    const memory = { cause: 'memory', text: 'Slurm: OUT_OF_MEMORY' } as const
    const profiles = [{ namespace: 'pegasus' as const, key: 'memory', value: '100' }]
    const all = setting([{ run: ['/bin/true'], retries: 1, profiles, dataConfiguration: 'condorio' }], {
      end: (_, submission) => (submission === 1 ? memory : undefined),
    })
    all.system.carries = true
    const result = await runPlan(all.store, all.runDir, options(all))
    expect(await attemptsOf(all.store, result.runId)).toEqual([
      'job_0 1 failed: Slurm: OUT_OF_MEMORY',
      'job_0 2 succeeded',
    ])
    expect(all.system.memory).toEqual([100, 150])
  })
})

describe('nodes', () => {
  const lost = { cause: 'infrastructure', text: 'Slurm: NODE_FAIL' } as const

  test('that are lost cost no retry', async () => {
    const { result, attempts } = await run([{ run: ['/bin/true'] }], {
      end: (_, submission) => (submission <= 2 ? lost : undefined),
    })
    expect(result.status).toBe('succeeded')
    expect(attempts).toEqual([
      'job_0 1 lost: Slurm: NODE_FAIL',
      'job_0 2 lost: Slurm: NODE_FAIL',
      'job_0 3 succeeded',
    ])
  })

  test('that never do anything stop the submissions for a while, and a person is told', async () => {
    const all = setting(
      Array.from({ length: 6 }, () => ({ run: ['/bin/true'] })),
      { end: () => lost },
      6,
    )
    const stop = new AbortController()
    const ended = runPlan(all.store, all.runDir, options(all, { signal: stop.signal }))
    await expect.poll(() => all.notes.length, { timeout: 20_000 }).toBeGreaterThan(0)
    expect(all.notes[0]).toMatch(
      /^far: 5 workers in a row ended without doing anything, the last by .+; no more for \d+ s/,
    )
    const submissions = all.system.log.length
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(all.system.log.length).toBe(submissions)
    stop.abort()
    await ended
  })

  test('that die in the middle lose only what they worked on', async () => {
    const log = join(freshFolder(), 'log')
    const jobs = Array.from({ length: 6 }, (_, number) => ({
      run: [
        '/bin/sh',
        '-c',
        `echo ${number} >>"$SKYLOOM_TEST_LOG"; if [ $SKYLOOM_ATTEMPT = 1 ]; then sleep 0.4; fi`,
      ],
      environment: [['SKYLOOM_TEST_LOG', log] as const],
    }))
    const all = setting(jobs)
    const ended = runPlan(all.store, all.runDir, options(all))
    await expect.poll(() => linesOf(log).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(3)
    all.system.crash()
    const result = await ended
    expect(result.status).toBe('succeeded')
    const attempts = await attemptsOf(all.store, result.runId)
    // Two elements worked on one job each; what they had done is done, what they had not begun is begun elsewhere.
    expect(attempts.filter((line) => line.endsWith('succeeded'))).toHaveLength(6)
    expect(attempts.length).toBeLessThanOrEqual(8)
  })
})

test('what a lost node worked on is begun elsewhere before the scheduler begins the element again', async () => {
  const log = join(freshFolder(), 'log')
  const job = {
    run: ['/bin/sh', '-c', 'echo x >>"$SKYLOOM_TEST_LOG"; if [ $SKYLOOM_ATTEMPT = 1 ]; then sleep 5; fi'],
    environment: [['SKYLOOM_TEST_LOG', log] as const],
  }
  const all = setting([job, job])
  const ended = runPlan(all.store, all.runDir, options(all))
  await expect.poll(() => linesOf(log).length, { timeout: 20_000 }).toBe(2)
  // The scheduler has said that they run.
  await sleep(200)
  await all.system.requeue()
  const result = await ended
  const lost = 'lost: its node was lost while it worked on it; the scheduler begins again'
  expect(await attemptsOf(all.store, result.runId)).toEqual([
    `job_0 1 ${lost}`,
    'job_0 2 succeeded',
    `job_1 1 ${lost}`,
    'job_1 2 succeeded',
  ])
})

test('an engine that is stopped leaves its batches; the next one adopts them', async () => {
  const log = join(freshFolder(), 'log')
  const jobs = Array.from({ length: 4 }, (_, number) => ({
    run: ['/bin/sh', '-c', `echo ${number} >>"$SKYLOOM_TEST_LOG"; sleep 0.5`],
    environment: [['SKYLOOM_TEST_LOG', log] as const],
  }))
  const all = setting(jobs)
  const stop = new AbortController()
  const first = runPlan(all.store, all.runDir, options(all, { signal: stop.signal }))
  await expect.poll(() => linesOf(log).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(1)
  stop.abort()
  expect((await first).status).toBe('stopped')
  const second = await runPlan(all.store, all.runDir, options(all))
  expect(second.status).toBe('succeeded')
  expect(second.adopted).toBeGreaterThan(0)
  expect(all.system.log.filter((line) => line.startsWith('submit'))).toEqual(['submit 2'])
  expect([...linesOf(log)].sort()).toEqual(['0', '1', '2', '3'])
})

test('a run that is canceled ends what runs and what waits', async () => {
  const log = join(freshFolder(), 'log')
  const jobs = Array.from({ length: 4 }, () => ({
    run: ['/bin/sh', '-c', 'echo x >>"$SKYLOOM_TEST_LOG"; sleep 60'],
    environment: [['SKYLOOM_TEST_LOG', log] as const],
  }))
  const all = setting(jobs)
  const ended = runPlan(all.store, all.runDir, options(all))
  await expect.poll(() => linesOf(log).length, { timeout: 20_000 }).toBe(2)
  await leaveWish(all.runDir, { op: 'cancel', reason: 'enough' })
  const result = await ended
  expect(result).toMatchObject({ status: 'canceled', jobs: { canceled: 4 } })
  expect(linesOf(log)).toHaveLength(2)
})
