import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cellAt, tableColumn, textColumn } from '../model/access.ts'
import { makeColumn, makeTable } from '../model/build.ts'
import { type CsvReadOptions, readCsvTable } from './read.ts'
import { writeCsvTable } from './write.ts'

describe('comma-separated values', () => {
  test('are read by RFC 4180: quotes, doubled quotes, line breaks and delimiters in fields', () => {
    const { table, warnings } = readCsvTable('name,note\r\n"M 42, Orion","says ""hi""\r\nthere"\r\nx,\r\n')
    expect(warnings).toEqual([])
    expect(textColumn(table, 'name')).toEqual(['M 42, Orion', 'x'])
    expect(tableColumn(table, 'note')).toMatchObject({
      values: ['says "hi"\r\nthere', ''],
      nulls: Uint8Array.of(0, 1),
    })
  })

  test('have inferred types', () => {
    const { table } = readCsvTable('i,k,d,b,s,z,e\n1,1,1,true,1,007,\n-2,99999999999,2.5e-3,FALSE,x,1,\n')
    expect(table.columns.map((column) => column.type)).toEqual([
      'int32',
      'int64',
      'float64',
      'boolean',
      'string',
      'string',
      'string',
    ])
    expect(table.columns.map((column) => cellAt(column, 1))).toEqual([
      -2,
      99999999999n,
      2.5e-3,
      false,
      'x',
      '1',
      null,
    ])
  })

  test('or given ones, or none', () => {
    const text = 'a,b\n1,2\n'
    expect(
      readCsvTable(text, { types: new Map([['a', 'uint16']]) }).table.columns.map((column) => column.type),
    ).toEqual(['uint16', 'int32'])
    expect(readCsvTable(text, { inferTypes: false }).table.columns.map((column) => column.type)).toEqual([
      'string',
      'string',
    ])
  })

  test('tell empty text from no value by its quotes', () => {
    const { table } = readCsvTable('s\n""\n\nx\n')
    expect(tableColumn(table, 's')).toMatchObject({ values: ['', '', 'x'], nulls: Uint8Array.of(0, 1, 0) })
    expect(readCsvTable('s,n\nNA,1\n', { nullTexts: ['NA'] }).table.columns[0]?.nulls).toEqual(
      Uint8Array.of(1),
    )
  })

  test('may have comments, another delimiter and no header', () => {
    const { table } = readCsvTable('# made by hand\n#second\n1;2\n', {
      commentMark: '#',
      delimiter: ';',
      hasHeader: false,
    })
    expect(table.notes).toEqual([
      { kind: 'comment', text: 'made by hand' },
      { kind: 'comment', text: 'second' },
    ])
    expect(table.columns.map((column) => column.name)).toEqual(['column1', 'column2'])
  })

  test('get names where they have none, and keep equal ones, with warnings', () => {
    const { table, warnings } = readCsvTable(',a,a\n1,2,3\n', { name: 'x.csv' })
    expect(table.columns.map((column) => column.name)).toEqual(['column1', 'a', 'a'])
    expect(warnings.map((warning) => warning.message)).toEqual([
      'x.csv, line 1, column column1: the column has no name',
      'x.csv, line 1, column a: a second column of this name',
    ])
  })

  test('with names that plain objects have of themselves are harmless', () => {
    const { table } = readCsvTable('__proto__,toString\n1,2\n')
    expect(textColumn(table, '__proto__')).toEqual(['1'])
    expect(textColumn(table, 'toString')).toEqual(['2'])
  })

  const broken: readonly { name: string; text: string; options?: CsvReadOptions; message: string }[] = [
    {
      name: 'nothing',
      text: '',
      message:
        'x.csv: the input is empty: allowed a record with column names, then records with values [TABLE_NOT_A_TABLE]',
    },
    {
      name: 'too few fields',
      text: 'a,b\n1,2\n3\n',
      message:
        'x.csv, line 3: the record does not fit the header: found 1 fields, allowed 2 [TABLE_BAD_SYNTAX]',
    },
    {
      name: 'a quote inside a field',
      text: 'a,b\n1,x"y\n',
      message:
        'x.csv, line 2, character 4: the quotes of a field are not balanced: found a quote within a field that does not start with one, allowed quotes around a whole field, quotes within it doubled (RFC 4180) [TABLE_BAD_SYNTAX]',
    },
    {
      name: 'an open quote',
      text: 'a,b\n"1,2\n',
      message:
        'x.csv, line 2, character 1: the quotes of a field are not balanced: found a quoted field without closing quote',
    },
    {
      name: 'text behind a quote',
      text: 'a\n"1\n"2\n',
      message:
        'x.csv, line 3, character 2: the quotes of a field are not balanced: found text after the closing quote of a field',
    },
    {
      name: 'a value of another type',
      text: 'a\n1\n300\n',
      options: { types: new Map([['a', 'uint8']]) },
      message:
        "x.csv, line 3, column a: the value is not of the type of its column: found 300, allowed a whole number from 0 to 255, or an empty field; correct the value or read with onBadValue: 'null' [TABLE_BAD_VALUE]",
    },
    {
      name: 'too many columns',
      text: 'a,b,c\n',
      options: { maxColumns: 2 },
      message:
        'x.csv, line 1: the record has too many fields: found more than 2, allowed up to 2 [TABLE_TOO_LARGE]',
    },
    {
      name: 'too many quoted columns',
      text: '"a","b","c"\n',
      options: { maxColumns: 2 },
      message: 'x.csv, line 1: the record has too many fields: found more than 2',
    },
    {
      name: 'a delimiter that is none',
      text: 'a\n',
      options: { delimiter: '"' },
      message:
        'the delimiter cannot part fields: found ", allowed one character that is no quote and no line break [TABLE_UNSUPPORTED]',
    },
  ]
  test.for(broken)('are refused with $name', ({ text, options, message }) => {
    expect(() => readCsvTable(text, { name: 'x.csv', ...options })).toThrow(message)
  })

  test('bad values become no value on request', () => {
    const { table, warnings } = readCsvTable('a\n1\nx\n', {
      types: new Map([['a', 'float64']]),
      onBadValue: 'null',
    })
    expect(tableColumn(table, 'a').nulls).toEqual(Uint8Array.of(0, 1))
    expect(warnings.map((warning) => warning.message)).toEqual([
      'line 3, column a: the value is not a number; read as no value: x',
    ])
  })

  test('are written with quotes where they are needed', () => {
    const table = makeTable([
      makeColumn('a,b', 'string', ['x"y', '', 'line\nbreak'], { nulls: Uint8Array.of(0, 0, 0) }),
      makeColumn('n', 'float64', Float64Array.of(0.1, Number.NaN, -Infinity), {
        nulls: Uint8Array.of(0, 1, 0),
      }),
      makeColumn('f', 'float32', Float32Array.of(0.1, 1, 2)),
      makeColumn('t', 'boolean', Uint8Array.of(1, 0, 1)),
    ])
    expect(writeCsvTable(table)).toBe(
      '"a,b",n,f,t\r\n"x""y",0.1,0.1,true\r\n"",,1,false\r\n"line\nbreak",-inf,2,true\r\n',
    )
    expect(writeCsvTable(table, { delimiter: ';', lineEnd: '\n', hasHeader: false })).toContain(
      '"x""y";0.1;0.1;true\n',
    )
  })

  test('have no arrays', () => {
    const table = makeTable([makeColumn('g', 'int32', new Int32Array(4), { cellShape: [2] })])
    expect(() => writeCsvTable(table)).toThrow(
      'column g: an array column cannot be written as CSV: found int32; write VOTable or FITS, which keep arrays [TABLE_UNWRITABLE]',
    )
    expect(() => writeCsvTable(makeTable([]))).toThrow('a table without columns cannot be written as CSV')
  })

  test('property: what is written reads back', () => {
    const cell = fc.option(fc.string({ unit: 'grapheme', maxLength: 10 }))
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 15 }), (rows) => {
        const column = (index: 0 | 1, name: string) =>
          makeColumn(
            name,
            'string',
            rows.map((row) => row[index] ?? ''),
            { nulls: Uint8Array.from(rows, (row) => Number(row[index] === null)) },
          )
        const text = writeCsvTable(makeTable([column(0, 'a'), column(1, 'b "quoted"')]))
        const again = readCsvTable(text, { inferTypes: false }).table
        expect(again.rowCount).toBe(rows.length)
        again.columns.forEach((found, index) => {
          expect(rows.map((_, row) => cellAt(found, row))).toEqual(rows.map((row) => row[index]))
        })
      }),
    )
  })
})
