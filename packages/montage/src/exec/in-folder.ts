import { isAbsolute, join } from 'node:path'

/** The path of a file in a folder; without a folder, and for an absolute name as tables of absolute folders have, the name as it is. */
export function inFolder(folder: string | undefined, name: string): string {
  return folder === undefined || isAbsolute(name) ? name : join(folder, name)
}
