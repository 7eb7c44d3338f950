import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { CondorEventReader } from '../../src/batch/condor-events.ts'
import { readLog } from '../../src/dagman/growing-log.ts'
import { NodeScripts } from '../../src/dagman/node-scripts.ts'
import { catchUpDag, runDag } from '../../src/dagman/run-dag.ts'
import { explainRunJob } from '../../src/report/explain-run-job.ts'
import { runStatus } from '../../src/report/run-status.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import { type SmallJob, smallPlan } from '../small-plan.ts'

/*
 * Logs of a real DAG (recorded/README.md), read at once and as they grew.
 */

const recorded = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`recorded/${name}.log`, import.meta.url)), 'utf8')

const NODES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'n', 'l', 'z'] as const
const CHILDREN: Readonly<Record<string, readonly number[]>> = { a: [9], b: [11], n: [10] }

/** The DAG of the recording as a plan. */
function recordedRun(): string {
  const jobs: readonly SmallJob[] = NODES.map((name) => ({
    name,
    run: ['/bin/ok'],
    retries: name === 'b' || name === 'f' ? 1 : 0,
    children: CHILDREN[name] ?? [],
    profiles: name === 'g' || name === 'i' ? [{ namespace: 'dagman', key: 'post', value: '/bin/check' }] : [],
  }))
  const runDir = smallPlan(join(freshFolder(), 'run'), jobs)
  writeFileSync(join(runDir, 'small-0.dag'), '')
  return runDir
}

const FILES = { nodes: 'small-0.dag.nodes.log', jobstate: 'jobstate.log', dagman: 'small-0.dag.dagman.log' }

async function attemptsOf(store: MemoryStore, runId: string): Promise<readonly string[]> {
  const attempts: string[] = []
  for await (const { jobId, attempt, state, reason } of store.attempts(runId))
    attempts.push(`${jobId} ${attempt} ${state}${reason === null ? '' : `: ${reason}`}`)
  return attempts.sort()
}

async function statesOf(store: MemoryStore, runId: string): Promise<Readonly<Record<string, string>>> {
  const states: Record<string, string> = {}
  for await (const { jobId, state } of store.jobs(runId)) states[jobId] = state
  return states
}

const TAKEN_OUT = 'HTCondor: removed, via condor_rm (by user runner): somebody took it out of the queue'
const ATTEMPTS = [
  'a 1 succeeded',
  'b 1 failed: it ended with exit code 3',
  'b 2 failed: it ended with exit code 3',
  `c 1 failed: ${TAKEN_OUT}`,
  expect.stringMatching(
    /^d 1 failed: held: Transfer input files failure .*missing\.fits.* \(code 13\.2\); removed, .*PeriodicRemove/,
  ),
  'e 1 lost: it was evicted from its slot; HTCondor began it again',
  'e 2 lost: it was evicted from its slot; HTCondor began it again',
  `e 3 failed: ${TAKEN_OUT}`,
  'f 1 failed: its PRE script failed',
  'f 2 failed: its PRE script failed',
  'g 1 failed: its POST script ended with exit code 1',
  'h 1 failed: HTCondor did not take its job: its submit description is refused',
  'i 1 succeeded',
  'l 1 succeeded',
  'n 1 succeeded',
]

test('a DAG that ended while nobody followed it is in the registry, each attempt with its true cause', async () => {
  const runDir = recordedRun()
  for (const [name, file] of Object.entries(FILES)) writeFileSync(join(runDir, file), recorded(name))
  const store = new MemoryStore()
  const result = await runDag(store, runDir)
  expect(result).toMatchObject({ status: 'failed', jobs: { succeeded: 4, failed: 7, unready: 1 } })
  expect(await attemptsOf(store, result.runId)).toEqual(ATTEMPTS)
  expect(await statesOf(store, result.runId)).toMatchObject({ i: 'succeeded', g: 'failed', z: 'unready' })
  const rows = []
  for await (const row of store.attempts(result.runId, 'a')) rows.push(row)
  expect(rows).toMatchObject([
    {
      executor: 'condor',
      externalId: '428.0',
      host: 'localhost',
      submittedMs: Date.parse('2026-11-22T22:16:11'),
      startedMs: Date.parse('2026-11-22T22:16:22'),
      endedMs: Date.parse('2026-11-22T22:16:23'),
      exitCode: 0,
    },
  ])
  // Once more: it has ended, and a look changes nothing.
  const { lastSeq } = await store.get(result.runId)
  expect(await catchUpDag(store, runDir)).toBe(true)
  expect((await store.get(result.runId)).lastSeq).toBe(lastSeq)
})

test('followers that are killed at any moment give the history that one look gives', async () => {
  const whole = recorded('nodes')
  const states = recorded('jobstate').split(/(?<=\n)/)
  const dagman = recorded('dagman')
  const begun = dagman.indexOf('005 (')
  for (const stepBytes of [97, 611, 4099]) {
    const runDir = recordedRun()
    const store = new MemoryStore()
    writeFileSync(join(runDir, FILES.dagman), dagman.slice(0, begun))
    const { runId } = await runDag(store, runDir, { isDetached: true })
    let lines = 0
    for (let at = 0; at < whole.length; at += stepBytes) {
      const now = whole.slice(0, at + stepBytes)
      appendFileSync(join(runDir, FILES.nodes), whole.slice(at, at + stepBytes))
      // DAGMan writes of an event after it has read it.
      const last = new CondorEventReader().add(now).at(-1)?.timeMs ?? 0
      const until = states.findIndex((line) => Number(line.split(' ')[0]) * 1000 >= last)
      const more = states.slice(lines, Math.max(lines, until))
      lines += more.length
      appendFileSync(join(runDir, FILES.jobstate), more.join(''))
      await catchUpDag(store, runDir)
    }
    appendFileSync(join(runDir, FILES.jobstate), states.slice(lines).join(''))
    appendFileSync(join(runDir, FILES.dagman), dagman.slice(begun))
    expect((await runDag(store, runDir)).status).toBe('failed')
    expect(await attemptsOf(store, runId)).toEqual(ATTEMPTS)
  }
})

test('a held job is shown with why, and is queued again when it is released', async () => {
  const runDir = recordedRun()
  const store = new MemoryStore()
  const whole = recorded('nodes')
  writeFileSync(join(runDir, FILES.dagman), recorded('dagman').replace(/^005 [\s\S]*/m, ''))
  writeFileSync(join(runDir, FILES.nodes), whole.slice(0, whole.indexOf('013 (432')))
  const { runId } = await runDag(store, runDir, { isDetached: true })
  expect(await statesOf(store, runId)).toMatchObject({ e: 'held' })
  expect((await explainRunJob(store, runId, 'e')).because).toBe(
    'it is held: via condor_hold (by user runner) (code 1.0)',
  )
  expect(await runStatus(store, runId)).toMatchObject({ held: 1, engine: 'DAGMan, job 427 of HTCondor' })
  writeFileSync(
    join(runDir, FILES.nodes),
    whole.slice(0, whole.indexOf('...', whole.indexOf('013 (432')) + 4),
  )
  await catchUpDag(store, runDir)
  expect(await statesOf(store, runId)).toMatchObject({ e: 'queued' })
})

test('a log that took the place of another is read from its beginning', () => {
  const path = join(freshFolder(), 'log')
  writeFileSync(path, 'one\n...\ntwo\n')
  const first = readLog(path, { head: '', offset: 0 }, { ending: '...' })
  expect(first).toMatchObject({ text: 'one\n...\n', isNew: false })
  expect(readLog(path, first.place, { ending: '...' }).text).toBe('')
  writeFileSync(path, 'other and longer\n...\n')
  expect(readLog(path, first.place, { ending: '...' })).toMatchObject({
    text: 'other and longer\n...\n',
    isNew: true,
  })
  expect(readLog(`${path}.absent`, first.place)).toEqual({ text: '', place: first.place, isNew: false })
})

test('failures without a job stand before the submission that follows them', () => {
  const scripts = new NodeScripts()
  scripts.add(
    '10 f PRE_SCRIPT_FAILURE - - - 1\n11 f SUBMIT 7.0 - - 2\n12 f PRE_SCRIPT_FAILURE - - - 3\n13 g SUBMIT_FAILURE - - - 4\n',
  )
  expect(scripts.before('f', '7.0')).toEqual([{ node: 'f', timeMs: 10_000, cause: 'pre' }])
  expect(scripts.rest()).toEqual([{ node: 'f', timeMs: 12_000, cause: 'pre' }])
  // HTCondor took the job in the end: that was no failure.
  scripts.add('14 g SUBMIT 8.0 - - 4\n')
  expect(scripts.rest()).toEqual([])
})

test('a plan without a DAG is refused', async () => {
  const runDir = smallPlan(join(freshFolder(), 'run'), [{ run: ['/bin/true'] }])
  await expect(runDag(new MemoryStore(), runDir)).rejects.toThrow('the directory of the run has no DAG')
})
