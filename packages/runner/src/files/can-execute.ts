import { accessSync, constants } from 'node:fs'

/** True for a program that this process may start. */
export function canExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
