import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { sharedRoot, sharedText, skipShared } from '../../../testing/shared-data.ts'
import {
  montageImageTableFormat,
  readIpacTable,
  selectColumns,
  type Table,
  textColumn,
  writeIpacTable,
} from '../src/tables/index.ts'

const REFERENCE = 'data/mosaic-m42-j-10/reference'

const folder = keptFolder()

function referenceTable(name: string): Table {
  return readIpacTable(sharedText(`${REFERENCE}/${name}`)).table
}

describe.skipIf(skipShared || lacksProgram('mOverlaps'))('live Montage', () => {
  const writers = [
    {
      name: 'with Montage widths',
      write: (table: Table) => writeIpacTable(table, montageImageTableFormat()),
    },
    { name: 'in natural widths', write: (table: Table) => writeIpacTable(table) },
  ]

  test.for(writers)('finds the same overlaps in a table written $name', ({ write }) => {
    const images = join(folder, 'images.tbl')
    const found = join(folder, 'diffs.tbl')
    writeFileSync(images, write(referenceTable('pimages.tbl')))
    expect(runPeer('mOverlaps', [images, found])).toContain('stat="OK"')
    expect(readFileSync(found, 'utf8')).toBe(sharedText(`${REFERENCE}/diffs.tbl`))
  })

  test('solves for the same corrections with tables in natural widths', () => {
    const [images, fits, found] = ['images.tbl', 'fits.tbl', 'corrections.tbl'].map((name) =>
      join(folder, name),
    )
    if (images === undefined || fits === undefined || found === undefined) return
    writeFileSync(images, writeIpacTable(referenceTable('pimages.tbl')))
    writeFileSync(fits, writeIpacTable(referenceTable('fits.tbl')))
    const reference = join(folder, 'reference.tbl')
    runPeer('mBgModel', [images, fits, found])
    runPeer('mBgModel', [
      `${sharedRoot}/${REFERENCE}/pimages.tbl`,
      `${sharedRoot}/${REFERENCE}/fits.tbl`,
      reference,
    ])
    expect(readFileSync(found, 'utf8')).toBe(readFileSync(reference, 'utf8'))
  })

  test('lists the images of a folder in a table that reads', () => {
    const found = join(folder, 'listed.tbl')
    runPeer('mImgtbl', [`${sharedRoot}/spec/montage/cases/imgtbl_corners/input/dir`, found])
    const listed = readIpacTable(readFileSync(found, 'utf8'), { name: 'listed.tbl' })
    expect(listed.warnings).toEqual([])
    const again = writeIpacTable(listed.table, montageImageTableFormat())
    expect(again).toBe(readFileSync(found, 'utf8'))
    expect(textColumn(selectColumns(listed.table, ['fname']), 'fname').length).toBe(listed.table.rowCount)
  })
})
