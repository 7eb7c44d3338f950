import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { engines } from './engines.ts'
import { type Line, linesOf, ShellWorkflow } from './shell-workflow.ts'
import { stagingPlaces } from './staging-places.ts'

/*
 * Shapes of plans that DAGMan runs: workflows in workflows, clusters, the data configurations; and what persons do to them.
 */

const hasPool = engines.some(({ name }) => name === 'HTCondor')
const waitFor = { timeout: 120_000, interval: 1000 }
const PLAN = ['--sites', 'pool', '--format', 'dagman'] as const
const CONDORIO = ['-D', 'pegasus.data.configuration=condorio'] as const

let stageUrl = ''

beforeAll(async () => {
  if (hasPool) stageUrl = (await stagingPlaces.http()).url
})

test.runIf(hasPool)(
  'DAGMan runs workflows in a workflow and a cluster; a job is given up, and the rescue file is edited by hand',
  { timeout: 400_000 },
  async () => {
    const folder = new ShellWorkflow({ dag: true })
    const mark = (name: string): string => join(folder.path, `mark-${name}`)
    const logged = (id: string, shell: string): string => `echo ${id} >>${mark('log')}; ${shell}`
    const firstTime = (id: string): string =>
      `test -e ${mark(id)} || { touch ${mark(id)}; echo bad luck >&2; exit 5; }`
    const words = [...PLAN, ...CONDORIO, '-D', 'dagman.retry=0']
    folder.workflow('before', [{ id: 'old', shell: logged('old', 'echo old >old.txt'), writes: ['old.txt'] }])
    const before = await folder.plan('before', ...words)
    folder.workflow('inner', [
      { id: 'one', shell: logged('one', 'rev raw.txt >one.txt'), reads: ['raw.txt'], writes: ['one.txt'] },
      {
        id: 'two',
        shell: `${logged('two', firstTime('two'))}; cat one.txt one.txt >two.txt`,
        reads: ['one.txt'],
        writes: ['two.txt'],
      },
    ])
    const member = (id: string, shell: string): Line => ({
      id,
      shell: `${logged(id, shell)}; echo ${id} >${id}.txt`,
      writes: [`${id}.txt`],
      profiles: { pegasus: { label: 'bundle' }, dagman: { retry: 1 } },
    })
    folder.workflow('outer', [
      {
        id: 'inner',
        workflow: 'inner.yml',
        words: ['-D', 'dagman.retry=0', ...CONDORIO],
        reads: ['raw.txt'],
        writes: ['two.txt'],
        profiles: { dagman: { retry: 1 } },
      },
      { id: 'before', workflow: 'before.dag', writes: [] },
      ...(['c1', 'c2', 'c3'] as const).map((id) => member(id, id === 'c2' ? firstTime(id) : 'true')),
      {
        id: 'gone',
        shell: logged('gone', 'sleep 600'),
        writes: ['gone.txt'],
        profiles: { dagman: { retry: 2 } },
      },
      { id: 'plain', shell: logged('plain', 'echo plain >plain.txt'), writes: ['plain.txt'] },
      {
        id: 'last',
        shell: logged('last', 'cat two.txt c3.txt gone.txt plain.txt >last.txt'),
        reads: ['two.txt', 'c3.txt', 'gone.txt', 'plain.txt'],
        writes: ['last.txt'],
      },
    ])
    folder.replicas({
      'raw.txt': join(folder.path, 'raw.txt'),
      'inner.yml': join(folder.path, 'inner.yml'),
      'before.dag': join(before, 'before-0.dag'),
    })
    const runDir = await folder.plan('outer', ...words, '--cluster', 'label')
    const followed = folder.run('run', 'start', runDir, '--quiet')
    await expect
      .poll(async () => (await folder.job('sh_gone').catch(() => undefined))?.state, waitFor)
      .toBe('running')
    await folder.skyloom('run', 'cancel-job', 'gone')
    expect(await followed).toMatchObject({ code: 1 })

    // What failed inside was tried again inside, and only that. A cluster is one node: all of it is done again.
    const jobs = new Map((await folder.jobs()).map((job) => [job.jobId, job]))
    expect(jobs.get('sh_gone')).toMatchObject({ state: 'cancelled' })
    expect(jobs.get('pegasus-plan_inner')).toMatchObject({ state: 'succeeded', attemptCount: 2 })
    expect(jobs.get('pegasus-plan_inner/sh_one')).toMatchObject({ state: 'succeeded', attemptCount: 1 })
    expect(jobs.get('pegasus-plan_inner/sh_two')).toMatchObject({ state: 'succeeded', attemptCount: 2 })
    expect(jobs.get('dagman_before/sh_old')).toMatchObject({ state: 'succeeded', attemptCount: 1 })
    expect(await folder.skyloom('run', 'explain', 'c2')).toMatch(/attempt 1: failed.*exit code 5: bad luck/)
    // Retries of what was given up are taken out of the queue, too, whether they began or not.
    const log = (): readonly string[] =>
      linesOf(mark('log'))
        .filter((line) => line !== 'gone')
        .sort()
    expect(log()).toEqual(['c1', 'c1', 'c2', 'c2', 'c3', 'c3', 'old', 'one', 'plain', 'two', 'two'])

    // A person makes the file of the job that was given up, and wants another one again.
    const rescue = readdirSync(runDir).filter((name) => name.startsWith('outer-0.dag.rescue'))
    expect(rescue).toEqual(['outer-0.dag.rescue001'])
    const path = join(runDir, 'outer-0.dag.rescue001')
    const text = readFileSync(path, 'utf8')
    expect(text).toMatch(/^DONE sh_plain$/m)
    writeFileSync(join(folder.path, 'scratch/outer/gone.txt'), 'by hand\n')
    writeFileSync(path, `${text.replace(/^DONE sh_plain\n/m, '')}DONE sh_gone\n`)
    await folder.skyloom('run', 'resume', '--quiet')
    expect(readFileSync(join(folder.path, 'out/last.txt'), 'utf8')).toBe('war\nwar\nc3\nby hand\nplain\n')
    expect(log().filter((line) => line === 'plain' || line === 'last')).toEqual(['last', 'plain', 'plain'])
    expect(await folder.job('sh_gone')).toMatchObject({ state: 'succeeded' })
    expect(await folder.job('sh_plain')).toMatchObject({ state: 'succeeded', attemptCount: 2 })
    const history = await folder.skyloom('trace', join(folder.path, 'out/last.txt'))
    for (const job of ['sh_last', 'sh_two', 'sh_one']) expect(history).toContain(`(${job})`)
    expect((await folder.run('run', 'verify')).code).toBe(0)
  },
)

test.runIf(hasPool)(
  'DAGMan runs plans of sharedfs and of nonsharedfs with a web server',
  { timeout: 400_000 },
  async () => {
    await Promise.all(
      [
        ['--sites', 'sharedpool', '-D', 'pegasus.data.configuration=sharedfs'],
        ['--sites', 'pool', '-D', 'pegasus.data.configuration=nonsharedfs', '--staging-site', 'stage'],
      ].map(async (words, at) => {
        const folder = new ShellWorkflow({ dag: true, stageUrl })
        folder.workflow(`shape${at}`, [
          { id: 'a', shell: 'rev raw.txt >a.txt', reads: ['raw.txt'], writes: ['a.txt'], isProduct: false },
          { id: 'b', shell: 'cat a.txt raw.txt >b.txt', reads: ['a.txt', 'raw.txt'], writes: ['b.txt'] },
        ])
        const runDir = await folder.plan(`shape${at}`, '--format', 'dagman', ...words)
        await folder.skyloom('run', 'start', runDir, '--quiet')
        expect(readFileSync(join(folder.path, 'out/b.txt'), 'utf8')).toBe('war\nraw\n')
        const history = await folder.skyloom('trace', join(folder.path, 'out/b.txt'))
        for (const name of ['(sh_a)', '(sh_b)', 'raw.txt']) expect(history).toContain(name)
        expect((await folder.run('run', 'verify')).code).toBe(0)
      }),
    )
  },
)
