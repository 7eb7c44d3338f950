import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openRegistry } from '@skyloom/registry'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { seededRandom } from '../../../../testing/seeded-random.ts'
import { montageRun, renewRun } from '../montage-shape.ts'
import { amounts } from './amounts.ts'
import { attemptsThat, checkNoFailures, checkRun } from './check-run.ts'
import { killedRun } from './killed-run.ts'
import { runEngine } from './run-engine-process.ts'

/** Memory for files: all of the run; or 23 pages, so that most go to disk and come back. */
const cases = [
  { name: 'of the whole run', sharedBytes: 2 ** 26, isTight: false },
  { name: 'of a part of it', sharedBytes: 125_000, isTight: true },
] as const

/** Inputs that jobs of a run read from disk because there was no room in memory. */
async function spilledReads(registryFile: string): Promise<number> {
  await using registry = await openRegistry(registryFile)
  const [row] = await registry.runs.list()
  let count = 0
  for await (const { data } of registry.runs.attempts(row?.id ?? ''))
    count += Number(/"spilledCount":(\d+)/.exec(JSON.stringify(data))?.[1] ?? 0)
  return count
}

/** Files below a folder, the links and folders of attempts left out. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

test.for(cases)(
  'engines with memory for files $name that are killed 1 to 5 times at random: what is gone and needed is made again',
  {
    timeout: 0,
  },
  async ({ sharedBytes, isTight }) => {
    const folder = freshFolder()
    const run = await montageRun(join(folder, 'run'), amounts.images, { dataConfiguration: 'memory' })
    const registry = join(folder, 'registry.db')
    const settings = { runDir: run.runDir, registry, functions: true, sharedBytes }
    const startedMs = performance.now()
    const undisturbed = await runEngine(settings)
    const tookMs = performance.now() - startedMs
    if (undisturbed.type !== 'done') throw new Error(JSON.stringify(undisturbed))
    const jobs = undisturbed.result.jobs.succeeded
    expect(await attemptsThat(registry, 'failed', 'lost')).toEqual([])
    await checkRun(run, registry, jobs)
    expect((await spilledReads(registry)) > 0).toBe(isTight)
    const product = readFileSync(run.product)
    expect(filesBelow(run.scratch)).toEqual(['mosaic.fits'])
    for (let number = 0; number < amounts.runs; number++) {
      const seed = amounts.seed + number
      const random = seededRandom(seed)
      try {
        for (let kills = 0, tries = 0; kills === 0; tries++) {
          expect(tries).toBeLessThan(10)
          renewRun(run)
          for (const ending of ['', '-wal', '-shm']) rmSync(`${registry}${ending}`, { force: true })
          kills = await killedRun(settings, random, tookMs)
        }
        await checkRun(run, registry, jobs, product)
        await checkNoFailures(registry)
        expect(filesBelow(run.scratch)).toEqual(['mosaic.fits'])
      } catch (error) {
        throw new Error(`FAULT_RUNS=1 FAULT_SEED=${seed} FAULT_IMAGES=${amounts.images}`, { cause: error })
      }
    }
  },
)

test('files in memory are in the history with their hashes, and only the product has a place', async () => {
  const folder = freshFolder()
  const run = await montageRun(join(folder, 'run'), 4, { dataConfiguration: 'memory' })
  const registryFile = join(folder, 'registry.db')
  const end = await runEngine({
    runDir: run.runDir,
    registry: registryFile,
    functions: true,
    sharedBytes: 2 ** 26,
  })
  expect(end).toMatchObject({ type: 'done', result: { status: 'succeeded' } })
  await using registry = await openRegistry(registryFile)
  const made = new Map<string, string | null>()
  for await (const { lfn, sha256, madeBy } of registry.files.find())
    if (madeBy !== null) made.set(lfn, sha256)
  expect([...made.keys()].sort()).toEqual(
    [
      ...['0', '1', '2', '3'].flatMap((k) => [`p_${k}.fits`, `c_${k}.fits`]),
      ...['0_1', '0_2', '1_2', '1_3', '2_3', '2_0', '3_0', '3_1'].map((pair) => `fit_${pair}.txt`),
      'corrections.tbl',
      'mosaic.fits',
    ].sort(),
  )
  for (const [lfn, sha256] of made) expect(sha256, lfn).toMatch(/^[0-9a-f]{64}$/)
  const places = await registry.files.replicas([...made.keys()])
  expect([...places.keys()]).toEqual(['mosaic.fits'])
})
