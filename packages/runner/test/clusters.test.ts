import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRegistry } from '@skyloom/registry'
import type { PlanTask } from '@skyloom/workflow'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { runPlan } from '../dist/index.js'
import { smallPlan } from './small-plan.ts'

interface Member {
  readonly script: string
  readonly reads?: readonly string[]
  readonly writes: readonly string[]
  readonly after?: readonly number[]
}

/** A plan of one cluster with these tasks. */
function clusterPlan(runDir: string, members: readonly Member[], cores: number, retries: number): string {
  const tasks = members.map(({ script, reads = [], writes, after = [] }, at): object => ({
    id: `t${at}`,
    type: 'job',
    transformation: 'work',
    executable: { type: 'installed', path: '/bin/sh' },
    arguments: ['-c', `'${script}'`],
    hooks: [],
    metadata: [],
    environment: [],
    member: { reads, writes, after, cores: 1 },
  }))
  const writes = members.flatMap((member) => member.writes)
  const cluster = {
    tasks: tasks as PlanTask[],
    cluster: { style: 'horizontal', reason: 'a test' },
    profiles: [{ namespace: 'pegasus', key: 'cores', value: String(cores) }],
    retries,
  } as object
  smallPlan(runDir, [{ reads: ['raw'], writes, ...cluster }])
  mkdirSync(join(runDir, 'scratch'))
  writeFileSync(join(runDir, 'scratch/raw'), 'raw\n')
  return runDir
}

test('tasks of a cluster run side by side, and one that fails is run again alone', async () => {
  const folder = freshFolder()
  const log = join(folder, 'log')
  const meet = (own: string, other: string): string =>
    // Each waits for the other: in turn they would never end.
    `echo ${own} >>${log}; : >${folder}/${own}; n=0; while [ ! -e ${folder}/${other} ]; do n=$((n+1)); [ $n -lt 400 ] || exit 9; sleep 0.05; done; cat raw >${own}.out`
  const members: readonly Member[] = [
    { script: meet('a', 'b'), reads: ['raw'], writes: ['a.out'] },
    { script: meet('b', 'a'), reads: ['raw'], writes: ['b.out'] },
    {
      script: `echo c >>${log}; [ -e ${folder}/c ] || { : >${folder}/c; echo no such star >&2; exit 7; }; cat a.out raw >c.out`,
      reads: ['a.out', 'raw'],
      writes: ['c.out'],
      after: [0],
    },
    { script: `echo d >>${log}; cat c.out >d.out`, reads: ['c.out'], writes: ['d.out'], after: [2] },
    { script: `echo e >>${log}; echo e >e.out`, writes: ['e.out'] },
  ]
  const runDir = clusterPlan(join(folder, 'run'), members, 2, 1)
  await using registry = await openRegistry(join(folder, 'registry.db'))
  const result = await runPlan(registry.runs, runDir, { policy: { backoffMs: 1 }, cores: 2 })
  expect(result.status).toBe('succeeded')
  expect(readFileSync(log, 'utf8').trim().split('\n').sort()).toEqual(['a', 'b', 'c', 'c', 'd', 'e'])
  const reasons: (string | null)[] = []
  for await (const { reason } of registry.runs.attempts(result.runId)) reasons.push(reason)
  expect(reasons).toEqual(['task t2 (work, 3 of 5): exit code 7: no such star', null])
  const [last] = await registry.files.lookup(`file://${join(runDir, 'scratch/d.out')}`)
  const trace = await registry.files.trace([last?.id ?? ''], { direction: 'ancestors' })
  expect(trace.files.map(({ lfn }) => lfn).toSorted()).toEqual(['a.out', 'c.out', 'd.out', 'raw'])
  expect(trace.steps.map(({ attempt, task }) => `${attempt} ${task}`).toSorted()).toEqual([
    '1 1',
    '2 3',
    '2 4',
  ])
})

test('what other tasks made stays when one of a cluster never ends well, and an output that is missing is its own fault', async () => {
  const folder = freshFolder()
  const members: readonly Member[] = [
    { script: 'true', writes: ['a.out'] },
    { script: 'echo b >b.out', writes: ['b.out'] },
  ]
  const runDir = clusterPlan(join(folder, 'run'), members, 1, 0)
  await using registry = await openRegistry(join(folder, 'registry.db'))
  const result = await runPlan(registry.runs, runDir)
  expect(result.status).toBe('failed')
  const reasons: (string | null)[] = []
  for await (const { reason } of registry.runs.attempts(result.runId)) reasons.push(reason)
  expect(reasons[0]).toMatch(/^task t0 \(work, 1 of 2\): .*nothing under a.out/)
  const b = join(runDir, 'scratch/b.out')
  expect(existsSync(b)).toBe(true)
  expect((await registry.files.lookup(`file://${b}`)).length).toBe(1)
})
