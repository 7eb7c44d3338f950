import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Engine, engines } from './engines.ts'
import { linesOf, ShellWorkflow } from './shell-workflow.ts'

/*
 * Workflows in workflows, run by our engine with their jobs on real engines.
 */

const waitFor = { timeout: 120_000, interval: 500 }
const SLOW = 'pegasus-plan_inner/sh_slow'
const DEEP = 'pegasus-plan_inner/pegasus-plan_inmost/sh_deep'

test.runIf(engines.length > 0)(
  'sub-workflows are looked into, canceled, killed, resumed and tried again with what they have done',
  { timeout: 600_000 },
  async () => {
    await Promise.all(engines.map(async (engine) => await runThrough(engine)))
  },
)

/** A workflow of: a job, a workflow that holds a further one, a workflow that was planned before, and a job that reads all. */
async function outerWorkflow({ site, data }: Engine): Promise<{
  readonly folder: ShellWorkflow
  readonly runDir: string
  readonly mark: (name: string) => string
}> {
  const folder = new ShellWorkflow()
  const mark = (name: string): string => join(folder.path, `mark-${name}`)
  const logged = (id: string, shell: string): string =>
    `echo ${id} b >>${mark('log')}; ${shell}; echo ${id} e >>${mark('log')}`
  const where = ['--sites', site, '-D', `pegasus.data.configuration=${data}`, '-D', 'dagman.retry=0']
  folder.workflow('inmost', [
    { id: 'deep', shell: logged('deep', 'rev b.txt >c.txt'), reads: ['b.txt'], writes: ['c.txt'] },
  ])
  folder.workflow('inner', [
    {
      id: 'slow',
      shell: logged('slow', `until test -e ${mark('go')}; do sleep 0.2; done; cat a.txt a.txt >b.txt`),
      reads: ['a.txt'],
      writes: ['b.txt'],
    },
    { id: 'inmost', workflow: 'inmost.yml', words: where, reads: ['b.txt'], writes: ['c.txt'] },
    {
      id: 'twice',
      shell: `echo twice >>${mark('tries')}; test -e ${mark('luck')} || { echo bad luck >&2; exit 5; }; cat c.txt >d.txt`,
      reads: ['c.txt'],
      writes: ['d.txt'],
    },
  ])
  folder.workflow('before', [
    { id: 'old', shell: logged('old', 'tr a-z A-Z <raw.txt >e.txt'), reads: ['raw.txt'], writes: ['e.txt'] },
  ])
  // What was planned before brings its output where the outer workflow looks for it.
  const before = await folder.plan('before', ...where, '--output-dir', join(folder.path, 'scratch/outer'))
  folder.workflow('outer', [
    { id: 'first', shell: logged('first', 'cat raw.txt >a.txt'), reads: ['raw.txt'], writes: ['a.txt'] },
    {
      id: 'inner',
      workflow: 'inner.yml',
      words: where,
      reads: ['a.txt'],
      writes: ['d.txt'],
      profiles: { dagman: { retry: 1 } },
    },
    { id: 'before', workflow: 'before.dag', writes: ['e.txt'] },
    {
      id: 'last',
      shell: logged('last', 'cat d.txt e.txt >f.txt'),
      reads: ['d.txt', 'e.txt'],
      writes: ['f.txt'],
    },
  ])
  folder.replicas({
    'raw.txt': join(folder.path, 'raw.txt'),
    'inner.yml': join(folder.path, 'inner.yml'),
    'inmost.yml': join(folder.path, 'inmost.yml'),
    'before.dag': join(before, 'plan.jsonl'),
  })
  return { folder, runDir: await folder.plan('outer', ...where), mark }
}

async function runThrough(engine: Engine): Promise<void> {
  const { folder, runDir, mark } = await outerWorkflow(engine)
  const state = async (name: string): Promise<string | undefined> =>
    (await folder.jobs()).find(({ jobId }) => jobId === name)?.state

  // Looked at while it runs, and canceled: nothing of it stays in the queue.
  const first = folder.start('run', 'start', runDir, '--quiet')
  await expect.poll(async () => await state(SLOW), waitFor).toBe('running')
  await expect.poll(async () => await state('dagman_before'), waitFor).toBe('succeeded')
  const status = await folder.skyloom('run', 'status')
  expect(status).toMatch(/Running +outer$/m)
  expect(status).toMatch(/Running +pegasus-plan_inner$/m)
  expect(status).toMatch(/Summary: 3 runs total/)
  expect(await folder.skyloom('run', 'explain', SLOW)).toMatch(/sh_slow: running/)
  expect(await folder.skyloom('run', 'explain', 'pegasus-plan_inner')).toMatch(
    /is running: \d+ of \d+ jobs done, 1 running/,
  )
  await folder.skyloom('run', 'cancel', '--reason', 'not today')
  await ended(first)
  expect(await state(SLOW)).toBe('cancelled')
  expect((await folder.skyloom('run', 'list')).match(/cancelled/g)).toHaveLength(2)
  expect(linesOf(mark('log'))).not.toContain('slow e')

  // All processes of it are killed; the jobs in the queue go on.
  const second = folder.start('run', 'resume', '--quiet')
  await expect.poll(() => linesOf(mark('log')).filter((line) => line === 'slow b').length, waitFor).toBe(2)
  killAllOf(folder.path)
  await ended(second)
  writeFileSync(mark('go'), '')
  expect(await folder.run('run', 'resume', '--quiet')).toMatchObject({ code: 1 })

  // It failed inside, after its own retry.
  expect(linesOf(mark('tries'))).toEqual(['twice', 'twice'])
  expect((await folder.run('run', 'analyze')).stdout).toMatch(
    /^root cause: pegasus-plan_inner\/sh_twice: exit code 5: bad luck$/m,
  )
  const explained = await folder.skyloom('run', 'explain', 'sh_last')
  expect(explained).toContain('sh_twice failed: exit code 5: bad luck')
  expect(explained).toContain('sh_last <- pegasus-plan_inner <- pegasus-plan_inner/sh_twice')
  expect((await folder.run('run', 'logs', 'pegasus-plan_inner/sh_twice')).stderr).toBe('bad luck\n')
  const failed = JSON.parse((await folder.run('run', 'analyze', '--json')).stdout) as object
  expect(failed).toMatchObject({
    workflows: { 'pegasus-plan_inner': { jobs: { failed: 1 } } },
  })

  writeFileSync(mark('luck'), '')
  await folder.skyloom('run', 'resume', '--quiet')
  expect(readFileSync(join(folder.path, 'out/f.txt'), 'utf8')).toBe('war\nwar\nRAW\n')
  // What was done stayed done; what was canceled, and only that, was begun again.
  const log = linesOf(mark('log'))
  for (const id of ['first', 'deep', 'old', 'last'])
    expect(
      log.filter((line) => line.startsWith(`${id} `)),
      id,
    ).toEqual([`${id} b`, `${id} e`])
  expect(log.filter((line) => line.startsWith('slow'))).toEqual(['slow b', 'slow b', 'slow e'])
  expect(linesOf(mark('tries'))).toHaveLength(3)
  for (const job of [SLOW, DEEP, 'pegasus-plan_inner/sh_twice', 'dagman_before/sh_old'])
    expect(await state(job), job).toBe('succeeded')
  const totals = JSON.parse(await folder.skyloom('run', 'status', '--json')) as object
  expect(totals).toMatchObject({ dags: { 'pegasus-plan_inner/pegasus-plan_inmost': { state: 'Success' } } })
  const history = await folder.skyloom('trace', join(folder.path, 'out/f.txt'))
  for (const job of ['first', 'slow', 'deep', 'twice', 'old', 'last'])
    expect(history).toContain(`(sh_${job})`)
  expect(history).toMatch(/ 1 of them from elsewhere; 6 steps\n$/)
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((resolve) => child.once('exit', resolve))
}

/** Kills engines and spawners that work for the runs of a folder; what schedulers started is not theirs. */
function killAllOf(folder: string): void {
  const pids = readdirSync('/proc').filter((name) => {
    const words = /^\d+$/.test(name) ? textOf(`/proc/${name}/cmdline`) : ''
    return words.includes(folder) && (words.includes('/skyloom.js\0') || words.includes('spawner'))
  })
  // None of them may see another one die, which would be a failure of its own.
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const)
    for (const pid of pids) process.kill(Number(pid), signal)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
