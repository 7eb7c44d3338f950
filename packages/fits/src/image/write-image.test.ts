import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { Sum32 } from '../checksum/sum32.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import { openFits } from '../hdu/open-fits.ts'
import { Header } from '../header/header.ts'
import { readImage } from './read-image.ts'
import { writeImage } from './write-image.ts'

describe('an image that is written', () => {
  test('has its mandatory cards first and keeps the others in order', async () => {
    const sink = memorySink()
    const header = new Header()
      .set('OBJECT', 'M 42')
      .set('NAXIS1', 99, 'number of columns')
      .setFloat('CRPIX1', 100)
      .set('BSCALE', 2)
      .addHistory('made')
      .set('CHECKSUM', 'old')
    await writeImage(sink, header, { width: 3, height: 2, data: new Float32Array(6) }, { checksum: false })
    const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(0)
    expect(hdu.header.cards().map((card) => card.raw.slice(0, 40).trimEnd())).toEqual([
      'SIMPLE  =                    T / conform',
      'BITPIX  =                  -32 / bits pe',
      'NAXIS   =                    2 / number',
      'NAXIS1  =                    3 / number',
      'NAXIS2  =                    2 / length',
      'EXTEND  =                    T / extensi',
      "OBJECT  = 'M 42    '",
      'CRPIX1  =                100.0',
      'HISTORY made',
    ])
  })

  test('is the same when others write its pixels', async () => {
    const layout = { bitpix: -32, shape: [3, 5] } as const
    const pixels = Float32Array.from({ length: 15 }, (_, i) => (i === 4 ? Number.NaN : i - 7.5))
    const usual = memorySink()
    const image = await new FitsWriter(usual).beginImage(layout)
    await image.writeRows(pixels)
    await image.end()

    const sink = memorySink()
    const skipping = { ...sink, skip: (count: number) => void sink.write(new Uint8Array(count)) }
    const other = await new FitsWriter(skipping).beginImage(layout)
    await other.writeRows(pixels.subarray(0, 5))
    const offset = other.nextOffset
    const bytes = usual.bytes().slice(offset, offset + 40)
    other.skipRows(10, new Sum32().add(bytes).value)
    await skipping.writeAt(bytes, offset)
    expect(() => other.skipRows(1, 0)).toThrow(expect.objectContaining({ code: 'FITS_WRITE_ORDER' }))
    await other.end()
    expect(skipping.bytes()).toEqual(usual.bytes())
  })

  test('can be written by others only where whole words are, into what takes them', async () => {
    const wrong = expect.objectContaining({ code: 'FITS_WRITE_ORDER' }) as Error
    const bytes = await new FitsWriter({ ...memorySink(), skip: () => undefined }).beginImage({
      bitpix: 8,
      shape: [6],
    })
    expect(() => bytes.skipRows(3, 0)).toThrow(wrong)
    const closed = await new FitsWriter(memorySink()).beginImage({ bitpix: -32, shape: [6] })
    expect(() => closed.skipRows(6, 0)).toThrow(wrong)
  })

  test('takes BITPIX from its array', async () => {
    const arrays = [
      new Uint8Array(1),
      new Int8Array(1),
      new Int16Array(1),
      new Uint16Array(1),
      new Int32Array(1),
      new Uint32Array(1),
      new BigInt64Array(1),
      new BigUint64Array(1),
      new Float32Array(1),
      new Float64Array(1),
    ]
    const found: unknown[] = []
    for (const data of arrays) {
      const sink = memorySink()
      await writeImage(sink, new Header(), { width: 1, height: 1, data })
      const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(0)
      found.push([hdu.bitpix, hdu.header.number('BZERO', 0)])
      expect((await readImage(hdu, { as: 'native' })).data).toEqual(data)
    }
    expect(found).toEqual([
      [8, 0],
      [8, -128],
      [16, 0],
      [16, 32768],
      [32, 0],
      [32, 2 ** 31],
      [64, 0],
      [64, 2 ** 63],
      [-32, 0],
      [-64, 0],
    ])
  })

  test('comes in pieces of any size, several HDUs in a file', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    for (const name of ['SCI', 'ERR']) {
      const image = await writer.beginImage({ bitpix: -32, shape: [3, 4] }, new Header().set('EXTNAME', name))
      for (const length of [5, 0, 6, 1]) await image.writeRows(new Float32Array(length).fill(length))
      image.header.set('EXTVER', 1)
      await image.end()
    }
    await writer.commit()
    const file = await openFits(memorySource(sink.bytes()))
    const hdus = await file.allHdus()
    expect(hdus.map((hdu) => [hdu.index, hdu.name, hdu.type])).toEqual([
      [0, 'SCI', 'image'],
      [1, 'ERR', 'image'],
    ])
    expect([...(await readImage(await file.hdu('err'))).data]).toEqual([5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 1])
  })

  test('is the same to the byte whenever it is written', async () => {
    const files = await Promise.all(
      [1, 2].map(async () => {
        const sink = memorySink()
        await writeImage(sink, new Header().set('OBJECT', 'x'), {
          width: 2,
          height: 1,
          data: new Float32Array([1, 2]),
        })
        return sink.bytes()
      }),
    )
    expect(files[0]).toEqual(files[1])
  })
})

describe('integers', () => {
  test('are rounded to the nearest, halves away from zero', async () => {
    const sink = memorySink()
    await writeImage(
      sink,
      new Header(),
      { width: 6, height: 1, data: new Float32Array([0.5, 1.5, -0.5, -1.5, 2.4, -2.6]) },
      { bitpix: 16 },
    )
    const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(0)
    expect([...(await readImage(hdu)).data]).toEqual([1, 2, -1, -2, 2, -3])
  })

  test.for([
    { name: 'NaN without BLANK', data: new Float32Array([NaN]), options: { bitpix: 16 } as const },
    { name: 'NaN without BLANK in 64 bits', data: new Float32Array([NaN]), options: { bitpix: 64 } as const },
    { name: 'too large', data: new Float32Array([32768]), options: { bitpix: 16 } as const },
    { name: 'negative bytes', data: new Float32Array([-1]), options: { bitpix: 8 } as const },
    { name: 'infinity', data: new Float32Array([Infinity]), options: { bitpix: 64 } as const },
    { name: '2^63', data: new BigUint64Array([2n ** 63n]), options: { bitpix: 64, bzero: 0 } as const },
  ])('$name is refused, and the sink discarded', async ({ data, options }) => {
    const sink = memorySink()
    const writing = writeImage(sink, new Header(), { width: 1, height: 1, data }, options)
    await expect(writing).rejects.toMatchObject({ code: 'FITS_UNREPRESENTABLE' })
    expect(sink.bytes()).toHaveLength(0)
  })

  test('out of range are clipped on request', async () => {
    const sink = memorySink()
    const data = new Float32Array([1e9, -1e9, 7, Infinity])
    await writeImage(sink, new Header(), { width: 4, height: 1, data }, { bitpix: 16, clip: true })
    const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(0)
    expect([...(await readImage(hdu)).data]).toEqual([32767, -32768, 7, 32767])
  })
})

describe('calls in the wrong order are refused', () => {
  const begin = async (): Promise<{
    writer: FitsWriter
    image: Awaited<ReturnType<FitsWriter['beginImage']>>
  }> => {
    const writer = new FitsWriter(memorySink('out.fits'))
    return { writer, image: await writer.beginImage({ bitpix: 8, shape: [2, 2] }) }
  }
  const refused = (problem: string): object => ({ code: 'FITS_WRITE_ORDER', problem })

  test('too many pixels', async () => {
    const { image } = await begin()
    await expect(image.writeRows(new Uint8Array(5))).rejects.toMatchObject(
      refused('more pixels than the image has'),
    )
  })

  test('too few pixels', async () => {
    const { image } = await begin()
    await expect(image.end()).rejects.toMatchObject(refused('fewer pixels than the image has'))
  })

  test('a second HDU before the first is complete', async () => {
    const { writer } = await begin()
    await expect(writer.beginImage({ bitpix: 8, shape: [] })).rejects.toMatchObject(
      refused('the HDU before is not complete'),
    )
    await expect(writer.commit()).rejects.toMatchObject(refused('the last HDU is not complete'))
  })

  test('an empty file', async () => {
    await expect(new FitsWriter(memorySink()).commit()).rejects.toMatchObject(refused('nothing was written'))
  })

  test('a second primary header', async () => {
    const writer = new FitsWriter(memorySink())
    await writer.writeEmptyPrimary()
    await expect(writer.beginHdu(new Header().set('SIMPLE', true))).rejects.toMatchObject(
      refused('a primary header cannot follow another HDU'),
    )
  })

  test('a header that outgrows its blocks', async () => {
    const { image } = await begin()
    await image.writeRows(new Uint8Array(4))
    for (let line = 0; line < 40; line++) image.header.addHistory('more')
    await expect(image.end()).rejects.toMatchObject(
      refused('the header changed its length while the data were written'),
    )
  })

  test('a shape that FITS cannot have', async () => {
    await expect(new FitsWriter(memorySink()).beginImage({ bitpix: 8, shape: [-1] })).rejects.toMatchObject({
      code: 'FITS_BAD_VALUE',
    })
  })
})
