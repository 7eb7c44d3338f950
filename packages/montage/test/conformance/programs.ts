import { spawnSync } from 'node:child_process'
import { lacksProgram } from '../../../../testing/peers.ts'
import { loadModule } from '../../src/command/registry.ts'
import { callModule, type ModuleOutcome } from '../../src/command/run-module.ts'

/** Runs a program of the toolkit in a folder; undefined when there is none of this name. */
export type ProgramRunner = (
  name: string,
  args: readonly string[],
  folder: string,
) => Promise<ModuleOutcome | undefined>

/** Our modules, in the process. */
export const ourModules: ProgramRunner = async (name, args, folder) => {
  const module = await loadModule(name)
  return module === undefined ? undefined : await callModule(module, args, folder)
}

/** A program that hangs, as some of Montage 6.0 do, is ended after this time. */
const TIMEOUT_MS = 20_000

/** The installed programs of Montage. */
export const installedPrograms: ProgramRunner = (name, args, folder) => {
  if (isMissing(name)) return Promise.resolve(undefined)
  const run = spawnSync(name, args, { cwd: folder, encoding: 'latin1', timeout: TIMEOUT_MS })
  return Promise.resolve({ exitCode: run.status ?? -1, stdout: run.stdout })
}

/** True when Montage is not installed. */
export function lacksMontage(): boolean {
  return isMissing('mImgtbl')
}

const missing = new Map<string, boolean>()

function isMissing(name: string): boolean {
  const known = missing.get(name)
  if (known !== undefined) return known
  // Under CI=true missing peers fail the tests that need them; here a missing program is a line of the report.
  const found = lacksProgram(name) || spawnSync('which', [name]).status !== 0
  missing.set(name, found)
  return found
}
