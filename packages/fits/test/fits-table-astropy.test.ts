import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import { sharedBytes, sharedRoot, skipShared } from '../../../testing/shared-data.ts'
import { FitsWriter, openFits, readFitsTable, writeFitsTable } from '../src/index.ts'
import { makeColumn, makeTable, selectColumns, type Table } from '../src/tables/index.ts'
import { sampleTable } from './sample-table.ts'
import { PYTHON_TABLE_AS_JSON, tableAsJson } from './table-json.ts'

const folder = keptFolder()

async function fitsBytes(table: Table, type: 'bintable' | 'table'): Promise<Uint8Array> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  await writeFitsTable(writer, table, { type })
  await writer.commit()
  return sink.bytes()
}

async function readBack(bytes: Uint8Array, hdu: number = 1): Promise<Table> {
  const file = await openFits(memorySource(bytes, 'test.fits'))
  const { table, warnings } = await readFitsTable(await file.hdu(hdu))
  expect(warnings).toEqual([])
  return table
}

/** Writes a table to a file and asks astropy what is in it; its verifier and checksums included. */
async function asAstropySeesIt(table: Table, type: 'bintable' | 'table'): Promise<unknown> {
  const path = join(folder, `${type}.fits`)
  writeFileSync(path, await fitsBytes(table, type))
  return askPython(
    `${PYTHON_TABLE_AS_JSON}
import warnings
from astropy.io import fits
from astropy.table import Table
with warnings.catch_warnings():
    warnings.simplefilter('error')
    with fits.open(given, checksum=True) as hdus:
        hdus.verify('exception')
        cards = {name: hdus[1].header[name] for name in ('ORIGIN', 'COUNT', 'SCALE', 'BIG', 'DONE') if name in hdus[1].header}
        units = {column.name: column.unit for column in hdus[1].columns if column.unit}
answer = {'columns': table_as_json(Table.read(given, hdu=1, unit_parse_strict='silent')), 'cards': cards, 'units': units}`,
    path,
  )
}

/**
 * What astropy 5 makes of cells without value where it does not mask them: truth values are False, unsigned integers
 * what TNULL and TZERO give. Here that is 1, the lowest number that no row of `u16` has.
 */
function asAstropyFills(columns: Record<string, unknown[]>): Record<string, unknown[]> {
  return {
    ...columns,
    flag: columns['flag']?.map((value) => value ?? false) ?? [],
    u16: columns['u16']?.map((value) => value ?? 1) ?? [],
  }
}

describe.skipIf(lacksPython('astropy'))('FITS tables against live astropy', () => {
  test('astropy reads every type that is written to a binary table', async () => {
    const table = sampleTable()
    const seen = await asAstropySeesIt(table, 'bintable')
    expect(seen).toEqual({
      columns: asAstropyFills(tableAsJson(table)),
      cards: { ORIGIN: 'Skyloom', COUNT: 3, SCALE: 2.5, BIG: 2 ** 60, DONE: true },
      units: { i16: 'adu', f32: 'mag', f64: 'deg' },
    })
  })

  test('astropy reads an ASCII table to equal numbers', async () => {
    const table = selectColumns(sampleTable(), ['i8', 'u8', 'i16', 'u32', 'f32', 'f64', 'name'])
    const seen = await asAstropySeesIt(table, 'table')
    const found = (seen as { columns: Record<string, unknown[]> }).columns
    const given = tableAsJson(table)
    expect(found['name']).toEqual(given['name'])
    // astropy reads real numbers of any format as float64, and fields without value as 0.
    const filled = (name: string): unknown[] => given[name]?.map((value) => value ?? 0) ?? []
    expect(found['f64']).toEqual(filled('f64'))
    expect(found['f32']?.map((value) => Math.fround(Number(value)))).toEqual(filled('f32'))
    for (const name of ['i8', 'u8', 'i16', 'u32'])
      expect(found[name]?.map(Number), name).toEqual(filled(name))
  })

  test('what astropy writes reads to equal values', async () => {
    const path = join(folder, 'astropy.fits')
    const answer = askPython(
      `${PYTHON_TABLE_AS_JSON}
from astropy.io import fits
from astropy.table import Table
rng = np.random.default_rng(1)
n = 50
cols = [
  fits.Column('L', 'L', array=rng.integers(0, 2, n).astype(bool)),
  fits.Column('L3', '3L', array=rng.integers(0, 2, (n, 3)).astype(bool)),
  fits.Column('X11', '11X', array=rng.integers(0, 2, (n, 11)).astype(bool)),
  fits.Column('B', 'B', array=rng.integers(0, 256, n).astype('u1')),
  fits.Column('I', 'I', array=rng.integers(-2**15, 2**15, n).astype('i2')),
  fits.Column('J', 'J', array=rng.integers(-2**31, 2**31, n).astype('i4')),
  fits.Column('K', 'K', array=rng.integers(-2**63, 2**63, n).astype('i8')),
  fits.Column('U', 'I', bzero=2**15, array=rng.integers(0, 2**16, n).astype('u2')),
  fits.Column('V', 'J', bzero=2**31, array=rng.integers(0, 2**32, n).astype('u4')),
  fits.Column('E', 'E', array=rng.normal(size=n).astype('f4')),
  fits.Column('D', 'D', array=rng.normal(size=n), unit='km/s', disp='F8.3'),
  fits.Column('S', 'I', array=rng.integers(-400, 400, n).astype('i2')),
  fits.Column('C', 'C', array=(rng.normal(size=n) + 1j * rng.normal(size=n)).astype('c8')),
  fits.Column('M', 'M', array=rng.normal(size=n) + 1j * rng.normal(size=n)),
  fits.Column('A', '12A', array=['name %d' % k for k in range(n)]),
  fits.Column('G', '12D', dim='(4,3)', array=rng.normal(size=(n, 3, 4))),
  fits.Column('PJ', 'PJ()', array=np.array([np.arange(k % 7, dtype='i4') for k in range(n)], dtype=object)),
  fits.Column('QD', 'QD()', array=np.array([rng.normal(size=k % 5) for k in range(n)], dtype=object)),
]
hdu = fits.BinTableHDU.from_columns(cols, name='ALL')
hdu.header['EXPTIME'] = (30.5, 'seconds')
hdu.header['TSCAL12'], hdu.header['TZERO12'] = 0.25, 10.0
hdu.writeto(given, overwrite=True, checksum=True)
answer = table_as_json(Table.read(given, hdu=1))`,
      path,
    )
    const table = await readBack(new Uint8Array(readFileSync(path)))
    expect(tableAsJson(table)).toEqual(answer)
    expect(table.columns.map((column) => column.type)).toEqual(
      'boolean boolean bit uint8 int16 int32 int64 uint16 uint32 float32 float64 float64 complex64 complex128 string float64 int32 float64'.split(
        ' ',
      ),
    )
    expect(table.columns.find((column) => column.name === 'D')).toMatchObject({
      unit: 'km/s',
      attributes: new Map([['TDISP', 'F8.3']]),
    })
    expect(table.notes).toContainEqual({ kind: 'keyword', name: 'EXPTIME', value: 30.5, comment: 'seconds' })
  })

  test('what astropy writes as an ASCII table reads to equal values', async () => {
    const path = join(folder, 'astropy-ascii.fits')
    const answer = askPython(
      `${PYTHON_TABLE_AS_JSON}
from astropy.io import fits
from astropy.table import Table
cols = fits.ColDefs([
  fits.Column('NAME', 'A10', array=np.array(['a', 'bb', ' c'])),
  fits.Column('N', 'I9', array=np.array([1, -2, 300])),
  fits.Column('F', 'F10.3', array=np.array([1.5, -2.25, 0])),
  fits.Column('E', 'E15.7', array=np.array([1.5e-10, -2.25, 0])),
  fits.Column('D', 'D25.17', array=np.array([np.pi, -np.e * 1e100, 0])),
], ascii=True)
fits.TableHDU.from_columns(cols).writeto(given, overwrite=True)
answer = {k: [v if isinstance(v, str) else float(v) for v in vs] for k, vs in table_as_json(Table.read(given, hdu=1)).items()}
answer['NAME'] = ['a', 'bb', ' c']`,
      path,
    )
    const table = await readBack(new Uint8Array(readFileSync(path)))
    expect(tableAsJson(table)).toEqual(answer)
  })

  test.skipIf(skipShared).for([
    { path: 'data/surveys/HorseHead.fits', hdu: 1 },
    { path: 'data/wcs/region.fits', hdu: 1 },
    { path: 'data/formats/checksum.fits', hdu: 1 },
    { path: 'data/malformed/table-only.fits', hdu: 1 },
  ])('the table of $path reads to equal values', async ({ path, hdu }) => {
    const answer = askPython(
      `${PYTHON_TABLE_AS_JSON}
from astropy.table import Table
answer = table_as_json(Table.read(given['path'], hdu=given['hdu']))`,
      { path: `${sharedRoot}/${path}`, hdu },
    )
    expect(tableAsJson(await readBack(sharedBytes(path), hdu))).toEqual(answer)
  })

  test('a large table of random numbers goes both ways', async () => {
    const count = 20_000
    const table = makeTable([
      makeColumn(
        'a',
        'float64',
        Float64Array.from({ length: count }, (_, k) => Math.sin(k) * 10 ** ((k % 600) - 300)),
      ),
      makeColumn(
        'b',
        'int32',
        Int32Array.from({ length: count }, (_, k) => Math.imul(k, 2654435761)),
      ),
      makeColumn(
        'c',
        'string',
        Array.from({ length: count }, (_, k) => `object ${k}`),
      ),
    ])
    const path = join(folder, 'large.fits')
    writeFileSync(path, await fitsBytes(table, 'bintable'))
    const answer = askPython(
      `from astropy.table import Table
t = Table.read(given, hdu=1)
answer = [float(t['a'].sum()), int(t['b'].astype('i8').sum()), str(t['c'][19999])]
t.write(given, overwrite=True)`,
      path,
    )
    const again = await readBack(new Uint8Array(readFileSync(path)))
    expect(tableAsJson(again)).toEqual(tableAsJson(table))
    expect(answer).toHaveLength(3)
  })
})
