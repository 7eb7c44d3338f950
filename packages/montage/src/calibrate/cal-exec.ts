import { isAbsolute, join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { CALIBRATE_OPTIONS, type CalibrateOptions, mCalibrate, readCalibrateOptions } from './calibrate.ts'
import { findCatalog } from './find-catalog.ts'

/** Input of {@link mCalExec}. */
export interface CalExecInput extends CalibrateOptions {
  /** Image metadata table. */
  readonly images: string
  /** Table that is written. */
  readonly output: string
  /** Folder of the images; default: names of the table as they are. */
  readonly folder?: string
  /** Leave out images that cannot be calibrated instead of stopping. */
  readonly leavesOut?: boolean
}

/** Result of {@link mCalExec}. */
export interface CalExecResult {
  /** Images that were calibrated. */
  readonly count: number
}

/** Width of the column of scales between the bars. */
const WIDTH = 14

/**
 * Calibrates all images of a table and writes the table with a column `scale` in front.
 *
 * @throws MontageError as `mCalibrate` for the first image that cannot be calibrated, `MONTAGE_BAD_TABLE`, `MONTAGE_NO_RESULT` when none
 *   can be, `MONTAGE_CANNOT_WRITE`
 */
export async function mCalExec(input: CalExecInput, place: Place = {}): Promise<CalExecResult> {
  const { images, output, folder, leavesOut = false, ...options } = input
  const problem = `Invalid image metadata file: ${images}`
  const { table, head, records } = await readTable(place, images, problem)
  if (!hasColumns(table, ['fname|file']))
    throw new MontageError('MONTAGE_BAD_TABLE', `Need column 'file' in image metadata file ${images}`, {
      where: [images],
    })
  findCatalog(options.catalog, place)
  const hdus = hasColumns(table, ['hdu']) ? numbers(table, 'hdu') : undefined
  const lines: string[] = []
  for (const [row, name] of texts(table, 'fname|file').entries()) {
    const image = folder === undefined || isAbsolute(name) ? name : join(folder, name)
    try {
      const { scale } = await mCalibrate({ ...options, image, hdu: hdus?.[row] ?? 0 }, place)
      lines.push(` ${scale.toPrecision(8).padStart(WIDTH)}${records[row] ?? ''}`)
    } catch (error) {
      if (!leavesOut || !isSkyloomError(error)) throw error
    }
  }
  if (lines.length === 0 && table.rowCount > 0)
    throw new MontageError('MONTAGE_NO_RESULT', 'No image could be calibrated', { where: [images] })
  const text = [...widerHead(head), ...lines].join('\n')
  await writeText(place, output, `${text}\n`, `Can't open output table ${output}`)
  return { count: lines.length }
}

/** The bar lines with the new column: name, type, unit, null value. */
function widerHead(head: readonly string[]): readonly string[] {
  let bars = 0
  return head.map((line) => {
    if (!line.startsWith('|')) return line
    const text = ['scale', 'double', '', 'null'][bars++] ?? ''
    return `|${text.padStart(WIDTH)}${line}`
  })
}

/** The module mCalExec. */
export const calExecModule: MontageModule = defineModule<CalExecInput, CalExecResult>({
  name: 'mCalExec',
  summary: 'Fits the photometric scales of all images of a table.',
  usage: '%s [-p imgdir] [-d] orig.tbl cal.tbl',
  style: 'getopt',
  options: 'p:dc:m:r:k',
  operands: [2, 2],
  isNamed: false,
  fields: [['count', 'd']],
  manual: {
    description:
      'Runs mCalibrate on each image of a table and writes the table with a column `scale` in front, which mProjExec takes with `-x scale`. An image that cannot be calibrated is an error, so that no mosaic mixes calibrated images with others; with `-k` it is left out of the table.',
    options: [
      ['-p imgdir', 'Folder of the images; default: names of the table as they are.'],
      DEBUG_OPTION,
      ...CALIBRATE_OPTIONS,
      ['-k', 'Leave out images that cannot be calibrated (keep going).'],
    ],
    operands: [
      ['orig.tbl', 'Table of images as mImgtbl writes it.'],
      ['cal.tbl', 'Table that is written.'],
    ],
    reads: [['orig.tbl', 'Column `fname` or `file`; `hdu` if there is one.']],
    writes: [['cal.tbl', 'The table with a column `scale` in front.']],
    returns: { count: 'Images that were calibrated.' },
    example: ['mCalExec -p raw -c stars.tbl images.tbl calibrated.tbl'],
  },
  read: (call) => {
    const folder = optionValue(call, 'p')
    return {
      images: operand(call, 0),
      output: operand(call, 1),
      leavesOut: hasOption(call, 'k'),
      ...readCalibrateOptions(call),
      ...(folder === undefined ? {} : { folder }),
    }
  },
  run: mCalExec,
})
