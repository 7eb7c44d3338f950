import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { amounts } from './amounts.ts'
import { type Fault, type FaultyEnd, FaultyRuns } from './faulty-runs.ts'

/** Nine images make a run of about fifty jobs. */
const IMAGES = 9
/** What operations fail with, in turn. Permissions that are missing count as the job's own failure, the rest as the machine's. */
const CODES = ['EIO', 'ENOSPC', 'EMFILE', 'EACCES'] as const

/** A run whose operations were counted, and what the engine said. */
interface Disturbed {
  readonly end: FaultyEnd
  readonly calls: number
  readonly failed: boolean
}

const cases: readonly {
  readonly name: string
  readonly functions: boolean
  readonly step: number
  readonly leastCalls: number
  /** One run with a fault, from a new state. */
  readonly disturb: (runs: FaultyRuns, fault: Fault) => Promise<Disturbed>
}[] = [
  {
    name: 'an engine or of its worker threads',
    functions: true,
    step: amounts.operationStep,
    leastCalls: 500,
    disturb: async (runs, fault) => ofEngine(await runs.engine(fault)),
  },
  {
    name: 'an engine of programs',
    functions: false,
    step: amounts.programStep,
    leastCalls: 500,
    disturb: async (runs, fault) => ofEngine(await runs.engine(fault)),
  },
  {
    name: 'an engine that takes over from one that was killed',
    functions: false,
    step: amounts.programStep,
    leastCalls: 300,
    disturb: async (runs, fault) => {
      expect(await runs.killedAt('rename', 9)).toEqual({ type: 'killed' })
      return ofEngine(await runs.engine(fault))
    },
  },
  {
    name: 'the spawner',
    functions: false,
    step: amounts.programStep,
    leastCalls: 200,
    disturb: async (runs, fault) => {
      const spawner = await runs.spawner(fault)
      const end = await runs.engine()
      return { end, ...(await spawner.ended()) }
    },
  },
]

function ofEngine(end: FaultyEnd): Disturbed {
  return { end, calls: end.calls, failed: end.failed }
}

test.for(cases)(
  'a file operation of $name that fails, whichever it is, costs nothing but time',
  { timeout: 0 },
  async ({ functions, step, leastCalls, disturb }) => {
    const runs = await FaultyRuns.start(IMAGES, functions)
    const undisturbed = await disturb(runs, { call: 0 })
    expect(undisturbed).toMatchObject({ end: { status: 'succeeded' }, failed: false })
    const jobs = undisturbed.end.succeeded ?? 0
    expect(jobs).toBeGreaterThan(45)
    await runs.check(jobs)
    const product = readFileSync(runs.run.product)
    expect(undisturbed.calls).toBeGreaterThan(leastCalls)
    const faults = { met: 0, resumed: 0 }
    const broken: string[] = []
    for (let call = amounts.firstOperation(step); call <= undisturbed.calls; call += step) {
      runs.renew()
      const code = CODES[Math.floor(call / step) % CODES.length] ?? 'EIO'
      const faulty = await disturb(runs, { call, code })
      const attempts = faulty.end.status === 'failed' ? await runs.attemptsThat('failed', 'lost') : []
      try {
        // The order and number of operations is not quite the same in each run: the last ones may not be reached.
        if (call < 0.9 * undisturbed.calls) expect(faulty.failed).toBe(true)
        if (faulty.failed) faults.met++
        if (faulty.end.status !== 'succeeded') {
          // The engine may give up when it cannot read its own files; a job may fail for want of permission only.
          expect(faulty.end.status).toMatch(code === 'EACCES' ? /^(error|failed)$/ : /^error$/)
          faults.resumed++
          expect(await runs.engine()).toMatchObject({ status: 'succeeded' })
        }
        await runs.check(jobs, product)
      } catch (error) {
        const text = `${code} of operation ${call} of ${undisturbed.calls} (FAULT_OPERATION=${call})`
        broken.push(
          `${text}: ${JSON.stringify({ ...faulty, attempts })}: ${error instanceof Error ? error.message : ''}`,
        )
        process.stderr.write(`${broken.at(-1) ?? ''}\n`)
      }
    }
    if (step === 1) process.stderr.write(`${faults.met} faults, ${faults.resumed} resumed runs\n`)
    expect(broken).toEqual([])
    // An engine gives up only where it cannot read or write its own files.
    expect(faults.resumed).toBeLessThan(0.1 * (undisturbed.calls / step) + 2)
  },
)
