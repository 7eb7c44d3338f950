import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasCoverage, imageCorners } from '../table/image-corners.ts'
import { readTable } from '../table/table-columns.ts'
import { coverTest } from './coverage-check.ts'

/** Input of {@link mSubset}. */
export interface SubsetInput {
  /** Image metadata table. */
  readonly images: string
  readonly template: string
  /** Table that is written. */
  readonly output: string
}

/** Result of {@link mSubset}. */
export interface SubsetResult {
  /** Images of the table. */
  readonly count: number
  /** Images that overlap the template. */
  readonly nmatches: number
}

/**
 * Selects the images of a table that overlap a template.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mSubset(input: SubsetInput, place: Place = {}): Promise<SubsetResult> {
  const { images, template, output } = input
  const { table, head, records } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  if (!hasCoverage(table))
    throw new MontageError('MONTAGE_BAD_TABLE', 'Need either WCS or corner columns.', { where: [images] })
  const covers = await coverTest({ kind: 'header', template }, place)
  const kept = imageCorners(table).flatMap((corners, row) =>
    covers(corners, row) ? [records[row] ?? ''] : [],
  )
  const text = [...head, ...kept].join('\n')
  await writeText(place, output, `${text}\n`, `Cannot create output file (${output})`)
  return { count: table.rowCount, nmatches: kept.length }
}

/** The module mSubset. */
export const subsetModule: MontageModule = defineModule<SubsetInput, SubsetResult>({
  name: 'mSubset',
  summary: 'Selects the images of a table that overlap a template.',
  usage: 'mSubset [-d][-f] images.tbl region.hdr subset.tbl',
  style: 'getopt',
  options: 'df',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['nmatches', 'd'],
  ],
  manual: {
    description:
      'Selects the rows of a metadata table whose images overlap the area of a header template and copies them.',
    options: [DEBUG_OPTION, ['-f', 'Fast mode; accepted, the test is the same.']],
    operands: [
      ['images.tbl', 'Table of images as mImgtbl writes it.'],
      ['region.hdr', 'Header template.'],
      ['subset.tbl', 'Table that is written.'],
    ],
    reads: [
      ['images.tbl', 'Columns `ra1`, `dec1` ... `dec4`, or `ctype1` ... `crota2` (or `cd1_1` ... `cd2_2`).'],
    ],
    writes: [['subset.tbl', 'The rows that overlap, as they stand.']],
    returns: { count: 'Images of the table.', nmatches: 'Images that overlap the template.' },
    example: ['mSubset images.tbl region.hdr subset.tbl'],
  },
  read: (call) => ({ images: operand(call, 0), template: operand(call, 1), output: operand(call, 2) }),
  run: mSubset,
})
