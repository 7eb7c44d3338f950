import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { atomicFile } from '@skyloom/base/node'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { FitsWriter, Header, readImage, verifyFits, writeImage } from '../src/index.ts'
import { editHeader, openFitsFile, scanHeaders } from '../src/node/index.ts'
import { concat, fileBytes, gzip } from './bytes.ts'

const folder = keptFolder()

/** A new file with an image of 1 to 6 and a second one of the same in an extension. */
async function newFile(name: string, checksum = true): Promise<string> {
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum })
  for (const object of ['M 42', 'M 43']) {
    const image = await writer.beginImage(
      { bitpix: 16, shape: [2, 3] },
      new Header().set('OBJECT', object, 'target'),
    )
    await image.writeRows(new Int16Array([1, 2, 3, 4, 5, 6]))
    await image.end()
  }
  const path = join(folder, name)
  writeFileSync(path, sink.bytes())
  return path
}

async function findings(path: string): Promise<unknown[]> {
  await using file = await openFitsFile(path)
  return [...(await verifyFits(file)).findings]
}

describe('editing a header', () => {
  test('in place changes only its own blocks', async () => {
    const path = await newFile('place.fits')
    const before = fileBytes(path)
    const result = await editHeader(
      path,
      (header) => header.set('OBJECT', 'NGC 1982').addHistory('renamed'),
      { hdu: 1 },
    )
    const after = fileBytes(path)
    expect(result).toEqual({ isRewritten: false })
    expect(after.length).toBe(before.length)
    expect(after.subarray(0, 5760)).toEqual(before.subarray(0, 5760))
    expect(after.subarray(8640)).toEqual(before.subarray(8640))
    await using file = await openFitsFile(path)
    expect((await file.hdu(1)).header.card('OBJECT')).toMatchObject({ value: 'NGC 1982', comment: 'target' })
    expect(await findings(path)).toEqual([])
  })

  test('that grows writes the file anew', async () => {
    const path = await newFile('grow.fits')
    const result = await editHeader(
      path,
      (header) => void Array.from({ length: 50 }, () => header.addHistory('line')),
    )
    expect(result).toEqual({ isRewritten: true })
    await using file = await openFitsFile(path)
    expect((await file.hdu(0)).header.history()).toHaveLength(50)
    expect([...(await readImage(await file.hdu(1))).data]).toEqual([1, 2, 3, 4, 5, 6])
    expect(await findings(path)).toEqual([])
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('on request always writes the file anew', async () => {
    const path = await newFile('anew.fits', false)
    expect(await editHeader(path, (header) => header.delete('OBJECT'), { rewrite: true })).toEqual({
      isRewritten: true,
    })
  })

  test('computes sums that are not there', async () => {
    const path = await newFile('sum.fits', false)
    await editHeader(path, (header) => header.set('CHECKSUM', ''))
    expect(await findings(path)).toEqual([])
    await using file = await openFitsFile(path)
    expect((await file.hdu(0)).header.string('DATASUM')).not.toBe('0')
  })

  test('must not change the data', async () => {
    const path = await newFile('data.fits')
    const before = fileBytes(path)
    await expect(editHeader(path, (header) => header.set('NAXIS1', 2))).rejects.toMatchObject({
      code: 'FITS_BAD_VALUE',
      problem: 'an edit must not change the data',
    })
    expect(fileBytes(path)).toEqual(before)
  })

  test('in a gzip file is refused', async () => {
    const path = join(folder, 'packed.fits.gz')
    writeFileSync(path, gzip(fileBytes(await newFile('unpacked.fits'))))
    await expect(editHeader(path, () => undefined)).rejects.toMatchObject({
      code: 'FITS_FOREIGN_COMPRESSION',
    })
  })
})

describe('scanning headers', () => {
  test('finds what opening finds', async () => {
    const path = await newFile('scan.fits')
    const scan = await scanHeaders(path)
    expect(scan).toMatchObject({ file: path, sizeBytes: 11520, warnings: [] })
    expect(scan.hdus.map((hdu) => [hdu.index, hdu.type, hdu.header.string('OBJECT')])).toEqual([
      [0, 'image', 'M 42'],
      [1, 'image', 'M 43'],
    ])
    expect((await scanHeaders(path, { primaryOnly: true })).hdus).toHaveLength(1)
  })

  test.for([
    { name: 'one member', pack: (bytes: Uint8Array): Uint8Array => gzip(bytes) },
    {
      name: 'several members',
      pack: (bytes: Uint8Array): Uint8Array =>
        concat(gzip(bytes.subarray(0, 4000)), gzip(bytes.subarray(4000))),
    },
    {
      name: 'an empty last member',
      pack: (bytes: Uint8Array): Uint8Array => concat(gzip(bytes), gzip('')),
    },
    {
      name: 'a wrong length at its end',
      pack: (bytes: Uint8Array): Uint8Array => concat(gzip(bytes), new Uint8Array(4)),
    },
  ])('finds the same in a gzip stream of $name', async ({ pack }) => {
    const path = join(folder, 'scan.fits.gz')
    writeFileSync(path, pack(fileBytes(await newFile('to-pack.fits'))))
    const scan = await scanHeaders(path)
    expect(scan.hdus.map((hdu) => hdu.header.string('OBJECT'))).toEqual(['M 42', 'M 43'])
  })

  test('reports faults of gzip streams', async () => {
    const packed = gzip(fileBytes(await newFile('to-cut.fits')))
    const path = join(folder, 'cut.fits.gz')
    writeFileSync(path, packed.subarray(0, 60))
    await expect(scanHeaders(path)).rejects.toMatchObject({ code: 'FITS_BAD_GZIP' })
  })
})

describe('files of this machine', () => {
  test.for([true, false])('are read with blocking calls (%s)', async (blocking) => {
    const path = await newFile(`read-${blocking}.fits`)
    await using file = await openFitsFile(path, { blocking })
    expect([...(await readImage(await file.hdu(1))).data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('that are not there are named', async () => {
    await expect(openFitsFile(join(folder, 'no.fits'))).rejects.toMatchObject({ code: 'BASE_READ_FAILED' })
  })

  test('appear under their name only when they are complete', async () => {
    const path = join(folder, 'atomic.fits')
    const plane = { width: 1, height: 1, data: new Float32Array([NaN]) }
    await expect(writeImage(await atomicFile(path), new Header(), plane, { bitpix: 16 })).rejects.toThrow()
    expect(readdirSync(folder).filter((name) => name.includes('atomic'))).toEqual([])
    await writeImage(await atomicFile(path), new Header(), plane)
    expect(await findings(path)).toEqual([])
  })
})
