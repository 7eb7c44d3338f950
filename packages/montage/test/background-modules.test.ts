import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Header } from '@skyloom/fits'
import { describe, expect, test } from 'vitest'
import { freshFolder, repositoryRoot } from '../../../testing/folders.ts'
import { mAdd } from '../src/add/add.ts'
import { mBgModel } from '../src/background/bg-model.ts'
import { mConcatFit } from '../src/background/concat-fit.ts'
import { mDiffFit } from '../src/background/diff-fit.ts'
import { mDiffFitExec } from '../src/background/diff-fit-exec.ts'
import { readPlane, writePlane } from '../src/image/open-image.ts'
import { mShrink } from '../src/image/shrink.ts'
import { mTileImage } from '../src/image/tile-image.ts'
import { runModuleIn } from './run-module-in.ts'

const SIZE = { width: 40, height: 30 }
/** Places of three overlapping images on one grid and the planes that their skies add. */
const IMAGES = [
  { name: 'a', col: 0, row: 0, a: 0.01, b: 0, c: 5 },
  { name: 'b', col: 25, row: 3, a: 0, b: -0.02, c: -3 },
  { name: 'c', col: 12, row: 18, a: -0.015, b: 0.01, c: 0 },
] as const
const CRPIX = { x: 30.5, y: 25.5 }

function cards(col: number, row: number): Header {
  const header = new Header({ file: 'test' })
  header.set('CTYPE1', 'RA---TAN').set('CTYPE2', 'DEC--TAN').setFloat('EQUINOX', 2000)
  header.setFloat('CRVAL1', 150).setFloat('CRVAL2', 20)
  header.setFloat('CRPIX1', CRPIX.x - col).setFloat('CRPIX2', CRPIX.y - row)
  return header.setFloat('CDELT1', -0.001).setFloat('CDELT2', 0.001)
}

/** A folder with the three images in p/, area images, a template and an image table. */
async function survey(
  change: (value: number, x: number, y: number, name: string) => number = (v) => v,
): Promise<string> {
  const folder = freshFolder()
  const place = { cwd: folder }
  for (const name of ['p', 'd', 'out']) mkdirSync(join(folder, name))
  for (const { name, col, row, a, b, c } of IMAGES) {
    const data = new Float64Array(SIZE.width * SIZE.height)
    data.forEach((_, i) => {
      const x = (i % SIZE.width) + col - CRPIX.x
      const y = Math.floor(i / SIZE.width) + row - CRPIX.y
      // Something that all images show alike, so that their difference is a plane.
      data[i] = change(100 + 3 * Math.sin(x) * Math.cos(y) + a * x + b * y + c, x, y, name)
    })
    await writePlane(place, `p/${name}.fits`, cards(col, row), { ...SIZE, data })
    await writePlane(place, `p/${name}_area.fits`, cards(col, row), {
      ...SIZE,
      data: new Float64Array(data.length).fill(3e-10),
    })
  }
  const lines = [
    "CTYPE1  = 'RA---TAN'",
    "CTYPE2  = 'DEC--TAN'",
    'EQUINOX = 2000',
    'CRVAL1  = 150',
    'CRVAL2  = 20',
  ]
  const scale = [
    `CRPIX1  = ${CRPIX.x}`,
    `CRPIX2  = ${CRPIX.y}`,
    'CDELT1  = -0.001',
    'CDELT2  = 0.001',
    'END',
    '',
  ]
  const size = ['SIMPLE  = T', 'BITPIX  = -64', 'NAXIS   = 2', 'NAXIS1  = 65', 'NAXIS2  = 48']
  writeFileSync(join(folder, 'region.hdr'), [...size, ...lines, ...scale].join('\n'))
  await runModuleIn(folder, 'mImgtbl', 'p', 'p.tbl')
  await runModuleIn(folder, 'mOverlaps', 'p.tbl', 'diffs.tbl')
  return folder
}

describe('modules over tables', () => {
  test('difference and fit in one give the planes of mDiffExec and mFitExec and leave no files', async () => {
    const folder = await survey()
    await runModuleIn(folder, 'mDiffExec', '-p', 'p', 'diffs.tbl', 'region.hdr', 'd')
    await runModuleIn(folder, 'mFitExec', 'diffs.tbl', 'fits.tbl', 'd')
    const input = {
      diffs: 'diffs.tbl',
      template: 'region.hdr',
      folder: 'out',
      fits: 'both.tbl',
      imageFolder: 'p',
    }
    const result = await mDiffFitExec(input, { cwd: folder })
    expect(result).toEqual({ count: 3, diff_failed: 0, fit_failed: 0, warning: 0, failures: [] })
    const rows = (name: string): string[] => readFileSync(join(folder, name), 'utf8').split('\n').slice(1)
    expect(rows('both.tbl')).toEqual(rows('fits.tbl'))
    expect(readdirSync(join(folder, 'out'))).toEqual([])
  })

  test('threads give the same files to the byte', async () => {
    const folder = await survey()
    const run = (out: string, ...options: readonly string[]): void => {
      mkdirSync(join(folder, out))
      const program = join(repositoryRoot, 'packages/montage/bin/montage-module.js')
      execFileSync('node', [program, 'mDiffExec', ...options, '-p', 'p', 'diffs.tbl', 'region.hdr', out], {
        cwd: folder,
      })
    }
    run('one')
    run('two', '-j', '2')
    const names = readdirSync(join(folder, 'one')).sort()
    expect(names).toHaveLength(6)
    expect(readdirSync(join(folder, 'two')).sort()).toEqual(names)
    for (const name of names)
      expect(readFileSync(join(folder, 'two', name)).equals(readFileSync(join(folder, 'one', name)))).toBe(
        true,
      )
  })

  test('a pair that fails is counted, told of with -d, and does not stop the others', async () => {
    const folder = await survey()
    writeFileSync(join(folder, 'p/b_area.fits'), 'no FITS')
    const outcome = await runModuleIn(
      folder,
      'mDiffFitExec',
      '-d',
      '-p',
      'p',
      'diffs.tbl',
      'region.hdr',
      'd',
      'fits.tbl',
    )
    expect(outcome.stdout).toMatch(
      /INFO", msg="diff.000000.000001.fits: Area file p\/b_area.fits missing or invalid FITS"\]\n[^]*count=3, diff_failed=2, fit_failed=2, warning=0\]\n$/,
    )
    expect(outcome.exitCode).toBe(0)
  })

  test.each([
    [['mDiffExec', 'diffs.tbl', 'region.hdr', 'none'], 'Cannot access none'],
    [['mDiffExec', 'diffs.tbl', 'region.hdr', 'p.tbl'], 'p.tbl is not a directory'],
    [['mDiffExec', 'p.tbl', 'region.hdr', 'd'], 'Need columns: plus minus diff'],
    [['mFitExec', 'p.tbl', 'fits.tbl', 'd'], 'Need columns: cntr1 cntr2 diff'],
    [['mBgExec', '-p', 'p', 'p.tbl', 'diffs.tbl', 'out'], 'Need columns: id,a,b,c in corrections file'],
    [['mBgExec', '-p', 'p', 'p.tbl', 'diffs.tbl', 'p'], 'Output would overwrite input'],
    [
      ['mDiffExec', '-j', '0', 'diffs.tbl', 'region.hdr', 'd'],
      'Number of threads (0) must be a whole number from 1 to 256',
    ],
    [['mAdd', '-a', 'mode', 'p.tbl', 'region.hdr', 'm.fits'], 'Invalid argument for -a flag'],
    [['mAdd', '-p', 'p', '-w', 'none', 'p.tbl', 'region.hdr', 'm.fits'], 'Need column none in input'],
    [['mConcatFit', 'p.tbl', 'fits.tbl', 'd'], 'Need columns: cntr1 cntr2 stat'],
    [
      ['mBgModel', '-t', '-D', 'p.tbl', 'p.tbl', 'c.tbl'],
      'Options -t, -f and -D, and -D and -g, exclude each other',
    ],
  ])('%j is refused', async ([name = '', ...args], problem) => {
    const folder = await survey()
    const outcome = await runModuleIn(folder, name, ...args)
    expect(outcome).toEqual({ exitCode: 1, stdout: `[struct stat="ERROR", msg="${problem}"]\n` })
    expect(readdirSync(folder).sort()).toEqual(['d', 'diffs.tbl', 'out', 'p', 'p.tbl', 'region.hdr'])
  })

  test('status files become a table of fits; errors and missing files are counted', async () => {
    const folder = await survey()
    const place = { cwd: folder }
    await runModuleIn(folder, 'mDiffFit', '-s', 'd/0.txt', 'p/a.fits', 'p/b.fits', 'd/x.fits', 'region.hdr')
    writeFileSync(join(folder, 'd/1.txt'), `[struct stat="ERROR", msg="Images don't overlap"]\n`)
    writeFileSync(join(folder, 'd/2.txt'), '[struct stat="WARNING", msg="doubtful"]\n')
    const rows = [0, 1, 2, 3].map((n) => `      0      ${n + 1}   ${n}.txt `)
    writeFileSync(join(folder, 'stat.tbl'), ['| cntr1 | cntr2 | stat  |', ...rows, ''].join('\n'))
    const result = await mConcatFit({ statusFiles: 'stat.tbl', fits: 'fits.tbl', folder: 'd' }, place)
    expect(result).toMatchObject({ count: 4, failed: 1, warning: 1, missing: 1 })
    const input = { plus: 'p/a.fits', minus: 'p/b.fits', output: 'x.fits', template: 'region.hdr' }
    const fit = await mDiffFit(input, place)
    expect(fit.a).toBeCloseTo(0.01, 8)
    expect(fit.b).toBeCloseTo(0.02, 8)
    expect(fit.c).toBeCloseTo(8, 6)
    const [, row = ''] = readFileSync(join(folder, 'fits.tbl'), 'utf8').split('\n')
    expect(row.trim().split(/\s+/).slice(0, 5).map(Number)).toEqual([0, 1, 0.01, 0.02, 8])
  })
})

describe('background models', () => {
  async function fits(): Promise<string> {
    const folder = await survey()
    await runModuleIn(folder, 'mDiffFitExec', '-p', 'p', 'diffs.tbl', 'region.hdr', 'd', 'fits.tbl')
    return folder
  }
  function planes(folder: string): ReadonlyMap<number, readonly number[]> {
    const rows = readFileSync(join(folder, 'c.tbl'), 'utf8').trimEnd().split('\n').slice(1)
    return new Map(
      rows.map((row) => row.trim().split(/\s+/).map(Number)).map(([id = 0, ...plane]) => [id, plane]),
    )
  }

  test('the direct solution makes all images agree', async () => {
    const folder = await fits()
    const input = { images: 'p.tbl', fits: 'fits.tbl', corrections: 'c.tbl', method: 'direct' as const }
    const result = await mBgModel(input, { cwd: folder })
    expect(result.nnan).toBe(0)
    const found = planes(folder)
    for (const [i, image] of IMAGES.entries()) {
      for (const [j, other] of IMAGES.entries()) {
        const wanted = [image.a - other.a, image.b - other.b, image.c - other.c]
        // Six digits are printed.
        wanted.forEach((value, k) => {
          const difference = (found.get(i)?.[k] ?? Number.NaN) - (found.get(j)?.[k] ?? Number.NaN)
          expect(Math.abs(difference - value)).toBeLessThan(2e-5 * (1 + Math.abs(value)))
        })
      }
    }
  })

  test.each(['classic', 'direct'] as const)('a locked image keeps its sky, %s', async (method) => {
    const folder = await fits()
    const lines = readFileSync(join(folder, 'p.tbl'), 'utf8').trimEnd().split('\n')
    const extra = ['', 'locked|', 'int   |', '    0', '    1', '    0']
    writeFileSync(
      join(folder, 'p.tbl'),
      lines
        .map((line, i) => `${line}${extra[i] ?? ''}`)
        .join('\n')
        .concat('\n'),
    )
    const input = { images: 'p.tbl', fits: 'fits.tbl', corrections: 'c.tbl', method }
    await mBgModel(input, { cwd: folder })
    const found = planes(folder)
    expect(found.get(1)).toEqual([0, 0, 0])
    expect(found.get(0)?.[2]).toBeCloseTo(8, 3)
    expect(found.get(2)?.[2]).toBeCloseTo(3, 3)
  })
})

describe('mosaics', () => {
  const input = { images: 'p.tbl', template: 'region.hdr', output: 'm.fits', folder: 'p' }
  /** Value of the mosaic at an offset from the reference pixel. */
  async function at(folder: string, x: number, y: number): Promise<number> {
    const { header, width, data } = await readPlane({ cwd: folder }, 'm.fits')
    return data[(y + header.number('CRPIX2')) * width + x + header.number('CRPIX1')] ?? Number.NaN
  }
  // Seen by all three images.
  const [x, y] = [2.5, 0.5]

  test('the clipped mean leaves a cosmic ray out, the mean does not', async () => {
    const flat = await survey((_, px, py, name) =>
      name === 'c' && px === x && py === y ? 5000 : 100 + 0.1 * name.charCodeAt(0),
    )
    await mAdd({ ...input, method: 'clip' }, { cwd: flat })
    expect(await at(flat, x, y)).toBeCloseTo(100 + 0.1 * 97.5, 9)
    await mAdd(input, { cwd: flat })
    expect(await at(flat, x, y)).toBeGreaterThan(1500)
  })

  test('weights of images and of pixels multiply areas, masks leave pixels out', async () => {
    const folder = await survey((_, _x, _y, name) => ({ a: 10, b: 20, c: 40 })[name] ?? 0)
    const place = { cwd: folder }
    for (const { name, col, row } of IMAGES) {
      const data = new Float64Array(SIZE.width * SIZE.height).fill(name === 'b' ? 3 : 1)
      await writePlane(place, `p/${name}_wht.fits`, cards(col, row), { ...SIZE, data })
      await writePlane(place, `p/${name}_msk.fits`, cards(col, row), {
        ...SIZE,
        data: data.map(() => (name === 'c' ? 1 : 0)),
      })
    }
    await mAdd({ ...input, weightSuffix: '_wht' }, place)
    expect(await at(folder, x, y)).toBeCloseTo((10 + 3 * 20 + 40) / 5, 9)
    await mAdd({ ...input, weightSuffix: '_wht', maskSuffix: '_msk' }, place)
    expect(await at(folder, x, y)).toBeCloseTo((10 + 3 * 20) / 4, 9)
  })
})

test('tiles without overlap hold every pixel once', async () => {
  const folder = await survey()
  const place = { cwd: folder }
  const result = await mTileImage({ image: 'p/a.fits', outputBase: 'out/t', nx: 3, ny: 4 }, place)
  expect(result.count).toBe(12)
  let pixels = 0
  for (const name of readdirSync(join(folder, 'out'))) {
    const { width, height, header } = await readPlane(place, `out/${name}`)
    pixels += width * height
    expect(Number.isInteger(header.number('CRPIX1') - CRPIX.x)).toBe(true)
  }
  expect(pixels).toBe(SIZE.width * SIZE.height)
})

test('an image shrunk strip by strip and to a pixel scale is the mean of its pixels', async () => {
  const folder = await survey((_, x, y) => 1000 * y + x)
  await mShrink({ image: 'p/a.fits', output: 's.fits', scaleDeg: 0.002 }, { cwd: folder })
  const { width, height, data, header } = await readPlane({ cwd: folder }, 's.fits')
  expect([width, height]).toEqual([20, 15])
  expect(header.number('CDELT2')).toBeCloseTo(0.002, 12)
  expect(data[0]).toBeCloseTo(1000 * (0.5 - CRPIX.y) + 0.5 - CRPIX.x, 9)
})
