import { spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { freshFolder, repositoryRoot } from '../../../testing/folders.ts'
import { MODULE_NAMES } from '../src/command/registry.ts'

/** Folder with our commands under the names of the modules. */
export function ourCommands(): string {
  const folder = freshFolder()
  for (const name of MODULE_NAMES)
    symlinkSync(join(repositoryRoot, 'packages/montage/bin/montage-module.js'), join(folder, name))
  return folder
}

/**
 * Runs a script of the example montage-chains and gives what it printed.
 *
 * @param folders stand before everything else on PATH
 * @throws Error with its words when it fails
 */
export function runScript(script: string, args: readonly string[], folders: readonly string[]): string {
  const env = { ...process.env, PATH: [...folders, process.env['PATH'] ?? ''].join(delimiter) }
  const path = join(repositoryRoot, 'examples/montage-chains', script)
  const run = spawnSync('sh', [path, ...args], { env, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${script} failed: ${run.stderr}${run.stdout}`)
  return run.stdout
}
