import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { sampleTable } from '../../test/sample-table.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { openFits } from '../hdu/open-fits.ts'
import { Header } from '../header/header.ts'
import { latin1Bytes } from '../header/latin1.ts'
import { cellAt } from '../tables/model/access.ts'
import { makeColumn, makeTable, selectRows } from '../tables/model/build.ts'
import type { Column, Table } from '../tables/model/table.ts'
import { readFitsTable } from './read-table.ts'
import { fitsTableLayout } from './table-layout.ts'
import { type WriteFitsTableOptions, writeFitsTable } from './write-table.ts'

/** The HDU of a table that was written. */
async function tableHdu(table: Table, options?: WriteFitsTableOptions): Promise<Hdu> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  await writeFitsTable(writer, table, options)
  await writer.commit()
  return await (await openFits(memorySource(sink.bytes(), 'test.fits'))).hdu(1)
}

/** The HDU of a table with these cards behind the mandatory ones, and these bytes. */
async function rawHdu(
  cards: Readonly<Record<string, string | number | bigint>>,
  bytes: readonly number[] | Uint8Array,
  xtension: 'BINTABLE' | 'TABLE' = 'BINTABLE',
): Promise<Hdu> {
  const header = new Header().set('XTENSION', xtension).set('BITPIX', 8).set('NAXIS', 2)
  for (const keyword of ['NAXIS1', 'NAXIS2', 'PCOUNT', 'GCOUNT', 'TFIELDS']) {
    header.set(keyword, cards[keyword] ?? (keyword === 'PCOUNT' ? 0 : 1))
  }
  for (const [keyword, value] of Object.entries(cards)) header.set(keyword, value)
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  const hdu = await writer.beginHdu(header, { checksum: false })
  await hdu.write(Uint8Array.from(bytes))
  await hdu.end()
  return await (await openFits(memorySource(sink.bytes(), 'test.fits'))).hdu(1)
}

async function columnOf(hdu: Hdu, name: string | number = 1): Promise<Column> {
  const { table } = await readFitsTable(hdu, { columns: [name] })
  const column = table.columns[0]
  if (column === undefined) throw new Error('no column')
  return column
}

function cells(column: Column, rowCount: number): unknown[] {
  return Array.from({ length: rowCount }, (_, row) => cellAt(column, row))
}

describe('a table that was written', () => {
  test('reads back with every type, array, null, unit and note', async () => {
    const table = sampleTable()
    const { table: again, warnings } = await readFitsTable(await tableHdu(table))
    expect(warnings).toEqual([])
    expect(again.name).toBe('sample')
    expect(again.notes).toEqual([
      { kind: 'keyword', name: 'ORIGIN', value: 'Skyloom', comment: 'who made it' },
      { kind: 'comment', text: 'a comment' },
      { kind: 'keyword', name: 'COUNT', value: 3 },
      { kind: 'keyword', name: 'SCALE', value: 2.5 },
      { kind: 'keyword', name: 'BIG', value: 2n ** 60n },
      { kind: 'keyword', name: 'DONE', value: true },
    ])
    for (const [index, column] of table.columns.entries()) {
      const found = again.columns[index]
      expect(found).toMatchObject({ name: column.name, type: column.type })
      expect(found && cells(found, 3), column.name).toEqual(cells(column, 3))
      expect(found?.unit).toBe(column.unit)
      expect(found?.description).toBe(column.description)
    }
  })

  test('reads by row range and column, in the order asked for', async () => {
    const hdu = await tableHdu(sampleTable())
    const { table } = await readFitsTable(hdu, { columns: ['open', 'NAME', 5], firstRow: 1, rowCount: 2 })
    expect(table.columns.map((column) => column.name)).toEqual(['open', 'name', 'i16'])
    expect(table.columns.map((column) => cells(column, 2))).toEqual([
      [new Float32Array(0), Float32Array.of(4.5)],
      ["Orion's & <M42>", 'x'],
      [null, 32767],
    ])
  })

  test('reads the same in any cut of its rows', async () => {
    const hdu = await tableHdu(sampleTable())
    const whole = (await readFitsTable(hdu)).table
    for (const [firstRow, rowCount] of [
      [0, 1],
      [1, 1],
      [2, 1],
      [0, 2],
      [3, 0],
    ] as const) {
      const part = (await readFitsTable(hdu, { firstRow, rowCount })).table
      const rows = Array.from({ length: rowCount }, (_, row) => firstRow + row)
      const expected = selectRows(whole, rows)
      part.columns.forEach((column, index) => {
        const other = expected.columns[index]
        expect(cells(column, rowCount)).toEqual(other && cells(other, rowCount))
      })
    }
  })

  test('as an ASCII table keeps text and numbers', async () => {
    const table = makeTable([
      makeColumn('n', 'int32', Int32Array.of(1, -20, 0), { nulls: Uint8Array.of(0, 0, 1) }),
      makeColumn('big', 'int64', BigInt64Array.of(2n ** 62n, 0n, -5n)),
      makeColumn('x', 'float64', Float64Array.of(Math.PI, -1e-300, Number.NaN), { unit: 'deg' }),
      makeColumn('e', 'float32', Float32Array.of(0.1, 1e30, -2)),
      makeColumn('s', 'string', ['M 42', '', ' lead']),
    ])
    const { table: again } = await readFitsTable(await tableHdu(table, { type: 'table' }))
    expect(again.columns.map((column) => column.type)).toEqual([
      'int32',
      'int64',
      'float64',
      'float64',
      'string',
    ])
    expect(again.columns.map((column) => cells(column, 3))).toEqual([
      [1, -20, null],
      [2n ** 62n, 0n, -5n],
      [Math.PI, -1e-300, null],
      [0.1, 1e30, -2],
      ['M 42', '', ' lead'],
    ])
    expect(again.columns[2]?.unit).toBe('deg')
  })

  test('without rows and without columns is a table still', async () => {
    const empty = makeTable([makeColumn('x', 'float64', new Float64Array(0))])
    expect((await readFitsTable(await tableHdu(empty))).table).toMatchObject({ rowCount: 0 })
    const bare = makeTable([], { rowCount: 0 })
    expect((await readFitsTable(await tableHdu(bare))).table).toMatchObject({ rowCount: 0, columns: [] })
  })
})

describe('columns of a binary table', () => {
  test('TSCAL and TZERO give float64, TNULL no value', async () => {
    const hdu = await rawHdu(
      { NAXIS1: 2, NAXIS2: 3, TFORM1: 'I', TSCAL1: 0.5, TZERO1: 100, TNULL1: -1 },
      [0, 2, 0xff, 0xff, 0xff, 0xfe],
    )
    expect(cells(await columnOf(hdu), 3)).toEqual([101, null, 99])
  })

  test('TNULL counts before the shift of unsigned integers', async () => {
    const hdu = await rawHdu(
      { NAXIS1: 2, NAXIS2: 2, TFORM1: 'I', TZERO1: 32768, TNULL1: -32768 },
      [0x80, 0, 0x7f, 0xff],
    )
    const column = await columnOf(hdu)
    expect(column).toMatchObject({ type: 'uint16', nullText: '0' })
    expect(cells(column, 2)).toEqual([null, 65535])
  })

  test('TDIM shapes numbers and texts, slowest axis first', async () => {
    const numbers = await rawHdu({ NAXIS1: 6, TFORM1: '6B', TDIM1: '(3,2)' }, [1, 2, 3, 4, 5, 6])
    expect(await columnOf(numbers)).toMatchObject({ cellShape: [2, 3] })
    const texts = await rawHdu({ NAXIS1: 6, TFORM1: '6A', TDIM1: '(3,2)' }, [97, 98, 0, 99, 32, 32])
    expect(await columnOf(texts)).toMatchObject({ cellShape: [2], values: ['ab', 'c'] })
    const convention = await rawHdu({ NAXIS1: 6, TFORM1: '6A3' }, [97, 98, 0, 99, 32, 32])
    expect(await columnOf(convention)).toMatchObject({ cellShape: [2], values: ['ab', 'c'] })
  })

  test('keywords that a column cannot have are named in warnings', async () => {
    const good = await rawHdu(
      {
        NAXIS1: 10,
        TFIELDS: 2,
        TTYPE1: 'a',
        TFORM1: '2E',
        TNULL1: 3,
        TTYPE2: 'A',
        TFORM2: 'A',
        TSCAL2: 2,
        TDIM1: '(3,2)',
      },
      new Uint8Array(10),
    )
    const { warnings } = await readFitsTable(good)
    expect(warnings.map((warning) => [warning.code, warning.message])).toEqual([
      ['FITS_TABLE_KEYWORD_IGNORED', 'only integers have a number for "no value", not format E'],
      ['FITS_TABLE_KEYWORD_IGNORED', 'the dimensions (3,2) do not make 2 elements'],
      ['FITS_TABLE_KEYWORD_IGNORED', 'a column of format A has no scale'],
      ['FITS_ROW_GAP', 'the columns fill 9 of the 10 bytes of a row'],
      ['FITS_DUPLICATE_COLUMN', 'a second column is called A'],
    ])
  })

  test('64-bit descriptors and a gap before the heap are followed', async () => {
    const row = [0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    const hdu = await rawHdu({ NAXIS1: 16, PCOUNT: 8, THEAP: 20, TFORM1: 'QB(2)' }, [
      ...row,
      0,
      0,
      0,
      0,
      9,
      10,
      11,
      12,
    ])
    expect(cells(await columnOf(hdu), 1)).toEqual([Uint8Array.of(10, 11)])
    const texts = await rawHdu(
      { NAXIS1: 8, PCOUNT: 3, TFORM1: '1PA(3)' },
      [0, 0, 0, 3, 0, 0, 0, 0, 97, 98, 99],
    )
    expect(cells(await columnOf(texts), 1)).toEqual(['abc'])
    const bits = await rawHdu({ NAXIS1: 8, PCOUNT: 2, TFORM1: '1PX' }, [0, 0, 0, 9, 0, 0, 0, 0, 0xa0, 0x80])
    expect(cells(await columnOf(bits), 1)).toEqual([Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 1)])
  })

  test('only the bytes of the wanted rows and arrays are read', async () => {
    const count = 5000
    const table = makeTable([
      makeColumn(
        'n',
        'int32',
        Int32Array.from({ length: count }, (_, k) => k),
      ),
      makeColumn('v', 'float64', new Float64Array(count * 20), {
        cellShape: [0],
        offsets: Float64Array.from({ length: count + 1 }, (_, k) => 20 * k),
      }),
    ])
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    await writeFitsTable(writer, table)
    await writer.commit()
    const source = memorySource(sink.bytes())
    let readBytes = 0
    const counting = {
      ...source,
      readInto: (target: Uint8Array, offset: number) => {
        readBytes += target.length
        return source.readInto(target, offset)
      },
    }
    const hdu = await (await openFits(counting)).hdu(1)
    readBytes = 0
    await readFitsTable(hdu, { firstRow: 4000, rowCount: 10 })
    expect(readBytes).toBe(10 * 12 + 10 * 160)
  })
})

describe('fields of an ASCII table', () => {
  test('are read as Fortran does: implied decimals, exponents without letter, blanks as zero', async () => {
    const text = '  1.5E+01  12345  2.5-02        3D2      --    '.padEnd(48)
    const hdu = await rawHdu(
      {
        NAXIS1: 16,
        NAXIS2: 3,
        TFIELDS: 2,
        TFORM1: 'E9.2',
        TBCOL1: 1,
        TFORM2: 'F7.2',
        TBCOL2: 10,
        TNULL2: '--',
      },
      latin1Bytes(text),
      'TABLE',
    )
    const { table } = await readFitsTable(hdu)
    expect(table.columns.map((column) => cells(column, 3))).toEqual([
      [15, 0.025, 3],
      [123.45, 0, null],
    ])
  })

  test('a field that holds something else is named with its place', async () => {
    const hdu = await rawHdu(
      { NAXIS1: 4, NAXIS2: 2, TFORM1: 'I4', TBCOL1: 1, TTYPE1: 'N' },
      latin1Bytes('  12 x 1'),
      'TABLE',
    )
    await expect(readFitsTable(hdu)).rejects.toThrow(
      'test.fits, HDU 1, column N, row 2, byte 5764: the field does not hold what its format says: found  x 1, allowed a number as I4 [FITS_BAD_FIELD]',
    )
  })
})

describe('what cannot be', () => {
  const cases: readonly {
    name: string
    cards: Readonly<Record<string, string | number | bigint>>
    bytes?: readonly number[]
    message: string
  }[] = [
    {
      name: 'a format of no type',
      cards: { NAXIS1: 4, TFORM1: '1Z', TTYPE1: 'flux' },
      message:
        'test.fits, HDU 1, TFORM1 (card 9), column flux, byte 3520: the format is not understood: found 1Z, allowed rL rX rB rI rJ rK rA rE rD rC rM, and 1Pt or 1Qt with such a letter as t [FITS_BAD_TABLE]',
    },
    {
      name: 'a column beyond the row',
      cards: { NAXIS1: 4, TFORM1: '3E', TTYPE1: 'flux' },
      message:
        'test.fits, HDU 1, TFORM1 (card 9), column flux, byte 3520: the column does not fit into the rows: found 3E, up to byte 12 of a row, allowed up to NAXIS1 = 4 [FITS_BAD_TABLE]',
    },
    {
      name: 'more columns than there can be',
      cards: { NAXIS1: 4, TFIELDS: 1000 },
      message:
        'test.fits, HDU 1, TFIELDS (card 8), byte 3440: the value is out of range: found 1000, allowed 0 to 999 [FITS_BAD_VALUE]',
    },
    {
      name: 'fewer formats than columns',
      cards: { NAXIS1: 4, TFIELDS: 2, TFORM1: 'E' },
      message:
        'test.fits, HDU 1, TFORM2: the keyword is missing: allowed a string in quotes [FITS_MISSING_KEYWORD]',
    },
    {
      name: 'a heap before the rows end',
      cards: { NAXIS1: 8, THEAP: 4, TFORM1: '1PE' },
      message:
        'test.fits, HDU 1, THEAP (card 9), byte 3520: the heap is not where it can be: found 4, allowed 8 to 8 [FITS_BAD_TABLE]',
    },
    {
      name: 'an array beyond the heap',
      cards: { NAXIS1: 8, PCOUNT: 8, TFORM1: '1PE', TTYPE1: 'v' },
      bytes: [0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0],
      message:
        'test.fits, HDU 1, column v, row 1, byte 5760: the descriptor of the array cannot be right: found 2 elements from byte 4 on, allowed bytes 0 to 8 of the heap; the table is damaged; fetch the file again, or read other rows [FITS_BAD_DESCRIPTOR]',
    },
    {
      name: 'an array of a negative length',
      cards: { NAXIS1: 8, PCOUNT: 8, TFORM1: '1PE', TTYPE1: 'v' },
      bytes: [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      message:
        'test.fits, HDU 1, column v, row 1, byte 5760: the descriptor of the array cannot be right: found -1 elements from byte 0 on, allowed bytes 0 to 8 of the heap; the table is damaged; fetch the file again, or read other rows [FITS_BAD_DESCRIPTOR]',
    },
    {
      name: 'thousands of millions of rows that are not in the file',
      cards: { NAXIS1: 4, NAXIS2: 4_000_000_000, TFORM1: 'J' },
      message:
        'test.fits, HDU 1, byte 8640: the file ends inside the rows of the table: found 720 whole rows, allowed 4000000000 rows; fetch the file again, or read the rows that are there [FITS_TRUNCATED]',
    },
    {
      name: 'thousands of millions of rows without bytes',
      cards: { NAXIS1: 0, NAXIS2: 4_000_000_000, TFORM1: '0A', TTYPE1: 'v' },
      message:
        'test.fits, HDU 1, byte 2880: the table asks for far more memory than its bytes explain: found 100000000000 bytes for 0 in the file, allowed 67108864 bytes; read fewer rows or columns, if the table is meant to be like that [FITS_TOO_LARGE]',
    },
    {
      name: 'a table of another BITPIX',
      cards: { NAXIS1: 4, BITPIX: 16, TFORM1: 'J' },
      message:
        'test.fits, HDU 1, BITPIX (card 2), byte 2960: a table cannot have this value: found 16, allowed 8 [FITS_BAD_TABLE]',
    },
  ]

  test.for(cases)('$name', async ({ cards, bytes, message }) => {
    const hdu = await rawHdu(cards, bytes ?? [0, 0, 0, 0])
    await expect(readFitsTable(hdu)).rejects.toThrow(message)
  })

  test('arrays that share their bytes do not multiply memory', async () => {
    const rowCount = 3000
    const rows = new Uint8Array(rowCount * 8 + 20_000)
    const view = new DataView(rows.buffer)
    for (let row = 0; row < rowCount; row++) view.setInt32(row * 8, 20_000)
    const hdu = await rawHdu(
      { NAXIS1: 8, NAXIS2: rowCount, PCOUNT: 20_000, TFORM1: '1PX', TTYPE1: 'v' },
      rows,
    )
    expect((await readFitsTable(hdu)).table.rowCount).toBe(rowCount)
    const bytes = await rawHdu(
      { NAXIS1: 8, NAXIS2: rowCount, PCOUNT: 20_000, TFORM1: '1PB', TTYPE1: 'v', TSCAL1: 2 },
      rows,
    )
    await expect(readFitsTable(bytes)).rejects.toThrow(
      'test.fits, HDU 1, column v, byte 2880: the table asks for far more memory than its bytes explain: found 480000000 bytes for 20000 in the file, allowed 67748864 bytes; read fewer rows or columns, if the table is meant to be like that [FITS_TOO_LARGE]',
    )
  })

  test('columns and rows that are not there', async () => {
    const hdu = await tableHdu(sampleTable())
    await expect(readFitsTable(hdu, { columns: ['x'] })).rejects.toMatchObject({
      code: 'FITS_NO_SUCH_COLUMN',
      found: 'x',
    })
    await expect(readFitsTable(hdu, { columns: [0] })).rejects.toMatchObject({ code: 'FITS_NO_SUCH_COLUMN' })
    await expect(readFitsTable(hdu, { firstRow: 2, rowCount: 2 })).rejects.toMatchObject({
      code: 'FITS_BAD_ROWS',
      found: '2 from 2 on',
      allowed: '3 rows, from 0',
    })
  })

  test('an image is no table', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    await writer.writeEmptyPrimary()
    const hdu = await (await openFits(memorySource(sink.bytes(), 'test.fits'))).hdu(0)
    expect(() => fitsTableLayout(hdu)).toThrow(
      'test.fits, HDU 0, byte 0: the HDU holds no table: found empty, allowed bintable, table [FITS_NOT_A_TABLE]',
    )
  })
})
