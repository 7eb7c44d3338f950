import { memorySink } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { hduOf, packedBytes, skyValues, withKeywords } from '../../test/packed-image.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import { Header } from '../header/header.ts'
import { readCube, readImage } from '../image/read-image.ts'
import { uncompressedHeader } from './uncompressed-header.ts'
import { beginCompressedImage, writeCompressedImage } from './write-compressed-image.ts'

const data = Int16Array.from(skyValues(600))
const shape = [20, 30] as const
const good = await packedBytes({ data, shape }, { method: 'RICE_1' })

async function failure(bytes: Uint8Array): Promise<unknown> {
  return await readImage(await hduOf(bytes)).then(
    () => 'no error',
    (error: unknown) => error,
  )
}

describe('a damaged or foreign compressed image is refused with its place', () => {
  const cases = [
    {
      name: 'a method nobody knows',
      change: { ZCMPTYPE: "'ZSTD_9'" },
      code: 'FITS_UNKNOWN_COMPRESSION',
      text: /^test\.fits, HDU 1, ZCMPTYPE \(card \d+\), byte \d+: no such method of compression: found ZSTD_9, allowed RICE_1/,
    },
    {
      name: 'fewer rows than tiles',
      change: { ZNAXIS2: '21' },
      code: 'FITS_BAD_COMPRESSION',
      text: /tiles are missing: found 20 rows, allowed one row for each of 21 tiles/,
    },
    {
      name: 'tiles of no size',
      change: { ZTILE1: '0' },
      code: 'FITS_BAD_VALUE',
      text: /ZTILE1.*a tile cannot have this size: found 0, allowed 1 or more/,
    },
    {
      name: 'an axis that is too long for the streams',
      change: { ZNAXIS1: '9999999', ZTILE1: '9999999' },
      code: 'FITS_BAD_TILE',
      text: /tile 1 is too short for its size/,
    },
    {
      name: 'tiles too large for any memory',
      change: { ZNAXIS1: '99999999', ZTILE1: '99999999' },
      code: 'FITS_TOO_LARGE',
      text: /the tiles are too large to be decoded: found 99999999 x 1 pixels, allowed 33554432 pixels/,
    },
    {
      name: 'an impossible BYTEPIX',
      change: { ZVAL2: '3' },
      code: 'FITS_BAD_VALUE',
      text: /ZVAL2.*Rice coding knows no pixels of so many bytes: found 3, allowed 1, 2, 4/,
    },
    {
      name: 'an impossible BLOCKSIZE',
      change: { ZVAL1: '-32' },
      code: 'FITS_BAD_VALUE',
      text: /ZVAL1.*blocks cannot have this size: found -32/,
    },
    {
      name: 'integers for floats that were not quantized',
      change: { ZBITPIX: '-32' },
      code: 'FITS_BAD_TILE',
      text: /tile 1 cannot be decoded: RICE_1 gives integers, and the image has floats but no ZSCALE/,
    },
    {
      name: 'a column of another type',
      change: { TFORM1: "'8A'" },
      code: 'FITS_BAD_COMPRESSION',
      text: /COMPRESSED_DATA has another type: found 8A, allowed a variable-length array/,
    },
    {
      name: 'a column of another name',
      change: { TTYPE1: "'PIXELS'" },
      code: 'FITS_BAD_COMPRESSION',
      text: /the table has no column with tiles: found PIXELS, allowed COMPRESSED_DATA/,
    },
    {
      name: 'no pixels',
      change: { ZNAXIS1: '0' },
      code: 'FITS_NO_DATA',
      text: /the HDU holds no pixels: found axes 0 x 20/,
    },
    {
      name: 'a heap that is too small',
      change: { PCOUNT: '10' },
      code: 'FITS_BAD_COMPRESSION',
      text: /tile 1 is not in the heap: found bytes 0 to \d+, allowed 0 to 10/,
    },
  ] as const

  test.for(cases)('$name', async ({ change, code, text }) => {
    const error = await failure(withKeywords(good, change))
    expect(error).toMatchObject({ code })
    expect((error as Error).message).toMatch(text)
  })

  test('a file that ends inside the heap', async () => {
    const { dataOffset } = await hduOf(good)
    expect(await failure(good.subarray(0, dataOffset + 200))).toMatchObject({ code: 'FITS_TRUNCATED' })
  })

  test('an unknown method of quantization, and a start of dithering out of range', async () => {
    const floats = await packedBytes({ data: Float32Array.from(data), shape }, { quantize: { level: 4 } })
    expect(await failure(withKeywords(floats, { ZQUANTIZ: "'DITHER_9'" }))).toMatchObject({
      code: 'FITS_UNKNOWN_COMPRESSION',
      found: 'DITHER_9',
    })
    expect(await failure(withKeywords(floats, { ZDITHER0: '10001' }))).toMatchObject({
      code: 'FITS_BAD_VALUE',
    })
  })

  test('one tile is damaged, and the others are read by region', async () => {
    const gzip = await packedBytes({ data, shape }, { method: 'GZIP_1' })
    const damaged = gzip.slice()
    const heap = (await hduOf(gzip)).dataOffset + 20 * 8
    damaged.fill(0xff, heap + 12, heap + 20)
    const hdu = await hduOf(damaged)
    await expect(readImage(hdu)).rejects.toMatchObject({ code: 'FITS_BAD_TILE' })
    const rest = await readImage(hdu, { as: 'native', region: { col: 0, row: 1, width: 30, height: 19 } })
    expect(rest.data).toEqual(data.slice(30))
  })
})

describe('reading what other programs write', () => {
  test('gzip tiles of integers that are wider or narrower than ZBITPIX', async () => {
    const wide = await packedBytes({ data: Int32Array.from(data), shape }, { method: 'GZIP_2' })
    const image = await readImage(await hduOf(withKeywords(wide, { ZBITPIX: '16' })), { as: 'native' })
    expect(image.data).toEqual(data)
    const narrow = await packedBytes({ data, shape }, { method: 'GZIP_1' })
    const widened = await readImage(await hduOf(withKeywords(narrow, { ZBITPIX: '32' })), { as: 'native' })
    expect(widened.data).toEqual(Int32Array.from(data))
  })

  test('the old name RICE_ONE, and method names in lower case', async () => {
    for (const name of ["'RICE_ONE'", "'rice_1'"]) {
      const image = await readImage(await hduOf(withKeywords(good, { ZCMPTYPE: name })), { as: 'native' })
      expect(image.data).toEqual(data)
    }
  })

  test('unsigned 16-bit pixels in PLIO_1, which cfitsio stores without BZERO', async () => {
    const mask = Uint16Array.from({ length: 600 }, (_, i) => (i % 50 < 40 ? 0 : i * 100))
    const image = await readImage(
      await hduOf(await packedBytes({ data: mask, shape }, { method: 'PLIO_1' })),
      {
        as: 'native',
      },
    )
    expect(image.data).toEqual(mask)
  })
})

describe('settings that do not fit are refused before anything is written', () => {
  const floats = Float32Array.from(data)
  const cases = [
    {
      name: 'RICE_1 for floats that shall lose nothing',
      image: { data: floats, shape },
      options: { method: 'RICE_1' },
      text: /the method cannot hold pixels of BITPIX -32: found RICE_1, allowed GZIP_1, GZIP_2, NOCOMPRESS; set `quantize`/,
    },
    {
      name: 'RICE_1 for 64-bit integers',
      image: { data: BigInt64Array.of(1n), shape: [1] },
      options: { method: 'RICE_1' },
      text: /the method cannot hold pixels of BITPIX 64/,
    },
    {
      name: 'tiles of another count of axes',
      image: { data, shape },
      options: { tileShape: [5] },
      text: /tiles cannot have this shape: found tileShape 5, allowed 2 whole numbers/,
    },
    {
      name: 'a level of 0',
      image: { data: floats, shape },
      options: { quantize: { level: 0 } },
      text: /floats cannot be quantized like this: found level 0/,
    },
    {
      name: 'no pixels',
      image: { data: new Int16Array(0), shape: [0, 5] },
      options: {},
      text: /there are no pixels to compress/,
    },
  ] as const

  test.for(cases)('$name', async ({ image, options, text }) => {
    const error: unknown = await packedBytes(image, options).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'FITS_BAD_COMPRESSION' })
    expect((error as Error).message).toMatch(text)
  })

  test('pixels that PLIO_1 cannot hold', async () => {
    const sink = memorySink()
    const writing = writeCompressedImage(
      sink,
      new Header(),
      { width: 2, height: 1, data: Int16Array.of(1, -1) },
      { method: 'PLIO_1' },
    )
    await expect(writing).rejects.toMatchObject({ code: 'FITS_UNREPRESENTABLE', found: '-1' })
    expect(sink.bytes()).toHaveLength(0)
  })

  test('too many and too few pixels', async () => {
    const begun = async (): Promise<Awaited<ReturnType<typeof beginCompressedImage>>> =>
      await beginCompressedImage(new FitsWriter(memorySink()), { bitpix: 16, shape: [2, 2] })
    await expect((await begun()).writeRows(new Int16Array(5))).rejects.toMatchObject({
      code: 'FITS_WRITE_ORDER',
    })
    const image = await begun()
    await image.writeRows(new Int16Array(3))
    await expect(image.end()).rejects.toMatchObject({ code: 'FITS_WRITE_ORDER' })
  })
})

describe('the header of the image', () => {
  test('comes back as it was: mandatory cards, order, comments and unknown cards', async () => {
    const header = new Header()
      .set('OBJECT', 'M 42', 'the nebula')
      .addHistory('first')
      .set('CRPIX1', 12.5)
      .set('BUNIT', 'adu', 'unit')
      .addComment('last')
    const bytes = await packedBytes(
      { data: Float32Array.from(data), shape, header },
      { quantize: { level: 4 } },
    )
    const back = uncompressedHeader(await hduOf(bytes))
    expect([...back].map((card) => card.keyword)).toEqual([
      'SIMPLE',
      'BITPIX',
      'NAXIS',
      'NAXIS1',
      'NAXIS2',
      'EXTEND',
      'OBJECT',
      'HISTORY',
      'CRPIX1',
      'BUNIT',
      'COMMENT',
    ])
    expect(back.card('OBJECT')?.comment).toBe('the nebula')
    expect(back.integer('NAXIS1')).toBe(30)
    expect(back.integer('BITPIX')).toBe(-32)
  })

  test('is that of an extension when the image was one', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    await writer.writeEmptyPrimary()
    const image = await beginCompressedImage(
      writer,
      { bitpix: 16, shape: [1, 3] },
      new Header().set('EXTNAME', 'SCI'),
    )
    await image.writeRows(Int16Array.of(1, 2, 3))
    await image.end()
    await writer.commit()
    const hdu = await hduOf(sink.bytes())
    expect(hdu.name).toBe('SCI')
    const back = uncompressedHeader(hdu)
    expect(back.string('XTENSION')).toBe('IMAGE')
    expect(back.integer('PCOUNT')).toBe(0)
    expect(back.string('EXTNAME')).toBe('SCI')
  })

  test('has BLANK where the file has only ZBLANK, and the pixels are blanked', async () => {
    const bytes = await packedBytes(
      { data, shape, blank: -32768, header: new Header() },
      { method: 'RICE_1' },
    )
    const text = Buffer.from(bytes).toString('latin1').replace('BLANK   =', 'ZBLANK  =')
    const hdu = await hduOf(new Uint8Array(Buffer.from(text, 'latin1')))
    expect(uncompressedHeader(hdu).integer('BLANK')).toBe(-32768)
    expect((await readCube(hdu)).blank).toBe(-32768n)
  })

  test('is refused for other HDUs', async () => {
    const primary = await hduOf(good, 0)
    expect(() => uncompressedHeader(primary)).toThrow(/the HDU holds no compressed image: found empty/)
  })
})
