import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readExactly } from '@skyloom/base'
import { atomicFile, writeFileAtomic } from '@skyloom/base/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksProgram, lacksPython, runPeer } from '../../../testing/peers.ts'
import { sharedRoot, skipShared } from '../../../testing/shared-data.ts'
import type { CompressionOptions } from '../src/compress/compression-options.ts'
import { uncompressedHeader } from '../src/compress/uncompressed-header.ts'
import { beginCompressedImage } from '../src/compress/write-compressed-image.ts'
import { FitsWriter } from '../src/hdu/fits-writer.ts'
import type { Hdu } from '../src/hdu/hdu.ts'
import { Header } from '../src/header/header.ts'
import { readCube } from '../src/image/read-image.ts'
import { arrayLayout } from '../src/image/write-image.ts'
import { openFitsFile } from '../src/node/open-fits-file.ts'
import { readFitsTable } from '../src/table/read-table.ts'
import { skyValues } from './packed-image.ts'
import { catalog, packedTable, tableHdu } from './packed-table.ts'

// Truth: cfitsio's fpack and funpack (Debian, cfitsio 4.0.2) and astropy 5.2, both ways. Values must be the same bits, dithering
// included, because the standard defines them. Known faults of the peers are left out, each with its reason.

const folder = keptFolder()

const shape = [97, 131] as const
const count = 97 * 131
const sky = skyValues(count)
const withBlanks = Float32Array.from(sky, (value, i) => (i % 1000 < 30 ? NaN : i % 131 === 7 ? 0 : value))

/** Images of every type; `extreme` has the largest and smallest numbers next to each other. */
const images = {
  u8: Uint8Array.from(sky, (value) => value / 20),
  i16: Int16Array.from(sky, (value) => value - 1100),
  u16: Uint16Array.from(sky, (value) => value * 9),
  i32: Int32Array.from(sky, (value) => value * 1000),
  extreme: Int32Array.from(sky, (value, i) => (value * 7919 * i) | 0),
  f32: Float32Array.from(sky),
  f64: sky,
  nan: withBlanks,
} as const
type ImageName = keyof typeof images
const names = Object.keys(images) as ImageName[]

const plainPath = (name: string): string => join(folder, `${name}.fits`)

async function writePlain(name: ImageName): Promise<void> {
  const writer = new FitsWriter(await atomicFile(plainPath(name)))
  const image = await writer.beginImage({ ...arrayLayout(images[name]), shape })
  await image.writeRows(images[name])
  await image.end()
  await writer.commit()
}

async function readNative(path: string, index?: number): Promise<ArrayLike<unknown>> {
  await using file = await openFitsFile(path)
  const hdus = await file.allHdus()
  const hdu = index === undefined ? hdus.find((each) => each.type.endsWith('image')) : hdus[index]
  return (await readCube(hdu as Hdu, { as: 'native' })).data
}

/** Reads with funpack: unpacks to a plain file and reads that. */
async function readByFunpack(path: string): Promise<ArrayLike<unknown>> {
  const plain = join(folder, `unpacked-${basename(path)}.fits`)
  rmSync(plain, { force: true })
  runPeer('funpack', ['-O', plain, path])
  return await readNative(plain)
}

describe.skipIf(lacksProgram('fpack'))('fpack and funpack', () => {
  beforeAll(async () => {
    for (const name of names) await writePlain(name)
  })

  const packings = [
    { name: 'RICE_1', flags: ['-r'] },
    { name: 'RICE_1 in tiles', flags: ['-r', '-t', '40,30'] },
    { name: 'GZIP_1', flags: ['-g1'] },
    { name: 'GZIP_2', flags: ['-g2'] },
    { name: 'GZIP without loss', flags: ['-g', '-q', '0'] },
    { name: 'HCOMPRESS_1', flags: ['-h'] },
    { name: 'HCOMPRESS_1 by noise', flags: ['-h', '-s', '2'] },
    { name: 'HCOMPRESS_1 by scale', flags: ['-h', '-s', '-20'] },
    { name: 'dithering that keeps zeros', flags: ['-r', '-qz', '8'] },
    { name: 'no dithering', flags: ['-r', '-qn', '4'] },
    { name: 'absolute steps', flags: ['-r', '-q', '-2.5'] },
    { name: 'one tile', flags: ['-r', '-w'] },
  ] as const

  test.for(packings)('we read what fpack writes as funpack does: $name', async ({ name, flags }) => {
    for (const image of names) {
      // funpack itself goes wrong on NaN in tiles of several rows: it gives values and NaN other than those packed.
      const isManyRows = name.includes('tile') || name.startsWith('HCOMPRESS')
      if (image === 'nan' && isManyRows) continue
      // Lossy integers beyond 32 bits wrap around in funpack; ours become the largest.
      if (image === 'extreme' && flags.some((flag) => flag === '-s')) continue
      const path = join(folder, `${image}-${flags.join('')}.fz`)
      runPeer('fpack', [...flags, '-O', path, plainPath(image)])
      expect(await readNative(path), image).toEqual(await readByFunpack(path))
    }
  })

  test('NaN in tiles of several rows stays where it was', async () => {
    const path = join(folder, 'nan-tiles.fz')
    runPeer('fpack', ['-r', '-t', '40,30', '-O', path, plainPath('nan')])
    const values = await readNative(path)
    expect(Array.from(values, Number).map(Number.isNaN)).toEqual(Array.from(withBlanks, Number.isNaN))
    expect(bytesOf(values)).toEqual(readByAstropy([[path, 'nan']])[0])
  })

  test('masks in PLIO_1', async () => {
    for (const image of ['u8', 'u16'] as const) {
      const path = join(folder, `${image}-plio.fz`)
      runPeer('fpack', ['-p', '-O', path, plainPath(image)])
      expect(await readNative(path)).toEqual(images[image])
    }
  })

  const writings: readonly { readonly name: string; readonly options: CompressionOptions }[] = [
    { name: 'by default', options: {} },
    { name: 'RICE_1, blocks of 16', options: { method: 'RICE_1', riceBlockSize: 16 } },
    { name: 'GZIP_1', options: { method: 'GZIP_1' } },
    { name: 'GZIP_2 in tiles', options: { method: 'GZIP_2', tileShape: [30, 40] } },
    { name: 'HCOMPRESS_1', options: { method: 'HCOMPRESS_1' } },
    {
      name: 'HCOMPRESS_1, lossy and smoothed',
      options: { method: 'HCOMPRESS_1', hcompressScale: 3, smooth: true },
    },
    { name: 'PLIO_1', options: { method: 'PLIO_1' } },
    { name: 'quantized', options: { quantize: { level: 4 } } },
    { name: 'quantized, zeros kept', options: { quantize: { level: 8, dithering: 'SUBTRACTIVE_DITHER_2' } } },
    { name: 'quantized plainly', options: { quantize: { level: -2.5, dithering: 'NO_DITHER' } } },
    { name: 'quantized, HCOMPRESS_1', options: { method: 'HCOMPRESS_1', quantize: { level: 4 } } },
    { name: 'quantized, GZIP_2', options: { method: 'GZIP_2', quantize: { level: 4 } } },
  ]

  /** Whether a method can hold an image at all; what cannot is tested elsewhere. */
  function isPossible(image: ImageName, { method, quantize, hcompressScale }: CompressionOptions): boolean {
    const isFloat = image === 'f32' || image === 'f64' || image === 'nan'
    if (isFloat !== (quantize !== undefined) && method !== undefined && !method.startsWith('GZIP'))
      return false
    if (!isFloat && quantize !== undefined) return false
    // Lossy integers beyond 32 bits: see above.
    if (image === 'extreme' && hcompressScale !== undefined) return false
    return method !== 'PLIO_1' || image === 'u8' || image === 'u16'
  }

  test.for(writings)('funpack and astropy read what we write as we do: $name', async ({ name, options }) => {
    const forAstropy: [string, ImageName][] = []
    const ours: Uint8Array[] = []
    for (const image of names.filter((each) => isPossible(each, options))) {
      const path = join(folder, `ours-${image}-${name.replaceAll(/\W/g, '')}.fz`)
      const writer = new FitsWriter(await atomicFile(path))
      const packed = await beginCompressedImage(
        writer,
        { ...arrayLayout(images[image]), shape },
        new Header().set('OBJECT', 'a sky'),
        options,
      )
      await packed.writeRows(images[image])
      await packed.end()
      await writer.commit()
      const own = await readNative(path)
      const isFaulty = image === 'nan' && options.method === 'HCOMPRESS_1'
      if (!isFaulty) expect(await readByFunpack(path), image).toEqual(own)
      // astropy does not know how cfitsio puts unsigned pixels into PLIO_1.
      if (image === 'u16' && options.method === 'PLIO_1') continue
      forAstropy.push([path, image])
      ours.push(bytesOf(own))
    }
    expect(readByAstropy(forAstropy)).toEqual(ours)
  })

  test('compressed tables come back byte by byte', async ({ skip }) => {
    skip(lacksPython('astropy'), 'python3-astropy is missing')
    const plain = join(folder, 'catalog.fits')
    askPython(MAKE_CATALOG, plain)
    for (const flags of [[], ['-r'], ['-g1']]) {
      const path = join(folder, `catalog${flags.join('')}.fz`)
      runPeer('fpack', ['-table', ...flags, '-O', path, plain])
      await using packed = await openFitsFile(path)
      await using whole = await openFitsFile(plain)
      const found = await readFitsTable(await packed.hdu(1))
      const expected = await readFitsTable(await whole.hdu(1))
      expect(found.table.columns).toEqual(expected.table.columns)
      const some = { columns: ['vj', 'ra'], firstRow: 2100, rowCount: 55 }
      const part = await readFitsTable(await packed.hdu(1), some)
      expect(part.table.columns).toEqual((await readFitsTable(await whole.hdu(1), some)).table.columns)
    }
  })

  test('funpack unpacks our compressed tables byte by byte', async () => {
    // Complex columns are left out: funpack cannot unpack them, not even its own.
    for (const tileRows of [1000, 37, 1]) {
      const { plain, packed } = await packedTable(catalog(300), { tileRows })
      const path = join(folder, `our-table-${tileRows}.fz`)
      await writeFileAtomic(path, packed)
      const unpacked = `${path}.fits`
      runPeer('funpack', ['-O', unpacked, path])
      await using file = await openFitsFile(unpacked)
      const [found, expected] = [await file.hdu(1), await tableHdu(plain)]
      expect(await dataOf(found)).toEqual(await dataOf(expected))
    }
  })
})

/** Little-endian pixels by astropy. It knows ZBLANK only as a column: where it gives a number for NaN, NaN is put back. */
function readByAstropy(files: readonly (readonly [path: string, image: ImageName])[]): Uint8Array[] {
  const types = {
    u8: 'u1',
    i16: '<i2',
    u16: '<u2',
    i32: '<i4',
    extreme: '<i4',
    f32: '<f4',
    f64: '<f8',
    nan: '<f4',
  }
  const script = `
import base64
import numpy as np
from astropy.io import fits
answer = []
for path, type, plain in given:
    with fits.open(path, checksum=True) as file:
        file.verify('exception')
        data = np.asarray(file[1].data).astype(type)
    pixels = fits.getdata(plain)
    if pixels.dtype.kind == 'f':
        data[np.isnan(pixels)] = np.nan
    answer.append(base64.b64encode(np.ascontiguousarray(data).tobytes()).decode())
`
  const given = files.map(([path, image]) => [path, types[image], plainPath(image)])
  return (askPython(script, given) as string[]).map((text) => new Uint8Array(Buffer.from(text, 'base64')))
}

/** Keywords, values and comments in order; funpack drops blank cards at the end and restores sums of the file it came from. */
function cardsOf(header: Header): readonly unknown[] {
  return [...header]
    .filter(({ keyword }) => keyword !== '' && keyword !== 'CHECKSUM' && keyword !== 'DATASUM')
    .map(({ keyword, value, comment }) => [keyword, value, comment])
}

async function dataOf(hdu: Hdu): Promise<Uint8Array> {
  return await readExactly(hdu.source, hdu.dataOffset, hdu.dataBytes)
}

function bytesOf(values: ArrayLike<unknown>): Uint8Array {
  const array = values as Float32Array
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice()
}

const MAKE_CATALOG = `
import numpy as np
from astropy.io import fits
rng = np.random.default_rng(5)
n = 2300
def arrays(kind, most):
    out = np.empty(n, dtype=object)
    for i in range(n):
        out[i] = (rng.normal(0, 1000, rng.integers(0, most))).astype(kind)
    return out
columns = [
    fits.Column('ra', 'D', array=rng.random(n) * 360), fits.Column('mag', 'E', array=rng.normal(18, 2, n)),
    fits.Column('id', 'J', array=np.arange(n) + 100000), fits.Column('flag', 'I', array=rng.integers(-5, 9, n)),
    fits.Column('byte', 'B', array=rng.integers(0, 9, n)), fits.Column('long', 'K', array=rng.integers(-2**50, 2**50, n)),
    fits.Column('name', '12A', array=['obj%d' % (i % 37) for i in range(n)]), fits.Column('ok', 'L', array=rng.random(n) > .5),
    fits.Column('vec', '3E', array=rng.random((n, 3))), fits.Column('bits', '11X', array=rng.random((n, 11)) > .5),
    fits.Column('cplx', 'C', array=rng.random(n) + 1j), fits.Column('m', '2M', array=rng.random((n, 2)) + 2j),
    fits.Column('u16', 'I', bzero=32768, array=rng.integers(0, 65535, n).astype('u2')),
    fits.Column('vj', 'PJ()', array=arrays('i4', 40)), fits.Column('vf', 'PE()', array=arrays('f4', 15)),
    fits.Column('vi', 'QI()', array=arrays('i2', 70)),
]
fits.BinTableHDU.from_columns(columns, name='CAT').writeto(given)
answer = None
`

describe.skipIf(skipShared || lacksProgram('funpack'))('the shared files', () => {
  // funpack refuses the headers of these two: BSCALE stands before the columns.
  const refused = ['compressed_float_bzero.fits', 'double_ext.fits']
  const files = ['formats', 'formats/variants', 'decam-tpv'].flatMap((each) =>
    skipShared
      ? []
      : readdirSync(join(sharedRoot, 'data', each)).map((name) => join(sharedRoot, 'data', each, name)),
  )

  test('are read as funpack reads them', async () => {
    let compared = 0
    for (const path of files.filter(
      (name) => /\.(fits|fz)$/.test(name) && !refused.includes(basename(name)),
    )) {
      await using file = await openFitsFile(path)
      const packed = (await file.allHdus()).filter((hdu) => hdu.type === 'compressed-image')
      if (packed.length === 0) continue
      const plain = join(folder, `${basename(path)}.plain.fits`)
      runPeer('funpack', ['-O', plain, path])
      await using unpacked = await openFitsFile(plain)
      const first = await unpacked.hdu(0)
      for (const hdu of packed) {
        const same = await unpacked.hdu(first.type === 'image' ? hdu.index - 1 : hdu.index)
        const found = await readCube(hdu, { as: 'native' })
        expect(found, `${basename(path)} ${hdu.index}`).toMatchObject(await readCube(same, { as: 'native' }))
        expect(cardsOf(uncompressedHeader(hdu))).toEqual(cardsOf(same.header))
        compared++
      }
    }
    expect(compared).toBe(38)
  })

  test.for(refused)('%s, whose BSCALE stands before the columns, is read', async (name) => {
    const data = Array.from(await readNative(join(sharedRoot, 'data/formats', name), 1))
    expect(data.slice(0, 3)).toEqual(name.startsWith('double') ? [0, 0, 0] : [1, 2, 3])
  })
})
