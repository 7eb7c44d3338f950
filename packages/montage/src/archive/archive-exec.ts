import { join } from 'node:path'
import { fileNameOf } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { threadsArgument } from '../exec/threads-argument.ts'
import { hasColumns, readTable, texts } from '../table/table-columns.ts'
import { type ArchiveGetInput, mArchiveGet } from './archive-get.ts'
import { timeoutArgument } from './timeout-argument.ts'

/** Input of {@link mArchiveExec}. */
export interface ArchiveExecInput extends Omit<ArchiveGetInput, 'reference' | 'output'> {
  /** Table with the addresses. */
  readonly table: string
  /** Folder of the files; default: the current one. */
  readonly folder?: string
  /** First row, counted from 1. */
  readonly startRow?: number
  /** Transfers at the same time; default 1. */
  readonly transfers?: number
}

/** Result of {@link mArchiveExec}. */
export interface ArchiveExecResult {
  /** Files asked for. */
  readonly count: number
  readonly failed: number
  /** A sentence for each file that could not be had. */
  readonly failures: readonly string[]
}

/**
 * Gets every file of a table of addresses. One that cannot be had does not keep the others back.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function mArchiveExec(input: ArchiveExecInput, place: Place = {}): Promise<ArchiveExecResult> {
  const { table: path, folder = '.', startRow = 1, transfers = 1, ...options } = input
  const problem = `Table ${path} needs column 'URL' or 'url' and can optionally have columns 'fname'/'file'`
  const { table } = await readTable(place, path, problem)
  if (!hasColumns(table, ['URL|url'])) throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [path] })
  await checkFolder(folder, place)
  const urls = texts(table, 'URL|url')
  const names = hasColumns(table, ['fname|file']) ? texts(table, 'fname|file') : urls
  const files = urls
    .map((reference, row) => ({ reference: reference.trim(), name: localName(names[row] ?? reference) }))
    .slice(startRow - 1)
  const failures: (readonly [row: number, sentence: string])[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let row = next++; row < files.length; row = next++) {
      const { reference, name } = files[row] ?? { reference: '', name: '' }
      await mArchiveGet({ reference, output: join(folder, name), ...options }, place).catch(
        (error: unknown) => {
          if (!(error instanceof MontageError)) throw error
          failures.push([row, `${reference}: ${error.problem}`])
        },
      )
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, transfers) }, worker))
  failures.sort(([a], [b]) => a - b)
  return {
    count: files.length,
    failed: failures.length,
    failures: failures.map(([, sentence]) => sentence),
  }
}

/** Name of the file when it is unpacked. */
function localName(text: string): string {
  return fileNameOf(text.trim()).replace(/\.(?:gz|bz2)$/i, '')
}

function readCall(call: ModuleCall): ArchiveExecInput & Telling {
  const folder = optionValue(call, 'p')
  const start = optionValue(call, 'r')
  const problem = `Start record (${start ?? ''}) must be a whole number from 1`
  const startRow = start === undefined ? 1 : integerArgument(start, problem)
  if (startRow < 1) throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: start ?? '' })
  const level = optionValue(call, 'd')
  return {
    table: operand(call, 0),
    startRow,
    transfers: threadsArgument(call),
    tells: level !== undefined && integerArgument(level, 'Invalid debug level.') > 0,
    ...timeoutArgument(call),
    ...(folder === undefined ? {} : { folder }),
  }
}

/** The module mArchiveExec. */
export const archiveExecModule: MontageModule = defineModule<ArchiveExecInput & Telling, ArchiveExecResult>({
  name: 'mArchiveExec',
  summary: 'Gets all files of a table of addresses.',
  usage: '%s [-d level][-p outputdir][-r startrec][-t timeout] region.tbl',
  style: 'getopt',
  options: 'd:p:r:t:j:',
  operands: [1, 1],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['failed', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Gets every file of a table, such as mArchiveList writes it, one by one as mArchiveGet does. A file that cannot be had is counted and does not keep the others back. Files are named by `fname` or `file`, or else by the last part of the address; endings `.gz` and `.bz2` are dropped because files are unpacked.\n\nTables with pixel ranges (`imin` ... `jmax`) of the former DPOSS tile service are not supported: that service is gone.',
    options: [
      [DEBUG_LEVEL_OPTION[0], 'Above 0: tell about every file that failed in a line with `stat="INFO"`.'],
      ['-p outputdir', 'Folder of the files; default: the current one.'],
      ['-r startrec', 'First row, counted from 1; rows before it are passed over.'],
      ['-t timeout', 'Seconds without a byte after which the archive is given up; default 60.'],
      ['-j transfers', 'So many transfers at the same time; default 1.'],
    ],
    operands: [['region.tbl', 'Table of addresses.']],
    reads: [['region.tbl', 'Column `URL` or `url`; `fname` or `file` when there.']],
    returns: { count: 'Files asked for.', failed: 'Files that could not be had.' },
    example: ['mArchiveExec -p raw remote.tbl'],
  },
  read: readCall,
  run: tellFailures(mArchiveExec),
})
