import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import {
  makeColumn,
  makeTable,
  readCsvTable,
  readIpacTable,
  readVoTable,
  selectColumns,
  type Table,
  writeCsvTable,
  writeIpacTable,
  writeVoTable,
} from '../src/tables/index.ts'
import { sampleTable } from './sample-table.ts'
import { PYTHON_TABLE_AS_JSON, tableAsJson } from './table-json.ts'

const folder = keptFolder()

/** Scalar columns that every text format has. */
const scalars: Table = makeTable([
  makeColumn('id', 'int64', BigInt64Array.of(2n ** 62n, -1n, 0n)),
  makeColumn('n', 'int32', Int32Array.of(1, -2, 3), { nulls: Uint8Array.of(0, 0, 1) }),
  makeColumn('ra', 'float64', Float64Array.of(83.8220833, Math.PI * 1e-8, -1e300), { unit: 'deg' }),
  makeColumn('mag', 'float64', Float64Array.of(0.1, Number.NaN, -2), {
    nulls: Uint8Array.of(0, 1, 0),
    unit: 'mag',
  }),
  makeColumn('name', 'string', ['M 42', "Barnard's loop", 'x']),
])

function readWithAstropy(text: string, format: string): unknown {
  const path = join(folder, 'ours')
  writeFileSync(path, text)
  return askPython(
    `${PYTHON_TABLE_AS_JSON}
from astropy.table import Table
answer = table_as_json(Table.read(given['path'], format=given['format']))`,
    { path, format },
  )
}

/** astropy reads all whole numbers of text formats as 64 bits. */
function asAstropyReads(table: Table): Record<string, unknown[]> {
  return { ...tableAsJson(table), n: ['1', '-2', null] }
}

describe.skipIf(lacksPython('astropy'))('text tables against live astropy', () => {
  test('astropy reads a VOTable of every serialization', () => {
    const names = sampleTable()
      .columns.map((column) => column.name)
      // Unsigned types become larger ones; arrays of texts and empty open arrays are no match for astropy 5.
      .filter((name) => !['u32', 'names', 'open'].includes(name))
    const table = selectColumns(sampleTable(), names)
    for (const serialization of ['tabledata', 'binary', 'binary2'] as const) {
      expect(readWithAstropy(writeVoTable(table, { serialization }), 'votable'), serialization).toEqual(
        tableAsJson(table),
      )
    }
  })

  test('astropy reads open arrays of every serialization', () => {
    const table = selectColumns(sampleTable(), ['open'])
    for (const serialization of ['tabledata', 'binary', 'binary2'] as const) {
      expect(readWithAstropy(writeVoTable(table, { serialization }), 'votable'), serialization).toEqual(
        tableAsJson(table),
      )
    }
  })

  test('astropy reads an IPAC table', () => {
    expect(readWithAstropy(writeIpacTable(scalars), 'ascii.ipac')).toEqual(asAstropyReads(scalars))
  })

  test('astropy reads CSV', () => {
    expect(readWithAstropy(writeCsvTable(scalars), 'ascii.csv')).toEqual(asAstropyReads(scalars))
  })

  test('what astropy writes reads to equal values in every format', () => {
    const answer = askPython(
      `${PYTHON_TABLE_AS_JSON}
from astropy.table import Table, MaskedColumn
import os
rng = np.random.default_rng(3)
n = 40
t = Table()
t['k'] = rng.integers(-2**62, 2**62, n)
t['i'] = rng.integers(-2**31, 2**31, n).astype('i4')
t['d'] = rng.normal(size=n) * 10.0 ** rng.integers(-200, 200, n)
t['d'].unit = 'deg'
t['f'] = rng.normal(size=n).astype('f4')
t['m'] = MaskedColumn(rng.normal(size=n), mask=rng.integers(0, 2, n).astype(bool))
t['s'] = ['name %d' % v for v in range(n)]
flat = t.copy()
t['b'] = rng.integers(0, 2, n).astype(bool)
t['u'] = rng.integers(0, 256, n).astype('u1')
t['h'] = rng.integers(-2**15, 2**15, n).astype('i2')
t['c'] = rng.normal(size=n) + 1j * rng.normal(size=n)
t['g'] = rng.normal(size=(n, 3, 2))
for mode in ('tabledata', 'binary', 'binary2'):
    from astropy.io.votable import from_table, writeto
    vot = from_table(t)
    writeto(vot, os.path.join(given, mode + '.vot'), tabledata_format=mode)
flat.write(os.path.join(given, 'astropy.tbl'), format='ascii.ipac')
flat.write(os.path.join(given, 'astropy.csv'), format='ascii.csv')
answer = table_as_json(t)`,
      folder,
    ) as Record<string, unknown[]>
    for (const mode of ['tabledata', 'binary', 'binary2']) {
      const { table, warnings } = readVoTable(new Uint8Array(readFileSync(join(folder, `${mode}.vot`))))
      expect(tableAsJson(table), mode).toEqual(answer)
      expect(warnings, mode).toEqual([])
      expect(table.columns.find((column) => column.name === 'd')?.unit).toBe('deg')
    }
    const ipac = readIpacTable(new Uint8Array(readFileSync(join(folder, 'astropy.tbl'))))
    const csv = readCsvTable(new Uint8Array(readFileSync(join(folder, 'astropy.csv'))))
    for (const { table } of [ipac, csv]) {
      const found = tableAsJson(table)
      for (const name of ['k', 'd', 'm', 's']) expect(found[name], name).toEqual(answer[name])
      expect(found['i']?.map(Number)).toEqual(answer['i'])
      expect(found['f']?.map((value) => Math.fround(Number(value)))).toEqual(answer['f'])
    }
    expect(ipac.warnings).toEqual([])
  })
})
