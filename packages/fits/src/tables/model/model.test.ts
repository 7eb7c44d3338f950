import { describe, expect, test } from 'vitest'
import {
  cellAt,
  isNullAt,
  numberColumn,
  tableColumn,
  tableKeyword,
  tableRow,
  tableRows,
  textColumn,
} from './access.ts'
import {
  commentNote,
  keywordNote,
  makeColumn,
  makeTable,
  selectColumns,
  selectRows,
  tableFromRows,
} from './build.ts'
import type { ColumnType } from './table.ts'

const fits = tableFromRows(
  [
    { name: 'plus', type: 'int32' },
    { name: 'a', type: 'float64', unit: 'DN' },
    { name: 'file', type: 'string' },
  ],
  [{ plus: 0, a: 1.5, file: 'x.fits' }, [1, null, 'y.fits'], { plus: 2 }],
  { name: 'fits', notes: [keywordNote('datatype', 'fit'), commentNote('made')] },
)

describe('a table from rows', () => {
  test('has typed columns with nulls where a row says nothing', () => {
    expect(fits.rowCount).toBe(3)
    expect(tableColumn(fits, 'plus')).toEqual({ name: 'plus', type: 'int32', values: Int32Array.of(0, 1, 2) })
    expect(tableColumn(fits, 'a')).toMatchObject({ unit: 'DN', nulls: Uint8Array.of(0, 1, 1) })
    expect([...tableRows(fits)].map((row) => [...row.values()])).toEqual([
      [0, 1.5, 'x.fits'],
      [1, null, 'y.fits'],
      [2, null, null],
    ])
  })

  test('takes names that plain objects have of themselves', () => {
    const table = tableFromRows(
      [
        { name: '__proto__', type: 'int32' },
        { name: 'constructor', type: 'string' },
      ],
      [{}, [1, 'c']],
    )
    expect(tableRow(table, 0)).toEqual(
      new Map([
        ['__proto__', null],
        ['constructor', null],
      ]),
    )
    expect(tableRow(table, 1).get('__proto__')).toBe(1)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  const wrong: readonly {
    name: string
    type: ColumnType
    cell: number | bigint | string | boolean
    message: string
  }[] = [
    {
      name: 'a fraction among integers',
      type: 'int32',
      cell: 1.5,
      message:
        'column v, row 1: a int32 column cannot hold the value: found 1.5, allowed whole numbers from -2147483648 to 2147483647 [TABLE_BAD_CELL]',
    },
    {
      name: 'an integer out of range',
      type: 'uint8',
      cell: 256,
      message: 'found 256, allowed whole numbers from 0 to 255 [TABLE_BAD_CELL]',
    },
    {
      name: 'text among numbers',
      type: 'float64',
      cell: '1',
      message: 'found text "1", allowed numbers [TABLE_BAD_CELL]',
    },
    {
      name: 'a number among texts',
      type: 'string',
      cell: 1,
      message: 'found 1, allowed text [TABLE_BAD_CELL]',
    },
    {
      name: 'a number that is no truth value',
      type: 'boolean',
      cell: 2,
      message: 'found 2, allowed true or false [TABLE_BAD_CELL]',
    },
    {
      name: 'an inexact 64-bit integer',
      type: 'int64',
      cell: 2 ** 60,
      message: 'allowed whole numbers of 64 bits [TABLE_BAD_CELL]',
    },
    {
      name: 'a 64-bit integer out of range',
      type: 'uint64',
      cell: -1n,
      message: 'found -1, allowed whole numbers of 64 bits, 0 or more [TABLE_BAD_CELL]',
    },
  ]
  test.for(wrong)('refuses $name', ({ type, cell, message }) => {
    expect(() => tableFromRows([{ name: 'v', type }], [[cell]])).toThrow(message)
  })

  test('refuses rows that do not fit', () => {
    expect(() => tableFromRows([{ name: 'v', type: 'int32' }], [[1, 2]])).toThrow(
      'row 1: the row has more cells than the table has columns: found 2, allowed 1 [TABLE_BAD_CELL]',
    )
    expect(() => tableFromRows([{ name: 'v', type: 'int32' }], [{ w: 1 }])).toThrow(
      'row 1: the row names a column that the table does not have: found w, allowed v [TABLE_BAD_CELL]',
    )
  })
})

describe('columns', () => {
  test('of different lengths make no table', () => {
    const columns = [makeColumn('a', 'int32', new Int32Array(2)), makeColumn('b', 'int32', new Int32Array(3))]
    expect(() => makeTable(columns, { name: 't' })).toThrow(
      't, column b: the columns of a table have equal length: found 3 rows, allowed 2 rows [TABLE_BAD_CELL]',
    )
  })

  test('give their cells: scalars, arrays, open arrays, complex numbers', () => {
    const grid = makeColumn('g', 'float32', Float32Array.of(1, 2, 3, 4), { cellShape: [2] })
    const open = makeColumn('o', 'int16', Int16Array.of(1, 2, 3), {
      cellShape: [0],
      offsets: Float64Array.of(0, 0, 3),
    })
    const complex = makeColumn('c', 'complex64', Float32Array.of(1, 2, 3, 4))
    const openComplex = makeColumn('oc', 'complex64', Float32Array.of(1, 2, 3, 4), {
      cellShape: [0],
      offsets: Float64Array.of(0, 1, 2),
    })
    expect(
      [grid, open, complex, openComplex].map((column) => [cellAt(column, 0), cellAt(column, 1)]),
    ).toEqual([
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      [new Int16Array(0), Int16Array.of(1, 2, 3)],
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
      [Float32Array.of(1, 2), Float32Array.of(3, 4)],
    ])
    expect(cellAt(makeColumn('b', 'boolean', Uint8Array.of(1)), 0)).toBe(true)
    expect(isNullAt(makeColumn('b', 'boolean', Uint8Array.of(1)), 0)).toBe(false)
  })

  test('end with their last row', () => {
    const column = makeColumn('a', 'int32', new Int32Array(2))
    expect(() => cellAt(column, 2)).toThrow(
      'column a: there is no such row: found 2, allowed 0 to 1 [TABLE_NO_ROW]',
    )
    expect(() => cellAt(makeColumn('e', 'int32', new Int32Array(0)), 0)).toThrow(
      'allowed nothing, the table is empty',
    )
  })

  test('are found by the first of several names', () => {
    expect(tableColumn(fits, 'fname', 'file').name).toBe('file')
    expect(() => tableColumn(fits, 'fname', 'url')).toThrow(
      'fits: the table has no column fname or url: found plus a file [TABLE_NO_COLUMN]',
    )
  })

  test('are given as numbers, NaN for no value, and as text', () => {
    expect(numberColumn(fits, 'a')).toEqual(Float64Array.of(1.5, Number.NaN, Number.NaN))
    expect(textColumn(fits, 'a')).toEqual(['1.5', '', ''])
    const texts = makeTable([
      makeColumn('t', 'string', ['1e3', 'nan', ' ']),
      makeColumn('i', 'int64', BigInt64Array.of(1n, 2n, 3n)),
    ])
    expect(numberColumn(texts, 't')).toEqual(Float64Array.of(1000, Number.NaN, Number.NaN))
    expect(numberColumn(texts, 'i')).toEqual(Float64Array.of(1, 2, 3))
    expect(() => numberColumn(fits, 'file')).toThrow(
      'fits, column file, row 1: the value is not a number: found x.fits, allowed a number or no value [TABLE_BAD_VALUE]',
    )
    const arrays = makeTable([makeColumn('g', 'float32', new Float32Array(4), { cellShape: [2] })])
    expect(() => numberColumn(arrays, 'g')).toThrow(
      'the cells of the column are arrays: allowed one value in each cell',
    )
  })

  test('and rows are selected without touching the others', () => {
    const turned = selectRows(fits, [2, 0, 0])
    expect(textColumn(turned, 'plus')).toEqual(['2', '0', '0'])
    expect(turned.columns[1]).toMatchObject({ nulls: Uint8Array.of(1, 0, 0) })
    const open = makeTable([
      makeColumn('o', 'complex64', Float32Array.of(1, 2, 3, 4, 5, 6), {
        cellShape: [0],
        offsets: Float64Array.of(0, 1, 3),
      }),
      makeColumn('s', 'string', ['a', 'b', 'c', 'd'], { cellShape: [2] }),
    ])
    const swapped = selectRows(open, [1, 0])
    expect(swapped.columns[0]).toMatchObject({
      values: Float32Array.of(3, 4, 5, 6, 1, 2),
      offsets: Float64Array.of(0, 2, 3),
    })
    expect(swapped.columns[1]).toMatchObject({ values: ['c', 'd', 'a', 'b'] })
    expect(selectColumns(fits, ['file', 'plus']).columns.map((column) => column.name)).toEqual([
      'file',
      'plus',
    ])
    expect(() => selectColumns(fits, ['x'])).toThrow(
      'fits: the table has no column x: found plus a file [TABLE_NO_COLUMN]',
    )
    expect(() => selectRows(fits, [3])).toThrow(
      'fits: there is no such row: found 3, allowed 0 to 2 [TABLE_NO_ROW]',
    )
  })

  test('notes keep their order and are found by name', () => {
    expect(fits.notes.map((note) => note.kind)).toEqual(['keyword', 'comment'])
    expect(tableKeyword(fits, 'datatype')).toBe('fit')
    expect(tableKeyword(fits, 'DATATYPE')).toBeUndefined()
  })
})
