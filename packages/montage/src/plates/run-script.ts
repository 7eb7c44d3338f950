import { mkdir } from 'node:fs/promises'
import { folderEntries } from '@skyloom/base/node'
import { pathExists, pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { runStep } from '../exec/run-step.ts'
import type { PlateScript, ScriptCall } from './script.ts'

/** Input of {@link runScript}. */
export interface RunScriptInput {
  readonly script: PlateScript
  /** Folder of the run. */
  readonly folder: string
}

/** Result of {@link runScript}. */
export interface RunScriptResult {
  /** Modules that were called. */
  readonly calls: number
}

/**
 * Does in this process what the shell script of the same input does.
 *
 * @throws MontageError `MONTAGE_NO_RESULT` with the name of the module and its sentence
 */
export async function runScript({ script, folder }: RunScriptInput, place: Place): Promise<RunScriptResult> {
  const there: Place = { cwd: pathOf(place, folder) }
  const { product, needs = [], folders = [] } = script
  if (product !== undefined && (await pathExists(there, product))) return { calls: 0 }
  for (const need of needs) if (!(await pathExists(there, need))) return { calls: 0 }
  for (const one of folders) await mkdir(pathOf(there, one), { recursive: true })
  let calls = 0
  for (const call of script.calls) {
    if (!(await isWanted(call, there))) continue
    calls++
    try {
      await runStep(call.module, call.args, there.cwd ?? '.')
    } catch (error) {
      if (!(call.tellsByFile === true && error instanceof MontageError)) throw error
    }
  }
  return { calls }
}

async function isWanted({ needs = [], needsFilesIn }: ScriptCall, place: Place): Promise<boolean> {
  for (const need of needs) if (!(await pathExists(place, need))) return false
  if (needsFilesIn === undefined) return true
  const entries = await folderEntries(pathOf(place, needsFilesIn)).catch(() => [])
  return entries.some(({ name }) => name.endsWith('.fits'))
}
