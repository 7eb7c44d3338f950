import { join } from 'node:path'
import { connectedGroups } from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION, type ManualRow } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { checkFolder } from '../exec/check-folder.ts'
import type { ParsedTable } from '../table/parse-table.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'

/** Input of {@link mHPXFindFragments} and {@link mHPXBgSplit}. */
export interface FragmentsInput {
  /** Image table. */
  readonly images: string
  /** Table of fits. */
  readonly fits: string
  /** Table, or folder of tables, that is written. */
  readonly output: string
}

/** Result of {@link mHPXFindFragments}. */
export interface FindFragmentsResult {
  /** Images. */
  readonly count: number
  /** Groups of images that overlaps link. */
  readonly fragments: number
}

/** Result of {@link mHPXBgSplit}. */
export interface BgSplitResult {
  /** Groups, each with tables of its own. */
  readonly fragments: number
}

interface Fragments {
  readonly images: ParsedTable
  readonly fits: ParsedTable
  /** Counters of the images. */
  readonly counters: Float64Array
  /** Group of each image, from 0. */
  readonly groups: readonly number[]
  /** Group of each fit. */
  readonly groupOfFit: readonly (number | undefined)[]
  readonly count: number
}

async function findFragments(input: FragmentsInput, place: Place): Promise<Fragments> {
  const images = await readTable(place, input.images, `Invalid image metadata file: ${input.images}`)
  needColumns(images.table, ['cntr|id'], input.images, `Need column cntr in ${input.images}`)
  const fits = await readTable(place, input.fits, `Invalid background fit parameters file: ${input.fits}`)
  needColumns(fits.table, ['plus', 'minus'], input.fits, `Need columns: plus minus in ${input.fits}`)
  const counters = numbers(images.table, 'cntr|id')
  const indexOf = new Map(Array.from(counters, (counter, index) => [counter, index]))
  const minus = numbers(fits.table, 'minus')
  const links = Array.from(numbers(fits.table, 'plus'), (plus, row) => ({
    plus: indexOf.get(plus) ?? -1,
    minus: indexOf.get(minus[row] ?? -1) ?? -1,
  }))
  const known = links.filter((link) => link.plus >= 0 && link.minus >= 0)
  const groups = connectedGroups(counters.length, known)
  const groupOfFit = links.map((link) => (link.plus >= 0 && link.minus >= 0 ? groups[link.plus] : undefined))
  return { images, fits, counters, groups, groupOfFit, count: new Set(groups).size }
}

/**
 * Finds the groups of images that overlaps link: their backgrounds can be compared with each other only.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXFindFragments(
  input: FragmentsInput,
  place: Place = {},
): Promise<FindFragmentsResult> {
  const { images, counters, groups, count } = await findFragments(input, place)
  needColumns(images.table, ['fname|file'], input.images, `Need column fname in ${input.images}`)
  const names = texts(images.table, 'fname|file').map((name) => name.trim())
  const width = Math.max(5, ...names.map((name) => name.length))
  const lines = [
    `|   id   | fragment | ${'fname'.padEnd(width)} |`,
    `|  int   |    int   | ${'char'.padEnd(width)} |`,
    ...names.map(
      (name, row) =>
        ` ${String(counters[row]).padStart(8)} ${String(groups[row]).padStart(10)}  ${name.padEnd(width)} `,
    ),
  ]
  await writeText(place, input.output, `${lines.join('\n')}\n`, `Cannot open output table ${input.output}`)
  return { count: names.length, fragments: count }
}

/**
 * Divides an image table and the fits of its overlaps into tables for each group of linked images.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXBgSplit(input: FragmentsInput, place: Place = {}): Promise<BgSplitResult> {
  await checkFolder(input.output, place)
  const { images, fits, groups, groupOfFit, count } = await findFragments(input, place)
  const part = (
    table: ParsedTable,
    groupOf: readonly (number | undefined)[],
    group: number,
  ): readonly string[] => [...table.head, ...table.records.filter((_, row) => groupOf[row] === group)]
  for (let group = 0; group < count; group++) {
    for (const [name, lines] of [
      [`images_${group}.tbl`, part(images, groups, group)],
      [`fits_${group}.tbl`, part(fits, groupOfFit, group)],
    ] as const) {
      const path = join(input.output, name)
      await writeText(place, path, `${lines.join('\n')}\n`, `Cannot open output table ${path}`)
    }
  }
  return { fragments: count }
}

const OPERANDS: readonly ManualRow[] = [
  ['images.tbl', 'Image table, column `cntr`.'],
  ['fits.tbl', 'Table of fits, columns `plus`, `minus`.'],
]
const read = (call: Parameters<typeof operand>[0]): FragmentsInput => ({
  images: operand(call, 0),
  fits: operand(call, 1),
  output: operand(call, 2),
})

/** The module mHPXFindFragments. */
export const findFragmentsModule: MontageModule = defineModule<FragmentsInput, FindFragmentsResult>({
  name: 'mHPXFindFragments',
  summary: 'Finds the groups of images that overlaps link.',
  usage: '%s [-d] images.tbl fits.tbl fragments.tbl',
  style: 'getopt',
  options: 'd',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['fragments', 'd'],
  ],
  manual: {
    description:
      'Numbers the groups of images between which overlaps were fitted. Only the images of one group can be brought to one background; more than one fragment tells that fits failed or that there are islands.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION],
    operands: [...OPERANDS, ['fragments.tbl', 'Table that is written.']],
    writes: [['fragments.tbl', 'Columns `id`, `fragment` (from 0), `fname`.']],
    returns: { count: 'Images.', fragments: 'Groups.' },
    example: ['mHPXFindFragments plates.tbl fits.tbl fragments.tbl'],
  },
  read,
  run: mHPXFindFragments,
})

/** The module mHPXBgSplit. */
export const bgSplitModule: MontageModule = defineModule<FragmentsInput, BgSplitResult>({
  name: 'mHPXBgSplit',
  summary: 'Divides a background model into one for each group of linked images.',
  usage: '%s [-d] images.tbl fits.tbl splitdir',
  style: 'getopt',
  options: 'd',
  operands: [3, 3],
  isNamed: true,
  fields: [['fragments', 'd']],
  manual: {
    description:
      'Writes an image table and a table of fits for each group of images that overlaps link, so that mBgModel can work on the groups at the same time. mHPXBgCombine brings their corrections together.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION],
    operands: [...OPERANDS, ['splitdir', 'Folder of the tables; it must exist.']],
    writes: [['images_N.tbl, fits_N.tbl', 'The rows of group N, as they are.']],
    returns: { fragments: 'Groups.' },
    example: [
      'mHPXBgSplit plates.tbl fits.tbl split',
      'mBgModel -l split/images_0.tbl split/fits_0.tbl split/corrections_0.tbl',
      'mHPXBgCombine split corrections.tbl',
    ],
  },
  read,
  run: mHPXBgSplit,
})
