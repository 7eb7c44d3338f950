import { basename, join } from 'node:path'
import { formatCorrectionTable, ZERO_PLANE } from '@skyloom/mosaic'
import { readCorrectionTable } from '../background/correction-table.ts'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'

/** Input of {@link mHPXSplitCorrections}. */
export interface SplitCorrectionsInput {
  /** Image table of the plates. */
  readonly images: string
  readonly corrections: string
  /** Folder of the tables that are written; it must exist. */
  readonly folder: string
}

/** Result of {@link mHPXSplitCorrections}. */
export interface SplitCorrectionsResult {
  /** Tables that were written, one for each image. */
  readonly count: number
  /** Images without a correction; their tables have a plane of 0. */
  readonly nocorrection: number
}

/**
 * Writes a table of corrections for each image, so that the correction of a plate needs to read no more than its own.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXSplitCorrections(
  input: SplitCorrectionsInput,
  place: Place = {},
): Promise<SplitCorrectionsResult> {
  const { images, corrections, folder } = input
  await checkFolder(folder, place)
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['cntr|id', 'fname|file'], images, `Need columns: cntr fname in ${images}`)
  const planes = await readCorrectionTable(corrections, place)
  const counters = numbers(table, 'cntr|id')
  let nocorrection = 0
  for (const [row, name] of texts(table, 'fname|file').entries()) {
    const id = counters[row] ?? 0
    const plane = planes.get(id)
    if (plane === undefined) nocorrection++
    const path = join(folder, `${basename(name.trim()).replace(/\.fits?$/i, '')}.tbl`)
    const text = formatCorrectionTable([{ id, ...(plane ?? ZERO_PLANE) }])
    await writeText(place, path, text, `Failed to open output ${path}`)
  }
  return { count: counters.length, nocorrection }
}

/** The module mHPXSplitCorrections. */
export const splitCorrectionsModule: MontageModule = defineModule<
  SplitCorrectionsInput,
  SplitCorrectionsResult
>({
  name: 'mHPXSplitCorrections',
  summary: 'Writes a table of corrections for each image.',
  usage: '%s [-d] images.tbl corrections.tbl outdir',
  style: 'getopt',
  options: 'd',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['nocorrection', 'd'],
  ],
  manual: {
    description:
      'Writes a table with one row for each image of a table, named after it, for mBackground -t of the scripts of mHPXBgCorrectScripts. Images without a correction get a plane of 0.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION],
    operands: [
      ['images.tbl', 'Image table, columns `cntr`, `fname`.'],
      ['corrections.tbl', 'Table of corrections by mBgModel.'],
      ['outdir', 'Folder of the tables; it must exist.'],
    ],
    writes: [['IMAGE.tbl', 'Columns `id`, `a`, `b`, `c`, one row.']],
    returns: { count: 'Tables that were written.', nocorrection: 'Images without a correction.' },
    example: ['mHPXSplitCorrections plates.tbl corrections.tbl corrections'],
  },
  read: (call) => ({ images: operand(call, 0), corrections: operand(call, 1), folder: operand(call, 2) }),
  run: mHPXSplitCorrections,
})
