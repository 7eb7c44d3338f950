import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { engines } from './engines.ts'
import { OwnEngine } from './own-engine.ts'
import { linesOf, ShellWorkflow } from './shell-workflow.ts'

/** How long the pool is away; 600 at full count. Short tests leave it out: jobs of a dead pool wait a minute for their lease. */
const OUTAGE_MS = 1000 * Number(process.env['SKYLOOM_ENGINE_OUTAGE'] ?? 0)
const hasPool = engines.some(({ name }) => name === 'HTCondor')
const JOBS = 6
/** How long a program runs. */
const JOB_MS = 9000
/** The end of a job may be unknown to the queue for so long. */
const UNSTORED_MS = 10_000

test.runIf(hasPool && OUTAGE_MS > 0)(
  'a pool that dies under its DAGs and comes back: followed or not, the histories are right and nothing is done twice',
  { timeout: 0 },
  async () => {
    const own = new OwnEngine('HTCondor')
    onTestFinished(() => own.remove(), 120_000)
    const followed = await longDag(own)
    const alone = await longDag(own)
    const end = followed.folder.run('run', 'start', followed.runDir, '--quiet')
    await alone.folder.skyloom('run', 'start', alone.runDir, '--detach')
    const begun = ({ log }: { readonly log: string }): number =>
      linesOf(log).filter((line) => line.includes(' b ')).length
    await expect.poll(() => Math.min(begun(followed), begun(alone)), { timeout: 300_000 }).toBeGreaterThan(1)
    const killedMs = Date.now()
    own.killPool()
    await sleep(OUTAGE_MS)
    own.up()
    expect(await end).toMatchObject({ code: 0 })
    const state = async (): Promise<string> => await alone.folder.skyloom('run', 'status')
    await expect.poll(state, { timeout: 900_000, interval: 3000 }).toContain('Success')
    for (const { folder, log } of [followed, alone]) {
      expect(readFileSync(join(folder.path, 'out/all.txt'), 'utf8').trimEnd().split('\n')).toHaveLength(JOBS)
      for (let job = 0; job < JOBS; job++) {
        const lines = linesOf(log)
          .map((line) => line.split(' '))
          .filter(([name]) => name === `j${job}`)
        const begins = lines.filter(([, what]) => what === 'b')
        // It ran once, or again because it died with the pool, or because its end was not stored yet when the pool died.
        const ends = lines.filter(([, what]) => what === 'e').map(([, , time]) => 1000 * Number(time))
        expect(ends.length).toBeGreaterThan(0)
        for (const endMs of ends.slice(0, -1)) expect(Math.abs(endMs - killedMs)).toBeLessThan(UNSTORED_MS)
        expect(lines.at(-1)?.[1]).toBe('e')
        expect(begins.length).toBeLessThan(3)
        const { state, attemptCount } = await folder.job(`sh_j${job}`)
        expect({ job, state, attemptCount }).toEqual({
          job,
          state: 'succeeded',
          attemptCount: begins.length,
        })
      }
      expect((await folder.run('run', 'verify')).code).toBe(0)
    }
  },
)

/** A DAG of jobs one after the other in two rows, without retries: what the infrastructure loses must not cost one. */
async function longDag(own: OwnEngine): Promise<{
  readonly folder: ShellWorkflow
  readonly runDir: string
  readonly log: string
}> {
  const folder = new ShellWorkflow({ dag: true, variables: own.variables })
  const log = join(folder.path, 'log')
  const names = Array.from({ length: JOBS }, (_, at) => `j${at}`)
  folder.workflow('long', [
    ...names.map((id, at) => ({
      id,
      shell: `echo ${id} b $(date +%s) >>${log}; sleep ${JOB_MS / 1000}; echo ${id} >${id}.txt; echo ${id} e $(date +%s) >>${log}`,
      reads: at < 2 ? ['raw.txt'] : [`j${at - 2}.txt`],
      writes: [`${id}.txt`],
    })),
    {
      id: 'all',
      shell: `cat ${names.map((id) => `${id}.txt`).join(' ')} >all.txt`,
      reads: names.map((id) => `${id}.txt`),
      writes: ['all.txt'],
    },
  ])
  const words = ['--sites', 'pool', '--format', 'dagman', '-D', 'pegasus.data.configuration=condorio']
  return { folder, runDir: await folder.plan('long', ...words, '-D', 'dagman.retry=0'), log }
}
