import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withKeywords } from '../../test/packed-image.ts'
import { catalog, packedTable, tableHdu } from '../../test/packed-table.ts'
import { sampleTable } from '../../test/sample-table.ts'
import { readFitsTable } from '../table/read-table.ts'
import type { ColumnMethod } from './compressed-table-layout.ts'
import { uncompressedTable } from './uncompressed-table.ts'

describe('a compressed table', () => {
  test('comes back with every type of column, byte by byte', async () => {
    for (const table of [sampleTable(), catalog(50)]) {
      const { plain, packed } = await packedTable(table)
      const whole = await tableHdu(plain)
      const hdu = uncompressedTable(await tableHdu(packed))
      const found = new Uint8Array(hdu.dataBytes)
      await hdu.source.readInto(found, 0)
      expect(found).toEqual(plain.slice(whole.dataOffset, whole.dataOffset + whole.dataBytes))
      expect([...hdu.header].map((card) => card.raw)).toEqual(
        [...whole.header]
          .filter(({ keyword }) => !/^(CHECKSUM|DATASUM)$/.test(keyword))
          .map((card) => card.raw),
      )
    }
  })

  test('is read as a table, by rows and columns, for any length of the tiles and any method', async () => {
    const methods = fc.constantFrom<ColumnMethod>('RICE_1', 'GZIP_1', 'GZIP_2', 'NOCOMPRESS')
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 70 }),
        methods,
        fc.nat(),
        fc.nat(),
        async (rowCount, tileRows, method, from, length) => {
          const options = {
            tileRows,
            methods: new Map([
              ['id', method],
              ['flag', method],
              ['times', method],
            ]),
          }
          const { plain, packed } = await packedTable(catalog(rowCount), options)
          const firstRow = from % rowCount
          const part = {
            firstRow,
            rowCount: length % (rowCount - firstRow + 1),
            columns: ['times', 'id', 'flux', 'flag'],
          }
          const expected = await readFitsTable(await tableHdu(plain), part)
          expect(await readFitsTable(await tableHdu(packed), part)).toEqual(expected)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('without rows', async () => {
    const { packed } = await packedTable(catalog(0))
    expect((await readFitsTable(await tableHdu(packed))).table.rowCount).toBe(0)
  })
})

describe('errors', () => {
  test('a method that cannot hold a column', async () => {
    const packing = packedTable(catalog(3), { methods: new Map([['ra', 'RICE_1']]) })
    await expect(packing).rejects.toMatchObject({ code: 'FITS_BAD_COMPRESSION' })
    await expect(packing).rejects.toThrow(
      /RICE_1 cannot hold a column of type D: allowed GZIP_1, GZIP_2, NOCOMPRESS/,
    )
  })

  test('tiles without rows', async () => {
    await expect(packedTable(catalog(3), { tileRows: 0 })).rejects.toThrow(
      /tiles cannot have so many rows: found 0/,
    )
  })

  const lies = [
    { name: 'a method nobody knows', cards: { ZCTYP1: "'ZSTD_9'" }, code: 'FITS_UNKNOWN_COMPRESSION' },
    { name: 'fewer tiles than rows need', cards: { ZTILELEN: '4' }, code: 'FITS_BAD_COMPRESSION' },
    {
      name: 'far more rows than the bytes can hold',
      cards: { ZTILELEN: '400000000', ZNAXIS2: '400000000' },
      code: 'FITS_BAD_COMPRESSION',
    },
    { name: 'a column of another size', cards: { ZFORM1: "'1K'" }, code: 'FITS_BAD_TABLE' },
    { name: 'a column of another type', cards: { ZFORM1: "'1E'" }, code: 'FITS_BAD_TILE' },
  ] as const

  test.for(lies)('$name', async ({ cards, code }) => {
    const { packed } = await packedTable(catalog(40))
    const hdu = await tableHdu(withKeywords(packed, cards))
    await expect(readFitsTable(hdu)).rejects.toMatchObject({ code })
  })

  test('a damaged tile names its column, and other columns are read', async () => {
    const { packed } = await packedTable(catalog(40))
    const hdu = await tableHdu(packed)
    // The descriptor of the second column, ra: its stream is made one byte shorter.
    const damaged = packed.slice()
    damaged[hdu.dataOffset + 16 + 7]! -= 1
    const reading = readFitsTable(await tableHdu(damaged))
    await expect(reading).rejects.toThrow(/ra.*tile 1 cannot be decoded: its gzip stream is damaged/)
  })
})
