import { STATUS_OPTION } from '../command/manual.ts'
import { defineModule, type ModuleCall, type MontageModule, operand, type Place } from '../command/module.ts'
import { callEach } from '../exec/call-each.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { eachArguments } from '../exec/each-arguments.ts'
import { failures } from '../exec/failures.ts'
import { inFolder } from '../exec/in-folder.ts'
import { TELL_OPTION, THREADS_OPTION } from '../exec/manual-options.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { readDiffTable } from './diff-table.ts'

/** Input of {@link mDiffExec}. */
export interface DiffExecInput {
  /** Table of overlaps. */
  readonly diffs: string
  readonly template: string
  /** Folder of the difference images. */
  readonly folder: string
  /** Folder of the images; default: names of the table as they are. */
  readonly imageFolder?: string
  readonly hasNoAreas?: boolean
  /** Differences made at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mDiffExec}. */
export interface DiffExecResult {
  /** Rows of the table. */
  readonly count: number
  readonly failed: number
  /** A sentence for each difference that failed. */
  readonly failures: readonly string[]
}

/**
 * Makes the difference of every pair of a table of overlaps.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`
 */
export async function mDiffExec(input: DiffExecInput, place: Place = {}): Promise<DiffExecResult> {
  const { diffs, template, folder, imageFolder, hasNoAreas = false } = input
  await checkFolder(folder, place)
  await readTemplateFile(place, template)
  const rows = await readDiffTable(diffs, ['plus', 'minus', 'diff'], place)
  const calls = rows.map(({ plus, minus, diff }) => ({
    plus: inFolder(imageFolder, plus),
    minus: inFolder(imageFolder, minus),
    output: inFolder(folder, diff),
    template,
    hasNoAreas,
  }))
  const attempts = await callEach('mDiff', calls, place, input.threads)
  const names = rows.map(({ diff }) => diff)
  const failed = failures(attempts, names)
  return { count: rows.length, failed: failed.length, failures: failed }
}

function readCall(call: ModuleCall): DiffExecInput & Telling {
  return {
    diffs: operand(call, 0),
    template: operand(call, 1),
    folder: operand(call, 2),
    ...eachArguments(call),
  }
}

/** The module mDiffExec. */
export const diffExecModule: MontageModule = defineModule<ReturnType<typeof readCall>, DiffExecResult>({
  name: 'mDiffExec',
  summary: 'Makes the difference of every pair of overlapping images.',
  usage: '%s [-p projdir] [-d] [-n(o-areas)] [-j threads] [-s statusfile] diffs.tbl template.hdr diffdir',
  style: 'getopt',
  options: 'p:dnj:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['failed', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Calls mDiff for every row of a table of overlaps. A difference that cannot be made is counted and does not stop the others. Images that touch by their corners only are in the table but have no pixel in common; their difference fails.',
    options: [
      ['-p projdir', 'Folder of the images; default: the names of the table as they are.'],
      TELL_OPTION,
      ['-n', 'There are no area images; every pixel with data has area 1.'],
      THREADS_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['diffs.tbl', 'Table of overlaps.'],
      ['template.hdr', 'Header template of the grid that the images lie on.'],
      ['diffdir', 'Folder of the differences; it must exist.'],
    ],
    reads: [['diffs.tbl', 'Table of mOverlaps; columns `plus`, `minus`, `diff`.']],
    returns: { count: 'Rows of the table.', failed: 'Differences that could not be made.' },
    example: ['mDiffExec -p projected diffs.tbl region.hdr diff'],
  },
  read: readCall,
  run: tellFailures(mDiffExec),
})
