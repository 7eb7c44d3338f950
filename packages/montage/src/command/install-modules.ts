import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BaseError } from '@skyloom/base'
import { writeFileAtomic } from '@skyloom/base/node'
import { MODULE_NAMES } from './registry.ts'

/** Settings of {@link installModules}. */
export interface InstallOptions {
  /** Replace files of these names that are not ours. */
  readonly overwrite?: boolean
  /** Write nothing, only tell what would be written. */
  readonly isDryRun?: boolean
}

/** A line of every command that is written here; files with it may be replaced. */
const MARK = '# Written by: skyloom montage install'
const EXECUTABLE = 0o755

/**
 * Writes a command for each module into a folder: small shell scripts that work from any folder and know where Node is.
 *
 * @param folder made when it does not exist
 * @returns paths of the commands
 * @throws BaseError `BASE_EXISTS` when a file of that name is something else; then nothing is written
 * @throws BaseError `BASE_WRITE_FAILED`, `BASE_DISK_FULL`
 */
export async function installModules(
  folder: string,
  { overwrite = false, isDryRun = false }: InstallOptions = {},
): Promise<readonly string[]> {
  const paths = MODULE_NAMES.map((name) => join(resolve(folder), name))
  if (!overwrite) await refuseForeign(paths)
  if (isDryRun) return paths
  await makeFolder(folder)
  const program = fileURLToPath(new URL('../../bin/montage-module.js', import.meta.url))
  for (const [index, path] of paths.entries()) {
    const text = launcher(MODULE_NAMES[index] ?? '', process.execPath, program)
    await writeFileAtomic(path, new TextEncoder().encode(text), { overwrite: true })
    await chmod(path, EXECUTABLE)
  }
  return paths
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw new BaseError('BASE_WRITE_FAILED', 'the folder cannot be made', {
      where: [resolve(folder)],
      remedy: 'choose a path where you may write and that is no file',
      cause,
    })
  }
}

async function refuseForeign(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (!existsSync(path) || (await readFile(path, 'latin1')).split('\n', 2)[1] === MARK) continue
    throw new BaseError('BASE_EXISTS', 'a file of this name exists already and is no command of Skyloom', {
      where: [path],
      remedy: 'choose another folder or allow overwriting',
    })
  }
}

/** A script that calls a module with the Node that wrote it, or with that of the path when it is gone. */
function launcher(name: string, node: string, program: string): string {
  return [
    '#!/bin/sh',
    MARK,
    `node=${quoted(node)}`,
    `[ -x "$node" ] || node=node`,
    `exec "$node" ${quoted(program)} ${name} "$@"`,
    '',
  ].join('\n')
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}
