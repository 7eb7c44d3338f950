import { join } from 'node:path'
import { folderEntries } from '@skyloom/base/node'
import { pathOf, writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { needColumns, readTable, texts } from '../table/table-columns.ts'

/** Input of {@link mHPXGapCombine}. */
export interface GapCombineInput {
  /** Table of the images of the plates. */
  readonly images: string
  /** Folder of the files of mHPXGapDiff. */
  readonly folder: string
}

/** Result of {@link mHPXGapCombine}. */
export interface GapCombineResult {
  /** Files of fits in the list. */
  readonly count: number
  /** Images that stand at both places of the seam. */
  readonly wraps: number
}

/** Files of mHPXGapDiff. */
const GAP_FILE = /^gap\.(.+)\.txt$/

/**
 * Lists the fits across gaps in a folder as `gap.tbl`, for mBgModel -g; and as `wrap.tbl` the images that the table has twice, once at each
 * place of the face on the seam.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXGapCombine(input: GapCombineInput, place: Place = {}): Promise<GapCombineResult> {
  const { images, folder } = input
  await checkFolder(folder, place)
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['fname|file'], images, `Need column fname in ${images}`)
  const entries = await folderEntries(pathOf(place, folder))
  const names = entries
    .map(({ name }) => name)
    .filter((name) => GAP_FILE.test(name))
    .sort()
  const wraps = wrapPairs(texts(table, 'fname|file').map((name) => name.trim()))
  await writeText(
    place,
    join(folder, 'gap.tbl'),
    columns(
      ['file'],
      names.map((name) => [name]),
    ),
    'Cannot write gap.tbl',
  )
  await writeText(place, join(folder, 'wrap.tbl'), columns(['plus', 'minus'], wraps), 'Cannot write wrap.tbl')
  return { count: names.length, wraps: wraps.length }
}

/** Images `plateI_J` and `plateK_L` of the two places of the seam: I and J are less than a fifth of the plates, K and L four fifths more. */
function wrapPairs(names: readonly string[]): readonly (readonly [string, string])[] {
  const plates = names.flatMap((name) => {
    const [, i, j] = /plate(\d+)_(\d+)\D*$/.exec(name) ?? []
    return i === undefined || j === undefined ? [] : [{ name, i: Number(i), j: Number(j) }]
  })
  const across = 1 + Math.max(-1, ...plates.flatMap(({ i, j }) => [i, j]))
  if (across % 5 !== 0) return []
  const turn = (4 * across) / 5
  const nameAt = new Map(plates.map(({ name, i, j }) => [`${i} ${j}`, name]))
  return plates.flatMap(({ name, i, j }): (readonly [string, string])[] => {
    const other = i < across / 5 && j < across / 5 ? nameAt.get(`${i + turn} ${j + turn}`) : undefined
    return other === undefined ? [] : [[name, other]]
  })
}

/** A table of texts. */
function columns(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = names.map((name, at) => Math.max(name.length, 4, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[], bar: string): string =>
    `${bar}${cells.map((cell, at) => ` ${cell.padEnd(widths[at] ?? 0)} `).join(bar)}${bar}`
  const types = names.map(() => 'char')
  return `${[line(names, '|'), line(types, '|'), ...rows.map((row) => line(row, ' '))].join('\n')}\n`
}

/** The module mHPXGapCombine. */
export const gapCombineModule: MontageModule = defineModule<GapCombineInput, GapCombineResult>({
  name: 'mHPXGapCombine',
  summary: 'Lists the fits across the gaps of a HEALPix map for mBgModel.',
  usage: '%s [-d] plates.tbl gapdir',
  style: 'getopt',
  options: 'd',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['wraps', 'd'],
  ],
  manual: {
    description:
      'Lists the files of mHPXGapDiff in a folder as `gap.tbl` there, and as `wrap.tbl` the plates that a whole grid of mHPXPlateList has twice, at both places of the face on the seam. mBgModel reads both with `-g gapdir`.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION],
    operands: [
      ['plates.tbl', 'Image table of the plates; names as `plateII_JJ.fits`.'],
      ['gapdir', 'Folder of the files `gap.*.txt`.'],
    ],
    reads: [['plates.tbl', 'Column `fname`.']],
    writes: [
      ['gap.tbl', 'Column `file`.'],
      ['wrap.tbl', 'Columns `plus`, `minus`: names of plates that show the same sky.'],
    ],
    returns: { count: 'Files in the list.', wraps: 'Plates that are there twice.' },
    example: ['mHPXGapCombine plates.tbl gaps', 'mBgModel -l -g gaps plates.tbl fits.tbl corrections.tbl'],
  },
  read: (call) => ({ images: operand(call, 0), folder: operand(call, 1) }),
  run: mHPXGapCombine,
})
