// The transformation `join` of the shaped runs as a function: what it writes depends on its name and on every byte of its inputs.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join as path } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** Time that each call takes at least, milliseconds. */
const slowMs = Number(process.env.JOIN_SLOW_MS ?? 0)

export async function join({ workDirectory, arguments: [, job, output, ...inputs] }) {
  if (slowMs > 0) await wait(slowMs)
  const hash = createHash('sha256')
  for (const name of inputs) hash.update(readFileSync(path(workDirectory, name)))
  writeFileSync(path(workDirectory, output), `${job} of ${inputs.length} files: ${hash.digest('hex')}\n`)
}
