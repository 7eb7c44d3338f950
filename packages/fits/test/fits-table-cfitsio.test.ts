import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { FitsWriter, openFits, readFitsTable, writeFitsTable } from '../src/index.ts'
import {
  makeColumn,
  makeTable,
  selectColumns,
  selectRows,
  type Table,
  textColumn,
} from '../src/tables/index.ts'
import { sampleTable } from './sample-table.ts'
import { tableAsJson } from './table-json.ts'

const folder = keptFolder()

async function writeTo(path: string, table: Table, type: 'bintable' | 'table' = 'bintable'): Promise<void> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  await writeFitsTable(writer, table, { type })
  await writer.commit()
  writeFileSync(path, sink.bytes())
}

async function readFrom(path: string): Promise<Table> {
  await using file = await openFits(memorySource(new Uint8Array(readFileSync(path)), path))
  return (await readFitsTable(await file.hdu(1))).table
}

const catalog = makeTable(
  [
    makeColumn(
      'id',
      'int32',
      Int32Array.from({ length: 3000 }, (_, row) => row),
    ),
    makeColumn(
      'ra',
      'float64',
      Float64Array.from({ length: 3000 }, (_, row) => row * 0.119),
    ),
    makeColumn(
      'name',
      'string',
      Array.from({ length: 3000 }, (_, row) => `object ${row}`),
    ),
  ],
  { name: 'catalog' },
)

describe.skipIf(lacksProgram('fitscopy'))('tables against live cfitsio', () => {
  test('cfitsio filters the rows of a binary table that was written', async () => {
    const path = join(folder, 'catalog.fits')
    const found = join(folder, 'found.fits')
    await writeTo(path, catalog)
    runPeer('fitscopy', [`${path}[catalog][id > 2990 && ra < 356.5]`, `!${found}`])
    const rows = [2991, 2992, 2993, 2994, 2995]
    expect(tableAsJson(await readFrom(found))).toEqual(tableAsJson(selectRows(catalog, rows)))
  })

  test('cfitsio filters the rows of an ASCII table that was written', async () => {
    const path = join(folder, 'ascii.fits')
    const found = join(folder, 'found-ascii.fits')
    await writeTo(path, catalog, 'table')
    runPeer('fitscopy', [`${path}[catalog][id > 2996]`, `!${found}`])
    expect(tableAsJson(await readFrom(found))).toEqual(tableAsJson(selectRows(catalog, [2997, 2998, 2999])))
  })

  test('cfitsio keeps every column type, arrays in the heap too', async () => {
    const path = join(folder, 'sample.fits')
    const found = join(folder, 'copy.fits')
    await writeTo(path, sampleTable())
    runPeer('fitscopy', [`${path}[1][#row != 2]`, `!${found}`])
    expect(tableAsJson(await readFrom(found))).toEqual(tableAsJson(selectRows(sampleTable(), [0, 2])))
  })
})

describe.skipIf(lacksProgram('fpack'))('compressed tables', () => {
  test('that fpack wrote read as the table in them, or as they are stored', async () => {
    const path = join(folder, 'packed.fits')
    await writeTo(path, selectColumns(catalog, ['id', 'ra', 'name']))
    runPeer('fpack', ['-table', path])
    await using file = await openFits(
      memorySource(new Uint8Array(readFileSync(`${path}.fz`)), 'packed.fits.fz'),
    )
    const hdu = await file.hdu(1)
    const { table } = await readFitsTable(hdu, { firstRow: 2000, rowCount: 2, columns: ['name', 'ra'] })
    expect(textColumn(table, 'name')).toEqual(['object 2000', 'object 2001'])
    expect(tableAsJson((await readFitsTable(hdu)).table)).toEqual(tableAsJson(catalog))
    const stored = (await readFitsTable(hdu, { asStored: true })).table
    expect(stored.columns.map((column) => [column.name, column.type])).toEqual([
      ['id', 'uint8'],
      ['ra', 'uint8'],
      ['name', 'uint8'],
    ])
  })
})
