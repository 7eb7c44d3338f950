import { describe, expect, test } from 'vitest'
import { sampleTable } from '../../../test/sample-table.ts'
import { cellAt, tableColumn, tableKeyword, textColumn } from '../model/access.ts'
import { keywordNote, makeColumn, makeTable, selectColumns } from '../model/build.ts'
import type { Column, Table } from '../model/table.ts'
import { encodeBase64 } from './base64.ts'
import { readVoTable, readVoTableDocument } from './read.ts'
import { writeVoTable } from './write.ts'

/** A document with one table: its fields and what is in DATA. */
function document(
  fields: string,
  data: string,
  namespace = ' xmlns="http://www.ivoa.net/xml/VOTable/v1.3"',
): string {
  return `<?xml version="1.0"?>\n<VOTABLE version="1.4"${namespace}><RESOURCE><TABLE name="t">${fields}<DATA>${data}</DATA></TABLE></RESOURCE></VOTABLE>`
}

function tabledata(...rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `<TR>${row.map((cell) => `<TD>${cell}</TD>`).join('')}</TR>`)
  return `<TABLEDATA>${lines.join('\n')}</TABLEDATA>`
}

function stream(element: 'BINARY' | 'BINARY2', ...bytes: readonly number[]): string {
  return `<${element}><STREAM encoding="base64">${encodeBase64(Uint8Array.from(bytes))}</STREAM></${element}>`
}

function cells(column: Column, rowCount: number): unknown[] {
  return Array.from({ length: rowCount }, (_, row) => cellAt(column, row))
}

function expectEqualCells(found: Table, expected: Table): void {
  for (const column of expected.columns) {
    const other = tableColumn(found, column.name)
    expect(cells(other, expected.rowCount), column.name).toEqual(cells(column, expected.rowCount))
  }
}

describe('a VOTable that was written', () => {
  const sample = sampleTable()

  test.for(['tabledata', 'binary2'] as const)('reads back from %s with every cell', (serialization) => {
    const { table, warnings } = readVoTable(writeVoTable(sample, { serialization }))
    expect(warnings).toEqual([])
    expect(table.name).toBe('sample')
    const isText = serialization === 'tabledata'
    // An empty cell is no value: that of the second row is an empty array in the sample.
    const names = sample.columns.map((column) => column.name).filter((name) => !isText || name !== 'open')
    expectEqualCells(selectColumns(table, names), asVoTable(selectColumns(sample, names)))
    if (isText)
      expect(cells(tableColumn(table, 'open'), 3)).toEqual([
        Float32Array.of(1, 2, 3),
        null,
        Float32Array.of(4.5),
      ])
  })

  test('reads back from BINARY, where nulls are values that no row has', () => {
    const text = writeVoTable(sample, { serialization: 'binary' })
    expect(text).toContain('<FIELD name="u8" datatype="unsignedByte"><VALUES null="1"/></FIELD>')
    const { table } = readVoTable(text)
    expectEqualCells(table, asVoTable(sample))
  })

  test('keeps units, descriptions, attributes, parameters and comments', () => {
    const table = makeTable(
      [
        makeColumn('ra', 'float64', Float64Array.of(1), {
          unit: 'deg',
          description: 'a "b" <c> & d',
          attributes: new Map([
            ['ucd', 'pos.eq.ra;meta.main'],
            ['precision', '7'],
          ]),
        }),
      ],
      {
        notes: [
          { kind: 'comment', text: 'first' },
          { kind: 'comment', text: 'second' },
          ...sample.notes.filter((note) => note.kind === 'keyword'),
        ],
      },
    )
    const again = readVoTable(writeVoTable(table)).table
    expect(again.columns[0]).toMatchObject({ unit: 'deg', description: 'a "b" <c> & d' })
    expect([...(again.columns[0]?.attributes ?? [])]).toEqual([
      ['ucd', 'pos.eq.ra;meta.main'],
      ['precision', '7'],
    ])
    expect(again.notes).toEqual(table.notes)
  })

  test('keeps any text that XML can hold, and in BINARY2 any text', () => {
    const texts = [' lead', 'trail ', 'a\tb\r\nc', '日本 ü', '😀', ']]>', '<&>"\'']
    const table = makeTable([makeColumn('s', 'string', texts)])
    expect(textColumn(readVoTable(writeVoTable(table)).table, 's')).toEqual(texts)
    const control = makeTable([makeColumn('s', 'string', ['a\u0001b'])])
    expect(() => writeVoTable(control)).toThrow(
      'column s: XML cannot hold the character: found U+0001 at character 2; write BINARY2, which keeps any text [TABLE_UNWRITABLE]',
    )
    expect(textColumn(readVoTable(writeVoTable(control, { serialization: 'binary2' })).table, 's')).toEqual([
      'a\u0001b',
    ])
  })

  test('holds several tables', () => {
    const a = makeTable([makeColumn('x', 'int32', Int32Array.of(1))], { name: 'a' })
    const b = makeTable([makeColumn('y', 'int32', Int32Array.of(2))], { name: 'b' })
    const text = writeVoTable([a, b])
    expect(readVoTableDocument(text).tables.map((table) => table.name)).toEqual(['a', 'b'])
    expect(readVoTable(text, { table: 'b' }).table.columns[0]?.name).toBe('y')
    expect(readVoTable(text, { table: 1 }).table.columns[0]?.name).toBe('y')
    expect(() => readVoTable(text, { table: 'c', name: 'x.vot' })).toThrow(
      'x.vot: the document has no table c: found 2 tables: a b [TABLE_NOT_A_TABLE]',
    )
  })

  test('is refused where the format has no words for it', () => {
    const large = makeTable([makeColumn('u', 'uint64', BigUint64Array.of(2n ** 63n))])
    expect(() => writeVoTable(large)).toThrow(
      'column u: VOTable has no whole numbers beyond 2^63 - 1; convert the column to text or float64 [TABLE_UNWRITABLE]',
    )
    const nulls = Uint8Array.from({ length: 257 }, (_, row) => Number(row === 256))
    const full = makeTable([
      makeColumn(
        'b',
        'uint8',
        Uint8Array.from({ length: 257 }, (_, row) => row & 255),
        { nulls },
      ),
    ])
    expect(() => writeVoTable(full, { serialization: 'binary' })).toThrow(
      'column b: every value of the type is in use and none is left to mean null; write BINARY2 or TABLEDATA',
    )
    const bits = makeTable([
      makeColumn('b', 'bit', Uint8Array.of(1, 0), { cellShape: [1], nulls: Uint8Array.of(0, 1) }),
    ])
    expect(() => writeVoTable(bits, { serialization: 'binary' })).toThrow(
      'column b: BINARY cannot tell which cells have no value',
    )
  })
})

/** The sample with the types that VOTable has. */
function asVoTable(table: Table): Table {
  const wider = { int8: Int16Array, uint16: Int32Array, uint32: BigInt64Array } as const
  return {
    ...table,
    columns: table.columns.map((column): Column => {
      if (column.type === 'int8') return makeColumn(column.name, 'int16', wider.int8.from(column.values))
      if (column.type === 'uint16')
        return makeColumn(column.name, 'int32', wider.uint16.from(column.values), { nulls: column.nulls })
      if (column.type === 'uint32')
        return makeColumn(column.name, 'int64', BigInt64Array.from(column.values, BigInt))
      return column
    }),
  }
}

describe('TABLEDATA', () => {
  test('of every datatype, with nulls, hexadecimal numbers and infinities', () => {
    const fields = `
      <FIELD name="b" datatype="boolean"/><FIELD name="bit" datatype="bit" arraysize="4"/>
      <FIELD name="u" datatype="unsignedByte"/><FIELD name="s" datatype="short"/>
      <FIELD name="i" datatype="int"><VALUES null="-999"><MIN value="0"/></VALUES></FIELD><FIELD name="l" datatype="long"/>
      <FIELD name="c" datatype="char"/><FIELD name="cs" datatype="char" arraysize="3x2"/><FIELD name="w" datatype="unicodeChar" arraysize="8*"/>
      <FIELD name="f" datatype="float"/><FIELD name="d" datatype="double" unit="m"/><FIELD name="z" datatype="doubleComplex"/>
      <FIELD name="m" datatype="double" arraysize="3x2"/><FIELD name="v" datatype="int" arraysize="2x*"/>`
    const text = document(
      fields,
      tabledata(
        [
          'T',
          '0101',
          '255',
          '0xFFFE',
          '-0999',
          '9223372036854775807',
          'x',
          'ab cde',
          ' ü ',
          '1e38',
          ' -Inf ',
          '1 -2',
          '1 2 3 4 5 6',
          '1 2 3 4',
        ],
        ['?', '', '0x10', '', '7', '0xFFFFFFFFFFFFFFFF', '', '', '', 'NaN', '', '', '', ''],
      ),
    )
    const { table, warnings } = readVoTable(text)
    expect(warnings).toEqual([])
    expect(table.columns.map((column) => cells(column, 2))).toEqual([
      [true, null],
      [Uint8Array.of(0, 1, 0, 1), null],
      [255, 16],
      [-2, null],
      [null, 7],
      [9223372036854775807n, -1n],
      ['x', null],
      [['ab', 'cde'], null],
      [' ü ', null],
      [Math.fround(1e38), null],
      [-Infinity, null],
      [Float64Array.of(1, -2), null],
      [Float64Array.of(1, 2, 3, 4, 5, 6), null],
      [Int32Array.of(1, 2, 3, 4), null],
    ])
    expect(tableColumn(table, 'm').cellShape).toEqual([2, 3])
    expect(tableColumn(table, 'v').cellShape).toEqual([0, 2])
    expect(tableColumn(table, 'i').attributes?.get('min')).toBe('0')
  })

  test('that is sloppy is read with warnings', () => {
    const text = `<v:VOTABLE xmlns:v="http://example.org/" extra="1"><v:RESOURCE><TABLE nrows="5">
      <FIELD ID="a" datatype="string" colour="red"/><FIELD name="n" datatype="Integer"/><FIELD datatype="float" arraysize="2"/>
      <FIELD name="n" datatype="int"/><PINK/>
      <DATA><TABLEDATA><TR><TD>x</TD><TD> 3.0 </TD><TD>1.5, 2</TD></TR><TR><TD>x</TD><TD>3</TD><TD/><TD>1</TD><TD>2</TD></TR></TABLEDATA></DATA>
      </TABLE></v:RESOURCE></v:VOTABLE>`
    const { table, warnings } = readVoTable(text, { name: 'x' })
    expect(warnings.map((warning) => warning.message.replace(/character \d+/, 'character N'))).toEqual([
      'x, line 1, character N: the namespace is none of VOTable 1.0 to 1.5: http://example.org/',
      'x, line 2, character N, column a: the datatype is not of the standard; read as char: string',
      'x, line 2, character N, column a: the attribute colour is unknown',
      'x, line 2, character N, column n: the datatype is not of the standard; read as int: Integer',
      'x, line 2, character N, column column3: the field has no name',
      'x, line 3, character N, column n: a second field of this name',
      'x, line 3, character N: the element is unknown and skipped: PINK',
      'x, line 4, character N, row 1: the row has 3 of 4 cells; the others have no value',
      'x, line 4, character N, row 2: the row has more cells than there are fields',
      'x, line 5, character N: the table has 2 rows, nrows says: 5',
    ])
    expect(cells(tableColumn(table, 'column3'), 2)).toEqual([Float32Array.of(1.5, 2), null])
    expect(cells(tableColumn(table, 'n'), 2)).toEqual([3, 3])
    expect(readVoTableDocument('<VOTABLE/>').warnings.map((warning) => warning.code)).toEqual([
      'TABLE_WRONG_NAMESPACE',
    ])
  })

  test('has the namespaces and declarations of all versions', () => {
    const namespaces = ['v1.1', 'v1.2', 'v1.3'].map(
      (version) => ` xmlns="http://www.ivoa.net/xml/VOTable/${version}"`,
    )
    for (const namespace of namespaces) {
      expect(readVoTableDocument(document('', '', namespace)).warnings).toEqual([])
    }
    const old = `<?xml version="1.0"?><!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd"><VOTABLE version="1.0" xmlns="http://us-vo.org/xml/VOTable.dtd"/>`
    expect(readVoTableDocument(old)).toMatchObject({ version: '1.0', tables: [], warnings: [] })
  })

  test('in other encodings', () => {
    const text =
      '<?xml version="1.0" encoding="ISO-8859-1"?>' +
      document('<FIELD name="s" datatype="char" arraysize="*"/>', tabledata(['é'])).slice(22)
    const latin = Uint8Array.from(text, (char) => char.charCodeAt(0))
    expect(textColumn(readVoTable(latin).table, 's')).toEqual(['é'])
    const plain = document('<FIELD name="s" datatype="unicodeChar" arraysize="*"/>', tabledata(['é日']))
    const wide = new Uint8Array([
      0xfe,
      0xff,
      ...Array.from(plain, (char) => [char.charCodeAt(0) >> 8, char.charCodeAt(0) & 255]).flat(),
    ])
    expect(textColumn(readVoTable(wide).table, 's')).toEqual(['é日'])
    expect(textColumn(readVoTable(new TextEncoder().encode(plain)).table, 's')).toEqual(['é日'])
    expect(() => readVoTable(Uint8Array.of(60, 0xff, 62))).toThrow(
      'the bytes are not utf-8, the encoding of the document; declare the right encoding in the first line [TABLE_BAD_SYNTAX]',
    )
    expect(() => readVoTable(new TextEncoder().encode('<?xml version="1.0" encoding="EBCDIC"?>'))).toThrow(
      'line 1: the encoding of the document is not supported: found EBCDIC, allowed utf-8',
    )
  })

  test('has parameters and infos, of tables and of the document', () => {
    const text = `<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><INFO name="QUERY_STATUS" value="OK"/><RESOURCE>
      <TABLE><DESCRIPTION> what\n it is </DESCRIPTION><PARAM name="epoch" datatype="double" value="2000.0" unit="yr"><DESCRIPTION>of positions</DESCRIPTION></PARAM>
      <INFO name="note" value="v">more words</INFO><FIELD name="__proto__" datatype="int"/></TABLE></RESOURCE></VOTABLE>`
    const { table, infos } = readVoTable(text)
    expect(table.notes).toEqual([
      { kind: 'comment', text: 'what' },
      { kind: 'comment', text: 'it is' },
      keywordNote('epoch', 2000, 'of positions'),
      keywordNote('note', 'v', 'more words'),
    ])
    expect(infos).toEqual([keywordNote('QUERY_STATUS', 'OK')])
    expect(tableKeyword(table, 'epoch')).toBe(2000)
    expect(table.columns[0]).toMatchObject({ name: '__proto__', values: new Int32Array(0) })
  })

  test('takes the fields of another table by reference', () => {
    const text = `<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE ID="a"><FIELD name="x" datatype="int"/></TABLE>
      <TABLE ref="a"><DATA>${tabledata(['5'])}</DATA></TABLE></RESOURCE></VOTABLE>`
    expect(textColumn(readVoTable(text, { table: 1 }).table, 'x')).toEqual(['5'])
  })
})

describe('binary streams', () => {
  test('hold counts before open arrays, packed bits, zero-ended text', () => {
    const fields = `<FIELD name="v" datatype="short" arraysize="*"/><FIELD name="b" datatype="bit" arraysize="10"/>
      <FIELD name="s" datatype="char" arraysize="4"/><FIELD name="w" datatype="unicodeChar" arraysize="2*"/>`
    const { table } = readVoTable(
      document(
        fields,
        stream('BINARY', 0, 0, 0, 2, 0, 1, 0xff, 0xff, 0xa0, 0x40, 97, 98, 0, 99, 0, 0, 0, 1, 0x65, 0xe5),
      ),
    )
    expect(table.columns.map((column) => cellAt(column, 0))).toEqual([
      Int16Array.of(1, -1),
      Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 1),
      'ab',
      '日',
    ])
  })

  test('count elements of arrays with several axes, or steps of the open one', () => {
    const fields = '<FIELD name="v" datatype="unsignedByte" arraysize="2x*"/>'
    const elements = readVoTable(document(fields, stream('BINARY', 0, 0, 0, 4, 1, 2, 3, 4))).table
    const steps = readVoTable(document(fields, stream('BINARY', 0, 0, 0, 2, 1, 2, 3, 4))).table
    expect([elements, steps].map((table) => cells(tableColumn(table, 'v'), 1))).toEqual([
      [Uint8Array.of(1, 2, 3, 4)],
      [Uint8Array.of(1, 2, 3, 4)],
    ])
  })

  test('with flags for no value, and with values that mean it', () => {
    const fields =
      '<FIELD name="a" datatype="int"/><FIELD name="b" datatype="unsignedByte"><VALUES null="9"/></FIELD><FIELD name="f" datatype="float"/>'
    const flagged = readVoTable(
      document(fields, stream('BINARY2', 0x80, 0, 0, 0, 1, 9, 0x7f, 0xc0, 0, 0)),
    ).table
    expect(flagged.columns.map((column) => cellAt(column, 0))).toEqual([null, null, null])
  })

  test('read a boolean in all its spellings', () => {
    const fields = '<FIELD name="b" datatype="boolean"/>'
    const bytes = [...new TextEncoder().encode('Tt1Ff0? '), 0]
    const { table } = readVoTable(document(fields, stream('BINARY', ...bytes)))
    expect(cells(tableColumn(table, 'b'), 9)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      null,
      null,
      null,
    ])
  })

  const broken: readonly { name: string; fields: string; data: string; message: string }[] = [
    {
      name: 'a cut row',
      fields: '<FIELD name="a" datatype="int"/>',
      data: stream('BINARY', 0, 0, 0, 1, 0, 0),
      message:
        'column a, row 2: the binary stream ends within a row: found 2 bytes from byte 4 on, allowed 4 bytes [TABLE_TRUNCATED]',
    },
    {
      name: 'a count beyond the stream',
      fields: '<FIELD name="a" datatype="double" arraysize="*"/>',
      data: stream('BINARY', 0x7f, 0xff, 0xff, 0xff),
      message:
        'column a, row 1: the binary stream ends within a row: found 0 bytes from byte 4 on, allowed 17179869176 bytes [TABLE_TRUNCATED]',
    },
    {
      name: 'a negative count',
      fields: '<FIELD name="a" datatype="char" arraysize="*"/>',
      data: stream('BINARY', 0xff, 0xff, 0xff, 0xff),
      message:
        'column a, row 1: the count of an array cannot be right: found -1 at byte 0 of the stream, allowed 0 or more [TABLE_BAD_VALUE]',
    },
    {
      name: 'characters that are not base64',
      fields: '<FIELD name="a" datatype="int"/>',
      data: '<BINARY><STREAM encoding="base64">AAAA*AAA</STREAM></BINARY>',
      message:
        'the stream is not base64: found "*AAA" at character 5 of the stream, allowed A-Z a-z 0-9 + / and = at the end [TABLE_BAD_SYNTAX]',
    },
    {
      name: 'a datatype of no standard',
      fields: '<FIELD name="a" datatype="integer"/>',
      data: stream('BINARY', 0),
      message: 'column a: binary data need datatypes of the standard [TABLE_UNSUPPORTED]',
    },
    {
      name: 'an external stream',
      fields: '<FIELD name="a" datatype="int"/>',
      data: '<BINARY><STREAM href="http://example.org/x"/></BINARY>',
      message:
        'external streams are not fetched: found http://example.org/x; ask for inline data or TABLEDATA [TABLE_UNSUPPORTED]',
    },
    {
      name: 'gzip',
      fields: '<FIELD name="a" datatype="int"/>',
      data: '<BINARY><STREAM encoding="gzip">AA</STREAM></BINARY>',
      message: 'the encoding of the stream is not read: found gzip; base64 is [TABLE_UNSUPPORTED]',
    },
    {
      name: 'FITS inside',
      fields: '',
      data: '<FITS/>',
      message:
        'tables in FITS serialization are not read: found FITS; read the FITS file with @skyloom/fits [TABLE_UNSUPPORTED]',
    },
    {
      name: 'an encoded cell',
      fields: '<FIELD name="a" datatype="int"/>',
      data: '<TABLEDATA><TR><TD encoding="base64">AA</TD></TR></TABLEDATA>',
      message: 'encoded cells are not read: found base64',
    },
    {
      name: 'a huge cell',
      fields: '<FIELD name="a" datatype="double" arraysize="1000000000"/>',
      data: tabledata(['']),
      message:
        'the table asks for far more memory than its size explains: found 7999999488 bytes for 257 of input, allowed 33558544 bytes [TABLE_TOO_LARGE]',
    },
    {
      name: 'an absurd arraysize',
      fields: '<FIELD name="a" datatype="double" arraysize="99999x99999"/>',
      data: '',
      message: 'column a: the arraysize is not understood: found 99999x99999',
    },
    {
      name: 'an unknown datatype',
      fields: '<FIELD name="a" datatype="quad"/>',
      data: '',
      message: 'column a: the datatype is unknown: found quad, allowed boolean bit unsignedByte',
    },
    {
      name: 'a value of another type',
      fields: '<FIELD name="a" datatype="short"/>',
      data: tabledata(['1'], ['40000']),
      message:
        "column a, row 2: the value is not of the type of its field: found 40000, allowed a whole number from -32768 to 32767, or an empty cell; correct the value or read with onBadValue: 'null' [TABLE_BAD_VALUE]",
    },
    {
      name: 'an array of another length',
      fields: '<FIELD name="a" datatype="int" arraysize="3"/>',
      data: tabledata(['1 2']),
      message:
        'found 1 2, allowed 3 elements, a whole number from -2147483648 to 2147483647 each, or an empty cell',
    },
  ]
  test.for(broken)('are refused with $name', ({ fields, data, message }) => {
    expect(() => readVoTable(document(fields, data), { name: 'x' })).toThrow(message)
  })

  test('bad values become no value on request', () => {
    const text = document('<FIELD name="a" datatype="int"/>', tabledata(['1'], ['x'], ['3']))
    const { table, warnings } = readVoTable(text, { onBadValue: 'null' })
    expect(cells(tableColumn(table, 'a'), 3)).toEqual([1, null, 3])
    expect(warnings[0]?.code).toBe('TABLE_VALUE_REPLACED')
  })
})

describe('XML', () => {
  const broken: readonly { name: string; text: string; code: string; message: string }[] = [
    {
      name: 'text that is no XML',
      text: 'hello',
      code: 'TABLE_BAD_SYNTAX',
      message: 'x, line 1, character 7: the XML is not well-formed: found text data outside of root node.',
    },
    { name: 'nothing', text: '', code: 'TABLE_BAD_SYNTAX', message: 'the XML is not well-formed' },
    {
      name: 'another document',
      text: '<html/>',
      code: 'TABLE_NOT_A_TABLE',
      message:
        'x, line 1, character 8: the document is not a VOTable: found the element html, allowed VOTABLE [TABLE_NOT_A_TABLE]',
    },
    {
      name: 'a cut document',
      text: '<VOTABLE><RESOURCE>',
      code: 'TABLE_TRUNCATED',
      message: 'found unclosed tag: RESOURCE',
    },
    {
      name: 'undeclared entities',
      text: '<VOTABLE>&bomb;</VOTABLE>',
      code: 'TABLE_BAD_SYNTAX',
      message: 'the XML is not well-formed: found undefined entity',
    },
    {
      name: 'entity declarations',
      text: '<!DOCTYPE VOTABLE [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><VOTABLE>&b;</VOTABLE>',
      code: 'TABLE_UNSUPPORTED',
      message:
        'an internal DTD subset is refused: allowed documents without entity and element declarations [TABLE_UNSUPPORTED]',
    },
    {
      name: 'deep nesting',
      text: '<VOTABLE>' + '<RESOURCE>'.repeat(200),
      code: 'TABLE_TOO_LARGE',
      message: 'the elements are nested too deeply: allowed up to 100 levels [TABLE_TOO_LARGE]',
    },
    {
      name: 'a table in a table',
      text: '<VOTABLE><TABLE><TABLE/></TABLE></VOTABLE>',
      code: 'TABLE_BAD_SYNTAX',
      message: 'the element TABLE stands in the wrong place: found within another TABLE',
    },
    {
      name: 'a stray cell',
      text: '<VOTABLE><TD/></VOTABLE>',
      code: 'TABLE_BAD_SYNTAX',
      message: 'the element TD stands in the wrong place: found within VOTABLE',
    },
    {
      name: 'too many attributes',
      text: `<VOTABLE ${Array.from({ length: 200 }, (_, k) => `a${k}=""`).join(' ')}/>`,
      code: 'TABLE_TOO_LARGE',
      message: 'the element has too many attributes: allowed up to 100 [TABLE_TOO_LARGE]',
    },
    {
      name: 'too many fields',
      text: `<VOTABLE><TABLE>${'<FIELD name="a" datatype="int"/>'.repeat(10_001)}`,
      code: 'TABLE_TOO_LARGE',
      message: 'the table has too many fields: allowed up to 10000',
    },
  ]
  test.for(broken)('is refused: $name', ({ text, code, message }) => {
    expect(() => readVoTable(text, { name: 'x' })).toThrow(message)
    expect(() => readVoTable(text)).toThrow(expect.objectContaining({ code }) as Error)
  })

  test("a service's error is what is found instead of a table", () => {
    const text =
      '<VOTABLE><RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">unknown column fooo</INFO></RESOURCE></VOTABLE>'
    expect(() => readVoTable(text, { name: 'tap' })).toThrow(
      'tap: the document has no table 0: found an error of the service: unknown column fooo [TABLE_NOT_A_TABLE]',
    )
  })
})
