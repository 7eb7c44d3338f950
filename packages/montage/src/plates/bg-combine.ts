import { join } from 'node:path'
import { folderEntries } from '@skyloom/base/node'
import { formatCorrectionTable, type ImageCorrection } from '@skyloom/mosaic'
import { readCorrectionTable } from '../background/correction-table.ts'
import { pathOf, writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { checkFolder } from '../exec/check-folder.ts'

/** Input of {@link mHPXBgCombine}. */
export interface BgCombineInput {
  /** Folder of the tables `corrections_N.tbl`. */
  readonly folder: string
  /** Table of corrections that is written. */
  readonly output: string
}

/** Result of {@link mHPXBgCombine}. */
export interface BgCombineResult {
  /** Tables that were read. */
  readonly fragments: number
  /** Corrections. */
  readonly count: number
}

/**
 * Brings the corrections of the groups of mHPXBgSplit together in one table, by the numbers of the images.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE` for an image that two tables correct, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXBgCombine(input: BgCombineInput, place: Place = {}): Promise<BgCombineResult> {
  await checkFolder(input.folder, place)
  const entries = await folderEntries(pathOf(place, input.folder))
  const names = entries.map(({ name }) => name).filter((name) => /^corrections_\d+\.tbl$/.test(name))
  const all = new Map<number, ImageCorrection>()
  for (const name of names.sort()) {
    const path = join(input.folder, name)
    for (const [id, plane] of await readCorrectionTable(path, place)) {
      if (all.has(id))
        throw new MontageError('MONTAGE_BAD_TABLE', `Image ${id} is corrected twice`, { where: [path] })
      all.set(id, { id, ...plane })
    }
  }
  const corrections = [...all.values()].sort((a, b) => a.id - b.id)
  await writeText(
    place,
    input.output,
    formatCorrectionTable(corrections),
    `Failed to open output ${input.output}`,
  )
  return { fragments: names.length, count: corrections.length }
}

/** The module mHPXBgCombine. */
export const bgCombineModule: MontageModule = defineModule<BgCombineInput, BgCombineResult>({
  name: 'mHPXBgCombine',
  summary: 'Brings the background corrections of groups of images together.',
  usage: '%s [-d] splitdir corrections.tbl',
  style: 'getopt',
  options: 'd',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['fragments', 'd'],
    ['count', 'd'],
  ],
  manual: {
    description:
      'Brings the tables `corrections_N.tbl` that mBgModel wrote for the groups of mHPXBgSplit together in one, sorted by the numbers of the images.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION],
    operands: [
      ['splitdir', 'Folder of the tables.'],
      ['corrections.tbl', 'Table that is written.'],
    ],
    writes: [['corrections.tbl', 'Columns `id`, `a`, `b`, `c`.']],
    returns: { fragments: 'Tables that were read.', count: 'Corrections.' },
    example: ['mHPXBgCombine split corrections.tbl'],
  },
  read: (call) => ({ folder: operand(call, 0), output: operand(call, 1) }),
  run: mHPXBgCombine,
})
