import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { montageRun, renewRun, type ShapedRun } from '../montage-shape.ts'
import { amounts } from './amounts.ts'
import { checkRun } from './check-run.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

interface Answer {
  readonly status: string
  readonly code?: string
  readonly message?: string
  readonly succeeded?: number
  readonly calls: number
  readonly failed: boolean
  readonly notices: readonly string[]
}

interface Fault {
  readonly call?: number
  readonly code?: string
  readonly commit?: { readonly number: number; readonly code: string; readonly when: 'before' | 'after' }
}

/** Runs of one plan, each in a new state, in a process whose operations fail as asked. */
class FaultyRuns {
  readonly run: ShapedRun
  readonly #folder: string
  readonly #registry: string
  readonly #ask: (request: object) => Promise<Answer>

  private constructor(run: ShapedRun, folder: string, ask: (request: object) => Promise<Answer>) {
    this.run = run
    this.#folder = folder
    this.#registry = join(folder, 'registry.db')
    this.#ask = ask
  }

  static async start(images: number): Promise<FaultyRuns> {
    const folder = freshFolder()
    const run = await montageRun(folder, images)
    const child = spawn(
      process.execPath,
      ['--import', here('./fault-fs.mjs'), here('./operation-process.mjs')],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })
    return new FaultyRuns(run, folder, async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const [line] = (await once(lines, 'line')) as [string]
      return JSON.parse(line) as Answer
    })
  }

  renew(): void {
    renewRun(this.run)
    for (const ending of ['', '-wal', '-shm']) rmSync(`${this.#registry}${ending}`, { force: true })
  }

  async engine(fault: Fault = {}): Promise<Answer> {
    const { runDir } = this.run
    return await this.#ask({ folder: this.#folder, runDir, registry: this.#registry, ...fault })
  }

  async check(jobs: number, product?: Buffer): Promise<void> {
    await checkRun(this.run, this.#registry, jobs, product)
  }
}

/** Nine images make a run of about fifty jobs. */
const IMAGES = 9

test('a file operation that fails, whichever it is, costs nothing but time', { timeout: 0 }, async () => {
  const runs = await FaultyRuns.start(IMAGES)
  const undisturbed = await runs.engine({ call: 0 })
  expect(undisturbed).toMatchObject({ status: 'succeeded', failed: false })
  const jobs = undisturbed.succeeded ?? 0
  expect(jobs).toBeGreaterThan(49)
  await runs.check(jobs)
  const product = readFileSync(runs.run.product)
  expect(undisturbed.calls).toBeGreaterThan(500)
  let resumed = 0
  for (let call = 1; call <= undisturbed.calls; call += amounts.operationStep) {
    runs.renew()
    const faulty = await runs.engine({ call, code: call % 2 === 0 ? 'EIO' : 'ENOSPC' })
    try {
      // The order of operations is not quite the same in each run: the last ones may not be reached.
      if (call < 0.9 * undisturbed.calls) expect(faulty.failed).toBe(true)
      if (faulty.status !== 'succeeded') {
        resumed++
        // The engine may give up when it cannot read its own files; a job may not.
        expect(faulty.status).toBe('error')
        expect(await runs.engine()).toMatchObject({ status: 'succeeded' })
      }
      await runs.check(jobs, product)
    } catch (error) {
      throw new Error(`operation ${call} of ${undisturbed.calls}: ${JSON.stringify(faulty)}`, {
        cause: error,
      })
    }
  }
  // Most faults are overcome by the engine itself.
  expect(resumed).toBeLessThan(0.1 * (undisturbed.calls / amounts.operationStep) + 2)
})

test('a commit that fails, whichever it is, loses nothing', { timeout: 0 }, async () => {
  const runs = await FaultyRuns.start(3)
  const undisturbed = await runs.engine()
  const jobs = undisturbed.succeeded ?? 0
  const product = readFileSync(runs.run.product)
  for (const code of ['REGISTRY_SQL_FAILED', 'REGISTRY_DISK_FULL']) {
    for (const when of ['before', 'after'] as const) {
      for (let number = 1; ; number += amounts.operationStep === 1 ? 1 : 9) {
        runs.renew()
        const faulty = await runs.engine({ commit: { number, code, when } })
        const isReached = faulty.status !== 'succeeded' || faulty.notices.length > 0
        if (code === 'REGISTRY_DISK_FULL' && when === 'before' && isReached) {
          // It waits for room, says so, and goes on by itself.
          expect(faulty).toMatchObject({ status: 'succeeded' })
          expect(faulty.notices).toEqual([
            expect.stringMatching(/^the run waits for room: .*REGISTRY_DISK_FULL/),
            'there is room again; the run goes on',
          ])
        }
        if (faulty.status !== 'succeeded') expect(await runs.engine()).toMatchObject({ status: 'succeeded' })
        await runs.check(jobs, product)
        if (!isReached) break
      }
    }
  }
})
