import { isAbsolute, join } from 'node:path'
import { folderEntries } from '@skyloom/base/node'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasColumns, readTable, texts } from './table-columns.ts'

/**
 * Paths of the files of a folder, relative to it, in the order of their names by code units, which is that of every machine.
 *
 * @param isWanted by the name of a file
 */
export async function listFiles(
  place: Place,
  folder: string,
  isWanted: (name: string) => boolean,
  isRecursive: boolean,
  below: string = '',
): Promise<readonly string[]> {
  const entries = await folderEntries(join(pathOf(place, folder), below))
  const names: string[] = []
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isFolder) {
      if (isRecursive) names.push(...(await listFiles(place, folder, isWanted, isRecursive, path)))
    } else if (isWanted(entry.name)) names.push(path)
  }
  return names
}

/**
 * The file names of a table (column `fname` or `file`).
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function listedFiles(place: Place, path: string): Promise<readonly string[]> {
  const { table } = await readTable(place, path, `Cannot open image list file: ${path}`)
  if (!hasColumns(table, ['fname|file']))
    throw new MontageError('MONTAGE_BAD_TABLE', 'Image table needs column fname/file', { where: [path] })
  return texts(table, 'fname|file')
}

/** The name of a file of a folder in tables: its path in the folder, with the folder when that is given by an absolute path. */
export function shownName(folder: string, name: string): string {
  return isAbsolute(folder) ? join(folder, name) : name
}
