import { writeText } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { predictImages } from './predict-images.ts'
import { predictedTable } from './predicted-table.ts'

/** Input of {@link mDAGTbls}. */
export interface DagTblsInput {
  /** Image metadata table. */
  readonly images: string
  readonly template: string
  /** Tables that are written. */
  readonly raw: string
  readonly projected: string
  readonly corrected: string
}

/** Result of {@link mDAGTbls}. */
export interface DagTblsResult {
  /** Images that touch the template. */
  readonly count: number
  /** Rows of the image table. */
  readonly total: number
}

/**
 * Writes the tables of projected and corrected images before there are any, for workflows that are planned ahead.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mDAGTbls(input: DagTblsInput, place: Place = {}): Promise<DagTblsResult> {
  const template = await readTemplateFile(place, input.template)
  const { source, total, images } = await predictImages(input.images, template, place)
  const records = images.map(({ row }) => source.records[row] ?? '')
  const problem = (path: string): string => `Can't open output table ${path}.`
  await writeText(place, input.raw, [...source.head, ...records, ''].join('\n'), problem(input.raw))
  await writeText(place, input.projected, predictedTable(images, template, 'p'), problem(input.projected))
  await writeText(place, input.corrected, predictedTable(images, template, 'c'), problem(input.corrected))
  return { count: images.length, total }
}

/** The module mDAGTbls. */
export const dagTblsModule: MontageModule = defineModule<DagTblsInput, DagTblsResult>({
  name: 'mDAGTbls',
  summary: 'Writes the tables of projected images before there are any.',
  usage: '%s [-d][-s statusfile] images.tbl hdr.template raw.tbl projected.tbl corrected.tbl',
  style: 'getopt',
  options: 'ds:',
  operands: [5, 5],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['total', 'd'],
  ],
  manual: {
    description:
      'Predicts where images will lie on a template when they are projected, from their table alone, so that a workflow can be planned before it runs: overlaps, background model and mosaic need these tables. Images that do not touch the template are left out. Predicted sizes are a few pixels larger than what projection gives.',
    options: [DEBUG_OPTION, STATUS_OPTION],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it.'],
      ['hdr.template', 'Header template of the mosaic.'],
      ['raw.tbl', 'Table that is written: the rows of the images that touch the template.'],
      ['projected.tbl', 'Table that is written: projected images, named `p` and the name of the image.'],
      ['corrected.tbl', 'Table that is written: corrected images, named `c` and the name of the image.'],
    ],
    reads: [
      ['images.tbl', 'Column `fname`; corners `ra1` ... `dec4`, or coordinates `ctype1` ... `crota2`.'],
    ],
    returns: { count: 'Images that touch the template.', total: 'Rows of the image table.' },
    example: ['mDAGTbls images.tbl region.hdr rimages.tbl pimages.tbl cimages.tbl'],
  },
  read: (call) => ({
    images: operand(call, 0),
    template: operand(call, 1),
    raw: operand(call, 2),
    projected: operand(call, 3),
    corrected: operand(call, 4),
  }),
  run: mDAGTbls,
})
