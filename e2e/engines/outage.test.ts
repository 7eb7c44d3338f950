import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { executorForSites, MemoryStore, runPlan } from '@skyloom/runner'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { type Engine, enginePlan, engines } from './engines.ts'
import { hasEngineScripts, OwnEngine } from './own-engine.ts'

/** How long schedulers are away; 600 at full count. */
const OUTAGE_MS = 1000 * Number(process.env['SKYLOOM_ENGINE_OUTAGE'] ?? 4)
const IS_FULL = OUTAGE_MS >= 60_000
const JOBS = IS_FULL ? 48 : 8

/** A run on an engine of its own, and what its jobs wrote so far. */
interface Outage {
  readonly own: OwnEngine
  /** Waits until so many jobs began. */
  readonly begun: (count: number) => Promise<void>
}

const outages: Readonly<Record<Engine['name'], (outage: Outage) => Promise<void>>> = {
  async Slurm({ own, begun }) {
    await begun(1)
    await own.saved()
    own.killDaemon('slurmctld')
    if (IS_FULL) own.killDaemon('slurmdbd')
    await sleep(OUTAGE_MS)
    own.up()
    await begun(JOBS / 2 + 2)
    // Accounting and node stay away to the end.
    own.killDaemon('slurmdbd')
    own.killNode('wn1')
    own.run('scontrol', 'update', 'nodename=wn1', 'state=down', 'reason=power')
  },
  async HTCondor({ own, begun }) {
    await begun(1)
    own.killInPool('condor_schedd')
    if (!IS_FULL) return
    await begun(JOBS / 2 + 1)
    own.killPool()
    await sleep(OUTAGE_MS)
    own.up()
  },
}

test.runIf(engines.length > 0 && hasEngineScripts())(
  'daemons and nodes that die and come back lose no job, and none is run twice at once',
  { timeout: 0 },
  async () => {
    const path = process.env['PATH']
    const variables = {
      SLURM_CONF: process.env['SLURM_CONF'],
      CONDOR_CONFIG: process.env['CONDOR_CONFIG'],
      PATH: path,
    }
    onTestFinished(() => void Object.assign(process.env, variables))
    const owns = engines.map((engine) => {
      const own = new OwnEngine(engine.name)
      onTestFinished(() => own.remove(), 120_000)
      return { engine, own }
    })
    // Both find their own engine by variables of their own.
    for (const { own } of owns) Object.assign(process.env, own.variables)
    await Promise.all(owns.map(async ({ engine, own }) => await runThrough(engine, own)))
  },
)

async function runThrough(engine: Engine, own: OwnEngine): Promise<void> {
  const log = join(freshFolder(), 'log')
  const program = `echo "$SKYLOOM_JOB b" >>${log}; sleep $1; cat raw >copy; echo "$SKYLOOM_JOB e" >>${log}`
  const runDir = enginePlan(
    engine,
    Array.from({ length: JOBS }, (_, number) => ({
      run: ['/bin/sh', '-c', `${program}; mv copy copy${number}`, 'job', number < JOBS / 2 ? '8' : '3'],
      reads: ['raw'],
      writes: [`copy${number}`],
      // No retries: what the infrastructure loses must not cost one. Half of the jobs become ready one after the other.
      retries: 0,
      children: number < JOBS / 2 ? [number + JOBS / 2] : [],
    })),
  )
  const lines = (): readonly string[] =>
    existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []
  const begun = async (count: number): Promise<void> => {
    const jobs = (): number => new Set(lines().map((line) => line.split(' ')[0])).size
    while (jobs() < count) await sleep(100)
  }
  const store = new MemoryStore()
  const notes: string[] = []
  const ended = runPlan(store, runDir, {
    executor: executorForSites({ queryMs: 2000, onNote: (note) => notes.push(note) }),
  })
  await outages[engine.name]({ own, begun })
  const result = await ended
  const failures: string[] = []
  for await (const { jobId, attempt, state, reason } of store.attempts(result.runId))
    if (state !== 'succeeded' && state !== 'lost') failures.push(`${jobId} ${attempt} ${state}: ${reason}`)
  expect(failures).toEqual([])
  expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: JOBS, failed: 0 } })
  for (let number = 0; number < JOBS; number++) {
    const own = lines().filter((line) => line.startsWith(`job_${number} `))
    // What died with its node did not end; what ended was the last.
    expect(own.map((line) => line.at(-1)).join('')).toMatch(/^b+e$/)
    expect(readFileSync(join(runDir, 'scratch', `copy${number}`), 'utf8')).toBe('raw\n')
  }
  // A long outage is told to people.
  if (IS_FULL && engine.name === 'Slurm') expect(notes.join()).toMatch(/trying again until it answers/)
}
