import { findColumn } from '@skyloom/fits/tables'
import { regionsOverlap, type SkyPolygon, type SkyPosition, type SkyRegion, skyPolygon } from '@skyloom/wcs'
import { pathExists, writeText } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { hasCoverage, imageCorners } from '../table/image-corners.ts'
import { readTable } from '../table/table-columns.ts'
import { badWcs, hasWcsColumns } from '../table/table-wcs.ts'
import { cutoutRows } from './cutout-rows.ts'
import { type CoverageRegion, readRegion, skyRegion } from './region-arguments.ts'
import { templateTest } from './template-test.ts'

/** Input of {@link mCoverageCheck}. */
export interface CoverageCheckInput {
  /** Image metadata table. */
  readonly table: string
  /** Table that is written. */
  readonly output: string
  readonly region: CoverageRegion
}

/** Result of {@link mCoverageCheck}. */
export interface CoverageCheckResult {
  /** Images in the region. */
  readonly count: number
}

/**
 * Selects the images of a table that overlap a region.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mCoverageCheck(
  input: CoverageCheckInput,
  place: Place = {},
): Promise<CoverageCheckResult> {
  const { table: path, output, region } = input
  const problem = `Usage: Input table file (${path}) does not exist`
  if (!(await pathExists(place, path))) throw new MontageError('MONTAGE_NO_FILE', problem, { where: [path] })
  const { table, head, records } = await readTable(place, path, `Invalid image metadata file: ${path}`)
  if (!hasCoverage(table))
    throw new MontageError('MONTAGE_BAD_TABLE', 'Need either WCS or corner columns.', { where: [path] })
  const covers = await coverTest(region, place)
  const rows = imageCorners(table).flatMap((corners, row) => (covers(corners, row) ? [row] : []))
  let lines = [...head, ...rows.map((row) => records[row] ?? '')]
  if (region.kind === 'cutout') {
    const hasName = findColumn(table, 'fname') !== undefined || findColumn(table, 'file') !== undefined
    if (!hasName || !hasWcsColumns(table))
      throw new MontageError(
        'MONTAGE_BAD_TABLE',
        hasName ? 'Need either WCS or corner columns.' : "CUTOUT mode needs a valid 'fname' or 'file' column",
        { where: [path], found: hasName ? 'no columns of coordinate systems' : 'no such column' },
      )
    lines = [...cutoutRows({ table, head, records }, rows, region)]
  }
  const text = withDatatype(lines).join('\n')
  await writeText(place, output, `${text}\n`, `Cannot create output file (${output})`)
  return { count: lines.length - headLength(lines) }
}

/**
 * The test whether an image shares a place with a region: do the region and the polygon of the corners overlap?
 *
 * @returns takes the corners of an image and its row; throws MontageError `MONTAGE_BAD_TABLE` for corners that are no polygon
 */
export async function coverTest(
  region: CoverageRegion,
  place: Place,
): Promise<(corners: readonly SkyPosition[], row: number) => boolean> {
  const overlaps =
    region.kind === 'header'
      ? templateTest(await readTemplateFile(place, region.template))
      : regionTest(skyRegion(region))
  return (corners, row) => {
    let image: SkyPolygon
    try {
      image = skyPolygon(corners)
    } catch (cause) {
      throw badWcs(row, cause)
    }
    return overlaps(image)
  }
}

function regionTest(region: SkyRegion): (image: SkyPolygon) => boolean {
  return (image) => regionsOverlap(region, image)
}

/** The keyword that marks tables of images stands first, once. */
function withDatatype(lines: readonly string[]): readonly string[] {
  return ['\\datatype = fitshdr', ...lines.filter((line) => !/^\\datatype\s*=/.test(line))]
}

function headLength(lines: readonly string[]): number {
  return lines.findLastIndex((line) => /^[|\\]/.test(line)) + 1
}

function readCall(call: ModuleCall): CoverageCheckInput {
  const [table, output, ...words] = call.operands
  if (table === undefined || output === undefined || words.length < 2) throw usageError()
  return { table, output, region: readRegion(words) }
}

/** The module mCoverageCheck. */
export const coverageCheckModule: MontageModule = defineModule<CoverageCheckInput, CoverageCheckResult>({
  name: 'mCoverageCheck',
  summary: 'Selects the images of a table that overlap a region.',
  usage:
    "mCoverageCheck [-d(ebug)][-p path][-s statusfile] in.tbl out.tbl -<mode> <parameters> [where mode can be 'points', 'box', 'circle', 'header', 'point' or 'cutout'",
  style: 'leading',
  options: ['d', 'p:', 's:'],
  operands: [4, 100_000],
  usageExitCode: 0,
  isNamed: true,
  fields: [['count', 'd']],
  manual: {
    description:
      'Selects the rows of a metadata table whose images overlap a region of the sky and copies them. The outline of an image is the polygon of its four corners.\n\nPositions are J2000 in degrees. With `-cutout` the rows are changed to describe the part of each image that lies in the box: size, reference pixel, centre and corners, and four columns in front with the first and last pixels.',
    options: [
      DEBUG_OPTION,
      ['-p path', 'Accepted and without effect: images are not opened.'],
      STATUS_OPTION,
    ],
    operands: [
      ['in.tbl', 'Table of images as mImgtbl writes it.'],
      ['out.tbl', 'Table that is written.'],
      ['-<mode>', 'One of the modes below, with its numbers.'],
    ],
    synopsis: ['[-d] [-p path] [-s statusfile] in.tbl out.tbl -<mode> parameters'],
    reads: [
      [
        'in.tbl',
        'Columns `ra1`, `dec1` ... `dec4`, or `ctype1` ... `crota2` (or `cd1_1` ... `cd2_2`); `-cutout` needs the latter and `fname`.',
      ],
    ],
    writes: [
      [
        'out.tbl',
        'The rows that overlap. With `-cutout` columns `imin`, `imax`, `jmin`, `jmax` in front, pixels counted from 1.',
      ],
    ],
    returns: { count: 'Rows that were written.' },
    sections: [
      {
        title: 'Modes',
        rows: [
          ['-points ra1 dec1 ra2 dec2 ra3 dec3 ...', 'The convex hull of three positions or more.'],
          [
            '-box ra dec xsize [ysize [rotation]]',
            'A box on the plane that touches the sky at its centre; sizes and rotation in degrees.',
          ],
          ['-circle ra dec [radius]', 'A circle; without radius a point.'],
          ['-point ra dec', 'A point.'],
          ['-header template.hdr', 'The area of a header template.'],
          ['-cutout ra dec xsize [ysize]', 'A box, the rows describe the parts of the images in it.'],
        ],
      },
    ],
    example: [
      'mCoverageCheck images.tbl near.tbl -circle 83.82 -5.39 0.5',
      'mCoverageCheck images.tbl cutouts.tbl -cutout 83.82 -5.39 0.2',
    ],
  },
  read: readCall,
  run: mCoverageCheck,
})
