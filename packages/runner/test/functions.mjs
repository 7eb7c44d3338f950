// Functions for tests of the worker threads.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function upper({ workDirectory, inputs, outputs, print }) {
  const text = inputs.map((lfn) => readFileSync(join(workDirectory, lfn), 'utf8')).join('')
  for (const lfn of outputs) writeFileSync(join(workDirectory, lfn), text.toUpperCase())
  print('done\n')
}

export function fail() {
  throw new Error('no star in the field')
}

export function sleepForEver() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

export function exit() {
  process.exit(3)
}

/** Prints, waits for a file `gate` in its folder, and prints again. */
export async function chatty({ workDirectory, print }) {
  print(`begun in ${workDirectory}\n`)
  while (!existsSync(join(workDirectory, 'gate'))) await new Promise((resolve) => setTimeout(resolve, 10))
  print('done\n')
}
