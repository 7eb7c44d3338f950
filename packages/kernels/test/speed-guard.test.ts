import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../../testing/folders.ts'

/** A pass takes 2 s of CPU; losses are measured several times before they count. */
const TIMEOUT_MS = 60_000

test('the guard against slower kernels fails on a slow build and names what is slow', {
  timeout: TIMEOUT_MS,
}, () => {
  const debugBuild = join(repositoryRoot, 'packages/kernels/dist/debug/pixels.wasm')
  const options = { cwd: repositoryRoot, encoding: 'utf8' } as const
  const run = spawnSync(process.execPath, ['bench/guard/run.mjs', '--pixels', debugBuild], options)
  expect(run.stderr).toBe('')
  expect(run.status).toBe(1)
  expect(run.stdout).toMatch(/^accumulateMean +\d\.\d+ {2}SLOWER$/m)
  expect(run.stdout).toMatch(/^riceDecode +[01]\.\d+$/m)
  expect(run.stdout).toContain('npm run bench -- guard --accept')
})
