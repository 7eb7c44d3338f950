import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killDagman } from './dagman-process.ts'
import { engines } from './engines.ts'
import { ShellWorkflow } from './shell-workflow.ts'

/*
 * DAGMan runs the plan; the registry follows it. HTCondor is the real one.
 */

const hasPool = engines.some(({ name }) => name === 'HTCondor')
/** Ends of the follower; more at full count. */
const KILLS = Number(process.env['SKYLOOM_ENGINE_KILLS'] ?? 3)

const PLAN = ['--sites', 'pool', '--format', 'dagman', '-D', 'pegasus.data.configuration=condorio'] as const

const waitFor = { timeout: 90_000, interval: 1000 }

test.runIf(hasPool)(
  'retry, hold, release, condor_rm and rescue of a DAG are in the registry as they happened',
  { timeout: 300_000 },
  async () => {
    const folder = new ShellWorkflow({ dag: true })
    const mark = join(folder.path, 'mark')
    const again = `test -e ${mark} || { touch ${mark}; echo bad luck >&2; exit 5; }`
    folder.workflow('dag', [
      {
        id: 'twice',
        shell: `cat raw.txt raw.txt >twice.txt; ${again}`,
        reads: ['raw.txt'],
        writes: ['twice.txt'],
      },
      { id: 'slow', shell: `test -e ${mark}.go || sleep 300; echo slow >slow.txt`, writes: ['slow.txt'] },
      {
        id: 'last',
        shell: 'cat slow.txt twice.txt >last.txt',
        reads: ['slow.txt', 'twice.txt'],
        writes: ['last.txt'],
      },
    ])
    const runDir = await folder.plan('dag', ...PLAN, '-D', 'dagman.retry=1')
    const started = await folder.skyloom('run', 'start', runDir, '--detach')
    expect(started).toContain('is in the queue of HTCondor')
    // Nobody follows it now: every look brings the registry up to date first.
    await expect.poll(async () => (await folder.job('sh_slow')).state, waitFor).toBe('running')
    await folder.skyloom('run', 'hold', 'sh_slow', '--reason', 'look at it first')
    await expect.poll(async () => (await folder.job('sh_slow')).state, waitFor).toBe('held')
    expect(await folder.skyloom('run', 'explain', 'sh_slow')).toMatch(
      /it is held: look at it first.*\(code 1\.0\)/,
    )
    await folder.skyloom('run', 'release', 'sh_slow')
    await expect.poll(async () => (await folder.job('sh_slow')).state, waitFor).toBe('running')
    await expect.poll(async () => (await folder.job('sh_twice')).state, waitFor).toBe('succeeded')
    expect((await folder.job('sh_twice')).attemptCount).toBe(2)
    expect(await folder.skyloom('run', 'explain', 'sh_twice')).toContain('attempt 1: failed')
    expect(await folder.skyloom('run', 'explain', 'sh_twice')).toContain('exit code 5: bad luck')
    // DAGMan itself is taken out of the queue; it leaves a rescue file, by which the run goes on.
    await folder.skyloom('run', 'cancel')
    await expect.poll(async () => await folder.skyloom('run', 'status'), waitFor).toContain('Canceled')
    expect(readdirSync(runDir).filter((name) => name.includes('.rescue'))).toEqual(['dag-0.dag.rescue001'])
    writeFileSync(`${mark}.go`, '')
    const resumed = await folder.run('run', 'resume')
    expect(resumed.stderr).toContain('DAGMan goes on by')
    expect(resumed).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') as string })
    expect((await folder.job('sh_twice')).attemptCount).toBe(2)
    expect(readFileSync(join(folder.path, 'out/last.txt'), 'utf8')).toBe('slow\nraw\nraw\n')
    const history = await folder.skyloom('trace', join(folder.path, 'out/last.txt'))
    for (const name of ['slow.txt', 'twice.txt', 'raw.txt']) expect(history).toContain(name)
    expect((await folder.run('run', 'verify')).code).toBe(0)
  },
)

test.runIf(hasPool)(
  'the follower and DAGMan are killed: nothing is lost, doubled or run twice',
  { timeout: 300_000 },
  async () => {
    const folder = new ShellWorkflow({ dag: true })
    const log = join(folder.path, 'log')
    const names = Array.from({ length: 6 }, (_, at) => `j${at}`)
    folder.workflow(
      'dag',
      names.map((id, at) => ({
        id,
        shell: `echo ${id} >>${log}; sleep 1; echo ${id} >${id}.txt`,
        reads: at < 3 ? ['raw.txt'] : [`j${at - 3}.txt`],
        writes: [`${id}.txt`],
      })),
    )
    const runDir = await folder.plan('dag', ...PLAN, '-D', 'dagman.retry=0')
    for (let kill = 0; kill < KILLS; kill++) {
      const child = folder.start('run', 'start', runDir, '--quiet')
      await new Promise((resolve) => setTimeout(resolve, 1500 + ((kill * 7919) % 1700)))
      // HTCondor begins DAGMan again.
      if (kill === 1) await expect.poll(() => killDagman(runDir), waitFor).toBe(1)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      expect(child.exitCode).toBeNull()
      child.kill('SIGKILL')
      await ended
    }
    expect(await folder.run('run', 'start', runDir, '--quiet')).toMatchObject({ code: 0 })
    expect(readFileSync(log, 'utf8').trimEnd().split('\n').sort()).toEqual(names)
    for (const id of names)
      expect(await folder.job(`sh_${id}`)).toMatchObject({ state: 'succeeded', attemptCount: 1 })
  },
)
