import { commentNote, keywordNote, makeColumn, makeTable, type Table } from '../src/tables/index.ts'

/** A small table with a column of every type, arrays, cells without value, units and notes. */
export function sampleTable(): Table {
  const second = Uint8Array.of(0, 1, 0)
  return makeTable(
    [
      makeColumn('flag', 'boolean', Uint8Array.of(1, 0, 0), { nulls: Uint8Array.of(0, 0, 1) }),
      makeColumn(
        'bits',
        'bit',
        Uint8Array.of(1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0),
        {
          cellShape: [9],
        },
      ),
      makeColumn('i8', 'int8', Int8Array.of(-128, 0, 127)),
      makeColumn('u8', 'uint8', Uint8Array.of(0, 7, 255), { nulls: second }),
      makeColumn('i16', 'int16', Int16Array.of(-32768, 7, 32767), { nulls: second, unit: 'adu' }),
      makeColumn('u16', 'uint16', Uint16Array.of(0, 7, 65535), { nulls: second }),
      makeColumn('i32', 'int32', Int32Array.of(-2147483648, 7, 2147483647)),
      makeColumn('u32', 'uint32', Uint32Array.of(0, 7, 4294967295)),
      makeColumn('i64', 'int64', BigInt64Array.of(-(2n ** 63n), 7n, 2n ** 63n - 1n), { nulls: second }),
      makeColumn('f32', 'float32', Float32Array.of(0.1, 7, -3.4e38), { nulls: second, unit: 'mag' }),
      makeColumn('f64', 'float64', Float64Array.of(0.1, 7, -1.7e308), {
        nulls: second,
        unit: 'deg',
        description: 'right ascension',
      }),
      makeColumn('c64', 'complex64', Float32Array.of(1, -2, 3, 4, 5.5, 6)),
      makeColumn('c128', 'complex128', Float64Array.of(1, -2, 3, 4, 5.5, 6)),
      makeColumn('name', 'string', ['NGC 1976', "Orion's & <M42>", 'x']),
      makeColumn(
        'grid',
        'int32',
        Int32Array.from({ length: 18 }, (_, k) => k - 9),
        { cellShape: [2, 3] },
      ),
      makeColumn('pair', 'float64', Float64Array.of(1, 2, 3, 4, 5, 6.25), { cellShape: [2] }),
      makeColumn('names', 'string', ['a', 'bc', 'def', 'g', '', 'hi'], { cellShape: [2] }),
      makeColumn('open', 'float32', Float32Array.of(1, 2, 3, 4.5), {
        cellShape: [0],
        offsets: Float64Array.of(0, 3, 3, 4),
      }),
    ],
    {
      name: 'sample',
      notes: [
        keywordNote('ORIGIN', 'Skyloom', 'who made it'),
        commentNote('a comment'),
        keywordNote('COUNT', 3),
        keywordNote('SCALE', 2.5),
        keywordNote('BIG', 2n ** 60n),
        keywordNote('DONE', true),
      ],
    },
  )
}
