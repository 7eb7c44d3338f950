import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openRegistry } from '@skyloom/registry'
import { executorForSites, type RunEvent, runPlan } from '@skyloom/runner'
import { expect, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { serveHttp } from '../../testing/loopback-server.ts'
import { type Engine, enginePlan, engines } from './engines.ts'
import { FAULTS, type Fault, type LayeredJobs, layeredJobs, rawOf } from './layered-jobs.ts'

/** Jobs of the workflow; 1,000 at full count. One of a hundred has each fault. */
const JOBS = Number(process.env['SKYLOOM_ENGINE_JOBS'] ?? 80)
const EACH = Math.max(1, Math.round(JOBS / 100))
const SEED = Number(process.env['SKYLOOM_ENGINE_SEED'] ?? 8)

/** What must be recorded of the first attempt with each fault: whose failure, of which kind, in which words. */
const CAUSES: Readonly<Record<Fault, readonly [outcome: string, kind: string, text: RegExp]>> = {
  exit: ['failed', 'exit', /exit code 3: no such star: \d+/],
  signal: ['failed', 'signal', /ended by SIGSEGV/],
  memory: ['failed', 'memory', /more than 120 MB|more memory|OUT_OF_MEMORY|memory usage exceeded/i],
  time: ['failed', 'timeout', /longer than allowed|TIMEOUT/],
  output: ['failed', 'output', /nothing under p_\d+/],
  transfer: ['failed', 'checksum', /r_\d+.*an input is not what it should be/],
  worker: ['lost', 'start', /signal 9|FAILED/],
}

test.runIf(engines.length > 0)(
  'a workflow with faults of every kind ends right on every engine',
  { timeout: 0 },
  async () => {
    await Promise.all(engines.map(async (engine) => await runWithFaults(engine)))
  },
)

async function runWithFaults(engine: Engine): Promise<void> {
  const folder = freshFolder()
  const served = new Set<number>()
  // What a job with the fault `transfer` gets first is not what the server has.
  const server = await serveHttp((request, response) => {
    const number = Number(request.url?.slice(1))
    const isBad = layered.faults.get(number) === 'transfer' && !served.has(number)
    served.add(number)
    response.end(isBad ? rawOf(number).replace('raw', 'rot') : rawOf(number))
  })
  const layers = Math.max(4, Math.round(JOBS / 100))
  const layered = layeredJobs({ count: JOBS, layers, each: EACH, seed: SEED, folder, server })
  const runDir = enginePlan(engine, layered.jobs, folder)
  const registry = await openRegistry(join(folder, 'registry.sqlite'))
  try {
    const events: RunEvent[] = []
    const result = await runPlan(registry.runs, runDir, {
      // More time where it was short; more memory is given without asking.
      policy: { backoffMs: 100, timeFactor: 3 },
      executor: executorForSites({ queryMs: 2000 }),
      onEvents: (more) => events.push(...more),
    })
    expect(result).toMatchObject({ status: 'succeeded', jobs: { succeeded: JOBS, failed: 0 } })
    checkProducts(runDir, layered)
    checkCauses(events, layered)
    const attempts: Attempt[] = []
    for await (const attempt of registry.runs.attempts(result.runId)) attempts.push(attempt)
    checkLog(readFileSync(join(folder, 'log'), 'utf8'), attempts, layered)
  } finally {
    await registry.close()
  }
}

/** Every product is the one of a run without faults. */
function checkProducts(runDir: string, { products }: LayeredJobs): void {
  const found = products.map((_, number) => readFileSync(join(runDir, 'scratch', `p_${number}`), 'utf8'))
  expect(found).toEqual(products)
}

/** Each fault is recorded with its cause, and nothing else failed. */
function checkCauses(events: readonly RunEvent[], { faults }: LayeredJobs): void {
  const bad = events.flatMap((event) =>
    event.type === 'attempt-ended' && event.outcome !== 'succeeded' ? [event] : [],
  )
  for (const { job, attempt, outcome, next, failure } of bad) {
    const fault = faults.get(job)
    if (fault === undefined) throw new Error(`job ${job}: ${failure?.message}`)
    const [whose, kind, text] = CAUSES[fault]
    expect({ attempt, outcome, kind: failure?.kind, next }, `${fault} of job ${job}`).toEqual({
      attempt: 1,
      outcome: whose,
      kind,
      next: 'retry',
    })
    expect(failure?.message).toMatch(text)
  }
  expect(bad.map(({ job }) => job).sort((a, b) => a - b)).toEqual([...faults.keys()].sort((a, b) => a - b))
  for (const fault of FAULTS)
    expect(
      bad.filter(({ job }) => faults.get(job) === fault),
      fault,
    ).toHaveLength(EACH)
  const grown = events.flatMap((event) =>
    event.type === 'attempt-started' && event.attempt === 2 && event.timeoutMs !== undefined
      ? [event.timeoutMs]
      : [],
  )
  expect(grown).toEqual(Array.from({ length: EACH }, () => 9000))
}

interface Attempt {
  readonly jobId: string
  readonly attempt: number
  readonly state: string
  readonly endedMs: number | null
}

/** Each attempt that is recorded began once on a node, the last one ended, and none began before the former was over. */
function checkLog(log: string, attempts: readonly Attempt[], { faults }: LayeredJobs): void {
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' '))
  const of = (word: string): readonly string[] =>
    lines.flatMap(([what, number, attempt]) => (what === word ? [`job_${number} ${attempt}`] : [])).sort()
  const faultOf = ({ jobId, attempt }: Attempt): Fault | undefined =>
    attempt === 1 ? faults.get(Number(jobId.slice(4))) : undefined
  const names = (wanted: readonly Attempt[]): readonly string[] =>
    wanted.map(({ jobId, attempt }) => `${jobId} ${attempt}`).sort()
  // Without its input a program is not begun; one that is killed cannot say that it ended.
  expect(of('begin')).toEqual(names(attempts.filter((attempt) => faultOf(attempt) !== 'transfer')))
  const killed: readonly (Fault | undefined)[] = ['transfer', 'memory', 'time']
  expect(of('end')).toEqual(names(attempts.filter((attempt) => !killed.includes(faultOf(attempt)))))
  const ended = new Map(attempts.map(({ jobId, attempt, endedMs }) => [`${jobId} ${attempt}`, endedMs]))
  for (const [what, number, attempt, time] of lines) {
    if (what !== 'begin' || attempt === '1') continue
    const formerMs = ended.get(`job_${number} ${Number(attempt) - 1}`)
    expect(Number(time)).toBeGreaterThanOrEqual(Math.floor(formerMs ?? Infinity))
  }
}
