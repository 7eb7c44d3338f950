import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { enginePlan, engines } from './engines.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))
/** Ends of our process; 20 at full count. */
const KILLS = Number(process.env['SKYLOOM_ENGINE_KILLS'] ?? 4)
/** More than are done before the last end, however quick the engine is. */
const JOBS = 12 * KILLS

describe.for(engines)('our process is killed while jobs are on $name', (engine) => {
  test('nothing is lost, doubled or run twice', { timeout: 600_000 }, async () => {
    const log = join(freshFolder(), 'log')
    const program = `echo "$SKYLOOM_JOB begin" >>${log}; sleep 0.4; cat raw >copy; echo "$SKYLOOM_JOB end" >>${log}`
    const runDir = enginePlan(
      engine,
      Array.from({ length: JOBS }, (_, number) => ({
        run: ['/bin/sh', '-c', `${program}; mv copy copy${number}`],
        reads: ['raw'],
        writes: [`copy${number}`],
        // Eight at first, then each frees another one: batches come one after the other.
        children: number + 8 < JOBS ? [number + 8] : [],
      })),
    )
    const registry = join(freshFolder(), 'registry.sqlite')
    let kills = 0
    let exitCode: number | null = null
    while (exitCode === null) {
      const child = spawn(
        process.execPath,
        [command, 'run', 'start', runDir, '--registry', registry, '--quiet', '--no-reuse'],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      )
      // Moments without a pattern, the same in every run of this test.
      const moment = 700 + ((kills * 7919) % 1700)
      exitCode = await endOf(child, kills < KILLS ? moment : undefined)
      kills++
    }
    expect(exitCode).toBe(0)
    expect(kills).toBeGreaterThan(KILLS)
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
    // Every job began once and ended once: none was lost with our process, none was begun beside its former self.
    const expected = Array.from({ length: JOBS }, (_, number) => [`job_${number} begin`, `job_${number} end`])
    expect(lines.sort()).toEqual(expected.flat().sort())
    for (let number = 0; number < JOBS; number++)
      expect(existsSync(join(runDir, 'scratch', `copy${number}`))).toBe(true)
  })
})

/** Waits for the end of a process, or kills it at a moment. @returns its exit code, null when it was killed */
async function endOf(child: ChildProcess, killMs: number | undefined): Promise<number | null> {
  const timer = killMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killMs)
  return await new Promise((resolve) => {
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code)
    })
  })
}
