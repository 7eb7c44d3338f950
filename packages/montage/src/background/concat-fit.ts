import { readFileText } from '@skyloom/base/node'
import { FIT_FIELDS, type FitField, type FitRow, type FitValues, formatFitTable } from '@skyloom/mosaic'
import { pathExists, pathOf, writeText } from '../command/files.ts'
import { STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
} from '../command/module.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { inFolder } from '../exec/in-folder.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { FIT_TABLE } from './fit-table.ts'

/** Input of {@link mConcatFit}. */
export interface ConcatFitInput {
  /** Table of status files; columns cntr1, cntr2, stat. */
  readonly statusFiles: string
  /** Table of fits that is written. */
  readonly fits: string
  /** Folder of the status files. */
  readonly folder: string
}

/** Result of {@link mConcatFit}. */
export interface ConcatFitResult {
  /** Rows of the table of status files. */
  readonly count: number
  /** Status files that tell of an error or hold no fit. */
  readonly failed: number
  /** Status files that are not there. */
  readonly missing: number
  /** Status files that tell of a warning. */
  readonly warning: number
  /** A sentence for each pair that is left out. */
  readonly failures: readonly string[]
}

/**
 * Collects the status lines that mFitplane or mDiffFit wrote into files in a table of fits. Pairs without a fit are left out and counted.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mConcatFit(input: ConcatFitInput, place: Place = {}): Promise<ConcatFitResult> {
  const { statusFiles: path, fits, folder } = input
  await checkFolder(folder, place)
  const { table } = await readTable(place, path, `Invalid status file list: ${path}`)
  needColumns(table, ['cntr1', 'cntr2', 'stat'], path, 'Need columns: cntr1 cntr2 stat')
  const [first, second] = [numbers(table, 'cntr1'), numbers(table, 'cntr2')]
  const counts = { failed: 0, missing: 0, warning: 0 }
  const failures: string[] = []
  const rows: FitRow[] = []
  for (const [row, name] of texts(table, 'stat').entries()) {
    const status = await readStatus(inFolder(folder, name), place)
    if ('values' in status) rows.push({ plus: first[row]!, minus: second[row]!, values: status.values })
    else {
      counts[status.kind]++
      failures.push(`${name}: ${status.reason}`)
    }
  }
  await writeText(place, fits, formatFitTable(rows), "Can't open output file.")
  return { count: table.rowCount, ...counts, failures }
}

type Status =
  | { readonly values: FitValues }
  | { readonly kind: 'failed' | 'missing' | 'warning'; readonly reason: string }

async function readStatus(path: string, place: Place): Promise<Status> {
  if (!(await pathExists(place, path))) return { kind: 'missing', reason: 'no such file' }
  const text = await readFileText(pathOf(place, path), 'latin1')
  const fields = new Map(
    [...text.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,\]]*))/g)].map(([, key = '', quoted, bare]) => [
      key,
      quoted ?? bare ?? '',
    ]),
  )
  const stat = fields.get('stat') ?? ''
  if (stat === 'WARNING') return { kind: 'warning', reason: fields.get('msg') ?? 'a warning' }
  const values = stat === 'OK' ? fitValuesOf(fields) : undefined
  if (values !== undefined) return { values }
  return { kind: 'failed', reason: fields.get('msg') ?? 'no status line of a fit' }
}

function fitValuesOf(fields: ReadonlyMap<string, string>): FitValues | undefined {
  const values: Partial<Record<FitField, number>> = {}
  for (const name of FIT_FIELDS) {
    const text = fields.get(name) ?? ''
    // A difference of two equal images has no rms in Montage.
    const value = text === '' ? Number.NaN : /^-?nan$/i.test(text) && name === 'rms' ? 0 : Number(text)
    if (!Number.isFinite(value)) return undefined
    values[name] = value
  }
  // Every field is set above.
  return values as FitValues
}

function readCall(call: ModuleCall): ConcatFitInput & Telling {
  return {
    statusFiles: operand(call, 0),
    fits: operand(call, 1),
    folder: operand(call, 2),
    tells: hasOption(call, 'd'),
  }
}

/** The module mConcatFit. */
export const concatFitModule: MontageModule = defineModule<ReturnType<typeof readCall>, ConcatFitResult>({
  name: 'mConcatFit',
  summary: 'Collects fits from status files in a table.',
  usage: '%s [-d] [-s statusfile] statfiles.tbl fits.tbl statdir',
  style: 'getopt',
  options: 'ds:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['failed', 'd'],
    ['missing', 'd'],
    ['warning', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Collects the status lines that mFitplane or mDiffFit wrote with `-s` in a table of fits, for workflows in which each pair is a job of its own. Files that are missing, that tell of an error or hold no fit are left out and counted.',
    options: [
      ['-d', 'Tell about every file that is left out in a line with `stat="INFO"` before the status line.'],
      STATUS_OPTION,
    ],
    operands: [
      ['statfiles.tbl', 'Table of the status files.'],
      ['fits.tbl', 'Table of fits that is written.'],
      ['statdir', 'Folder of the status files.'],
    ],
    reads: [
      [
        'statfiles.tbl',
        'Columns `cntr1`, `cntr2` (counters of the images) and `stat` (name of the status file).',
      ],
    ],
    writes: [FIT_TABLE],
    returns: {
      count: 'Rows of the table of status files.',
      failed: 'Files that tell of an error or hold no fit.',
      missing: 'Files that are not there.',
      warning: 'Files that tell of a warning.',
    },
    example: ['mConcatFit statfiles.tbl fits.tbl .'],
  },
  read: readCall,
  run: tellFailures(mConcatFit),
})
