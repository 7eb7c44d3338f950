import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { tableFromRows, writeIpacTable } from '@skyloom/fits/tables'
import { mHdr } from '../archive/hdr.ts'
import { SURVEYS_SECTION } from '../archive/surveys-manual.ts'
import { pathOf, readText, writeText } from '../command/files.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
  realArgument,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasColumns, numbers, readTable } from '../table/table-columns.ts'
import { mExec } from './exec.ts'
import { type Telling, tellFailures } from './tell-failures.ts'

/** Input of {@link mTblExec}. */
export interface TblExecInput {
  /** Table of positions: `ra`, `dec`, or `lon`, `lat` in degrees, J2000. */
  readonly locations: string
  readonly survey: string
  readonly band: string
  readonly sizeDeg: number
  /** Folder for the mosaics; default: the current one. */
  readonly workspace?: string
  /** Table that tells what became of each position. */
  readonly statistics?: string
  /** Arcseconds; default 1. */
  readonly pixelArcsec?: number
}

/** Result of {@link mTblExec}. */
export interface TblExecResult {
  /** Positions. */
  readonly nsource: number
  readonly nfail: number
  /** A sentence for each position that failed. */
  readonly failures: readonly string[]
}

/**
 * Makes a mosaic for each position of a table, in folders `000001`, `000002` ... One that fails does not keep the others back.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mTblExec(input: TblExecInput, place: Place = {}): Promise<TblExecResult> {
  const { locations, survey, band, sizeDeg, workspace = '.', statistics } = input
  const { table } = await readTable(place, locations, `Cannot read table file: ${locations}`)
  const [lonName, latName] = hasColumns(table, ['ra', 'dec']) ? ['ra', 'dec'] : ['lon', 'lat']
  if (!hasColumns(table, [lonName, latName]))
    throw new MontageError('MONTAGE_BAD_TABLE', 'Need columns: ra, dec or lon, lat', { where: [locations] })
  const [lons, lats] = [numbers(table, lonName), numbers(table, latName)]
  await mkdir(pathOf(place, workspace), { recursive: true })
  const rows: (readonly [number, number, number, string, string])[] = []
  for (let row = 0; row < table.rowCount; row++) {
    const folder = join(workspace, String(row + 1).padStart(6, '0'))
    const location = `${lons[row]!} ${lats[row]!} eq J2000`
    const failure = await makeOne({ ...input, location, survey, band, sizeDeg, folder }, place)
    rows.push([row + 1, lons[row]!, lats[row]!, failure === undefined ? 'OK' : 'ERROR', failure ?? folder])
  }
  if (statistics !== undefined)
    await writeText(place, statistics, statisticsTable(rows), `Can't open output table ${statistics}.`)
  const failures = rows.flatMap(([row, , , status, text]) => (status === 'OK' ? [] : [`${row}: ${text}`]))
  return { nsource: rows.length, nfail: failures.length, failures }
}

interface OneMosaic extends TblExecInput {
  readonly location: string
  readonly folder: string
}

/** The sentence of the failure, undefined when all went well. */
async function makeOne(one: OneMosaic, place: Place): Promise<string | undefined> {
  const { survey, band, location, sizeDeg, folder, pixelArcsec = 1 } = one
  const header = `${folder}.hdr`
  try {
    await mHdr({ location, widthDeg: sizeDeg, output: header, pixelArcsec }, place)
    const text = await readText(place, header, `File ${header} not found.`)
    await mExec({ survey, band, template: { text }, workspace: folder }, place)
    return undefined
  } catch (error) {
    if (isSkyloomError(error)) return error instanceof MontageError ? error.problem : error.message
    throw error
  }
}

function statisticsTable(rows: readonly (readonly [number, number, number, string, string])[]): string {
  const columns = [
    { name: 'cntr', type: 'int32' },
    { name: 'ra', type: 'float64' },
    { name: 'dec', type: 'float64' },
    { name: 'status', type: 'string' },
    { name: 'folder_or_msg', type: 'string' },
  ] as const
  return writeIpacTable(tableFromRows(columns, rows))
}

function readCall(call: ModuleCall): TblExecInput & Telling {
  const size = operand(call, 3)
  const problem = `Size (${size}) must be a number of degrees above 0`
  const sizeDeg = realArgument(size, problem)
  if (!(sizeDeg > 0)) throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: size })
  const [statistics, workspace] = [optionValue(call, 'o'), call.operands[4]]
  return {
    locations: operand(call, 0),
    survey: operand(call, 1),
    band: operand(call, 2),
    sizeDeg,
    tells: hasOption(call, 'd'),
    ...(statistics === undefined ? {} : { statistics }),
    ...(workspace === undefined ? {} : { workspace }),
  }
}

/** The module mTblExec. */
export const tblExecModule: MontageModule = defineModule<TblExecInput & Telling, TblExecResult>({
  name: 'mTblExec',
  summary: 'Makes a mosaic for each position of a table.',
  usage: '%s [-d][-o stats.tbl] locations.tbl survey band size [workspace-dir]',
  style: 'getopt',
  options: 'do:',
  operands: [4, 5],
  isNamed: false,
  fields: [
    ['nsource', 'd'],
    ['nfail', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Runs mExec for each position of a table: square mosaics with pixels of 1 arcsecond in TAN projection, north up, each in a folder of its own. One that fails does not keep the others back.',
    options: [
      ['-d', 'Tell about every position that failed in a line with `stat="INFO"`.'],
      ['-o stats.tbl', 'Table that is written: what became of each position.'],
    ],
    operands: [
      ['locations.tbl', 'Table of positions.'],
      ['survey', 'Survey of the registry: `2MASS`.'],
      ['band', 'Band of the survey: `J`.'],
      ['size', 'Side of the mosaics in degrees.'],
      ['[workspace-dir]', 'Folder for the mosaics; default: the current one.'],
    ],
    reads: [['locations.tbl', 'Columns `ra`, `dec`, or `lon`, `lat`: J2000, degrees.']],
    writes: [
      ['000001, 000002 ...', 'Folder of each mosaic, see mExec; `000001.hdr` is its template.'],
      ['stats.tbl', 'Columns `cntr`, `ra`, `dec`, `status`, `folder_or_msg`.'],
    ],
    returns: { nsource: 'Positions.', nfail: 'Positions that failed.' },
    sections: [SURVEYS_SECTION],
    example: ['mTblExec -o stats.tbl galaxies.tbl 2MASS K 0.1 work'],
  },
  read: readCall,
  run: tellFailures(mTblExec),
})
