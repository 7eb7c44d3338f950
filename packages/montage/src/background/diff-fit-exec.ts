import { type FitRow, formatFitTable } from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
} from '../command/module.ts'
import { type Attempt, callEach } from '../exec/call-each.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { eachArguments } from '../exec/each-arguments.ts'
import { failures, succeeded } from '../exec/failures.ts'
import { inFolder } from '../exec/in-folder.ts'
import { TELL_OPTION, THREADS_OPTION } from '../exec/manual-options.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { FIT_FAILURE } from './diff-fit.ts'
import { readDiffTable } from './diff-table.ts'
import { FIT_TABLE } from './fit-table.ts'

/** Input of {@link mDiffFitExec}. */
export interface DiffFitExecInput {
  /** Table of overlaps. */
  readonly diffs: string
  readonly template: string
  /** Folder of the difference images; they are written only with `isKept`. */
  readonly folder: string
  /** Table of fits that is written. */
  readonly fits: string
  /** Folder of the images; default: names of the table as they are. */
  readonly imageFolder?: string
  readonly hasNoAreas?: boolean
  readonly isLevelOnly?: boolean
  /** Write the difference images. */
  readonly isKept?: boolean
  /** Pairs worked on at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mDiffFitExec}. */
export interface DiffFitExecResult {
  /** Rows of the table of overlaps. */
  readonly count: number
  readonly diff_failed: number
  /** Pairs without a fit; a pair without a difference counts here as well. */
  readonly fit_failed: number
  /** Always 0, as in Montage. */
  readonly warning: number
  /** A sentence for each pair that failed. */
  readonly failures: readonly string[]
}

/**
 * Fits a plane to the difference of every pair of a table of overlaps. No difference image is written unless they are to be kept.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mDiffFitExec(input: DiffFitExecInput, place: Place = {}): Promise<DiffFitExecResult> {
  const { diffs, template, folder, imageFolder } = input
  const { hasNoAreas = false, isLevelOnly = false, isKept = false } = input
  await checkFolder(folder, place)
  await readTemplateFile(place, template)
  const rows = await readDiffTable(diffs, ['cntr1', 'cntr2', 'plus', 'minus', 'diff'], place)
  const calls = rows.map(({ plus, minus, diff }) => ({
    plus: inFolder(imageFolder, plus),
    minus: inFolder(imageFolder, minus),
    output: inFolder(folder, diff),
    template,
    hasNoAreas,
    isLevelOnly,
    isKept,
  }))
  const attempts = await callEach('mDiffFit', calls, place, input.threads)
  const fits = succeeded(attempts).map(({ index, result }): FitRow => {
    const { cntr1 = 0, cntr2 = 0 } = rows[index] ?? {}
    return { plus: cntr1, minus: cntr2, values: result }
  })
  await writeText(place, input.fits, formatFitTable(fits, { isCentred: true }), "Can't open output file.")
  const names = rows.map(({ diff }) => diff)
  const failed = failures(attempts, names)
  return {
    count: rows.length,
    diff_failed: attempts.filter(isDiffFailure).length,
    fit_failed: failed.length,
    warning: 0,
    failures: failed,
  }
}

function isDiffFailure(attempt: Attempt<unknown>): boolean {
  return 'reason' in attempt && attempt.reason !== FIT_FAILURE
}

function readCall(call: ModuleCall): DiffFitExecInput & Telling {
  return {
    diffs: operand(call, 0),
    template: operand(call, 1),
    folder: operand(call, 2),
    fits: operand(call, 3),
    isLevelOnly: hasOption(call, 'l'),
    isKept: hasOption(call, 'k'),
    ...eachArguments(call),
  }
}

/** The module mDiffFitExec. */
export const diffFitExecModule: MontageModule = defineModule<ReturnType<typeof readCall>, DiffFitExecResult>({
  name: 'mDiffFitExec',
  summary: 'Fits a plane to the difference of every pair of overlapping images.',
  usage:
    '%s [-d] [-k(eep)] [-l(evel-only)] [-n(o-areas)] [-p projdir] [-j threads] [-s statusfile] diffs.tbl template.hdr diffdir fits.tbl',
  style: 'getopt',
  options: 'dklnp:j:s:',
  operands: [4, 4],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['diff_failed', 'd'],
    ['fit_failed', 'd'],
    ['warning', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Does what mDiffExec and mFitExec do one after another, pair by pair. The difference images are not written unless `-k` asks for them.',
    options: [
      TELL_OPTION,
      ['-k', 'Keep the difference images.'],
      ['-l', 'Fit levels only: `a` and `b` are 0.'],
      ['-n', 'There are no area images; every pixel with data has area 1.'],
      ['-p projdir', 'Folder of the images; default: the names of the table as they are.'],
      THREADS_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['diffs.tbl', 'Table of overlaps.'],
      ['template.hdr', 'Header template of the grid that the images lie on.'],
      ['diffdir', 'Folder of the differences; it must exist.'],
      ['fits.tbl', 'Table of fits that is written.'],
    ],
    reads: [['diffs.tbl', 'Table of mOverlaps; columns `cntr1`, `cntr2`, `plus`, `minus`, `diff`.']],
    writes: [FIT_TABLE],
    returns: {
      count: 'Rows of the table of overlaps.',
      diff_failed: 'Differences that could not be made.',
      fit_failed: 'Pairs without a fit, those without a difference included.',
      warning: 'Always 0.',
    },
    example: ['mDiffFitExec -p projected diffs.tbl region.hdr diff fits.tbl'],
  },
  read: readCall,
  run: tellFailures(mDiffFitExec),
})
