import { basename } from 'node:path'
import { formatOverlapTable, type OverlapRow } from '@skyloom/mosaic'
import { polygonsOverlap, skyPolygon } from '@skyloom/wcs'
import { writeText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, hasOption, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasCoverage, imageCorners } from '../table/image-corners.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'

/** Input of {@link mOverlaps}. */
export interface OverlapsInput {
  /** Image metadata table. */
  readonly images: string
  /** Table of pairs that is written. */
  readonly output: string
  /** Accepted for the sake of scripts; the test is exact in any case. */
  readonly isExact?: boolean
}

/** Result of {@link mOverlaps}. */
export interface OverlapsResult {
  readonly count: number
}

const NEED =
  'Need columns: cntr ctype1 ctype2 nl ns crval1 crval2 crpix1 crpix2 cdelt1 cdelt2 crota2 fname (equinox optional)'

/**
 * Lists the pairs of images that overlap on the sky, also those of which one lies inside the other.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mOverlaps(input: OverlapsInput, place: Place = {}): Promise<OverlapsResult> {
  const { images, output } = input
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['cntr', 'fname|file'], images, NEED)
  if (!hasCoverage(table)) throw new MontageError('MONTAGE_BAD_TABLE', NEED, { where: [images] })
  const counters = numbers(table, 'cntr')
  const names = texts(table, 'fname|file').map((name) => basename(name))
  const polygons = imageCorners(table).map((corners) => skyPolygon(corners))
  const rows: OverlapRow[] = []
  polygons.forEach((first, k) => {
    for (let l = k + 1; l < polygons.length; l++) {
      if (!polygonsOverlap(first, polygons[l]!)) continue
      rows.push({ cntr1: counters[k]!, cntr2: counters[l]!, plus: names[k]!, minus: names[l]! })
    }
  })
  const text = formatOverlapTable(rows)
  await writeText(place, output, text, `Failed to open output ${output}`)
  return { count: rows.length }
}

/** The module mOverlaps. */
export const overlapsModule: MontageModule = defineModule<OverlapsInput, OverlapsResult>({
  name: 'mOverlaps',
  summary: 'Lists the pairs of images that overlap.',
  usage: '%s [-e] [-d level] [-s statusfile] images.tbl diffs.tbl',
  style: 'getopt',
  options: 'ed:s:',
  operands: [2, 2],
  isNamed: true,
  fields: [['count', 'd']],
  manual: {
    description:
      'Lists the pairs of images whose outlines overlap, with names for the files of their differences.',
    options: [
      ['-e', 'Test the true outlines on the sky instead of the circles around them.'],
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it of the projected images.'],
      ['diffs.tbl', 'Table that is written.'],
    ],
    reads: [
      ['images.tbl', 'Columns `cntr`, `fname`, and the corners or the coordinates (`ctype1` ... `crota2`).'],
    ],
    writes: [['diffs.tbl', 'Columns `cntr1`, `cntr2`, `plus`, `minus`, `diff`.']],
    returns: { count: 'Pairs.' },
    example: ['mOverlaps images.tbl diffs.tbl'],
  },
  read: (call) => ({ images: operand(call, 0), output: operand(call, 1), isExact: hasOption(call, 'e') }),
  run: mOverlaps,
})
