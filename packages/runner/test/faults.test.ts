import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openRegistry } from '@skyloom/registry'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import type { RunResult } from '../dist/index.js'
import { montageRun, type ShapedRun } from './montage-shape.ts'

const ENGINE = fileURLToPath(new URL('./engine-process.mjs', import.meta.url))

/** Runs an engine; kills it after a time. @returns its answer, `undefined` when it was killed */
async function engine(args: readonly string[], killAfterMs = Infinity): Promise<RunResult | undefined> {
  const child = spawn(process.execPath, [ENGINE, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (text += String(chunk)))
  child.stderr.on('data', (chunk) => (errors += String(chunk)))
  const timer = killAfterMs === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (...ended) => resolve(ended)),
  )
  clearTimeout(timer)
  if (signal === 'SIGKILL') return undefined
  if (code !== 0) throw new Error(errors)
  return JSON.parse(text) as RunResult
}

/** What must hold after every fault. */
async function checkInvariants(run: ShapedRun, registryFile: string, jobs: number): Promise<void> {
  const registry = await openRegistry(registryFile)
  try {
    const [row] = await registry.runs.list()
    expect(row?.state).toBe('succeeded')
    const counts = await registry.runs.counts(row?.id ?? '')
    expect(counts.reduce((sum, count) => sum + count.jobs, 0)).toBe(jobs)
    for (const { state } of counts) expect(['succeeded', 'skipped']).toContain(state)
    const successes = new Map<string, number>()
    for await (const { jobId, state } of registry.runs.attempts(row?.id ?? ''))
      if (state === 'succeeded') successes.set(jobId, (successes.get(jobId) ?? 0) + 1)
    expect(successes.size).toBe(jobs)
    expect(Math.max(...successes.values())).toBe(1)
    // Registered products exist and verify; nothing else is in the published area.
    const [product] = await registry.files.lookup('mosaic.fits')
    const bytes = readFileSync(run.product)
    expect(product).toMatchObject({
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
    expect(readdirSync(join(run.product, '..'))).toEqual(['mosaic.fits'])
  } finally {
    await registry.close()
  }
  // No program ran twice at the same time, and none was left half done.
  const running = new Set<string>()
  for (const line of run.trace()) {
    const job = line.slice(2)
    expect(running.has(job)).toBe(line.startsWith('E'))
    if (line.startsWith('S')) running.add(job)
    else running.delete(job)
  }
  expect(running.size).toBe(0)
}

test('an engine that is killed again and again ends with the same product', async () => {
  const folder = freshFolder()
  const run = await montageRun(join(folder, 'disturbed'), 44)
  const registryFile = join(folder, 'disturbed.db')
  let kills = 0
  let result: RunResult | undefined
  for (const delayMs of [350, 900, 500, 1300, 700, Infinity]) {
    result = await engine([run.runDir, registryFile], delayMs)
    if (result === undefined) kills++
    else break
  }
  expect(kills).toBeGreaterThan(1)
  expect(result?.status).toBe('succeeded')
  expect(result?.jobs.succeeded).toBeGreaterThan(200)
  await checkInvariants(run, registryFile, result?.jobs.succeeded ?? 0)
  const again = await montageRun(join(folder, 'again'), 44)
  await engine([again.runDir, join(folder, 'again.db')])
  expect(readFileSync(run.product, 'utf8')).toBe(readFileSync(again.product, 'utf8'))
})

describe('killed at a step', () => {
  const cases = (['record', 'submit', 'write', 'sync', 'rename', 'register', 'announce'] as const).flatMap(
    (step) => (step === 'register' || step === 'announce' ? [0] : [0, 7]).map((passes) => ({ step, passes })),
  )
  test.for(cases)('$step, after $passes times', async ({ step, passes }) => {
    const folder = freshFolder()
    const run = await montageRun(folder, 3)
    const registryFile = join(folder, 'registry.db')
    expect(await engine([run.runDir, registryFile, step, String(passes)])).toBeUndefined()
    const result = await engine([run.runDir, registryFile])
    expect(result?.status).toBe('succeeded')
    expect(existsSync(run.product)).toBe(true)
    await checkInvariants(run, registryFile, result?.jobs.succeeded ?? 0)
  })
})
