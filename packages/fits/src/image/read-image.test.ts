import { memorySink, memorySource } from '@skyloom/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { openFits } from '../hdu/open-fits.ts'
import { Header } from '../header/header.ts'
import type { ImageLayout } from './image-header.ts'
import type { PixelArray } from './pixel-array.ts'
import { readCube, readImage } from './read-image.ts'

/** An open image HDU with these pixels. */
async function imageHdu(layout: ImageLayout, values: PixelArray, header?: Header): Promise<Hdu> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  const image = await writer.beginImage(layout, header)
  await image.writeRows(values)
  await image.end()
  const file = await openFits(memorySource(sink.bytes(), 'test.fits'))
  return await file.hdu(0)
}

const counting = (length: number): Float32Array => new Float32Array(length).map((_, index) => index)

describe('every type of pixels comes back as it was written', () => {
  const cases: readonly {
    name: string
    layout: Omit<ImageLayout, 'shape'>
    values: PixelArray
    as?: readonly number[]
  }[] = [
    { name: 'bytes', layout: { bitpix: 8 }, values: new Uint8Array([0, 1, 127, 255]) },
    { name: 'signed bytes', layout: { bitpix: 8, bzero: -128 }, values: new Int8Array([-128, -1, 0, 127]) },
    { name: '16 bit', layout: { bitpix: 16 }, values: new Int16Array([-32768, -1, 0, 32767]) },
    {
      name: 'unsigned 16 bit',
      layout: { bitpix: 16, bzero: 2 ** 15 },
      values: new Uint16Array([0, 1, 32768, 65535]),
    },
    { name: '32 bit', layout: { bitpix: 32 }, values: new Int32Array([-(2 ** 31), -1, 0, 2 ** 31 - 1]) },
    {
      name: 'unsigned 32 bit',
      layout: { bitpix: 32, bzero: 2 ** 31 },
      values: new Uint32Array([0, 1, 2 ** 31, 2 ** 32 - 1]),
    },
    {
      name: '64 bit',
      layout: { bitpix: 64 },
      values: new BigInt64Array([-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n]),
    },
    {
      name: 'unsigned 64 bit',
      layout: { bitpix: 64, bzero: 2 ** 63 },
      values: new BigUint64Array([0n, 1n, 2n ** 63n, 2n ** 64n - 1n]),
    },
    { name: 'float', layout: { bitpix: -32 }, values: new Float32Array([NaN, -0, 1e-45, -Infinity]) },
    { name: 'double', layout: { bitpix: -64 }, values: new Float64Array([NaN, -0, 5e-324, Infinity]) },
  ]

  test.for(cases)('$name', async ({ layout, values }) => {
    const hdu = await imageHdu({ ...layout, shape: [2, 2] }, values)
    const native = await readImage(hdu, { as: 'native' })
    expect(native.data).toEqual(values)
    expect(native).toMatchObject({ width: 2, height: 2, bitpix: layout.bitpix, warnings: [] })
    const doubles = await readImage(hdu, { as: 'float64' })
    expect(doubles.data).toEqual(Float64Array.from(values, Number))
    const singles = await readImage(hdu)
    expect(singles.data).toEqual(Float32Array.from(values, Number))
  })

  test('the largest unsigned 64-bit numbers are rounded once', async () => {
    const values = new BigUint64Array([1n, 2n ** 63n + 1025n, 2n ** 64n - 1n])
    const hdu = await imageHdu({ bitpix: 64, bzero: 2 ** 63, shape: [3] }, values)
    expect([...(await readImage(hdu, { as: 'float64' })).data]).toEqual([1, 2 ** 63 + 2048, 2 ** 64])
  })
})

describe('scaling', () => {
  test('is applied in float64 and BLANK becomes NaN', async () => {
    const hdu = await imageHdu(
      { bitpix: 16, bscale: 0.1, bzero: 1000.5, blank: -32768, shape: [2, 2] },
      new Float64Array([1000.5, 1000.6, NaN, 900.5]),
    )
    const image = await readImage(hdu, { as: 'float64' })
    expect([...image.data]).toEqual([1000.5, 1000.5 + 0.1, NaN, 900.5])
    expect(image).toMatchObject({ bscale: 0.1, bzero: 1000.5, blank: -32768n })
    const native = await readImage(hdu, { as: 'native' })
    expect([...native.data]).toEqual([0, 1, -32768, -1000])
  })

  test.for([
    {
      name: 'in a floating-point image',
      bitpix: -32,
      message: 'BLANK means nothing in floating-point images',
    },
    { name: 'out of the range of the pixels', bitpix: 8, message: 'no pixel of BITPIX 8 can be -1' },
  ] as const)('BLANK $name is ignored with a warning', async ({ bitpix, message }) => {
    const hdu = await imageHdu({ bitpix, shape: [1, 3] }, new Float32Array([255, 0, 1]))
    hdu.header.set('BLANK', -1)
    const image = await readImage(hdu)
    expect([...image.data]).toEqual([255, 0, 1])
    expect(image.warnings).toMatchObject([{ code: 'FITS_BLANK_IGNORED', message }])
  })

  test('BLANK of 64-bit integers is compared exactly', async () => {
    const hdu = await imageHdu({ bitpix: 64, shape: [2] }, new BigInt64Array([2n ** 53n + 1n, 2n ** 53n]))
    hdu.header.set('BLANK', 2n ** 53n + 1n)
    expect([...(await readImage(hdu, { as: 'float64' })).data]).toEqual([NaN, 2 ** 53])
  })
})

describe('regions', () => {
  test('any box of any image is what the whole image has there', async () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 })
    const boxed = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        box: fc.tuple(
          ...shape
            .toReversed()
            .map((length) =>
              fc
                .integer({ min: 0, max: length - 1 })
                .chain((start) => fc.tuple(fc.constant(start), fc.integer({ min: 1, max: length - start }))),
            ),
        ),
      }),
    )
    await fc.assert(
      fc.asyncProperty(boxed, async ({ shape, box }) => {
        const axes = shape.toReversed()
        const values = counting(shape.reduce((product, length) => product * length, 1))
        const hdu = await imageHdu({ bitpix: 16, shape }, values)
        const cube = await readCube(hdu, {
          start: box.map(([start]) => start),
          size: box.map(([, size]) => size),
        })
        expect(cube.shape).toEqual(box.map(([, size]) => size).toReversed())
        expect([...cube.data]).toEqual([...values].filter((_, index) => isInBox(index, axes, box)))
      }),
      { numRuns: 300 },
    )
  })

  test('a plane of a cube is chosen by number, the third axis fastest', async () => {
    const hdu = await imageHdu({ bitpix: -32, shape: [2, 3, 4, 5] }, counting(120))
    const image = await readImage(hdu, { plane: 4, region: { col: 1, row: 2, width: 2, height: 1 } })
    expect([...image.data]).toEqual([4 * 20 + 2 * 5 + 1, 4 * 20 + 2 * 5 + 2])
  })

  test('pixels come into a buffer of the caller', async () => {
    const hdu = await imageHdu({ bitpix: 8, shape: [2, 2] }, new Uint8Array([1, 2, 3, 4]))
    const into = new Float64Array(4)
    expect((await readImage(hdu, { as: 'float64', into })).data).toBe(into)
    expect([...into]).toEqual([1, 2, 3, 4])
  })

  test('only the bytes of the region are read', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    const image = await writer.beginImage({ bitpix: -32, shape: [500, 4000] })
    for (let row = 0; row < 500; row++) await image.writeRows(counting(4000))
    await image.end()
    const source = memorySource(sink.bytes())
    let bytesRead = 0
    const counted = {
      ...source,
      readInto: (target: Uint8Array, offset: number) => {
        bytesRead += target.length
        return source.readInto(target, offset)
      },
    }
    const hdu = await (await openFits(counted)).hdu(0)
    bytesRead = 0
    const region = { col: 3990, row: 100, width: 10, height: 20 }
    expect([...(await readImage(hdu, { region })).data.slice(0, 2)]).toEqual([3990, 3991])
    expect(bytesRead).toBe(20 * 10 * 4)
  })

  const hdu = imageHdu({ bitpix: 8, shape: [3, 4] }, new Uint8Array(12))
  test.for([
    { name: 'a column outside', options: { region: { col: 3, row: 0, width: 2, height: 1 } } },
    { name: 'a negative row', options: { region: { col: 0, row: -1, width: 1, height: 1 } } },
    { name: 'no width', options: { region: { col: 0, row: 0, width: 0, height: 1 } } },
    { name: 'half a pixel', options: { region: { col: 0.5, row: 0, width: 1, height: 1 } } },
    { name: 'a plane that is not there', options: { plane: 1 } },
    { name: 'a buffer of a wrong length', options: { into: new Float32Array(11) } },
    { name: 'a buffer of a wrong type', options: { as: 'float64', into: new Float32Array(12) } },
  ] as const)('$name is refused', async ({ options }) => {
    await expect(readImage(await hdu, options as object)).rejects.toMatchObject({ code: 'FITS_BAD_REGION' })
  })
})

describe('what cannot be read', () => {
  test('a truncated file is refused before memory is taken', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    const image = await writer.beginImage({ bitpix: -32, shape: [10, 10] })
    await image.writeRows(counting(100))
    await image.end()
    const cut = sink.bytes().subarray(0, 2880 + 399)
    const hdu = await (await openFits(memorySource(cut, 'cut.fits'))).hdu(0)
    await expect(readImage(hdu)).rejects.toMatchObject({
      code: 'FITS_TRUNCATED',
      message:
        'cut.fits, HDU 0, byte 3279: the file ends inside the data: found 3279 bytes, allowed at least 3280 bytes; fetch the file again [FITS_TRUNCATED]',
    })
    const region = { col: 0, row: 0, width: 10, height: 9 }
    expect((await readImage(hdu, { region })).data).toHaveLength(90)
  })

  test('a header alone has no pixels', async () => {
    const sink = memorySink()
    await new FitsWriter(sink).writeEmptyPrimary()
    const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(0)
    expect(hdu.type).toBe('empty')
    await expect(readImage(hdu)).rejects.toMatchObject({ code: 'FITS_NO_DATA' })
  })

  test('a table is no image', async () => {
    const sink = memorySink()
    const table = new Header()
    table.set('XTENSION', 'BINTABLE').set('BITPIX', 8).set('NAXIS', 2).set('NAXIS1', 4).set('NAXIS2', 1)
    table.set('PCOUNT', 0).set('GCOUNT', 1).set('TFIELDS', 1).set('TFORM1', 'J')
    const hduWriter = await new FitsWriter(sink).beginHdu(table)
    await hduWriter.write(new Uint8Array(4))
    await hduWriter.end()
    const hdu = await (await openFits(memorySource(sink.bytes()))).hdu(1)
    await expect(readImage(hdu)).rejects.toMatchObject({ code: 'FITS_NOT_AN_IMAGE', found: 'bintable' })
  })
})

function isInBox(
  index: number,
  axes: readonly number[],
  box: readonly (readonly [number, number])[],
): boolean {
  let rest = index
  return axes.every((length, axis) => {
    const at = rest % length
    rest = Math.floor(rest / length)
    const [start, size] = box[axis] ?? [0, 0]
    return at >= start && at < start + size
  })
}
