import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { openFits } from '../hdu/open-fits.ts'
import { cellAt } from '../tables/model/access.ts'
import { commentNote, keywordNote, makeColumn, makeTable, selectRows } from '../tables/model/build.ts'
import type { Column, Table } from '../tables/model/table.ts'
import { readFitsTable } from './read-table.ts'
import { beginFitsTable } from './table-writer.ts'
import { type WriteFitsTableOptions, writeFitsTable } from './write-table.ts'

/** The HDU that a table was written to. */
async function written(table: Table, options: WriteFitsTableOptions = {}): Promise<Hdu> {
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum: false })
  await writeFitsTable(writer, table, options)
  return await (await openFits(memorySource(sink.bytes(), 'test.fits'))).hdu(1)
}

function cardsOf(hdu: Hdu): string[] {
  return hdu.header.cards().map((card) => card.raw.slice(0, 30).trimEnd())
}

function oneColumn(column: Column): Table {
  return makeTable([column], { name: 'T' })
}

describe('the header of a table', () => {
  test('has the mandatory cards first, then the columns, then the notes', async () => {
    const table = makeTable(
      [
        makeColumn('n', 'uint16', Uint16Array.of(1, 2), {
          unit: 'ct',
          nullText: '0',
          attributes: new Map([['TDISP', 'I6']]),
        }),
        makeColumn('grid', 'float32', new Float32Array(12), { cellShape: [2, 3], description: 'a grid' }),
      ],
      {
        name: 'SOURCES',
        notes: [
          keywordNote('TFORM1', 'stale'),
          keywordNote('long keyword', 5),
          keywordNote('HISTORY', 'made'),
          commentNote('words'),
          keywordNote('EPOCH', 2000),
        ],
      },
    )
    expect(cardsOf(await written(table))).toEqual([
      "XTENSION= 'BINTABLE'",
      'BITPIX  =                    8',
      'NAXIS   =                    2',
      'NAXIS1  =                   26',
      'NAXIS2  =                    2',
      'PCOUNT  =                    0',
      'GCOUNT  =                    1',
      'TFIELDS =                    2',
      "TTYPE1  = 'n       '",
      "TFORM1  = '1I      '",
      "TUNIT1  = 'ct      '",
      'TSCAL1  =                    1',
      'TZERO1  =                32768',
      'TNULL1  =               -32768',
      "TDISP1  = 'I6      '",
      "TTYPE2  = 'grid    '",
      "TFORM2  = '6E      '",
      "TDIM2   = '(3,2)   '",
      "TCOMM2  = 'a grid  '",
      "EXTNAME = 'SOURCES '",
      'HIERARCH LONG KEYWORD =',
      'HISTORY made',
      'COMMENT words',
      'EPOCH   =                 2000',
    ])
  })

  test('takes another name from the options', async () => {
    expect(
      (await written(oneColumn(makeColumn('a', 'int32', Int32Array.of(1))), { name: 'OTHER' })).name,
    ).toBe('OTHER')
    const ascii = await written(oneColumn(makeColumn('a', 'int32', Int32Array.of(1))), {
      type: 'table',
      name: 'OTHER',
    })
    expect([ascii.name, ascii.type]).toEqual(['OTHER', 'table'])
  })
})

describe('cells without value', () => {
  test('become a number that no row has', async () => {
    const nulls = Uint8Array.of(0, 1, 0)
    const hdu = await written(
      oneColumn(makeColumn('n', 'int16', Int16Array.of(-32768, 0, -32767), { nulls })),
    )
    expect(hdu.header.integer('TNULL1')).toBe(-32766)
    const { table } = await readFitsTable(hdu)
    expect([0, 1, 2].map((row) => table.columns[0] && cellAt(table.columns[0], row))).toEqual([
      -32768,
      null,
      -32767,
    ])
  })

  test('may be array cells of numbers, truth values and texts', async () => {
    const nulls = Uint8Array.of(0, 1)
    const table = makeTable([
      makeColumn('n', 'int32', Int32Array.of(1, 2, 3, 4), { cellShape: [2], nulls }),
      makeColumn('x', 'float64', Float64Array.of(1, 2, 3, 4), { cellShape: [2], nulls }),
      makeColumn('l', 'boolean', Uint8Array.of(1, 0, 1, 0), { cellShape: [2], nulls }),
      makeColumn('s', 'string', ['a', 'b', 'c', 'd'], { cellShape: [2], nulls }),
      makeColumn('c', 'complex64', Float32Array.of(1, 2, 3, 4), { nulls }),
    ])
    const again = (await readFitsTable(await written(table))).table
    expect(again.columns.slice(0, 4).map((column) => cellAt(column, 1))).toEqual([null, null, null, null])
    expect(again.columns.map((column) => cellAt(column, 0))).toEqual(
      table.columns.map((column) => cellAt(column, 0)),
    )
  })
})

describe('a table in pieces', () => {
  const whole = makeTable([
    makeColumn('n', 'int32', Int32Array.of(1, 2, 3, 4, 5)),
    makeColumn('name', 'string', ['a', 'bb', 'ccc', 'dddd', 'eeeee']),
    makeColumn('v', 'int16', Int16Array.of(1, 2, 3), {
      cellShape: [0],
      offsets: Float64Array.of(0, 1, 1, 3, 3, 3),
    }),
  ])

  test('has the rows of all pieces, whatever the first had', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    const table = await beginFitsTable(writer, selectRows(whole, []), {
      textWidths: new Map([['name', 5]]),
      descriptor: 'Q',
    })
    await table.writeRows(selectRows(whole, [0, 1]))
    await table.writeRows(selectRows(whole, [2, 3, 4]))
    await table.end()
    const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(1)
    expect([hdu.header.integer('NAXIS2'), hdu.pcount, hdu.header.string('TFORM3')]).toEqual([5, 6, '1QI(2)'])
    const { table: again } = await readFitsTable(hdu)
    whole.columns.forEach((column, index) => {
      const found = again.columns[index]
      for (let row = 0; row < 5; row++) expect(found && cellAt(found, row)).toEqual(cellAt(column, row))
    })
  })

  test('keeps its columns', async () => {
    const writer = new FitsWriter(memorySink())
    const table = await beginFitsTable(writer, whole)
    const other = makeTable([makeColumn('n', 'int16', Int16Array.of(1))])
    await expect(table.writeRows(other)).rejects.toThrow(
      'the rows have other columns than the table: found n int16, allowed n int32, name string, v int16 [FITS_WRITE_ORDER]',
    )
  })
})

describe('what a FITS table cannot hold', () => {
  const cases: readonly { name: string; column: Column; options?: WriteFitsTableOptions; message: string }[] =
    [
      {
        name: 'text beyond ASCII',
        column: makeColumn('s', 'string', ['a', 'ü']),
        message:
          'HDU 1, column s, row 2: the text holds a character that FITS does not have: found ü, allowed ASCII from blank to ~ [FITS_UNWRITABLE_COLUMN]',
      },
      {
        name: 'text longer than its column',
        column: makeColumn('s', 'string', ['abc']),
        options: { textWidths: new Map([['s', 2]]) },
        message:
          'HDU 1, column s, row 1: the text is longer than its column: found abc, allowed 2 characters [FITS_UNWRITABLE_COLUMN]',
      },
      {
        name: 'open arrays of texts',
        column: makeColumn('s', 'string', ['abc'], { offsets: Float64Array.of(0, 1) }),
        message:
          'HDU 1, column s: arrays of texts of variable length have no place in a FITS table; write VOTable, or give every cell the same count of texts [FITS_UNWRITABLE_COLUMN]',
      },
      {
        name: 'bits without value',
        column: makeColumn('x', 'bit', Uint8Array.of(1), { nulls: Uint8Array.of(1) }),
        message:
          'HDU 1, column x: nothing is left to mean "no value" in this column: found bits are 0 or 1; convert the column to a larger type [FITS_UNWRITABLE_COLUMN]',
      },
      {
        name: 'bytes that are all in use',
        column: makeColumn(
          'b',
          'uint8',
          Uint8Array.from({ length: 257 }, (_, row) => row & 255),
          {
            nulls: Uint8Array.from({ length: 257 }, (_, row) => Number(row === 256)),
          },
        ),
        message:
          'HDU 1, column b: nothing is left to mean "no value" in this column: found every uint8 is in use',
      },
      {
        name: 'truth values in an ASCII table',
        column: makeColumn('t', 'boolean', Uint8Array.of(1)),
        options: { type: 'table' },
        message:
          'HDU 1, column t: ASCII tables have no columns of this type: found boolean, allowed text, integers and real numbers, one in each cell; binary tables have more [FITS_UNWRITABLE_COLUMN]',
      },
      {
        name: 'arrays in an ASCII table',
        column: makeColumn('g', 'int32', new Int32Array(2), { cellShape: [2] }),
        options: { type: 'table' },
        message: 'HDU 1, column g: ASCII tables have no columns of this type: found int32 array',
      },
      {
        name: 'infinite numbers in an ASCII table',
        column: makeColumn('x', 'float64', Float64Array.of(Infinity)),
        options: { type: 'table' },
        message:
          'HDU 1, column x, row 1: ASCII tables have no infinite numbers: found Infinity, allowed finite numbers [FITS_UNWRITABLE_COLUMN]',
      },
      {
        name: 'a value that means no value',
        column: makeColumn('s', 'string', ['NULL', 'x'], { nulls: Uint8Array.of(0, 1) }),
        options: { type: 'table' },
        message:
          'HDU 1, column s: a value is the text that means "no value" in its column: found NULL, allowed another nullText [FITS_UNWRITABLE_COLUMN]',
      },
    ]
  test.for(cases)('$name', async ({ column, options, message }) => {
    await expect(written(oneColumn(column), options)).rejects.toThrow(message)
  })

  test('values in later pieces that the first did not foresee', async () => {
    const template = oneColumn(makeColumn('n', 'int32', Int32Array.of(5), { nullText: '0' }))
    const begin = async (table: Table) => await beginFitsTable(new FitsWriter(memorySink()), table)
    const zero = oneColumn(makeColumn('n', 'int32', Int32Array.of(0), { nullText: '0' }))
    await expect((await begin(template)).writeRows(zero)).rejects.toThrow(
      'a value is the one that means "no value" in its column: found 0, allowed another nullText',
    )
    const plain = oneColumn(makeColumn('n', 'int32', Int32Array.of(5)))
    const holed = oneColumn(makeColumn('n', 'int32', Int32Array.of(0), { nulls: Uint8Array.of(1) }))
    await expect((await begin(plain)).writeRows(holed)).rejects.toThrow(
      'a row has no value but the column has nothing to tell so: found null, allowed a column with nullText',
    )
  })
})
