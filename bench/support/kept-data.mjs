// Made-up data of the benchmarks: made once and kept under bench/out, since making them takes longer than the work on them.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'

/** Path of a folder under bench/out; when it is not there yet, `make` fills it. What was left half-made is made anew. */
export function keptData(name, make) {
  const folder = resolve('bench/out', name)
  if (existsSync(folder)) return folder
  const fresh = `${folder}.part`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  console.log(`making ${folder}`)
  make(fresh)
  renameSync(fresh, folder)
  return folder
}
