import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { openRegistry, verifyStorage } from '@skyloom/registry'
import { expect } from 'vitest'
import type { ShapedRun } from '../montage-shape.ts'

/**
 * What must hold after every fault: each job succeeded once (or, where its results were in the memory of an engine, at least once) and has no
 * other result; every registered file is there and verifies, none is registered twice; nothing unregistered lies in the published area or among the intermediate files; the final
 * product is the undisturbed one.
 */
export async function checkRun(
  run: ShapedRun,
  registryFile: string,
  jobs: number,
  product?: Buffer,
): Promise<void> {
  const registry = await openRegistry(registryFile)
  try {
    const [row] = await registry.runs.list()
    const runId = row?.id ?? ''
    expect(row?.state).toBe('succeeded')
    let done = 0
    for (const { state, jobs: count } of await registry.runs.counts(runId)) {
      expect(['succeeded', 'skipped']).toContain(state)
      done += count
    }
    expect(done).toBe(jobs)
    const succeeded = new Set<string>()
    for await (const { jobId, state } of registry.runs.attempts(runId)) {
      expect(state, jobId).not.toBe('running')
      if (state !== 'succeeded') continue
      if (succeeded.has(jobId) && run.dataConfiguration !== 'memory')
        throw new Error(`${jobId} succeeded twice`)
      succeeded.add(jobId)
    }
    expect(succeeded.size).toBe(jobs)
    const made = new Set<string>()
    for await (const { lfn, madeBy } of registry.files.find()) {
      if (madeBy === null) continue
      if (made.has(lfn)) throw new Error(`${lfn} is registered twice`)
      made.add(lfn)
    }
    const storage = await verifyStorage(registry.files, {
      roots: [run.scratch, dirname(run.product)],
      readFacts: fileFacts,
    })
    expect({ damaged: storage.damaged, strays: storage.strays }).toEqual({ damaged: [], strays: [] })
    expect((await registry.files.lookup('mosaic.fits')).length).toBe(1)
  } finally {
    await registry.close()
  }
  expect(readdirSync(dirname(run.product))).toEqual(['mosaic.fits'])
  if (product !== undefined) expect(readFileSync(run.product).equals(product)).toBe(true)
}

/** Nothing counts as a failure of a job: what was cut off by a fault of the machine is lost, and costs no retry. */
export async function checkNoFailures(registryFile: string): Promise<void> {
  expect(await attemptsThat(registryFile, 'failed')).toEqual([])
}

/** Attempts of the newest run that ended so, each with its reason: what a test says of a run that did not succeed. */
export async function attemptsThat(registryFile: string, ...states: readonly string[]): Promise<string[]> {
  await using registry = await openRegistry(registryFile)
  const [row] = await registry.runs.list()
  const found: string[] = []
  for await (const { jobId, attempt, state, reason } of registry.runs.attempts(row?.id ?? ''))
    if (states.includes(state)) found.push(`${jobId} ${attempt} ${state}: ${reason ?? ''}`)
  return found
}

/** No program ran twice at a time, and none was left half done. */
export function checkTrace(run: ShapedRun): void {
  const running = new Set<string>()
  for (const line of run.trace()) {
    const job = line.slice(2)
    expect(running.has(job), line).toBe(line.startsWith('E'))
    if (line.startsWith('S')) running.add(job)
    else running.delete(job)
  }
  expect([...running]).toEqual([])
}

async function fileFacts(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const bytes = await readFile(path)
  return { sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}
