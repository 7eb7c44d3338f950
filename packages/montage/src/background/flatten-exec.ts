import { basename } from 'node:path'
import { STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { callEach } from '../exec/call-each.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { checkInputFolder } from '../exec/check-input-folder.ts'
import { failures } from '../exec/failures.ts'
import { inFolder } from '../exec/in-folder.ts'
import { TELL_OPTION, THREADS_OPTION } from '../exec/manual-options.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { threadsArgument } from '../exec/threads-argument.ts'
import { needColumns, readTable, texts } from '../table/table-columns.ts'

/** Input of {@link mFlattenExec}. */
export interface FlattenExecInput {
  /** Image metadata table. */
  readonly images: string
  /** Folder of the flattened images. */
  readonly folder: string
  /** Folder of the images; default: the current one. */
  readonly imageFolder?: string
  readonly hasNoAreas?: boolean
  readonly isLevelOnly?: boolean
  /** Images flattened at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mFlattenExec}. */
export interface FlattenExecResult {
  /** Images of the table. */
  readonly count: number
  readonly failed: number
  /** Always 0, as in Montage. */
  readonly warning: number
  /** A sentence for each image that failed. */
  readonly failures: readonly string[]
}

/**
 * Takes from every image of a table the plane through its own pixels.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function mFlattenExec(input: FlattenExecInput, place: Place = {}): Promise<FlattenExecResult> {
  const { images, folder, imageFolder, hasNoAreas = false, isLevelOnly = false } = input
  await checkFolder(folder, place)
  checkInputFolder(imageFolder ?? '.', folder, place)
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['fname|file'], images, 'Need columns: fname')
  const names = texts(table, 'fname|file').map((name) => basename(name))
  const calls = names.map((name) => ({
    image: inFolder(imageFolder, name),
    output: inFolder(folder, name),
    isLevelOnly,
    hasNoAreas,
  }))
  const attempts = await callEach('mFlatten', calls, place, input.threads)
  const failed = failures(attempts, names)
  return { count: names.length, failed: failed.length, warning: 0, failures: failed }
}

function readCall(call: ModuleCall): FlattenExecInput & Telling {
  const imageFolder = optionValue(call, 'p')
  return {
    images: operand(call, 0),
    folder: operand(call, 1),
    hasNoAreas: hasOption(call, 'n'),
    isLevelOnly: hasOption(call, 'l'),
    threads: threadsArgument(call),
    tells: hasOption(call, 'd'),
    ...(imageFolder === undefined ? {} : { imageFolder }),
  }
}

/** The module mFlattenExec. */
export const flattenExecModule: MontageModule = defineModule<ReturnType<typeof readCall>, FlattenExecResult>({
  name: 'mFlattenExec',
  summary: 'Takes from every image of a table the plane through its own pixels.',
  usage: '%s [-p imgdir] [-d] [-n(o-areas)] [-l(evel-only)] [-j threads] [-s statusfile] images.tbl flatdir',
  style: 'getopt',
  options: 'p:dnlj:s:',
  operands: [2, 2],
  isNamed: false,
  fields: [
    ['count', 'd'],
    ['failed', 'd'],
    ['warning', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Calls mFitplane and mBackground for every image of a table, so that each loses its own plane. Unlike Montage, which hands the planes on as text of six digits, planes keep all their digits.',
    options: [
      ['-p imgdir', 'Folder of the images; default: the current one.'],
      TELL_OPTION,
      ['-n', 'There are no area images.'],
      ['-l', 'Fit levels only.'],
      THREADS_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table of the images.'],
      ['flatdir', 'Folder of the flattened images; it must exist.'],
    ],
    reads: [['images.tbl', 'Table of mImgtbl; column `fname`.']],
    returns: {
      count: 'Images of the table.',
      failed: 'Images that could not be flattened.',
      warning: 'Always 0.',
    },
    example: ['mFlattenExec -p projected images.tbl flat'],
  },
  read: readCall,
  run: tellFailures(mFlattenExec),
})
