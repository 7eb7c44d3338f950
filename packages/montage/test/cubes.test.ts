import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { FitsWriter, Header, type PixelArray, readCube, verifyFits } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { beforeEach, describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { runModuleIn } from './run-module-in.ts'

/** Peers stand in /usr/bin; our own commands may stand before them on the path. */
const peer = (name: string): string => `/usr/bin/${name}`

const CARDS: readonly (readonly [string, string | number])[] = [
  ['CTYPE1', 'RA---TAN'],
  ['CTYPE2', 'DEC--TAN'],
  ['CTYPE3', 'VELO-LSR'],
  ['CRVAL1', 150],
  ['CRVAL2', 20],
  ['CRVAL3', 1000],
  ['CRPIX1', 6.3],
  ['CRPIX2', 5],
  ['CRPIX3', 2],
  ['CDELT1', -0.001],
  ['CDELT2', 0.001],
  ['CDELT3', 250],
  ['EQUINOX', 2000],
]

async function writeCube(
  path: string,
  shape: readonly number[],
  data: PixelArray,
  bitpix: -64 | -32 | 16 = -64,
  change: Readonly<Record<string, number>> = {},
): Promise<void> {
  const header = new Header()
  for (const [keyword, value] of CARDS) header.set(keyword, change[keyword] ?? value)
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum: false })
  const image = await writer.beginImage({ bitpix, shape }, header)
  await image.writeRows(data)
  await image.end()
  await writer.commit()
  writeFileSync(path, sink.bytes())
}

async function read(path: string): Promise<{ shape: readonly number[]; data: Float64Array; header: Header }> {
  const file = await openFitsFile(path)
  try {
    const hdu = await file.hdu(0)
    const { shape, data } = await readCube(hdu, { as: 'float64' })
    return { shape, data, header: hdu.header }
  } finally {
    await file.close()
  }
}

function ramp(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => ((i * 7919) % 1009) - 300)
}

let folder = ''
beforeEach(() => {
  folder = freshFolder()
})

test('mTranspose moves every pixel and renumbers keywords, also those with two axes', async () => {
  // 5 x 4 x 3 x 2 along axes 1 to 4.
  await writeCube(join(folder, 'in.fits'), [2, 3, 4, 5], ramp(120))
  const outcome = await runModuleIn(folder, 'mTranspose', 'in.fits', 'out.fits', '4', '1', '3', '2')
  expect(outcome.stdout).toMatch(/^\[struct stat="OK", module="mTranspose", mindata=-\d+, maxdata=\d+\]/)
  const [before, after] = [await read(join(folder, 'in.fits')), await read(join(folder, 'out.fits'))]
  expect(after.shape).toEqual([4, 3, 5, 2])
  for (let a = 0; a < 5; a++)
    for (let b = 0; b < 4; b++)
      for (let c = 0; c < 3; c++)
        for (let d = 0; d < 2; d++)
          expect(after.data[d + 2 * (a + 5 * (c + 3 * b))]).toBe(before.data[a + 5 * (b + 4 * (c + 3 * d))])
  expect(after.header.get('CTYPE2')).toBe('RA---TAN')
  expect(after.header.get('CTYPE4')).toBe('DEC--TAN')
  expect(after.header.get('CRPIX3')).toBe(2)
})

test('mSubCube takes chosen planes, ascending, and keeps integers as they are', async () => {
  const stored = Int16Array.from({ length: 12 * 10 * 6 }, (_, i) => i)
  await writeCube(join(folder, 'in.fits'), [6, 10, 12], stored, 16)
  const outcome = await runModuleIn(
    folder,
    'mSubCube',
    ...['-p', '-D3', '5,2:3', 'in.fits', 'out.fits', '3', '4', '4', '2'],
  )
  expect(outcome.stdout).toBe('[struct stat="OK", module="mSubCube", content="normal"]\n')
  const { shape, data, header } = await read(join(folder, 'out.fits'))
  expect(shape).toEqual([3, 3, 5])
  expect(header.get('BITPIX')).toBe(16)
  expect([header.get('CRPIX1'), header.get('CRPIX2'), header.get('CRPIX3')]).toEqual([4.3, 2, 2])
  for (const [index, plane] of [1, 2, 4].entries()) expect(data[index * 15]).toBe(plane * 120 + 3 * 12 + 2)
})

test('mShrinkCube averages groups of planes; a blank plane of a group counts as nothing', async () => {
  const data = Float64Array.from({ length: 8 * 6 * 5 }, (_, i) => Math.floor(i / 48) * 10 + (i % 8))
  data.fill(Number.NaN, 0, 48)
  await writeCube(join(folder, 'in.fits'), [5, 6, 8], data)
  expect(
    (await runModuleIn(folder, 'mShrinkCube', '-e', '-m', '2', 'in.fits', 'out.fits', '2')).exitCode,
  ).toBe(0)
  const { shape, data: small, header } = await read(join(folder, 'out.fits'))
  expect(shape).toEqual([2, 3, 4])
  expect(header.get('CDELT3')).toBe(500)
  // First group: only plane 1 has data. Second group: planes 2 and 3.
  for (let i = 0; i < 12; i++) expect(small[i]).toBe(10 + 2 * (i % 4) + 0.5)
  for (let i = 0; i < 12; i++) expect(small[12 + i]).toBe(25 + 2 * (i % 4) + 0.5)
})

const TEMPLATE = ['NAXIS = 3', 'NAXIS1 = 14', 'NAXIS2 = 12', 'NAXIS3 = 3', 'CRPIX1 = 7.2', 'CRPIX2 = 6.4']
  .concat(
    CARDS.filter(([keyword]) => !/CRPIX[12]/.test(keyword)).map(
      ([k, v]) => `${k} = ${typeof v === 'string' ? `'${v}'` : v}`,
    ),
  )
  .concat('SIMPLE = T', 'BITPIX = -64', 'END')
  .join('\n')

test('mProjectCube makes of every plane what mProject makes of it alone, blank pixels included', async () => {
  writeFileSync(join(folder, 'region.hdr'), TEMPLATE)
  const data = ramp(3 * 10 * 12)
  data.fill(Number.NaN, 50, 55)
  data.fill(Number.NaN, 120, 240)
  await writeCube(join(folder, 'cube.fits'), [3, 10, 12], data)
  expect(
    (await runModuleIn(folder, 'mProjectCube', '-f', 'cube.fits', 'out.fits', 'region.hdr')).exitCode,
  ).toBe(0)
  const cube = await read(join(folder, 'out.fits'))
  expect(cube.shape).toEqual([3, 12, 14])
  expect((await read(join(folder, 'out_area.fits'))).shape).toEqual([12, 14])
  for (const plane of [0, 2]) {
    await writeCube(join(folder, 'one.fits'), [1, 10, 12], data.slice(plane * 120, (plane + 1) * 120))
    await runModuleIn(folder, 'mProject', '-f', 'one.fits', 'one_out.fits', 'region.hdr')
    const one = await read(join(folder, 'one_out.fits'))
    // Float64 rounding of sums in another order.
    for (let i = 0; i < 168; i++) {
      const [found = 0, wanted = 0] = [cube.data[plane * 168 + i], one.data[i]]
      if (Number.isNaN(wanted)) expect(found).toBeNaN()
      else expect(found).toBeCloseTo(wanted, 9)
    }
  }
  expect(cube.data.subarray(168, 336).every(Number.isNaN)).toBe(true)
})

describe.skipIf(lacksProgram(peer('mProjectCube')))('mProjectCube of Montage 6.0', () => {
  test('gives the same numbers to the last bit; its area image is no valid FITS file, ours is', async () => {
    writeFileSync(join(folder, 'region.hdr'), TEMPLATE.replace('CRPIX2 = 6.4', 'CRPIX2 = 6.4\nCROTA2 = 12'))
    await writeCube(join(folder, 'cube.fits'), [3, 10, 12], ramp(3 * 10 * 12))
    await runModuleIn(folder, 'mProjectCube', '-f', 'cube.fits', 'ours.fits', 'region.hdr')
    runPeer(peer('mProjectCube'), ['-f', 'cube.fits', 'theirs.fits', 'region.hdr'], { cwd: folder })
    for (const end of ['.fits', '_area.fits']) {
      const [ours, theirs] = [
        await read(join(folder, `ours${end}`)),
        await read(join(folder, `theirs${end}`)),
      ]
      expect(ours.shape).toEqual(theirs.shape)
      const unequal = [...ours.data.keys()].filter((k) => !Object.is(ours.data[k], theirs.data[k]))
      // One sine or arc tangent in a thousand of the C library is not the nearest number.
      expect(unequal.length).toBeLessThan(0.05 * ours.data.length)
      for (const k of unequal) expect(ours.data[k]! / theirs.data[k]!).toBeCloseTo(1, 4)
    }
    const errors = async (path: string): Promise<readonly string[]> => {
      await using file = await openFitsFile(join(folder, path))
      const { findings } = await verifyFits(file)
      return findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    }
    expect(await errors('ours_area.fits')).toEqual([])
    expect(await errors('theirs_area.fits')).toContain('NAXIS3 is there, but NAXIS is 2')
  })

  test('counts blank pixels of a plane as 0; ours leaves them out', async () => {
    writeFileSync(join(folder, 'region.hdr'), TEMPLATE)
    const data = new Float64Array(3 * 10 * 12).fill(7)
    data.fill(Number.NaN, 170, 172)
    await writeCube(join(folder, 'cube.fits'), [3, 10, 12], data)
    await runModuleIn(folder, 'mProjectCube', 'cube.fits', 'ours.fits', 'region.hdr')
    runPeer(peer('mProjectCube'), ['cube.fits', 'theirs.fits', 'region.hdr'], { cwd: folder })
    const extremes = async (path: string): Promise<readonly number[]> => {
      const values = (await read(join(folder, path))).data.filter((value) => !Number.isNaN(value))
      return [Math.min(...values), Math.max(...values)]
    }
    const ours = await extremes('ours.fits')
    expect(ours[0]).toBeCloseTo(7, 12)
    expect(ours[1]).toBeCloseTo(7, 12)
    expect((await extremes('theirs.fits'))[0]).toBeLessThan(6)
  })
})

describe.skipIf(lacksProgram(peer('mAddCube'), peer('mSubCube'), peer('mTranspose')))(
  'against the programs of Montage 6.0',
  () => {
    test.each([['mean'], ['median'], ['count']])(
      'mAddCube -a %s of cubes that begin at different planes',
      async (method) => {
        writeFileSync(join(folder, 'region.hdr'), TEMPLATE)
        for (const [index, crpix1] of [6.2, 9.2].entries()) {
          const change = { CRPIX1: crpix1, CRPIX2: 5.4 }
          await writeCube(
            join(folder, `${index}.fits`),
            [3, 10, 12],
            ramp(360).map((v) => v + index),
            -64,
            change,
          )
          await writeCube(
            join(folder, `${index}_area.fits`),
            [10, 12],
            ramp(120).map((v) => 2.9e-10 + 1e-13 * v),
            -64,
            change,
          )
        }
        await runModuleIn(folder, 'mImgtbl', '.', 'all.tbl')
        expect(
          (await runModuleIn(folder, 'mAddCube', '-a', method, 'all.tbl', 'region.hdr', 'ours.fits')).stdout,
        ).toContain('"OK"')
        runPeer(peer('mAddCube'), ['-a', method, 'all.tbl', 'region.hdr', 'theirs.fits'], { cwd: folder })
        for (const end of ['.fits', '_area.fits']) {
          const [ours, theirs] = [
            await read(join(folder, `ours${end}`)),
            await read(join(folder, `theirs${end}`)),
          ]
          expect(ours.shape).toEqual(theirs.shape)
          expect(ours.data).toEqual(theirs.data)
          expect(ours.header.get('CRPIX1')).toBe(theirs.header.get('CRPIX1'))
        }
      },
    )

    test.each([
      ['mTranspose', ['in.fits', 'OUT', '3', '1', '2']],
      ['mTranspose', ['in.fits', 'OUT', '2', '1', '3']],
      ['mSubCube', ['-D3', '2:4', 'in.fits', 'OUT', '150', '20', '0.005', '0.003']],
      ['mSubCube', ['-D3', '4,1', '-p', 'in.fits', 'OUT', '2', '3', '5']],
      ['mSubCube', ['in.fits', 'OUT', '150.002', '20.001', '0.004']],
      ['mSubCube', ['-D3', '9', 'in.fits', 'OUT', '150', '20', '0.005']],
      ['mSubCube', ['-D4', '1', 'in.fits', 'OUT', '150', '20', '0.005']],
      ['mSubCube', ['-D3', '4:2', 'in.fits', 'OUT', '150', '20', '0.005']],
      ['mSubCube', ['in.fits', 'OUT', '170', '20', '0.005']],
      ['mTranspose', ['in.fits', 'OUT', '1', '2']],
      ['mTranspose', ['in.fits', 'OUT', '1', '2', '5']],
      ['mTranspose', ['in.fits', 'OUT', '1', '2', '2']],
      ['mTranspose', ['in.fits', 'OUT', '1', 'x', '2']],
      ['mTranspose', ['none.fits', 'OUT', '1', '3', '2']],
    ])('%s %j', async (name, args) => {
      const data = ramp(5 * 10 * 12)
      data.fill(Number.NaN, 0, 24)
      await writeCube(join(folder, 'in.fits'), [5, 10, 12], data)
      const put = (output: string): string[] => args.map((word) => (word === 'OUT' ? output : word))
      const ours = await runModuleIn(folder, name, ...put('ours.fits'))
      const theirs = (() => {
        try {
          return runPeer(peer(name), put('theirs.fits'), { cwd: folder })
        } catch (error) {
          return /\[struct[^]*\]\n/.exec(String(error))?.[0]
        }
      })()
      // Our errors say more behind the sentence of the original.
      const sentence = (text: string | undefined): string => (text ?? '').replace(/"\]\n$|\]\n$/, '')
      expect(
        ours.stdout.startsWith(sentence(theirs)) ||
          ours.stdout.includes(sentence(theirs).replace(/.*msg="/, '')),
      ).toBe(true)
      if (ours.exitCode !== 0) {
        expect(existsSync(join(folder, 'ours.fits'))).toBe(false)
        return
      }
      const [a, b] = [await read(join(folder, 'ours.fits')), await read(join(folder, 'theirs.fits'))]
      expect(a.shape).toEqual(b.shape)
      expect(a.data).toEqual(b.data)
      for (const { keyword } of b.header)
        if (/^(?:CTYPE|CRVAL|CRPIX|CDELT)/.test(keyword))
          expect(Number(a.header.get(keyword)) || a.header.get(keyword)).toEqual(
            Number(b.header.get(keyword)) || b.header.get(keyword),
          )
    })
  },
)

test.each([
  ['mShrinkCube', ['in.fits', 'out.fits', '0'], 'Shrink factor must be positive'],
  [
    'mShrinkCube',
    ['-m', '0', 'in.fits', 'out.fits', '2'],
    'Third axis compression factor (0) must be a positive integer',
  ],
  ['mShrinkCube', ['in.fits', 'out.fits', '300'], 'Trying to shrink image to smaller than one pixel'],
  ['mShrinkCube', ['none.fits', 'out.fits', '2'], 'Image file none.fits missing or invalid FITS'],
  [
    'mSubCube',
    ['in.fits', 'none/out.fits', '150', '20', '0.004'],
    "Cannot write output file 'none/out.fits'",
  ],
  ['mTranspose', ['in.fits', 'none/out.fits', '3', '2', '1'], "Cannot write output file 'none/out.fits'"],
  ['mProjectCube', ['in.fits', 'out.fits', 'none.hdr'], 'File none.hdr not found.'],
  ['mProjectCube', ['in.fits', 'out.fits', 'region.hdr'], 'Template NAXIS3 differs from that of the image'],
  ['mAddCube', ['none.tbl', 'region.hdr', 'out.fits'], 'Invalid image metadata file: none.tbl'],
  ['mAddCube', ['-a', 'best', 'none.tbl', 'region.hdr', 'out.fits'], 'Invalid argument for -a flag'],
])('%s %j: one error in the structure, nothing under the final name', async (name, args, message) => {
  writeFileSync(join(folder, 'region.hdr'), TEMPLATE)
  await writeCube(join(folder, 'in.fits'), [5, 10, 12], ramp(600))
  const outcome = await runModuleIn(folder, name, ...args)
  expect(outcome.stdout).toContain(`[struct stat="ERROR", msg="`)
  expect(outcome.stdout).toContain(message)
  expect(outcome.exitCode).toBe(1)
  expect(readdirSync(folder).sort()).toEqual(['in.fits', 'region.hdr'])
})
