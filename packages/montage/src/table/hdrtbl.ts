import { join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { parseHeaderTemplate } from '@skyloom/fits'
import { readText, writeText } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { headerTableFormat } from './header-table-format.ts'
import { formatImageRows, type ImageRow, imageRow } from './image-rows.ts'
import { listedFiles, listFiles, shownName } from './list-files.ts'

/** Input of {@link mHdrtbl}. */
export interface HdrtblInput {
  readonly folder: string
  /** Table that is written. */
  readonly table: string
  /** Enter folders in the folder. */
  readonly isRecursive?: boolean
  readonly hasCorners?: boolean
  /** Tell about every header that is left out. */
  readonly tellsBad?: boolean
  /** Table that lists the files instead of the folder. */
  readonly headerList?: string
}

/** Result of {@link mHdrtbl}. */
export interface HdrtblResult {
  readonly count: number
  readonly badhdr: number
  /** Headers that were left out and why, when it was asked for. */
  readonly info: readonly LeftOutHeader[]
}

/** A header file that is not in the table. */
export type LeftOutHeader = {
  readonly msg: string
  readonly file: string
  /** Always 1, as in Montage. */
  readonly hdu: number
}

/**
 * Makes the metadata table of all header templates in a folder, in the order of their names.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHdrtbl(input: HdrtblInput, place: Place = {}): Promise<HdrtblResult> {
  const { folder, headerList, hasCorners = false } = input
  await checkFolder(folder, place)
  const names =
    headerList === undefined
      ? await listFiles(place, folder, (name) => name.endsWith('.hdr'), input.isRecursive === true)
      : await listedFiles(place, headerList)
  const rows: ImageRow[] = []
  const info: LeftOutHeader[] = []
  for (const name of names) {
    const path = join(folder, name)
    try {
      const text = await readText(place, path, `File ${path} not found.`)
      const shown = headerList === undefined ? shownName(folder, name) : name
      const where = { name: shown, hdu: 0, sizeBytes: text.length }
      rows.push(imageRow(parseHeaderTemplate(text, path), where, [], 'right'))
    } catch (error) {
      if (!isSkyloomError(error)) throw error
      info.push({ msg: error.problem, file: path, hdu: 1 })
    }
  }
  const text = formatImageRows(rows, { format: headerTableFormat(hasCorners) })
  await writeText(place, input.table, text, "Can't open output table.")
  return { count: rows.length, badhdr: info.length, info: input.tellsBad === true ? info : [] }
}

function readCall(call: ModuleCall): HdrtblInput {
  const headerList = optionValue(call, 't')
  return {
    folder: operand(call, 0),
    table: operand(call, 1),
    isRecursive: hasOption(call, 'r'),
    hasCorners: hasOption(call, 'c'),
    tellsBad: hasOption(call, 'b'),
    ...(headerList === undefined ? {} : { headerList }),
  }
}

/** The module mHdrtbl. */
export const hdrtblModule: MontageModule = defineModule<HdrtblInput, HdrtblResult>({
  name: 'mHdrtbl',
  summary: 'Makes the metadata table of the header templates in a folder.',
  usage: '%s [-rcdb][-s statusfile][-t imglist] directory images.tbl',
  style: 'getopt',
  options: 'rcdbs:t:',
  operands: [2, 2],
  isNamed: false,
  fields: [
    ['count', 'd'],
    ['badhdr', 'd'],
  ],
  info: (result) => result.info,
  manual: {
    description:
      'Does for header templates (`.hdr`) what mImgtbl does for images. Files are taken in the order of their names.',
    options: [
      ['-r', 'Enter folders in the folder.'],
      ['-c', 'With columns for the corners.'],
      DEBUG_OPTION,
      ['-b', 'Tell about every header that is left out in a line with `stat="INFO"`.'],
      STATUS_OPTION,
      ['-t imglist', 'Table that lists the files (column `fname` or `file`) instead of the folder.'],
    ],
    operands: [
      ['directory', 'Folder of the headers.'],
      ['images.tbl', 'Table that is written.'],
    ],
    writes: [
      [
        'images.tbl',
        'The columns of mImgtbl from `cntr` to `equinox` and `fname`, the path of the header in the folder; with `-c` also `ra1`, `dec1` to `ra4`, `dec4`.',
      ],
    ],
    returns: { count: 'Headers in the table.', badhdr: 'Headers that are left out.' },
    example: ['mHdrtbl -c tiles tiles.tbl'],
  },
  read: readCall,
  run: mHdrtbl,
})
