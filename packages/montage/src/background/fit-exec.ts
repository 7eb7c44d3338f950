import { type FitRow, formatFitTable } from '@skyloom/mosaic'
import { pathExists, writeText } from '../command/files.ts'
import { STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
} from '../command/module.ts'
import { callEach } from '../exec/call-each.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { failures, succeeded } from '../exec/failures.ts'
import { inFolder } from '../exec/in-folder.ts'
import { TELL_OPTION, THREADS_OPTION } from '../exec/manual-options.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { threadsArgument } from '../exec/threads-argument.ts'
import { type DiffRow, readDiffTable } from './diff-table.ts'
import { FIT_TABLE } from './fit-table.ts'

/** Input of {@link mFitExec}. */
export interface FitExecInput {
  /** Table of overlaps. */
  readonly diffs: string
  /** Table of fits that is written. */
  readonly fits: string
  /** Folder of the difference images. */
  readonly folder: string
  readonly isLevelOnly?: boolean
  /** Fits made at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mFitExec}. */
export interface FitExecResult {
  /** Rows of the table of overlaps. */
  readonly count: number
  readonly failed: number
  /** Always 0, as in Montage. */
  readonly warning: number
  /** Difference images that are not there. */
  readonly missing: number
  /** A sentence for each fit that failed. */
  readonly failures: readonly string[]
}

/**
 * Fits a plane to every difference image of a table of overlaps.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mFitExec(input: FitExecInput, place: Place = {}): Promise<FitExecResult> {
  const { diffs, folder, isLevelOnly = false } = input
  await checkFolder(folder, place)
  const rows = await readDiffTable(diffs, ['cntr1', 'cntr2', 'diff'], place)
  const there: DiffRow[] = []
  for (const row of rows) if (await pathExists(place, inFolder(folder, row.diff))) there.push(row)
  const calls = there.map(({ diff }) => ({ image: inFolder(folder, diff), isLevelOnly }))
  const attempts = await callEach('mFitplane', calls, place, input.threads)
  const fits = succeeded(attempts).map(({ index, result }): FitRow => {
    const { cntr1 = 0, cntr2 = 0 } = there[index] ?? {}
    return { plus: cntr1, minus: cntr2, values: result }
  })
  await writeText(place, input.fits, formatFitTable(fits), "Can't open output file.")
  const names = there.map(({ diff }) => diff)
  const failed = failures(attempts, names)
  const missing = rows.length - there.length
  return { count: rows.length, failed: failed.length, warning: 0, missing, failures: failed }
}

function readCall(call: ModuleCall): FitExecInput & Telling {
  return {
    diffs: operand(call, 0),
    fits: operand(call, 1),
    folder: operand(call, 2),
    isLevelOnly: hasOption(call, 'l'),
    threads: threadsArgument(call),
    tells: hasOption(call, 'd'),
  }
}

/** The module mFitExec. */
export const fitExecModule: MontageModule = defineModule<ReturnType<typeof readCall>, FitExecResult>({
  name: 'mFitExec',
  summary: 'Fits a plane to every difference image.',
  usage: '%s [-d] [-l(evel-only)] [-j threads] [-s statusfile] diffs.tbl fits.tbl diffdir',
  style: 'getopt',
  options: 'dlj:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['failed', 'd'],
    ['warning', 'd'],
    ['missing', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Calls mFitplane for the difference image of every row of a table of overlaps and writes the planes into a table. Images that are not there, because their difference could not be made, are counted as missing.',
    options: [TELL_OPTION, ['-l', 'Fit levels only: `a` and `b` are 0.'], THREADS_OPTION, STATUS_OPTION],
    operands: [
      ['diffs.tbl', 'Table of overlaps.'],
      ['fits.tbl', 'Table of fits that is written.'],
      ['diffdir', 'Folder of the differences.'],
    ],
    reads: [['diffs.tbl', 'Table of mOverlaps; columns `cntr1`, `cntr2`, `diff`.']],
    writes: [FIT_TABLE],
    returns: {
      count: 'Rows of the table of overlaps.',
      failed: 'Fits that could not be made.',
      warning: 'Always 0.',
      missing: 'Differences that are not there.',
    },
    example: ['mFitExec diffs.tbl fits.tbl diff'],
  },
  read: readCall,
  run: tellFailures(mFitExec),
})
