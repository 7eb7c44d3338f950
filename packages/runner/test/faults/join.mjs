// The transformation `join` of the shaped runs as a function: what it writes depends on its name and on every byte of its inputs.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join as path } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readFileText, writeFileAtomic } from '@skyloom/base/node'

/** Time that each call takes at least, milliseconds. */
const slowMs = Number(process.env.JOIN_SLOW_MS ?? 0)
/** Folder of marks of jobs whose worker died; empty when none is to die. */
const dieOnce = process.env.JOIN_DIE_ONCE ?? ''

export async function join({ workDirectory, arguments: [, job, output, ...inputs] }) {
  if (slowMs > 0) await wait(slowMs)
  const hash = createHash('sha256')
  if (dieOnce !== '') dieTheFirstTime(job, path(workDirectory, output))
  for (const name of inputs) hash.update(readFileSync(path(workDirectory, name)))
  writeFileSync(path(workDirectory, output), `${job} of ${inputs.length} files: ${hash.digest('hex')}\n`)
}

/** The same with files that may be in memory. */
export async function joinMounted({ workDirectory, arguments: [, job, output, ...inputs] }) {
  if (slowMs > 0) await wait(slowMs)
  const hash = createHash('sha256')
  for (const name of inputs) hash.update(await readFileText(path(workDirectory, name), 'latin1'))
  await writeFileAtomic(
    path(workDirectory, output),
    `${job} of ${inputs.length} files: ${hash.digest('hex')}\n`,
  )
}

/** One job in seven ends its worker thread when it is run first, half of its output written. */
function dieTheFirstTime(job, output) {
  const mark = path(dieOnce, job)
  if (createHash('sha256').update(job).digest()[0] % 7 !== 0 || existsSync(mark)) return
  writeFileSync(mark, '')
  writeFileSync(output, 'half of it')
  process.exit(7)
}
