import { basename } from 'node:path'
import { ZERO_PLANE } from '@skyloom/mosaic'
import { STATUS_OPTION } from '../command/manual.ts'
import { defineModule, type ModuleCall, type MontageModule, operand, type Place } from '../command/module.ts'
import { callEach } from '../exec/call-each.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { checkInputFolder } from '../exec/check-input-folder.ts'
import { eachArguments } from '../exec/each-arguments.ts'
import { failures } from '../exec/failures.ts'
import { inFolder } from '../exec/in-folder.ts'
import { TELL_OPTION, THREADS_OPTION } from '../exec/manual-options.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { readCorrectionTable } from './correction-table.ts'

/** Input of {@link mBgExec}. */
export interface BgExecInput {
  /** Image metadata table. */
  readonly images: string
  /** Table of corrections. */
  readonly corrections: string
  /** Folder of the corrected images. */
  readonly folder: string
  /** Folder of the images; default: the current one. */
  readonly imageFolder?: string
  readonly hasNoAreas?: boolean
  /** Images corrected at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mBgExec}. */
export interface BgExecResult {
  /** Images that were corrected or copied. */
  readonly count: number
  /** Images without a correction, which are copied. */
  readonly nocorrection: number
  readonly failed: number
  /** A sentence for each image that failed. */
  readonly failures: readonly string[]
}

/**
 * Takes from every image of a table its background plane. Images without one are copied.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function mBgExec(input: BgExecInput, place: Place = {}): Promise<BgExecResult> {
  const { images, corrections, folder, imageFolder, hasNoAreas = false } = input
  await checkFolder(folder, place)
  checkInputFolder(imageFolder ?? '.', folder, place)
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['cntr|id', 'fname|file'], images, 'Need columns: cntr and fname in image list')
  const planes = await readCorrectionTable(corrections, place)
  const counters = numbers(table, 'cntr|id')
  const names = texts(table, 'fname|file').map((name) => basename(name))
  const calls = names.map((name, row) => ({
    image: inFolder(imageFolder, name),
    output: inFolder(folder, name),
    correction: planes.get(counters[row]!) ?? ZERO_PLANE,
    hasNoAreas,
  }))
  const attempts = await callEach('mBackground', calls, place, input.threads)
  const failed = failures(attempts, names)
  const nocorrection = counters.reduce((sum, counter) => sum + (planes.has(counter) ? 0 : 1), 0)
  return { count: table.rowCount, nocorrection, failed: failed.length, failures: failed }
}

function readCall(call: ModuleCall): BgExecInput & Telling {
  return {
    images: operand(call, 0),
    corrections: operand(call, 1),
    folder: operand(call, 2),
    ...eachArguments(call),
  }
}

/** The module mBgExec. */
export const bgExecModule: MontageModule = defineModule<ReturnType<typeof readCall>, BgExecResult>({
  name: 'mBgExec',
  summary: 'Takes from every image of a table its background plane.',
  usage: '%s [-p projdir] [-s statusfile] [-d] [-n(o-areas)] [-j threads] images.tbl corrections.tbl corrdir',
  style: 'getopt',
  options: 'p:s:dnj:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['nocorrection', 'd'],
    ['failed', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Calls mBackground for every image of a table with the plane that mBgModel found for it. Images without a plane are copied, their pixels without area blanked. Images are read and written strip by strip.',
    options: [
      ['-p projdir', 'Folder of the images; default: the current one.'],
      STATUS_OPTION,
      TELL_OPTION,
      ['-n', 'There are no area images.'],
      THREADS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table of the images.'],
      ['corrections.tbl', 'Table of corrections.'],
      ['corrdir', 'Folder of the corrected images; it must exist.'],
    ],
    reads: [
      ['images.tbl', 'Table of mImgtbl; columns `cntr`, `fname`.'],
      ['corrections.tbl', 'Table of mBgModel; columns `id`, `a`, `b`, `c`.'],
    ],
    returns: {
      count: 'Images of the table.',
      nocorrection: 'Images without a plane, which are copied.',
      failed: 'Images that could not be corrected.',
    },
    example: ['mBgExec -p projected images.tbl corrections.tbl corrected'],
  },
  read: readCall,
  run: tellFailures(mBgExec),
})
