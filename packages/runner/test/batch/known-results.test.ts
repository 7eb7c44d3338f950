import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import type { BatchReport, BatchTask } from '../../src/batch/batch-file.ts'
import { KnownResults } from '../../src/batch/known-results.ts'
import type { ExecutorHost } from '../../src/executor/local-executor.ts'
import { FileHasher } from '../../src/files/file-hasher.ts'
import { openPlan } from '../../src/plan/plan-file.ts'
import { standardTransfers } from '../../src/transfer/standard-transfers.ts'
import { Transfers } from '../../src/transfer/transfer.ts'
import { smallPlan } from '../small-plan.ts'

const RECIPE = 'a'.repeat(64)
const REPORT: BatchReport = {
  job: 0,
  attempt: 1,
  outcome: 'succeeded',
  invocations: [],
  products: [],
  removed: [],
  startMs: 1,
  endMs: 2,
  executor: 'slurm',
  recipeSha256: RECIPE,
  isKnown: true,
}

/** A job that writes `made`, and an earlier result of its recipe in a folder. */
function knownJob(): { readonly task: BatchTask; readonly known: KnownResults; readonly earlier: string } {
  const folder = freshFolder()
  const runDir = smallPlan(join(folder, 'run'), [{ name: 'make', writes: ['made'] }])
  const plan = openPlan(runDir)
  const earlier = join(folder, 'earlier')
  writeFileSync(earlier, 'content')
  const sha256 = createHash('sha256').update('content').digest('hex')
  const host: Pick<ExecutorHost, 'findResult' | 'knownRecipes' | 'checkLease'> = {
    findResult: async () =>
      await Promise.resolve([
        { name: 'run-1 make 1', files: [{ lfn: 'made', sha256, urls: [`file://${earlier}`] }] },
      ]),
    knownRecipes: async (lfns) =>
      await Promise.resolve(new Map(lfns.map((lfn) => [lfn, lfn === 'made' ? [RECIPE] : []]))),
    checkLease: async () => await Promise.resolve(),
  }
  const hasher = new FileHasher()
  const tools = { hasher, transfers: new Transfers(standardTransfers(), hasher) }
  const known = new KnownResults(host, tools)
  const task: BatchTask = {
    ...{ job: 0, attempt: 1, memoryMb: 0, startedMs: 1, timeoutMs: 0, transformation: '', hashes: {} },
    plan: plan.job(0),
  }
  plan.close()
  return { task, known, earlier }
}

test('a job that a node did not run gets the files of the earlier result', async () => {
  const { task, known } = knownJob()
  expect(await known.addTo([task])).toEqual([{ ...task, known: [RECIPE] }])
  const taken = await known.takeOver(task, REPORT)
  expect(taken).toMatchObject({ outcome: 'succeeded', reused: 'run-1 make 1' })
  const [product] = taken.products
  expect(readFileSync(new URL(product?.url ?? ''), 'utf8')).toBe('content')
})

test('a result that is damaged is lost, once: the next attempt runs', async () => {
  const { task, known, earlier } = knownJob()
  writeFileSync(earlier, 'conteNt')
  const taken = await known.takeOver(task, REPORT)
  expect(taken).toMatchObject({
    outcome: 'lost',
    products: [],
    failure: {
      kind: 'input',
      message: 'an earlier result cannot be taken over: its files are gone or damaged',
    },
  })
  expect(await known.addTo([task])).toEqual([task])
})
