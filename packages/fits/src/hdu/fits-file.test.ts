import { type ByteSource, memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { concat, gzip } from '../../test/bytes.ts'
import { Header } from '../header/header.ts'
import { readImage } from '../image/read-image.ts'
import { FitsWriter } from './fits-writer.ts'
import { openFits } from './open-fits.ts'

/** A primary HDU without data and three small image extensions. */
async function threeImages(): Promise<Uint8Array> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  await writer.writeEmptyPrimary()
  for (const [name, version] of [
    ['SCI', 1],
    ['ERR', 1],
    ['SCI', 2],
  ] as const) {
    const header = new Header().set('EXTNAME', name).set('EXTVER', version)
    const image = await writer.beginImage({ bitpix: 8, shape: [1, 2] }, header)
    await image.writeRows(new Uint8Array([version, version]))
    await image.end()
  }
  return sink.bytes()
}

const BYTES = await threeImages()

function open(bytes: Uint8Array): ReturnType<typeof openFits> {
  return openFits(memorySource(bytes, 'three.fits'))
}

describe('finding an HDU', () => {
  test('by number, name, or name and version', async () => {
    const file = await open(BYTES)
    expect((await file.hdu(2)).name).toBe('ERR')
    expect((await file.hdu('sci')).index).toBe(1)
    expect((await file.hdu({ name: 'SCI', version: 2 })).index).toBe(3)
    expect((await file.allHdus()).map((hdu) => hdu.type)).toEqual(['empty', 'image', 'image', 'image'])
  })

  test.for([4, -1, 1.5, 'MASK', { name: 'SCI', version: 3 }])('there is no %s', async (selector) => {
    const file = await open(BYTES)
    await expect(file.hdu(selector)).rejects.toMatchObject({
      code: 'FITS_NO_SUCH_HDU',
      allowed: '0, 1 SCI, 2 ERR, 3 SCI',
    })
  })

  test('reads each header once, whoever asks', async () => {
    const reads: number[] = []
    const source = memorySource(BYTES)
    const counted: ByteSource = {
      ...source,
      readInto: (target, offset) => {
        reads.push(offset)
        return source.readInto(target, offset)
      },
    }
    const file = await openFits(counted)
    const hdus = await Promise.all([file.hdu(3), file.hdu(1), file.hdu(2), file.hdu(3)])
    expect(hdus.map((hdu) => hdu.index)).toEqual([3, 1, 2, 3])
    expect(hdus[0]).toBe(hdus[3])
    expect(reads).toHaveLength(new Set(reads).size + 1 + 3) // magic and header 0, then 9 bytes and header of each extension
  })

  test('a failed read is tried again', async () => {
    const source = memorySource(BYTES)
    let isDown = false
    const file = await openFits({
      ...source,
      readInto: (target, offset) =>
        isDown ? Promise.reject(new Error('down')) : source.readInto(target, offset),
    })
    isDown = true
    await expect(file.hdu(1)).rejects.toThrow('down')
    isDown = false
    expect((await file.hdu(1)).name).toBe('SCI')
  })
})

describe('the end of a file', () => {
  test('bytes without meaning are passed over with a warning', async () => {
    const bytes = new Uint8Array(BYTES.length + 100).fill(65)
    bytes.set(BYTES)
    const file = await open(bytes)
    expect(await file.allHdus()).toHaveLength(4)
    expect(file.warnings).toMatchObject([
      { code: 'FITS_TRAILING_BYTES', message: '100 bytes without meaning follow the last HDU' },
    ])
  })

  test('a last block that is not filled up is a warning', async () => {
    const file = await open(BYTES.subarray(0, BYTES.length - 2878))
    expect((await readImage(await file.hdu(3))).data).toEqual(new Float32Array([2, 2]))
    await file.allHdus()
    expect(file.warnings.map(({ code }) => code)).toEqual(['FITS_UNPADDED'])
  })

  test('data that end early leave the headers readable', async () => {
    const file = await open(BYTES.subarray(0, BYTES.length - 2879))
    expect(await file.allHdus()).toHaveLength(4)
    expect(file.warnings.map(({ code }) => code)).toEqual(['FITS_DATA_CUT'])
  })
})

describe('the first bytes tell what a file is', () => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content)
  test.for([
    { name: 'nothing', bytes: new Uint8Array(0), code: 'FITS_NOT_FITS', found: 'no bytes at all' },
    { name: 'text', bytes: text('a note'), code: 'FITS_NOT_FITS', found: 'a note' },
    { name: 'a web page', bytes: text('<!DOCTYPE html>'), code: 'FITS_NOT_FITS', found: 'a web page' },
    {
      name: 'an extension',
      bytes: text("XTENSION= 'IMAGE   '"),
      code: 'FITS_NOT_FITS',
      found: "XTENSION= 'IMAGE   '",
    },
    { name: 'bzip2', bytes: text('BZh91AY'), code: 'FITS_BAD_PACKING', found: undefined },
    {
      name: 'compress',
      bytes: new Uint8Array([0x1f, 0x9d, 0x90]),
      code: 'FITS_NOT_FITS',
      found: undefined,
    },
    {
      name: 'zip',
      bytes: new Uint8Array([0x50, 0x4b, 3, 4]),
      code: 'FITS_FOREIGN_COMPRESSION',
      found: undefined,
    },
    {
      name: 'xz',
      bytes: new Uint8Array([0xfd, 0x37, 0x7a, 0x58, 0x5a]),
      code: 'FITS_FOREIGN_COMPRESSION',
      found: undefined,
    },
    {
      name: 'zstd',
      bytes: new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]),
      code: 'FITS_FOREIGN_COMPRESSION',
      found: undefined,
    },
    {
      name: 'gzip of text',
      bytes: gzip('a note'),
      code: 'FITS_NOT_FITS',
      found: 'a note',
    },
    {
      name: 'gzip of gzip',
      bytes: gzip(gzip('a note')),
      code: 'FITS_NOT_FITS',
      found: undefined,
    },
    {
      name: 'a gzip head alone',
      bytes: new Uint8Array([0x1f, 0x8b]),
      code: 'FITS_BAD_GZIP',
      found: undefined,
    },
  ])('$name', async ({ bytes, code, found }) => {
    await expect(open(bytes)).rejects.toMatchObject(found === undefined ? { code } : { code, found })
  })

  test('SIMPLE without a header', async () => {
    const file = await open(text('SIMPLE  =                    T'))
    await expect(file.hdu(0)).rejects.toMatchObject({ code: 'FITS_TRUNCATED' })
  })
})

describe('gzip', () => {
  test('is read whatever its name', async () => {
    const file = await open(gzip(BYTES))
    expect(await file.allHdus()).toHaveLength(4)
  })

  test('of several members is one stream', async () => {
    const members = [gzip(BYTES.subarray(0, 3000)), gzip(BYTES.subarray(3000))]
    expect(await (await open(concat(...members))).allHdus()).toHaveLength(4)
  })

  test('with a wrong checksum is refused', async () => {
    const packed = gzip(BYTES)
    packed[packed.length - 8]! ^= 1
    await expect(open(packed)).rejects.toMatchObject({ code: 'FITS_BAD_GZIP' })
  })

  test('that unpacks to too much is refused', async () => {
    const bomb = gzip(new Uint8Array(200 * 1024 * 1024))
    await expect(open(bomb)).rejects.toMatchObject({ code: 'FITS_TOO_LARGE' })
    const options = { maxInflatedBytes: 1000 }
    await expect(openFits(memorySource(gzip(BYTES)), options)).rejects.toMatchObject({
      code: 'FITS_TOO_LARGE',
    })
  })
})

test('a failed open closes its source', async () => {
  let isClosed = false
  const source = memorySource(new Uint8Array(10))
  const closing = { ...source, close: () => Promise.resolve(void (isClosed = true)) }
  await expect(openFits(closing)).rejects.toThrow()
  expect(isClosed).toBe(true)
})
