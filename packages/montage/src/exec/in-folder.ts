import { join } from 'node:path'

/** The path of a file in a folder; without a folder the name as it is. */
export function inFolder(folder: string | undefined, name: string): string {
  return folder === undefined ? name : join(folder, name)
}
