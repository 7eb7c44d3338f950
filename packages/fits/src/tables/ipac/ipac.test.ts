import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberColumn, tableColumn, tableKeyword, textColumn } from '../model/access.ts'
import { commentNote, keywordNote, makeColumn, makeTable, tableFromRows } from '../model/build.ts'
import { montageFitTableFormat, montageImageTableFormat } from '../montage-formats.ts'
import { type IpacReadOptions, readIpacTable } from './read.ts'
import { writeIpacTable } from './write.ts'

const stars = [
  '\\datatype = catalog',
  "\\char  survey = '2MASS All Sky'",
  '\\ bright stars = only',
  '',
  '|  name   | ra      |   mag | n   |',
  '|  char   | double  | float | int |',
  '|         | deg     |   mag |     |',
  '|         |         |  null | -9  |',
  '  M 42      83.8221    4.0     1 ',
  '  a b c     1.5d1     null   -9 ',
  '            -0.5               ',
  '',
].join('\n')

describe('an IPAC table', () => {
  test('has keywords, comments, types, units and null texts', () => {
    const { table, warnings, lines } = readIpacTable(stars, { name: 'stars.tbl' })
    expect(warnings).toEqual([])
    expect(table.notes).toEqual([
      keywordNote('datatype', 'catalog'),
      keywordNote('survey', '2MASS All Sky'),
      commentNote('bright stars = only'),
    ])
    expect(table.columns).toEqual([
      {
        name: 'name',
        type: 'string',
        nullText: '',
        values: ['M 42', 'a b c', ''],
        nulls: Uint8Array.of(0, 0, 1),
      },
      { name: 'ra', type: 'float64', unit: 'deg', nullText: '', values: Float64Array.of(83.8221, 15, -0.5) },
      {
        name: 'mag',
        type: 'float64',
        unit: 'mag',
        nullText: 'null',
        values: Float64Array.of(4, NaN, NaN),
        nulls: Uint8Array.of(0, 1, 1),
      },
      {
        name: 'n',
        type: 'int32',
        nullText: '-9',
        values: Int32Array.of(1, 0, 0),
        nulls: Uint8Array.of(0, 1, 1),
      },
    ])
    expect(lines.head).toHaveLength(8)
    expect(lines.records[1]).toBe('  a b c     1.5d1     null   -9 ')
  })

  test('takes the character under the right bar, and blanks out of names', () => {
    const { table } = readIpacTable('| c n t r |f|\n      12345x\n')
    expect(tableColumn(table, 'cntr')).toMatchObject({ values: Int32Array.of(12345) })
    expect(tableColumn(table, 'f')).toMatchObject({ values: ['x'] })
  })

  test('without types infers them, and keeps leading zeros as text', () => {
    const { table } = readIpacTable(
      '|a |b    |c  |d          |e  |\n 1  1.5   007 99999999999 x\n 2  nan   1               3\n',
    )
    expect(table.columns.map((column) => column.type)).toEqual([
      'int32',
      'float64',
      'string',
      'int64',
      'string',
    ])
  })

  test('an int column widens for larger numbers', () => {
    const { table } = readIpacTable('|size         |\n|int          |\n 1\n 4132800000000\n')
    expect(tableColumn(table, 'size')).toMatchObject({
      type: 'int64',
      values: BigInt64Array.of(1n, 4132800000000n),
    })
    expect(numberColumn(table, 'size')).toEqual(Float64Array.of(1, 4132800000000))
  })

  test('whole numbers may be written with a decimal point', () => {
    const { table } = readIpacTable('|equinox|\n|int    |\n 2000.00\n')
    expect(numberColumn(table, 'equinox')[0]).toBe(2000)
  })

  test('reads lines that end with CR LF, bytes, and bytes that are not UTF-8', () => {
    const { table } = readIpacTable(new TextEncoder().encode('|a |\r\n|int|\r\n 1\r\n'))
    expect(textColumn(table, 'a')).toEqual(['1'])
    const latin = readIpacTable(Uint8Array.of(124, 97, 32, 124, 10, 32, 0xe9, 10), { name: 'x' })
    expect(textColumn(latin.table, 'a')).toEqual(['é'])
    expect(latin.warnings.map((warning) => warning.message)).toEqual([
      'x: the text is not UTF-8; read as Latin-1',
    ])
  })

  test('cuts text past the last bar with a warning, or reads it on request', () => {
    const text = '|a |fname |\n 1  longname.fits\n'
    const cut = readIpacTable(text, { name: 't' })
    expect(textColumn(cut.table, 'fname')).toEqual(['longnam'])
    expect(cut.warnings).toEqual([
      {
        code: 'TABLE_TEXT_OUTSIDE',
        location: { source: 't', line: 2, character: 12, column: 'fname' },
        message: 't, line 2, character 12, column fname: text past the last bar is cut: e.fits',
      },
    ])
    expect(textColumn(readIpacTable(text, { extendLastColumn: true }).table, 'fname')).toEqual([
      'longname.fits',
    ])
  })

  test('names what is odd in warnings', () => {
    const { warnings } = readIpacTable('  |a  |a  |b\n  |wat|int|\nx   1   2  \n', { name: 't' })
    expect(warnings.map((warning) => warning.message)).toEqual([
      't, line 2: 2 cells under 3 column names',
      't, line 2, column a: the type of the column is unknown, known are int long float real double char date; read as text: wat',
      't, line 1, column a: a second column of this name',
      't, line 3, character 1: text before the first column is skipped',
    ])
  })

  test('repeated warnings are counted', () => {
    const { warnings } = readIpacTable(`|a|\n${' 1   x\n'.repeat(30)}`)
    expect(warnings).toHaveLength(21)
    expect(warnings.at(-1)?.message).toBe('and 10 more of this kind')
  })

  test('an empty line is none, a line of blanks is a row without values', () => {
    const { table } = readIpacTable('|a   |\n|int |\n 1\n\n    \n 3\n\n')
    expect(tableColumn(table, 'a')).toMatchObject({
      values: Int32Array.of(1, 0, 3),
      nulls: Uint8Array.of(0, 1, 0),
    })
    const blank = makeTable([makeColumn('s', 'string', ['a', '', 'b'])])
    expect(textColumn(readIpacTable(writeIpacTable(blank)).table, 's')).toEqual(['a', '', 'b'])
  })

  test('bad values become no value on request', () => {
    const { table, warnings } = readIpacTable('|a   |\n|int |\n 1\n abc\n', { onBadValue: 'null' })
    expect(tableColumn(table, 'a')).toMatchObject({ nulls: Uint8Array.of(0, 1) })
    expect(warnings[0]?.message).toBe(
      'line 4, character 2, column a: the value is not a whole number from -2147483648 to 2147483647; read as no value: abc',
    )
  })

  test('types by name take the place of the type line', () => {
    const { table } = readIpacTable('|a   |\n|int |\n 007\n', { types: new Map([['a', 'string']]) })
    expect(textColumn(table, 'a')).toEqual(['007'])
  })

  test('names of columns and keywords that plain objects have of themselves are harmless', () => {
    const { table } = readIpacTable('\\__proto__ = 1\n|__proto__|constructor|\n 1         2\n')
    expect(tableKeyword(table, '__proto__')).toBe('1')
    expect(textColumn(table, '__proto__')).toEqual(['1'])
    expect(Object.prototype).not.toHaveProperty('values')
  })

  const broken: readonly { name: string; text: string; options?: IpacReadOptions; message: string }[] = [
    {
      name: 'no bar line',
      text: '\\a = b\nhello\n',
      message:
        't, line 2, character 1: the first line of the table proper does not hold column names between bars: found hello, allowed a line such as | cntr | fname |, after lines that are blank or start with \\ [TABLE_NOT_A_TABLE]',
    },
    {
      name: 'nothing at all',
      text: '',
      message:
        't, line 1, character 1: the first line of the table proper does not hold column names between bars: found the end of the input',
    },
    {
      name: 'five bar lines',
      text: '|a|\n|a|\n|a|\n|a|\n|b|\n',
      message:
        't, line 5, character 1: the table has too many bar lines: found |b|, allowed up to 4: names, types, units, null values [TABLE_BAD_SYNTAX]',
    },
    {
      name: 'a column without name',
      text: '| a |   | b |\n',
      message:
        't, line 1, character 6: a column has no name: found blanks between two bars, allowed a name [TABLE_BAD_SYNTAX]',
    },
    {
      name: 'a value of the wrong type',
      text: '|a  |ra    |\n|int|double|\n|   |      |\n|   |NA    |\n 1   12:30 \n',
      message:
        "t, line 5, character 6, column ra: the value is not of the type of its column: found 12:30, allowed a number, blank, or NA; correct the value or read with onBadValue: 'null' [TABLE_BAD_VALUE]",
    },
    {
      name: 'more columns than allowed',
      text: '|a|b|c|\n',
      options: { maxColumns: 2 },
      message:
        't, line 1: the table has too many columns: found more than 2, allowed up to 2 [TABLE_TOO_LARGE]',
    },
    {
      name: 'far more cells than text',
      text: `${'|a'.repeat(9000)}|\n${' x\n'.repeat(9000)}`,
      message:
        't: the table has far more cells than text: found 9000 columns and 9000 records in 45002 characters, allowed up to 4000000 cells [TABLE_TOO_LARGE]',
    },
    {
      name: 'a type that text cannot have',
      text: '|a|\n 1\n',
      options: { types: new Map([['a', 'complex64']]) },
      message:
        't, line 2, character 2, column a: the value is not of the type of its column: found 1, allowed nothing: complex columns are not read from text, blank',
    },
  ]
  test.for(broken)('is refused with $name', ({ text, options, message }) => {
    expect(() => readIpacTable(text, { name: 't', ...options })).toThrow(message)
  })
})

describe('natural widths', () => {
  const table = makeTable(
    [
      makeColumn('id', 'int64', BigInt64Array.of(2n ** 60n, -1n)),
      makeColumn('ra', 'float64', Float64Array.of(0.1, NaN), { unit: 'deg', nulls: Uint8Array.of(0, 1) }),
      makeColumn('e', 'float32', Float32Array.of(0.1, 1e30)),
      makeColumn('ok', 'boolean', Uint8Array.of(1, 0)),
      makeColumn('long_name', 'string', ['x', 'a value | wider than its name']),
    ],
    { notes: [keywordNote('n', 5), commentNote('text = here'), keywordNote('quoted', ' blank ')] },
  )

  test('cut nothing and read back', () => {
    const text = writeIpacTable(table)
    expect(text).toBe(
      [
        '\\n = 5',
        '\\ text = here',
        "\\quoted = ' blank '",
        '|                 id|    ra|    e|ok   |long_name                    |',
        '|               long|double|float|char |char                         |',
        '|                   |   deg|     |     |                             |',
        '|                   |  null|     |     |                             |',
        ' 1152921504606846976    0.1   0.1 true  x                             ',
        '                  -1   null 1e+30 false a value | wider than its name ',
        '',
      ]
        .join('\n')
        .replaceAll(/ +$/gm, (blanks) => blanks.slice(1)),
    )
  })

  test('property: random tables read back equal', () => {
    const text = fc.string({ maxLength: 12 }).map((value) => value.trim().replaceAll(/[\r\n\t\u0000]/g, '?'))
    const row = fc.record({
      i: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      d: fc.option(fc.double({ noNaN: true })),
      s: fc.option(text.filter((value) => value !== '' && value !== 'null')),
    })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const given = tableFromRows(
          [
            { name: 'i', type: 'int32' },
            { name: 'd', type: 'float64' },
            { name: 's', type: 'string' },
          ],
          rows,
        )
        const again = readIpacTable(writeIpacTable(given)).table
        for (const name of ['i', 'd', 's']) expect(textColumn(again, name)).toEqual(textColumn(given, name))
        expect(tableColumn(again, 's').nulls).toEqual(tableColumn(given, 's').nulls)
      }),
    )
  })

  const unwritable: readonly { name: string; make: () => unknown; message: string }[] = [
    {
      name: 'array cells',
      make: () =>
        writeIpacTable(makeTable([makeColumn('g', 'int32', new Int32Array(4), { cellShape: [2] })])),
      message:
        'the array column g cannot be written to an IPAC table: found int32, allowed columns with one value in each cell; VOTable and FITS keep arrays [TABLE_UNWRITABLE]',
    },
    {
      name: 'line breaks in values',
      make: () => writeIpacTable(makeTable([makeColumn('s', 'string', ['a', 'b\nc'])])),
      message:
        'column s, row 2: a value with a line break cannot be written to an IPAC table: found b\\nc, allowed text on one line [TABLE_UNWRITABLE]',
    },
    {
      name: 'blanks in column names',
      make: () => writeIpacTable(makeTable([makeColumn('a b', 'string', ['a'])])),
      message:
        'the column name cannot be written to an IPAC table: found a b, allowed a name without blanks and bars [TABLE_UNWRITABLE]',
    },
    {
      name: 'bars in column names that stand in the bar line',
      make: () =>
        writeIpacTable(makeTable([makeColumn('a|b', 'string', ['a'])]), {
          columns: [{ name: 'a|b', format: '%5s' }],
        }),
      message:
        'the column name cannot be written to an IPAC table: found a|b, allowed a name without blanks and bars [TABLE_UNWRITABLE]',
    },
    {
      name: 'values that equal the null text',
      make: () =>
        writeIpacTable(makeTable([makeColumn('s', 'int32', Int32Array.of(-9), { nullText: '-9' })])),
      message: 'column s, row 1: a value that equals the null text of its column cannot be written',
    },
    {
      name: 'no columns',
      make: () => writeIpacTable(makeTable([])),
      message: 'an IPAC table needs at least one column [TABLE_UNWRITABLE]',
    },
    {
      name: 'keywords with blanks',
      make: () =>
        writeIpacTable(
          makeTable([makeColumn('a', 'int32', new Int32Array(1))], { notes: [keywordNote('a b', 1)] }),
        ),
      message: 'a keyword name cannot be written to an IPAC table: found a b',
    },
    {
      name: 'bars in units',
      make: () => writeIpacTable(makeTable([makeColumn('a', 'int32', new Int32Array(1), { unit: '|' })])),
      message: 'the unit of column a cannot be written',
    },
  ]
  test.for(unwritable)('are refused for $name', ({ make, message }) => {
    expect(make).toThrow(message)
  })
})

describe('printf formats', () => {
  test('that are too narrow widen their column, so that every program reads the values', () => {
    const table = tableFromRows(
      [
        { name: 'plus', type: 'int32' },
        { name: 'a', type: 'float64' },
        { name: 'fname', type: 'string' },
      ],
      [
        [1, 1.5, 'a.fits'],
        [1234567, -123456.789, 'some long name.fits'],
      ],
    )
    const text = writeIpacTable(table, {
      columns: [
        { name: 'plus', format: ' %4d' },
        { name: 'a', format: ' %6.2f' },
        { name: ['file', 'fname'], format: '  %s' },
      ],
    })
    expect(text).toBe(
      [
        '|plus   |a        |fname               |',
        '|int    |double   |char                |',
        '       1       1.50  a.fits',
        ' 1234567 -123456.79  some long name.fits',
        '',
      ].join('\n'),
    )
    const again = readIpacTable(text).table
    expect(textColumn(again, 'plus')).toEqual(['1', '1234567'])
    expect(textColumn(again, 'fname')).toEqual(['a.fits', 'some long name.fits'])
  })

  test('with names wider than the values move the values under their bars', () => {
    const table = tableFromRows(
      [
        { name: 'a_long_column_name', type: 'int32' },
        { name: 'b', type: 'int32' },
      ],
      [[1, 2]],
    )
    const columns = [
      { name: 'a_long_column_name', format: '%3d' },
      { name: 'b', format: '%3d' },
    ]
    const again = readIpacTable(writeIpacTable(table, { columns, barLines: 'names' })).table
    expect(textColumn(again, 'a_long_column_name')).toEqual(['1'])
    expect(textColumn(again, 'b')).toEqual(['2'])
  })

  test('leave optional columns out and miss others', () => {
    const table = tableFromRows([{ name: 'a', type: 'int32' }], [[1]])
    const columns = [
      { name: 'a', format: '%5d' },
      { name: 'b', format: '%5d', isOptional: true },
    ]
    expect(writeIpacTable(table, { columns, barLines: 'names' })).toBe('|a  |\n    1\n')
    expect(() => writeIpacTable(table, { columns: [{ name: 'x', format: '%5d' }] })).toThrow(
      'the table has no column x: found a [TABLE_NO_COLUMN]',
    )
    expect(() =>
      writeIpacTable(table, {
        columns: [
          { name: 'a', format: '%s' },
          { name: 'a', format: '%s' },
        ],
      }),
    ).toThrow('column a: only the last column may have a format without width')
  })

  test('of image tables keep long file names and raw keyword text', () => {
    const names =
      'cntr ra dec cra cdec naxis1 naxis2 ctype1 ctype2 crpix1 crpix2 crval1 crval2 cdelt1 cdelt2 crota2 equinox size hdu fname'.split(
        ' ',
      )
    const texts = new Set(['cra', 'cdec', 'ctype1', 'ctype2', 'fname'])
    const specs = names.map((name) => ({
      name,
      type: texts.has(name) ? ('string' as const) : ('float64' as const),
    }))
    const table = tableFromRows(specs, [
      names.map((name) => (texts.has(name) ? 'some text of forty characters or so.fits' : 1e9)),
    ])
    const again = readIpacTable(writeIpacTable(table, montageImageTableFormat({ hasCube: false }))).table
    for (const name of names) expect(textColumn(again, name), name).toEqual(textColumn(table, name))
  })

  test('of fits tables print an empty table as its bar line', () => {
    const names =
      'plus minus a b c crpix1 crpix2 xmin xmax ymin ymax xcenter ycenter npixel rms boxx boxy boxwidth boxheight boxang'
    const table = makeTable(names.split(' ').map((name) => makeColumn(name, 'float64', new Float64Array(0))))
    const text = writeIpacTable(table, montageFitTableFormat)
    expect(text.split('\n')).toHaveLength(2)
    expect(readIpacTable(text).table.columns).toHaveLength(20)
  })
})
