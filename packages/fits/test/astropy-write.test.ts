import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksProgram, lacksPython, runPeer } from '../../../testing/peers.ts'
import {
  FitsWriter,
  Header,
  type ImageLayout,
  openFits,
  type PixelArray,
  readImage,
  verifyFits,
  writeImage,
} from '../src/index.ts'
import { openFitsFile } from '../src/node/index.ts'

const folder = keptFolder()

/** Opens with checksums, verifies, and gives the scaled pixels and all values of the header. */
const SCRIPT = `
import warnings
import numpy as np
from astropy.io import fits
warnings.simplefilter('error')
answer = []
with fits.open(given, checksum=True) as file:
    file.verify('exception')
    for hdu in file:
        data = None if hdu.data is None else [None if v != v else v for v in hdu.data.ravel().tolist()]
        header = {c.keyword: (c.value.hex() if isinstance(c.value, float) else str(c.value)) for c in hdu.header.cards if c.keyword not in ('HISTORY', 'COMMENT', '')}
        answer.append(dict(type=None if hdu.data is None else hdu.data.dtype.kind + str(hdu.data.dtype.itemsize), data=data, header=header, history=list(hdu.header.get('HISTORY', []))))
`

interface PeerHdu {
  readonly type: string | null
  readonly data: readonly (number | null)[] | null
  readonly header: Readonly<Record<string, string>>
  readonly history: readonly string[]
}

async function written(layout: ImageLayout, values: PixelArray, header = new Header()): Promise<Uint8Array> {
  const sink = memorySink()
  const writer = new FitsWriter(sink)
  const image = await writer.beginImage(layout, header)
  await image.writeRows(values)
  await image.end()
  return sink.bytes()
}

function asAstropy(name: string, bytes: Uint8Array): PeerHdu[] {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return askPython(SCRIPT, path) as PeerHdu[]
}

describe.skipIf(lacksPython('astropy', 'numpy'))('astropy accepts what is written', () => {
  const cases: readonly {
    name: string
    layout: ImageLayout
    values: PixelArray
    type: string
    data: readonly (number | null)[]
  }[] = [
    {
      name: 'bytes',
      layout: { bitpix: 8, shape: [2, 2] },
      values: new Uint8Array([0, 1, 254, 255]),
      type: 'u1',
      data: [0, 1, 254, 255],
    },
    {
      name: 'signed bytes',
      layout: { bitpix: 8, bzero: -128, shape: [2, 2] },
      values: new Int8Array([-128, -1, 0, 127]),
      type: 'i1',
      data: [-128, -1, 0, 127],
    },
    {
      name: '16 bit',
      layout: { bitpix: 16, shape: [4] },
      values: new Int16Array([-32768, -1, 0, 32767]),
      type: 'i2',
      data: [-32768, -1, 0, 32767],
    },
    {
      name: 'unsigned 16 bit',
      layout: { bitpix: 16, bzero: 32768, shape: [4, 1] },
      values: new Uint16Array([0, 1, 2, 65535]),
      type: 'u2',
      data: [0, 1, 2, 65535],
    },
    {
      name: 'unsigned 32 bit',
      layout: { bitpix: 32, bzero: 2 ** 31, shape: [1, 2] },
      values: new Uint32Array([0, 4294967295]),
      type: 'u4',
      data: [0, 4294967295],
    },
    {
      name: 'unsigned 64 bit',
      layout: { bitpix: 64, bzero: 2 ** 63, shape: [1, 2] },
      values: new BigUint64Array([0n, 2n ** 60n]),
      type: 'u8',
      data: [0, 2 ** 60],
    },
    {
      name: 'float',
      layout: { bitpix: -32, shape: [1, 1, 2, 2] },
      values: new Float32Array([0.5, NaN, -1, 3]),
      type: 'f4',
      data: [0.5, null, -1, 3],
    },
    {
      name: 'double',
      layout: { bitpix: -64, shape: [2, 1] },
      values: new Float64Array([0.1, NaN]),
      type: 'f8',
      data: [0.1, null],
    },
    {
      name: 'scaled with BLANK',
      layout: { bitpix: 16, bscale: 0.5, bzero: 10, blank: -1, shape: [3] },
      values: new Float32Array([10, 11.5, NaN]),
      type: 'f4',
      data: [10, 11.5, null],
    },
    {
      name: 'no pixels',
      layout: { bitpix: 8, shape: [] },
      values: new Uint8Array(0),
      type: 'None',
      data: [],
    },
  ]

  test.for(cases)('$name', async ({ name, layout, values, type, data }) => {
    const bytes = await written(layout, values)
    const [hdu] = asAstropy(`${name}.fits`, bytes)
    expect(String(hdu?.type).replace('None', 'null')).toBe(type.replace('None', 'null'))
    expect(hdu?.data ?? []).toEqual(data)
  })

  test('headers of every kind of value', async () => {
    const header = new Header()
      .set('INTEGER', -42, 'an integer')
      .set('LARGE', 2n ** 62n + 1n)
      .set('REAL', 0.1 + 0.2)
      .setFloat('WHOLE', 2000)
      .set('TINY', 5e-324)
      .set('LOGICAL', false)
      .set('QUOTE', "it's 'quoted'")
      .set(
        'LONGTEXT',
        `${'long '.repeat(60)}end`,
        'with a comment that is continued, too, because it is very long',
      )
      .set('ESO DET CHIP ID', 'hierarch')
      .addHistory(`one ${'two three '.repeat(20)}`)
    const [hdu] = asAstropy(
      'header.fits',
      await written({ bitpix: 8, shape: [1] }, new Uint8Array(1), header),
    )
    expect(hdu?.header).toMatchObject({
      INTEGER: '-42',
      LARGE: '4611686018427387905',
      REAL: '0x1.3333333333334p-2',
      WHOLE: '0x1.f400000000000p+10',
      TINY: '0x0.0000000000001p-1022',
      LOGICAL: 'False',
      QUOTE: "it's 'quoted'",
      LONGTEXT: `${'long '.repeat(60)}end`,
      'ESO DET CHIP ID': 'hierarch',
    })
    expect(hdu?.history.join(' ').trim()).toBe(`one ${'two three '.repeat(20)}`.trim())
  })

  test('a file of several HDUs', async () => {
    const sink = memorySink()
    const writer = new FitsWriter(sink)
    await writer.writeEmptyPrimary(new Header().set('OBJECT', 'M 42'))
    for (const name of ['SCI', 'ERR']) {
      const image = await writer.beginImage({ bitpix: -32, shape: [1, 2] }, new Header().set('EXTNAME', name))
      await image.writeRows(new Float32Array([1, 2]))
      await image.end()
    }
    const hdus = asAstropy('several.fits', sink.bytes())
    expect(hdus.map((hdu) => hdu.header.EXTNAME)).toEqual([undefined, 'SCI', 'ERR'])
  })
})

describe.skipIf(lacksProgram('fpack') || lacksProgram('funpack'))('cfitsio', () => {
  test('packs what is written, and we read what it unpacks', async () => {
    const path = join(folder, 'plane.fits')
    const data = new Int16Array(100 * 90).map((_, index) => (index * 7919) % 1000)
    const sink = memorySink()
    await writeImage(sink, new Header().set('OBJECT', 'ramp'), { width: 100, height: 90, data })
    writeFileSync(path, sink.bytes())
    runPeer('fpack', [path])
    runPeer('funpack', ['-O', join(folder, 'back.fits'), `${path}.fz`])
    await using file = await openFitsFile(join(folder, 'back.fits'))
    expect((await readImage(await file.hdu(0), { as: 'native' })).data).toEqual(data)
    await using packed = await openFitsFile(`${path}.fz`)
    expect((await readImage(await packed.hdu(1), { as: 'native' })).data).toEqual(data)
    expect((await verifyFits(packed)).findings).toEqual([])
  })
})

test('our own verifier accepts what is written', async () => {
  const bytes = await written(
    { bitpix: 16, bscale: 2, blank: -1, shape: [3, 3] },
    new Float32Array(9).fill(NaN),
  )
  expect((await verifyFits(await openFits(memorySource(bytes)))).findings).toEqual([])
})
