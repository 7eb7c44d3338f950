import { existsSync, readdirSync } from 'node:fs'
import type { ShapedRun } from '../montage-shape.ts'

/** Whether a job of a run has made an intermediate file; those of jobs that run do not count. */
export function hasMade(run: ShapedRun, name: string): boolean {
  if (!existsSync(run.scratch)) return false
  const names = readdirSync(run.scratch, { recursive: true, encoding: 'utf8' })
  return names.some((path) => path.endsWith(`/${name}`) && !path.includes('.skyloom-work'))
}

/** Waits until something is so, at most a minute. */
export async function until(isTrue: () => boolean, complaint: () => string): Promise<void> {
  const endMs = performance.now() + 60_000
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error(`it did not come to that: ${complaint()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
