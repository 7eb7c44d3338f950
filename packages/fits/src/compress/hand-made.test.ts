import { gzipSync } from 'node:zlib'
import { memorySink } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { hduOf } from '../../test/packed-image.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { CardValue } from '../header/card.ts'
import { Header } from '../header/header.ts'
import { readImage } from '../image/read-image.ts'

// Files put together here from the words of FITS Standard 4.0, section 10, without our writer.

/** A cell: bytes of a variable-length array, or a number. */
type Cell = readonly number[] | Uint8Array | number

interface HandMade {
  /** TTYPE and TFORM; types 1PB, 1QB, 1PI, 1PE (bytes given), 1D, 1E, 1J. */
  readonly columns: readonly (readonly [name: string, form: string])[]
  readonly rows: readonly (readonly Cell[])[]
  readonly cards: Readonly<Record<string, CardValue>>
}

const WIDTHS: Readonly<Record<string, number>> = { P: 8, Q: 16, D: 8, E: 4, J: 4 }
const ELEMENTS: Readonly<Record<string, number>> = { B: 1, I: 2, E: 4 }

async function handMade({ columns, rows, cards }: HandMade): Promise<Uint8Array> {
  const widths = columns.map(([, form]) => WIDTHS[form[1] ?? ''] ?? 0)
  const rowBytes = widths.reduce((sum, width) => sum + width, 0)
  const main = new DataView(new ArrayBuffer(rowBytes * rows.length))
  const heap: number[] = []
  rows.forEach((cells, row) => {
    let at = row * rowBytes
    cells.forEach((cell, index) => {
      const form = columns[index]?.[1] ?? ''
      if (typeof cell === 'number') {
        if (form === '1D') main.setFloat64(at, cell)
        else if (form === '1E') main.setFloat32(at, cell)
        else main.setInt32(at, cell)
      } else {
        const count = cell.length / (ELEMENTS[form[2] ?? ''] ?? 1)
        if (form[1] === 'Q') {
          main.setBigInt64(at, BigInt(count))
          main.setBigInt64(at + 8, BigInt(heap.length))
        } else {
          main.setInt32(at, count)
          main.setInt32(at + 4, heap.length)
        }
        heap.push(...cell)
      }
      at += widths[index] ?? 0
    })
  })
  const header = new Header().set('XTENSION', 'BINTABLE').set('BITPIX', 8).set('NAXIS', 2)
  header.set('NAXIS1', rowBytes).set('NAXIS2', rows.length).set('PCOUNT', heap.length).set('GCOUNT', 1)
  header.set('TFIELDS', columns.length)
  columns.forEach(([name, form], index) =>
    header.set(`TTYPE${index + 1}`, name).set(`TFORM${index + 1}`, form),
  )
  header.set('ZIMAGE', true)
  for (const [keyword, value] of Object.entries(cards)) header.set(keyword, value)
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  const hdu = await writer.beginHdu(header)
  await hdu.write(new Uint8Array(main.buffer))
  await hdu.write(Uint8Array.from(heap))
  await hdu.end()
  await writer.commit()
  return sink.bytes()
}

const line = { ZNAXIS: 1, ZNAXIS1: 4 } as const

/** Big-endian bytes. */
function bytesOf(numbers: readonly number[], type: 'i16' | 'i32' | 'f32'): Uint8Array {
  const size = type === 'i16' ? 2 : 4
  const view = new DataView(new ArrayBuffer(numbers.length * size))
  numbers.forEach((value, i) => {
    if (type === 'i16') view.setInt16(i * 2, value)
    else if (type === 'i32') view.setInt32(i * 4, value)
    else view.setFloat32(i * 4, value)
  })
  return new Uint8Array(view.buffer)
}

const packed = (bytes: Uint8Array): Uint8Array => new Uint8Array(gzipSync(bytes))

describe('columns of a compressed image', () => {
  test('scale and zero of each tile, and its own integer for NaN', async () => {
    const bytes = await handMade({
      columns: [
        ['COMPRESSED_DATA', '1PB'],
        ['ZSCALE', '1D'],
        ['ZZERO', '1E'],
        ['ZBLANK', '1J'],
      ],
      rows: [
        [packed(bytesOf([0, 1, 2, -9], 'i32')), 0.5, 10, -9],
        [packed(bytesOf([0, 1, 2, -9], 'i32')), 2, -1, 2],
      ],
      cards: { ZCMPTYPE: 'GZIP_1', ZBITPIX: -32, ZNAXIS: 1, ZNAXIS1: 8, ZTILE1: 4, ZQUANTIZ: 'NO_DITHER' },
    })
    const { data } = await readImage(await hduOf(bytes))
    expect([...data]).toEqual([10, 10.5, 11, NaN, -1, 1, NaN, -19])
  })

  test('scale, zero and blank of all tiles as keywords', async () => {
    const bytes = await handMade({
      columns: [['COMPRESSED_DATA', '1QB']],
      rows: [[packed(bytesOf([0, 1, 7, 3], 'i32'))]],
      cards: { ZCMPTYPE: 'GZIP_1', ZBITPIX: -32, ...line, ZSCALE: 0.25, ZZERO: 100, ZBLANK: 7 },
    })
    const { data } = await readImage(await hduOf(bytes))
    expect([...data]).toEqual([100, 100.25, NaN, 100.75])
  })

  test('tiles that are not quantized: packed or plain floats in columns of their own', async () => {
    const floats = bytesOf([1.5, -2, NaN, 1e30], 'f32')
    const bytes = await handMade({
      columns: [
        ['COMPRESSED_DATA', '1PB'],
        ['GZIP_COMPRESSED_DATA', '1PB'],
        ['UNCOMPRESSED_DATA', '1PE'],
        ['ZSCALE', '1D'],
        ['ZZERO', '1D'],
      ],
      rows: [
        [[], packed(floats), [], 0, 0],
        [[], [], floats, 0, 0],
      ],
      cards: {
        ZCMPTYPE: 'RICE_1',
        ZBITPIX: -32,
        ZNAXIS: 1,
        ZNAXIS1: 8,
        ZTILE1: 4,
        ZQUANTIZ: 'SUBTRACTIVE_DITHER_1',
      },
    })
    const { data } = await readImage(await hduOf(bytes))
    const once = [1.5, -2, NaN, Math.fround(1e30)]
    expect([...data]).toEqual([...once, ...once])
  })

  test('a mask of pixels without value, for floats and for integers', async () => {
    const columns = [
      ['COMPRESSED_DATA', '1PB'],
      ['NULL_PIXEL_MASK', '1PB'],
    ] as const
    const integers = await handMade({
      columns,
      rows: [[bytesOf([5, 6, 7, 8], 'i16'), packed(Uint8Array.of(0, 1, 0, 1))]],
      cards: { ZCMPTYPE: 'NOCOMPRESS', ZMASKCMP: 'GZIP_1', ZBITPIX: 16, ...line, BLANK: -99 },
    })
    expect([...(await readImage(await hduOf(integers))).data]).toEqual([5, NaN, 7, NaN])
    // RICE_1 of bytes: first pixel 0, a block of code 7 with plain differences 0, 2 (+1), 1 (-1), 0.
    const mask = Uint8Array.of(0, 0b111_00000, 0b000_00000, 0b010_00000, 0b001_00000, 0)
    const floats = await handMade({
      columns,
      rows: [[bytesOf([5, 6, 7, 8], 'f32'), mask]],
      cards: {
        ZCMPTYPE: 'NOCOMPRESS',
        ZMASKCMP: 'RICE_1',
        ZNAME1: 'BYTEPIX',
        ZVAL1: 1,
        ZBITPIX: -32,
        ...line,
      },
    })
    expect([...(await readImage(await hduOf(floats))).data]).toEqual([5, NaN, 7, 8])
  })

  test('rows of tiles by default, ZTILEn missing', async () => {
    const bytes = await handMade({
      columns: [['COMPRESSED_DATA', '1PB']],
      rows: [
        [packed(bytesOf([1, 2], 'i16'))],
        [packed(bytesOf([3, 4], 'i16'))],
        [packed(bytesOf([5, 6], 'i16'))],
      ],
      cards: { ZCMPTYPE: 'GZIP_1', ZBITPIX: 16, ZNAXIS: 2, ZNAXIS1: 2, ZNAXIS2: 3 },
    })
    const image = await readImage(await hduOf(bytes))
    expect(image).toMatchObject({ width: 2, height: 3, data: Float32Array.of(1, 2, 3, 4, 5, 6) })
  })

  test('a tile without any bytes is an error', async () => {
    const bytes = await handMade({
      columns: [['COMPRESSED_DATA', '1PB']],
      rows: [[[]]],
      cards: { ZCMPTYPE: 'GZIP_1', ZBITPIX: 16, ...line },
    })
    await expect(readImage(await hduOf(bytes))).rejects.toMatchObject({
      code: 'FITS_BAD_TILE',
      problem: 'tile 1 holds nothing',
    })
  })
})

describe('the sequence of random numbers', () => {
  test('shifts values as the standard says', async () => {
    // Appendix I: r(1) = 16807 / (2^31 - 1), so tile 1 with ZDITHER0 = 1 begins at number int(500 r(1)) = 0: r(1) itself.
    const bytes = await handMade({
      columns: [['COMPRESSED_DATA', '1PB']],
      rows: [[packed(bytesOf([10, -2147483646, 10, 10], 'i32'))]],
      cards: {
        ZCMPTYPE: 'GZIP_1',
        ZBITPIX: -64,
        ...line,
        ZSCALE: 1,
        ZZERO: 0,
        ZQUANTIZ: 'SUBTRACTIVE_DITHER_2',
        ZDITHER0: 1,
      },
    })
    const { data } = await readImage(await hduOf(bytes), { as: 'float64' })
    const first = Math.fround(16807 / 2147483647)
    const third = Math.fround(1622650073 / 2147483647)
    expect(data[0]).toBe(10 - first + 0.5)
    expect(data[1]).toBe(0)
    expect(data[2]).toBe(10 - third + 0.5)
  })
})
