import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sharedRoot, sharedText, skipShared } from '../../../testing/shared-data.ts'
import {
  type IpacTableFormat,
  montageCorrectionTableFormat,
  montageDiffFitTableFormat,
  montageFitTableFormat,
  montageImageTableFormat,
  montageOverlapTableFormat,
  montageProjectionStatsColumns,
  montageProjectionStatsFormat,
  numberColumn,
  readIpacTable,
  tableKeyword,
  textColumn,
  writeIpacTable,
} from '../src/tables/index.ts'

const M42 = 'data/mosaic-m42-j-10/reference'
const NIGHTS = 'data/mosaic-m42-j-nights-9/reference'
const CASES = 'spec/montage/cases'
const corners = montageImageTableFormat({ hasCorners: true })

const written: readonly { path: string; format: IpacTableFormat }[] = [
  ...[M42, NIGHTS].flatMap((folder) => [
    { path: `${folder}/images.tbl`, format: montageImageTableFormat() },
    { path: `${folder}/pimages.tbl`, format: montageImageTableFormat() },
    { path: `${folder}/cimages.tbl`, format: montageImageTableFormat() },
    { path: `${folder}/diffs.tbl`, format: montageOverlapTableFormat },
    { path: `${folder}/fits.tbl`, format: montageFitTableFormat },
    { path: `${folder}/corrections.tbl`, format: montageCorrectionTableFormat },
    { path: `${folder}/corrections_level_only.tbl`, format: montageCorrectionTableFormat },
    { path: `${folder}/corrections_all_overlaps.tbl`, format: montageCorrectionTableFormat },
  ]),
  { path: `${CASES}/workflow_three_images/expected/raw.tbl`, format: montageImageTableFormat() },
  { path: `${CASES}/workflow_three_images/expected/p.tbl`, format: montageImageTableFormat() },
  { path: `${CASES}/workflow_three_images/expected/diffs.tbl`, format: montageOverlapTableFormat },
  { path: `${CASES}/workflow_three_images/expected/fits.tbl`, format: montageDiffFitTableFormat },
  { path: `${CASES}/workflow_three_images/expected/corrections.tbl`, format: montageCorrectionTableFormat },
  { path: `${CASES}/imgtbl_corners/expected/out.tbl`, format: corners },
  { path: `${CASES}/coverage_circle/expected/out.tbl`, format: corners },
  { path: `${CASES}/bgmodel_planes/input/pimages.tbl`, format: corners },
  { path: `${CASES}/bgmodel_planes/input/fits.tbl`, format: montageFitTableFormat },
  { path: `${CASES}/overlaps/expected/out.tbl`, format: montageOverlapTableFormat },
]

function tableFiles(folder: string): string[] {
  return readdirSync(`${sharedRoot}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tbl'))
    .map((path) => `${folder}/${path}`)
}

describe.skipIf(skipShared)("Montage's tables (shared data)", () => {
  test.for(written)('$path is written again byte for byte', ({ path, format }) => {
    const text = sharedText(path)
    const { table, warnings } = readIpacTable(text, { name: path })
    expect(writeIpacTable(table, format)).toBe(text)
    expect(warnings).toEqual([])
  })

  test('every table reads, and reads equal after writing it in natural widths', () => {
    const files = [...tableFiles(CASES), ...tableFiles('data')].filter((path) => !path.endsWith('stats.tbl'))
    expect(files.length).toBeGreaterThan(40)
    for (const path of files) {
      const { table, lines } = readIpacTable(sharedText(path), { name: path })
      expect(table.rowCount, path).toBe(lines.records.length)
      const again = readIpacTable(writeIpacTable(table), { name: path }).table
      for (const column of table.columns) {
        expect(textColumn(again, column.name), `${path} ${column.name}`).toEqual(
          textColumn(table, column.name),
        )
      }
    }
  })

  test('projection statistics without bar lines read by position and are written again', () => {
    const text = sharedText(`${M42}/stats.tbl`)
    const { table } = readIpacTable(text, { fixedColumns: montageProjectionStatsColumns })
    expect(numberColumn(table, 'seconds')[0]).toBe(2)
    expect(textColumn(table, 'fname')[0]).toBe('2mass-atlas-001124n-j0850232.fits')
    expect(writeIpacTable(table, montageProjectionStatsFormat)).toBe(text)
  })

  test('values of an image table have the types its second bar line names', () => {
    const { table } = readIpacTable(sharedText(`${M42}/images.tbl`))
    expect(tableKeyword(table, 'datatype')).toBe('fitshdr')
    expect(table.rowCount).toBe(10)
    expect(numberColumn(table, 'ra')[0]).toBe(83.5915159)
    expect(textColumn(table, 'cra')[0]).toBe('05h 34m 21.96s')
    expect(textColumn(table, 'fname', 'file')[9]).toBe('2mass-atlas-001124n-j0890244.fits')
    expect(numberColumn(table, 'naxis3')[0]).toBeNaN()
  })
})
