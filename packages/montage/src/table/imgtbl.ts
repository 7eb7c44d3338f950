import { join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { uncompressedHeader } from '@skyloom/fits'
import { type HeaderScan, scanHeaders } from '@skyloom/fits/node'
import { type MontageUserField, montageImageTableFormat } from '@skyloom/fits/tables'
import { pathOf, writeText } from '../command/files.ts'
import { STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { readFieldList } from './field-list.ts'
import { badImageRow, formatImageRows, type ImageRow, imageRow } from './image-rows.ts'
import { listedFiles, listFiles, shownName } from './list-files.ts'

/** Input of {@link mImgtbl}. */
export interface ImgtblInput {
  readonly folder: string
  /** Table that is written. */
  readonly table: string
  /** Enter folders in the folder. */
  readonly isRecursive?: boolean
  readonly hasCorners?: boolean
  readonly hasNoCubeColumns?: boolean
  /** List `*_area.fits` as well. */
  readonly withAreas?: boolean
  /** List HDUs without usable coordinates as well, with zeros. */
  readonly withBadWcs?: boolean
  /** Tell about every HDU that is left out. */
  readonly tellsBad?: boolean
  readonly ignoresGzip?: boolean
  /** File that lists further keywords for columns. */
  readonly fieldList?: string
  /** Table that lists the files instead of the folder. */
  readonly imageList?: string
}

/** A file or HDU that is not in the table. */
export type LeftOut = {
  readonly msg: string
  readonly file: string
  /** Counted from 1, as Montage does here; 0 for a file that cannot be read. */
  readonly hdu: number
}

/** Result of {@link mImgtbl}. */
export interface ImgtblResult {
  readonly count: number
  readonly nfile: number
  readonly nhdu: number
  readonly badfits: number
  readonly badwcs: number
  /** What was left out and why, when it was asked for. */
  readonly info: readonly LeftOut[]
}

/**
 * Makes the metadata table of all images in a folder, in the order of their names. Packed files are read in memory.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mImgtbl(input: ImgtblInput, place: Place = {}): Promise<ImgtblResult> {
  await checkFolder(input.folder, place)
  const fields = input.fieldList === undefined ? [] : await readFieldList(place, input.fieldList)
  const names =
    input.imageList === undefined
      ? await listFiles(place, input.folder, (name) => isWanted(name, input), input.isRecursive === true)
      : await listedFiles(place, input.imageList)
  const scan: Scan = { rows: [], nhdu: 0, badfits: 0, badwcs: 0, info: [] }
  for (const name of names) await scanFile(name, input, fields, scan, place)
  const options = {
    hasCorners: input.hasCorners === true,
    hasCube: input.hasNoCubeColumns !== true,
    userFields: fields,
  }
  const text = formatImageRows(scan.rows, { format: montageImageTableFormat(options), fields })
  await writeText(place, input.table, text, "Can't open output table.")
  const { rows, nhdu, badfits, badwcs, info } = scan
  return {
    count: rows.length,
    nfile: names.length,
    nhdu,
    badfits,
    badwcs,
    info: input.tellsBad === true ? info : [],
  }
}

interface Scan {
  readonly rows: ImageRow[]
  nhdu: number
  badfits: number
  badwcs: number
  readonly info: LeftOut[]
}

function isWanted(name: string, input: ImgtblInput): boolean {
  const match = /\.(?:fits?|FITS?)(\.gz|\.fz)?$/.exec(name)
  if (match === null || (input.ignoresGzip === true && match[1] === '.gz')) return false
  return input.withAreas === true || !/_area\.(?:fits?|FITS?)(?:\.gz|\.fz)?$/.test(name)
}

async function scanFile(
  name: string,
  input: ImgtblInput,
  fields: readonly MontageUserField[],
  scan: Scan,
  place: Place,
): Promise<void> {
  const path = join(pathOf(place, input.folder), name)
  let headers: HeaderScan
  try {
    headers = await scanHeaders(path)
  } catch (error) {
    scan.badfits++
    scan.info.push({ msg: problemOf(error), file: join(input.folder, name), hdu: 0 })
    return
  }
  const { hdus, sizeBytes } = headers
  for (const hdu of hdus) {
    scan.nhdu++
    const header = hdu.type === 'compressed-image' ? uncompressedHeader(hdu) : hdu.header
    const shown = input.imageList === undefined ? shownName(input.folder, name) : name
    const where = { name: shown, hdu: hdu.index, sizeBytes }
    try {
      scan.rows.push(imageRow(header, where, fields))
    } catch (error) {
      if (!(error instanceof MontageError)) throw error
      scan.badwcs++
      scan.info.push({ msg: error.problem, file: join(input.folder, name), hdu: hdu.index + 1 })
      if (input.withBadWcs === true) scan.rows.push(badImageRow(header, where, fields))
    }
  }
}

function problemOf(error: unknown): string {
  if (isSkyloomError(error)) return error.problem
  return error instanceof Error ? error.message : String(error)
}

function readCall(call: ModuleCall): ImgtblInput {
  const fieldList = optionValue(call, 'f')
  const imageList = optionValue(call, 't')
  return {
    folder: operand(call, 0),
    table: operand(call, 1),
    isRecursive: hasOption(call, 'r'),
    hasCorners: hasOption(call, 'c'),
    hasNoCubeColumns: hasOption(call, 'C'),
    withAreas: hasOption(call, 'a'),
    withBadWcs: hasOption(call, 'b'),
    tellsBad: hasOption(call, 'i'),
    ignoresGzip: hasOption(call, 'z'),
    ...(fieldList === undefined ? {} : { fieldList }),
    ...(imageList === undefined ? {} : { imageList }),
  }
}

/** The module mImgtbl. */
export const imgtblModule: MontageModule = defineModule<ImgtblInput, ImgtblResult>({
  name: 'mImgtbl',
  summary: 'Makes the metadata table of the images in a folder.',
  usage: '%s [-rcCaidbdz][-s statusfile][-f fieldlistfile][-t imglist] directory images.tbl',
  style: 'getopt',
  options: 'rcCaidbzs:f:t:',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['nfile', 'd'],
    ['nhdu', 'd'],
    ['badfits', 'd'],
    ['badwcs', 'd'],
  ],
  info: (result) => result.info,
  manual: {
    description:
      'Makes the image table of a folder: a row for each HDU with usable coordinates in the files that end with `.fit`, `.fits`, `.FIT`, `.FITS`, and the same packed with gzip. Files are taken in the order of their names, so that the same folder gives the same table everywhere; their names are paths in the folder, absolute ones when the folder is given by an absolute path.',
    options: [
      ['-r', 'Enter folders within the folder.'],
      ['-c', 'Add the four corners on the sky (`ra1`, `dec1` ... `ra4`, `dec4`).'],
      ['-C', 'Leave the columns of cubes out.'],
      ['-a', 'List `*_area.fits` as well.'],
      ['-i', 'Print a line with `stat="INFO"` for each HDU that is left out.'],
      ['-d', 'Debug mode; changes no result.'],
      ['-b', 'List HDUs without usable coordinates as well, with zeros.'],
      ['-z', 'Leave packed files out.'],
      STATUS_OPTION,
      [
        '-f fieldlist',
        'File that lists further keywords for columns, one a line: name, type (`char`, `int`, `double`), width.',
      ],
      ['-t imglist', 'Take the names of the files from the column `fname` or `file` of this table.'],
    ],
    operands: [
      ['directory', 'Folder of the images.'],
      ['images.tbl', 'Table that is written.'],
    ],
    writes: [
      [
        'images.tbl',
        '`cntr`, the corners, `ctype1`, `ctype2`, `equinox`, `naxis1`, `naxis2`, `crval1`, `crval2`, `crpix1`, `crpix2`, `cdelt1`, `cdelt2`, `crota2`, columns of cubes, fields of `-f`, `size`, `hdu`, `fname`.',
      ],
    ],
    returns: {
      count: 'Rows of the table.',
      nfile: 'Files with at least one row.',
      nhdu: 'HDUs with a row.',
      badfits: 'Files that are no FITS.',
      badwcs: 'HDUs without usable coordinates.',
    },
    example: ['mImgtbl -c raw raw.tbl'],
  },
  read: readCall,
  run: mImgtbl,
})
