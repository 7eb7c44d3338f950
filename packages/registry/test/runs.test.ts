import { describe, expect, test } from 'vitest'
import {
  type AttemptRow,
  type InvocationRow,
  type JobRow,
  type NewRun,
  productFileId,
  type Registry,
  sourceFileId,
} from '../src/index.ts'
import { DIALECTS, databases } from './databases.ts'
import { all } from './sequences.ts'

const { open } = databases()

const RUN: NewRun = {
  id: 'run-1',
  label: 'm42',
  user: 'ada',
  host: 'laptop',
  directory: '/runs/1',
  createdMs: 1000,
  data: { planner: '0.1.0' },
}

function job(jobId: string, more: Partial<JobRow> = {}): JobRow {
  return {
    jobId,
    kind: 'compute',
    transformation: 'mProject',
    state: 'unready',
    attemptCount: 0,
    maxRetries: 2,
    priority: 0,
    taskCount: 1,
    changedMs: 1000,
    ...more,
  }
}

const ATTEMPT: AttemptRow = { jobId: 'a', attempt: 1, state: 'running', executor: 'process' }
const INVOCATION: InvocationRow = {
  jobId: 'a',
  attempt: 1,
  task: 1,
  transformation: 'mProject',
  executable: '/usr/bin/mProject',
  arguments: ['raw, 1.fits', '-x', "o'clock", ''],
  startMs: 2000.25,
  durationMs: 12.5,
  exitCode: 0,
}

async function heldRun(registry: Registry): Promise<number> {
  await registry.runs.create(RUN)
  return await token(registry)
}

async function token(registry: Registry, owner = 'engine-1'): Promise<number> {
  const lease = await registry.runs.acquireLease('run-1', owner, 10_000)
  if (lease.isHeld) throw new Error('held')
  return lease.token
}

describe.for(DIALECTS)('runs in %s', (dialect) => {
  test('come back as they were given', async () => {
    await using registry = await open(dialect)
    const run = await registry.runs.create(RUN)
    expect(run).toEqual({
      id: 'run-1',
      label: 'm42',
      state: 'created',
      user: 'ada',
      host: 'laptop',
      directory: '/runs/1',
      parentRunId: null,
      createdMs: 1000,
      startedMs: null,
      endedMs: null,
      exitCode: null,
      reason: null,
      lastSeq: 0,
      lease: null,
      data: { planner: '0.1.0' },
    })
    expect(await registry.runs.get('run-1')).toEqual(run)
    await expect(registry.runs.create(RUN)).rejects.toMatchObject({ code: 'REGISTRY_EXISTS' })
    await expect(registry.runs.get('run-2')).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
  })

  test('are listed newest first, by state, label and parent', async () => {
    await using registry = await open(dialect)
    await registry.runs.create(RUN)
    await registry.runs.create({ ...RUN, id: 'child', parentRunId: 'run-1', label: 'inner', createdMs: 2000 })
    const ids = async (filter?: Parameters<typeof registry.runs.list>[0]): Promise<readonly string[]> =>
      (await registry.runs.list(filter)).map(({ id }) => id)
    expect(await ids()).toEqual(['child', 'run-1'])
    expect(await ids({ label: 'm42' })).toEqual(['run-1'])
    expect(await ids({ parentRunId: 'run-1' })).toEqual(['child'])
    expect(await ids({ states: ['running'] })).toEqual([])
    expect(await ids({ limit: 1 })).toEqual(['child'])
  })

  test('hold jobs, edges, attempts, invocations and events of a commit', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    await registry.runs.commit('run-1', held, {
      run: { state: 'running', startedMs: 1500 },
      events: [
        { seq: 1, timeMs: 1500, type: 'run.started', data: { cores: 2 } },
        { seq: 2, timeMs: 1501.5, type: 'job.started', jobId: 'a', attempt: 1 },
      ],
      jobs: [job('a'), job('b', { category: 'add', site: 'local', data: { memory: 5 } })],
      jobChanges: [
        { jobId: 'a', state: 'ready', changedMs: 1400, reason: 'first' },
        { jobId: 'a', state: 'running', changedMs: 1501, attemptCount: 1 },
      ],
      edges: [{ parent: 'a', child: 'b' }],
      attempts: [ATTEMPT],
      invocations: [INVOCATION],
    })
    const run = await registry.runs.get('run-1')
    expect(run).toMatchObject({ state: 'running', startedMs: 1500, lastSeq: 2, endedMs: null })
    expect(await all(registry.runs.events('run-1'))).toEqual([
      { seq: 1, timeMs: 1500, type: 'run.started', data: { cores: 2 } },
      { seq: 2, timeMs: 1501.5, type: 'job.started', jobId: 'a', attempt: 1 },
    ])
    expect(await all(registry.runs.events('run-1', 1))).toHaveLength(1)
    expect(await registry.runs.job('run-1', 'a')).toMatchObject({
      state: 'running',
      changedMs: 1501,
      attemptCount: 1,
      reason: 'first',
      category: null,
    })
    expect(await registry.runs.job('run-1', 'b')).toMatchObject({ category: 'add', data: { memory: 5 } })
    expect(await registry.runs.neighbours('run-1', 'b')).toEqual({ parents: ['a'], children: [] })
    expect(await all(registry.runs.edges('run-1'))).toEqual([{ parent: 'a', child: 'b' }])
    expect(await all(registry.runs.attempts('run-1'))).toMatchObject([{ ...ATTEMPT, cores: 1 }])
    expect(await all(registry.runs.invocations('run-1', 'a'))).toMatchObject([INVOCATION])
    expect(await registry.runs.lastEvents('run-1', { jobId: 'a' })).toMatchObject([{ seq: 2 }])
    expect(await registry.runs.counts('run-1')).toEqual([
      { kind: 'compute', transformation: 'mProject', state: 'running', jobs: 1 },
      { kind: 'compute', transformation: 'mProject', state: 'unready', jobs: 1 },
    ])
  })

  test('refuse a gap in the events and write nothing of that commit', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const commit = registry.runs.commit('run-1', held, {
      jobs: [job('a')],
      events: [{ seq: 2, timeMs: 1, type: 'x' }],
    })
    await expect(commit).rejects.toMatchObject({ code: 'REGISTRY_CONFLICT' })
    expect(await all(registry.runs.jobs('run-1'))).toEqual([])
  })

  test('refuse changes of unknown jobs and uses of unknown files', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const commit = (changes: Parameters<typeof registry.runs.commit>[2]): Promise<void> =>
      registry.runs.commit('run-1', held, changes)
    await expect(
      commit({ jobChanges: [{ jobId: 'x', state: 'ready', changedMs: 1 }] }),
    ).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' })
    await expect(commit({ used: [{ jobId: 'a', attempt: 1, fileId: 'x' }] })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    })
    await expect(commit({ generated: [{ jobId: 'a', attempt: 1, fileId: 'x' }] })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    })
    await expect(commit({ messages: [{ level: 'info', text: 'x', fileId: 'x' }] })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_FOUND',
    })
  })

  test('are written by the holder of the newest token only', async () => {
    let nowMs = 0
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs }
    await using registry = await open(dialect, { clock })
    const first = await heldRun(registry)
    expect(await registry.runs.acquireLease('run-1', 'engine-2', 10_000)).toEqual({
      isHeld: true,
      owner: 'engine-1',
      expiresMs: 10_000,
    })
    nowMs = 9000
    expect(await registry.runs.renewLease('run-1', first, 10_000)).toBe(19_000)
    nowMs = 20_000
    const second = await token(registry, 'engine-2')
    expect(second).toBeGreaterThan(first)
    const late = { events: [{ seq: 1, timeMs: 1, type: 'x' }] }
    await expect(registry.runs.commit('run-1', first, late)).rejects.toThrow(
      `run run-1: the right to write this run was lost: found token ${first}, allowed token ${second} of engine-2; ` +
        'stop; another engine goes on with the run [REGISTRY_STALE_TOKEN]',
    )
    await expect(registry.runs.renewLease('run-1', first, 1)).rejects.toMatchObject({
      code: 'REGISTRY_STALE_TOKEN',
    })
    await registry.runs.releaseLease('run-1', first)
    await registry.runs.commit('run-1', second, late)
    await registry.runs.releaseLease('run-1', second)
    await expect(registry.runs.commit('run-1', second, {})).rejects.toMatchObject({
      code: 'REGISTRY_STALE_TOKEN',
    })
    expect((await registry.runs.get('run-1')).lease).toBeNull()
  })

  test('of many jobs are read in pages, whole and in order', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const ids = Array.from({ length: 4500 }, (_, index) => `job_${String(index).padStart(5, '0')}`)
    await registry.runs.commit('run-1', held, {
      jobs: ids.map((id) => job(id)),
      edges: ids.slice(1).map((id, index) => ({ parent: ids[index] ?? '', child: id })),
      attempts: ids.map((jobId) => ({ ...ATTEMPT, jobId })),
      invocations: ids.map((jobId) => ({ ...INVOCATION, jobId })),
      events: ids.map((jobId, index) => ({ seq: index + 1, timeMs: index, type: 'x', jobId })),
    })
    expect((await all(registry.runs.jobs('run-1'))).map(({ jobId }) => jobId)).toEqual(ids)
    expect(await all(registry.runs.edges('run-1'))).toHaveLength(4499)
    expect((await all(registry.runs.attempts('run-1'))).map(({ jobId }) => jobId)).toEqual(ids)
    expect((await all(registry.runs.invocations('run-1'))).map(({ jobId }) => jobId)).toEqual(ids)
    expect((await all(registry.runs.events('run-1', 4498))).map(({ seq }) => seq)).toEqual([4499, 4500])
  })

  test('keep what captured output says at both ends', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const stdout = `begin\0${'x'.repeat(200_000)}end`
    await registry.runs.commit('run-1', held, { attempts: [{ ...ATTEMPT, stdout }] })
    const [attempt] = await all(registry.runs.attempts('run-1'))
    expect(attempt?.stdout?.length).toBeLessThan(66_000)
    expect(attempt?.stdout).toMatch(/^begin\uFFFDx.*\n\[\.\.\. \d+ characters left out \.\.\.\]\n.*xend$/)
  })

  test('find results with the same content hash, with the files and where they lie', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const fileId = productFileId('run-1', 'p.fits')
    const recipeSha256 = 'a'.repeat(64)
    await registry.runs.commit('run-1', held, {
      attempts: [
        { ...ATTEMPT, state: 'succeeded', recipeSha256, endedMs: 5 },
        { ...ATTEMPT, attempt: 2, state: 'failed', recipeSha256, endedMs: 9 },
      ],
      files: [{ id: fileId, lfn: 'p.fits', sizeBytes: 5, sha256: 'b'.repeat(64) }],
      replicas: [{ fileId, site: 'local', pfn: '/data/p.fits' }],
      generated: [{ jobId: 'a', attempt: 1, fileId }],
    })
    expect(await registry.runs.findResults(recipeSha256)).toEqual([
      {
        runId: 'run-1',
        jobId: 'a',
        attempt: 1,
        endedMs: 5,
        outputs: [
          {
            fileId,
            lfn: 'p.fits',
            sizeBytes: 5,
            sha256: 'b'.repeat(64),
            replicas: [{ site: 'local', pfn: '/data/p.fits' }],
          },
        ],
      },
    ])
    expect(await registry.runs.findResults('c'.repeat(64))).toEqual([])
    expect(await registry.runs.knownRecipes(['p.fits', 'other.fits'])).toEqual(
      new Map([['p.fits', [recipeSha256]]]),
    )
  })

  test('tell how long programs took, in runs of one name or all', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const label = (await registry.runs.get('run-1')).label
    await registry.runs.commit('run-1', held, {
      attempts: [ATTEMPT],
      invocations: [
        { ...INVOCATION, task: 1, durationMs: 100, exitCode: 0, signal: null },
        { ...INVOCATION, task: 2, durationMs: 300, exitCode: 0, signal: null },
        { ...INVOCATION, task: 3, durationMs: 700, exitCode: 0, signal: null, arguments: ['-x'] },
        { ...INVOCATION, task: 4, durationMs: 900, exitCode: 1 },
        { ...INVOCATION, task: 5, transformation: 'other', exitCode: 0, signal: null },
      ],
    })
    const { transformation, arguments: words } = INVOCATION
    const known = [
      { transformation, arguments: ['-x'], count: 1, meanMs: 700 },
      { transformation, arguments: words, count: 2, meanMs: 200 },
    ]
    expect(await registry.runs.runTimes([transformation, 'unknown'])).toEqual(expect.arrayContaining(known))
    expect(await registry.runs.runTimes([transformation], label)).toHaveLength(2)
    expect(await registry.runs.runTimes([transformation], 'another workflow')).toEqual([])
    expect(await registry.runs.runTimes([])).toEqual([])
  })

  test('make each file once', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const fileId = productFileId('run-1', 'p.fits')
    const file = { id: fileId, lfn: 'p.fits', sha256: 'b'.repeat(64) }
    const commit = (changes: Parameters<typeof registry.runs.commit>[2]): Promise<void> =>
      registry.runs.commit('run-1', held, changes)
    await commit({ files: [file], generated: [{ jobId: 'a', attempt: 1, fileId }] })
    await expect(commit({ generated: [{ jobId: 'b', attempt: 1, fileId }] })).rejects.toThrow(
      'run run-1, run-1/p.fits: a file has another maker: found job b, allowed job a of run run-1 [REGISTRY_CONFLICT]',
    )
    await expect(commit({ files: [{ ...file, sha256: 'c'.repeat(64) }] })).rejects.toMatchObject({
      code: 'REGISTRY_CONFLICT',
    })
    await commit({
      files: [{ ...file, sha256: 'c'.repeat(64), replacesContent: true }],
      generated: [{ jobId: 'a', attempt: 2, fileId }],
    })
    expect(await registry.files.get(fileId)).toMatchObject({
      sha256: 'c'.repeat(64),
      madeBy: { runId: 'run-1', jobId: 'a', attempt: 2, task: 1 },
    })
  })

  test('are removed with all that no remaining file needs', async () => {
    await using registry = await open(dialect)
    const held = await heldRun(registry)
    const raw = { id: sourceFileId('raw.fits', 'd'.repeat(64)), lfn: 'raw.fits' }
    const names = ['kept.fits', 'middle.fits', 'lost.fits', 'lost2.fits']
    const [kept, middle, lost, lost2] = names.map((lfn) => ({ id: productFileId('run-1', lfn), lfn }))
    await registry.runs.commit('run-1', held, {
      jobs: ['a', 'b', 'c', 'd'].map((id) => job(id)),
      attempts: [ATTEMPT],
      invocations: ['a', 'b', 'c', 'd'].map((jobId) => ({ ...INVOCATION, jobId })),
      files: [raw, kept!, middle!, lost!, lost2!],
      replicas: [{ fileId: kept!.id, site: 'local', pfn: '/data/kept.fits' }],
      used: [
        { jobId: 'a', attempt: 1, fileId: raw.id },
        { jobId: 'b', attempt: 1, fileId: middle!.id },
        { jobId: 'c', attempt: 1, fileId: raw.id },
        { jobId: 'd', attempt: 1, fileId: lost!.id },
      ],
      generated: [
        { jobId: 'a', attempt: 1, fileId: middle!.id },
        { jobId: 'b', attempt: 1, fileId: kept!.id },
        { jobId: 'c', attempt: 1, fileId: lost!.id },
        { jobId: 'd', attempt: 1, fileId: lost2!.id },
      ],
      events: [{ seq: 1, timeMs: 1, type: 'x' }],
    })
    await expect(registry.runs.remove('run-1')).rejects.toMatchObject({ code: 'REGISTRY_HELD' })
    await registry.runs.releaseLease('run-1', held)
    await registry.runs.remove('run-1')
    expect(await registry.runs.list()).toEqual([])
    expect((await registry.stats()).rows).toMatchObject({
      run: 1,
      job: 0,
      event: 0,
      attempt: 0,
      invocation: 2,
      file: 3,
      used: 2,
    })
    const trace = await registry.files.trace([kept!.id], { direction: 'ancestors' })
    expect(trace.files.map(({ lfn }) => lfn).sort()).toEqual(['kept.fits', 'middle.fits', 'raw.fits'])
    expect(trace.steps.map(({ jobId }) => jobId)).toEqual(['a', 'b'])
  })
})
