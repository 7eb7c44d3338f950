import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedPath } from '../../../../testing/shared-data.ts'

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
    /** `by-position`, or `any` with a reason when rows follow the order of a folder. */
    readonly row_order?: string
    /** Only the first lines of long texts are stored. */
    readonly text_lines_kept?: number
  }
}

/** Folder of the recorded cases. */
export const casesFolder: string = sharedPath('spec/montage/cases')

/** True when the tests of the recorded cases are left out: a clone need not have the shared data, a run under `CI=true` must. */
export const lacksCases: boolean =
  !existsSync(join(casesFolder, 'cases.json')) && process.env['CI'] !== 'true'

/** All recorded cases. */
export function readCases(): readonly ConformanceCase[] {
  const text = readFileSync(join(casesFolder, 'cases.json'), 'utf8')
  return (JSON.parse(text) as { readonly cases: readonly ConformanceCase[] }).cases
}
