import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { rescueFile } from '../pegasus/rescue-file.ts'
import type { EngineStore } from '../store/run-store.ts'

/** A rescue file and the nodes that it says are done. */
export interface Rescue {
  readonly path: string
  readonly number: number
  readonly done: ReadonlySet<string>
  /** When it was written last. */
  readonly writtenMs: number
}

/** The newest rescue file of a DAG. */
export function newestRescue(runDir: string, basename: string): Rescue | undefined {
  const start = `${basename}.dag.rescue`
  const numbers = readdirSync(runDir)
    .filter((name) => name.startsWith(start) && /^\d{3}$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
  if (numbers.length === 0) return undefined
  const number = Math.max(...numbers)
  const path = join(runDir, `${start}${String(number).padStart(3, '0')}`)
  const text = readFileSync(path, 'utf8')
  const done = new Set([...text.matchAll(/^DONE (\S+)/gm)].map(([, node = '']) => node))
  return { path, number, done, writtenMs: statSync(path).mtimeMs }
}

/**
 * Sees to it that DAGMan will do what is not done, and only that: writes a rescue file from the history when there is none that says the
 * same. DAGMan writes its own when it ends in order; one that was killed for good, or an engine of ours, leaves none.
 *
 * @returns the path of the file that DAGMan will use
 */
export async function ensureRescue(
  store: EngineStore,
  run: { readonly id: string; readonly runDir: string; readonly basename: string },
  done: readonly string[],
): Promise<string | undefined> {
  const newest = newestRescue(run.runDir, run.basename)
  if (newest === undefined ? done.length === 0 : isSame(newest.done, done)) return newest?.path
  const { path, chunks } = await rescueFile(store, run.id)
  await writeFileAtomic(path, [...chunks].join(''))
  return path
}

function isSame(set: ReadonlySet<string>, list: readonly string[]): boolean {
  return set.size === list.length && list.every((name) => set.has(name))
}
