import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One `key=value` that a status line must have. */
export interface ExpectedField {
  readonly key: string
  readonly value: string
  readonly type: string
  readonly tolerance: string
}

/** One file that a case must leave behind. */
export interface ExpectedFile {
  readonly path: string
  readonly kind: string
  readonly tolerance: string
}

/** One recorded case. */
export interface ConformanceCase {
  readonly name: string
  readonly module: string
  readonly argv?: readonly string[]
  readonly steps?: readonly (readonly string[])[]
  readonly expected: {
    readonly exit_code: number
    readonly stdout: string
    readonly struct: readonly ExpectedField[]
    readonly files?: readonly ExpectedFile[]
    /** Only the first lines of long texts are stored. */
    readonly text_lines_kept?: number
  }
}

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))

/** Folder of the recorded cases; undefined when the shared data are not there, which is a failure under CI. */
export function casesFolder(): string | undefined {
  const shared = process.env['SKYLOOM_SHARED'] ?? resolve(ROOT, '../shared')
  const folder = join(shared, 'spec/montage/cases')
  if (existsSync(join(folder, 'cases.json'))) return folder
  if (process.env['CI'] === 'true') throw new Error(`the recorded cases are missing: ${folder}`)
  return undefined
}

/** All recorded cases. */
export function readCases(folder: string): readonly ConformanceCase[] {
  const text = readFileSync(join(folder, 'cases.json'), 'utf8')
  return (JSON.parse(text) as { readonly cases: readonly ConformanceCase[] }).cases
}
