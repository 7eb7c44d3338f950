import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunRow } from '@skyloom/registry'
import { runIdOf } from '../engine/register-run.ts'
import { RunnerError } from '../errors.ts'
import { PLAN_FILE } from '../plan/plan-file.ts'
import type { EngineStore } from '../store/run-store.ts'

/**
 * The run that a person means: its directory, its id, the start of its id, its label when only one run has it, or, without a
 * word, the newest run that is no sub-workflow.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND`, also when several runs would fit
 */
export async function findRun(store: EngineStore, text: string | undefined): Promise<RunRow> {
  const runs = await store.list({ limit: 10_000 })
  if (text === undefined) {
    const newest = runs.find((run) => run.parentRunId === null)
    if (newest !== undefined) return newest
    throw notFound('there are no runs', undefined)
  }
  const directory = resolve(text)
  if (existsSync(join(directory, PLAN_FILE))) {
    const id = await runIdOf(directory)
    const row = runs.find((run) => run.id === id)
    if (row !== undefined) return row
    throw notFound('the run was not started yet', text)
  }
  const byDirectory = runs.find((run) => run.directory === directory)
  if (byDirectory !== undefined) return byDirectory
  const fitting = runs.filter(({ id, label }) => id.startsWith(text) || label === text)
  const [only, second] = fitting
  if (only === undefined) throw notFound('there is no such run', text)
  if (second === undefined || only.id === text) return only
  throw notFound(`${fitting.length} runs fit`, text)
}

function notFound(problem: string, found: string | undefined): RunnerError {
  return new RunnerError('RUNNER_NOT_FOUND', problem, {
    ...(found === undefined ? {} : { found }),
    remedy: 'skyloom run list shows all; skyloom run start DIRECTORY starts one',
  })
}
