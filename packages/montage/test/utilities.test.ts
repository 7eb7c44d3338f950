import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Header, parseHeaderTemplate, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { angularDistanceDeg, pixelToSky, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { beforeEach, describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { mCoord } from '../src/header/coord.ts'
import { mFixNaN } from '../src/image/fix-nan.ts'
import { mPad } from '../src/image/pad.ts'
import { mRotate } from '../src/image/rotate.ts'
import { mSubimage } from '../src/image/subimage.ts'
import { mMakeImg } from '../src/make-image/make-img.ts'
import { runModuleIn } from './run-module-in.ts'

const CARDS = [
  'SIMPLE  = T',
  'BITPIX  = -64',
  'NAXIS   = 2',
  'NAXIS1  = 60',
  'NAXIS2  = 48',
  "CTYPE1  = 'RA---TAN'",
  "CTYPE2  = 'DEC--TAN'",
  'CRVAL1  = 150.0',
  'CRVAL2  = 20.0',
  'CRPIX1  = 22.25',
  'CRPIX2  = 30.5',
  'CDELT1  = -0.001',
  'CDELT2  = 0.001',
  'CROTA2  = 20.0',
  'EQUINOX = 2000.0',
]

let cwd = ''
beforeEach(() => {
  cwd = freshFolder()
  template('region.hdr', CARDS)
})

function template(name: string, cards: readonly string[]): void {
  writeFileSync(join(cwd, name), [...cards, 'END', ''].join('\n'))
}

/** The cards with some replaced. */
function cards(values: Readonly<Record<string, string>>): readonly string[] {
  const changed = CARDS.map((card) => {
    const keyword = card.slice(0, 8).trim()
    return keyword in values ? `${keyword.padEnd(8)}= ${values[keyword] ?? ''}` : card
  })
  const added = Object.keys(values).filter((key) => !CARDS.some((card) => card.startsWith(key.padEnd(8))))
  return [...changed, ...added.map((key) => `${key.padEnd(8)}= ${values[key] ?? ''}`)]
}

/** An image whose pixels tell their own place: 1000 row + column, counted from 1. */
async function numberedImage(templateName: string, name: string, width = 60, height = 48): Promise<void> {
  const lines = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, col) => 1000 * (row + 1) + col + 1).join(' '),
  )
  writeFileSync(join(cwd, 'numbers.txt'), lines.join('\n'))
  await mMakeImg({ template: templateName, output: name, recipe: { arrayFile: 'numbers.txt' } }, { cwd })
}

interface Pixels {
  readonly header: Header
  readonly wcs: Wcs
  readonly width: number
  readonly height: number
  readonly data: Float64Array
}

async function pixels(name: string): Promise<Pixels> {
  await using file = await openFitsFile(join(cwd, name), { blocking: true })
  const hdu = await file.hdu(0)
  const { width, height, data } = await readImage(hdu, { as: 'float64' })
  return { header: hdu.header, wcs: wcsOf(hdu.header), width, height, data }
}

function wcsOf(header: Header): Wcs {
  return wcsFromKeywords((keyword) => {
    const value = header.get(keyword)
    return typeof value === 'object' ? undefined : value
  })
}

function templateWcs(name: string): Wcs {
  return wcsOf(parseHeaderTemplate(readFileSync(join(cwd, name), 'latin1')))
}

/** Largest distance, in pixels, between where an image says that a pixel lies and where it came from. */
async function largestShift(name: string, original: Wcs): Promise<number> {
  const { wcs, width, data } = await pixels(name)
  let most = 0
  data.forEach((value, at) => {
    if (!(value > 0)) return
    const now = pixelToSky(wcs, (at % width) + 1, Math.floor(at / width) + 1)
    const then = pixelToSky(original, value % 1000, Math.floor(value / 1000))
    if (now === undefined || then === undefined) throw new Error('no sky')
    most = Math.max(most, angularDistanceDeg(now, then) / 0.001)
  })
  return most
}

describe('turned images', () => {
  test.each([
    ['upright', {}, 0],
    ['by thirty degrees', {}, 30],
    ['by a quarter', { CROTA2: '0' }, 90],
    ['mirrored', { CDELT1: '0.001' }, 55],
    ['with a matrix', { CD1_1: '-0.001', CD1_2: '0.0001', CD2_1: '0.0001', CD2_2: '0.001' }, -45],
  ] as const)('%s: every pixel lies where its header says, within half a pixel', async (_, change, angle) => {
    template('turn.hdr', cards(change))
    await numberedImage('turn.hdr', 'in.fits')
    await mRotate({ image: 'in.fits', output: 'out.fits', angle }, { cwd })
    const { header, data } = await pixels('out.fits')
    expect(header.number('CROTA2')).toBe(angle)
    // The nearest centre is at most half a diagonal away.
    expect(await largestShift('out.fits', templateWcs('turn.hdr'))).toBeLessThan(Math.SQRT1_2 + 1e-9)
    const found = new Set(data.filter((value) => value > 0))
    // Nearly every pixel is found again, first and last rows included; a turned grid passes over some.
    expect(found.size).toBeGreaterThan(0.8 * 60 * 48)
    expect([...found].some((value) => value >= 48_000)).toBe(true)
  })

  test('a quarter turn keeps every pixel', async () => {
    template('turn.hdr', cards({ CROTA2: '0' }))
    await numberedImage('turn.hdr', 'in.fits')
    await mRotate({ image: 'in.fits', output: 'out.fits', angle: 90 }, { cwd })
    const { data, width, height } = await pixels('out.fits')
    expect(new Set(data.filter((value) => value > 0)).size).toBe(60 * 48)
    expect([width, height]).toEqual([49, 61])
  })

  test('a region of the turned image is cut out', async () => {
    await numberedImage('region.hdr', 'in.fits')
    const region = { ra: 150.004, dec: 20.003, xsize: 0.01, ysize: 0.006 }
    await mRotate({ image: 'in.fits', output: 'out.fits', region }, { cwd })
    const { width, height, wcs } = await pixels('out.fits')
    expect([width, height]).toEqual([12, 8])
    const centre = pixelToSky(wcs, (width + 1) / 2, (height + 1) / 2)
    expect(
      angularDistanceDeg(centre ?? { lonDeg: 0, latDeg: 0 }, { lonDeg: 150.004, latDeg: 20.003 }),
    ).toBeLessThan(0.002)
    expect(await largestShift('out.fits', templateWcs('region.hdr'))).toBeLessThan(Math.SQRT1_2 + 1e-9)
  })

  test('an image with SIP is refused, and nothing is written', async () => {
    template('sip.hdr', cards({ A_ORDER: '2', A_2_0: '1E-5', B_ORDER: '2' }))
    await mMakeImg({ template: 'sip.hdr', output: 'in.fits', recipe: {} }, { cwd })
    await expect(mRotate({ image: 'in.fits', output: 'out.fits' }, { cwd })).rejects.toMatchObject({
      code: 'MONTAGE_BAD_HEADER',
      problem: 'Images with a distortion in pixels cannot be rotated',
    })
    expect(existsSync(join(cwd, 'out.fits'))).toBe(false)
  })
})

describe('padded images', () => {
  test('the function keeps the coordinates right', async () => {
    await numberedImage('region.hdr', 'in.fits')
    await mPad(
      { image: 'in.fits', output: 'out.fits', left: 3, right: 4, top: 5, bottom: 6, value: -1 },
      { cwd },
    )
    const { width, height, data } = await pixels('out.fits')
    expect([width, height]).toEqual([67, 59])
    expect(await largestShift('out.fits', templateWcs('region.hdr'))).toBeLessThan(1e-6)
    expect(data.filter((value) => value === -1)).toHaveLength(67 * 59 - 60 * 48)
  })

  test('a bar has the levels of the histogram file, the lowest below', async () => {
    await numberedImage('region.hdr', 'in.fits')
    const levels = Array.from({ length: 256 }, (_, level) => `${level}  ${(100 + level).toExponential(6)}`)
    writeFileSync(
      join(cwd, 'a.hist'),
      ['# comment', 'Type 0 0', '', 'Stretch Lookup', ...levels, ''].join('\n'),
    )
    const bar = { xmin: 1, xmax: 2, ymin: 0, ymax: 51, histogram: 'a.hist' }
    await mPad({ image: 'in.fits', output: 'out.fits', left: 5, right: 0, top: 4, bottom: 0, bar }, { cwd })
    const { data, width } = await pixels('out.fits')
    const column = Array.from({ length: 52 }, (_, row) => data[row * width + 1])
    expect(column).toEqual(Array.from({ length: 52 }, (_, row) => 100 + 5 * row))
    expect(data[0]).toBeNaN()
    writeFileSync(join(cwd, 'a.hist'), ['Stretch Lookup', ...levels.slice(0, 99)].join('\n'))
    await expect(
      mPad({ image: 'in.fits', output: 'x.fits', left: 5, right: 0, top: 4, bottom: 0, bar }, { cwd }),
    ).rejects.toMatchObject({ code: 'MONTAGE_BAD_TABLE', problem: 'Invalid histogram file a.hist' })
  })

  test('bad margins are refused', async () => {
    await numberedImage('region.hdr', 'in.fits')
    const outcome = await runModuleIn(cwd, 'mPad', 'in.fits', 'out.fits', '-1', '0', '0', '0')
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: '[struct stat="ERROR", msg="Margin (-1) must be a non-negative integer"]\n',
    })
    expect(existsSync(join(cwd, 'out.fits'))).toBe(false)
  })
})

test('boxes are taken out, columns counted from 0 and rows from 1', async () => {
  await numberedImage('region.hdr', 'in.fits')
  writeFileSync(join(cwd, 'boxes.txt'), '# columns and rows\n2 4 1 2\n58 99 48 60\n')
  const outcome = await runModuleIn(cwd, 'mMask', 'in.fits', 'out.fits', 'boxes.txt')
  expect(outcome.stdout).toBe('[struct stat="OK", module="mMask"]\n')
  const before = (await pixels('in.fits')).data
  const after = (await pixels('out.fits')).data
  const masked = [...before].filter((_, at) => Number.isNaN(after[at]!))
  expect(masked).toEqual([1003, 1004, 1005, 2003, 2004, 2005, 48_059, 48_060])
})

test('a position behind the tangent plane has no cutout and no pixel', async () => {
  await numberedImage('region.hdr', 'in.fits')
  // The antipode of the reference point, whose gnomonic projection falls onto the image.
  const region = { kind: 'sky', ra: 330, dec: -20, xsize: 0.01, ysize: 0.01 } as const
  await expect(mSubimage({ image: 'in.fits', output: 'out.fits', region }, { cwd })).rejects.toMatchObject({
    problem: 'Region outside image.',
  })
  await expect(mCoord({ image: 'in.fits', ra: 330, dec: -20 }, { cwd })).rejects.toMatchObject({
    problem: 'Location off the image.',
  })
  expect(existsSync(join(cwd, 'out.fits'))).toBe(false)
})

test('a cutout by first and last pixels holds both', async () => {
  await numberedImage('region.hdr', 'in.fits')
  const outcome = await runModuleIn(cwd, 'mSubimage', '-P', 'in.fits', 'out.fits', '3', '4', '5', '4')
  expect(outcome.stdout).toBe('[struct stat="OK", module="mSubimage", content="normal"]\n')
  const { data } = await pixels('out.fits')
  expect([...data]).toEqual([4003, 4004, 4005])
  expect(await largestShift('out.fits', templateWcs('region.hdr'))).toBeLessThan(1e-6)
})

test('pixel and position lead to each other', async () => {
  const there = await mCoord({ image: 'region.hdr', xpix: 10.5, ypix: 40 }, { cwd })
  const back = await mCoord({ image: 'region.hdr', ra: there.ra, dec: there.dec }, { cwd })
  expect(back.xpix).toBeCloseTo(10.5, 7)
  expect(back.ypix).toBeCloseTo(40, 7)
  const outcome = await runModuleIn(cwd, 'mCoord', 'region.hdr', '10.5p', '40p')
  expect(outcome.stdout).toMatch(
    /^\[struct stat="OK", module="mCoord", ra=150\.\d+, dec=20\.\d+, xpix=10\.5, ypix=40\]\n$/,
  )
})

describe('parts of templates', () => {
  test('are those that mSubimage cuts out of images', async () => {
    await numberedImage('region.hdr', 'in.fits')
    const where = ['150.004', '20.003', '0.01', '0.006']
    await runModuleIn(cwd, 'mSubimage', 'in.fits', 'part.fits', ...where)
    const outcome = await runModuleIn(cwd, 'mSubHdr', 'region.hdr', 'part.hdr', ...where)
    expect(outcome.stdout).toBe('[struct stat="OK", module="mSubHdr", lines="16"]\n')
    const { header } = await pixels('part.fits')
    const cut = parseHeaderTemplate(readFileSync(join(cwd, 'part.hdr'), 'latin1'))
    for (const keyword of ['NAXIS1', 'NAXIS2', 'CRPIX1', 'CRPIX2'])
      expect(cut.number(keyword), keyword).toBeCloseTo(header.number(keyword), 9)
  })

  test('may be moved onto the template, and have the size that was asked for', async () => {
    await runModuleIn(cwd, 'mSubHdr', '-p', '-s', 'region.hdr', 'part.hdr', '50', '-5', '20', '10p')
    const part = parseHeaderTemplate(readFileSync(join(cwd, 'part.hdr'), 'latin1'))
    expect(['NAXIS1', 'NAXIS2', 'CRPIX1', 'CRPIX2'].map((keyword) => part.number(keyword))).toEqual([
      20, 10, -17.75, 30.5,
    ])
    const off = await runModuleIn(cwd, 'mSubHdr', '-p', 'region.hdr', 'x.hdr', '500', '1', '20')
    expect(off.stdout).toBe('[struct stat="ERROR", msg="Region outside image."]\n')
  })
})

describe('made-up images', () => {
  const star = [
    '|    ra     |   dec    | flux |',
    '|   double  |  double  |double|',
    ' 150.0020001 20.0031001   50.0',
  ]

  test('have the same noise each time, of the right size, whatever the height of the strips', async () => {
    template('wide.hdr', cards({ NAXIS1: '500', NAXIS2: '400' }))
    const recipe = { noise: 3, seed: 42 }
    await mMakeImg({ template: 'wide.hdr', output: 'a.fits', recipe }, { cwd })
    await mMakeImg({ template: 'wide.hdr', output: 'b.fits', recipe }, { cwd })
    await mMakeImg({ template: 'wide.hdr', output: 'c.fits', recipe: { ...recipe, seed: 43 } }, { cwd })
    expect(readFileSync(join(cwd, 'a.fits')).equals(readFileSync(join(cwd, 'b.fits')))).toBe(true)
    expect(readFileSync(join(cwd, 'a.fits')).equals(readFileSync(join(cwd, 'c.fits')))).toBe(false)
    const { data } = await pixels('a.fits')
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length
    const sigma = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length)
    // 200,000 values: the mean is good to 3 / 447, the scatter to 3 / 632; five times that.
    expect(Math.abs(mean)).toBeLessThan(0.034)
    expect(Math.abs(sigma - 3)).toBeLessThan(0.024)
    // The first numbers of the generator, so that no later version changes the images of a seed.
    expect([...data.subarray(0, 3)].map((value) => value.toFixed(9))).toMatchInlineSnapshot(`
      [
        "1.242432325",
        "-3.652579773",
        "-4.233339062",
      ]
    `)
  })

  test('a Gaussian source stands at its position', async () => {
    writeFileSync(join(cwd, 'star.tbl'), `${star.join('\n')}\n`)
    const words = [
      '-t',
      'star.tbl',
      'flux',
      '4',
      'eq',
      '2000',
      '2',
      'flux',
      'gaussian',
      'region.hdr',
      'out.fits',
    ]
    const outcome = await runModuleIn(cwd, 'mMakeImg', ...words)
    expect(outcome.stdout).toBe('[struct stat="OK", module="mMakeImg", sources=1, images=0]\n')
    const { data, width } = await pixels('out.fits')
    const wanted = await mCoord({ image: 'region.hdr', ra: 150.0020001, dec: 20.0031001 }, { cwd })
    let [sum, sumX, sumY] = [0, 0, 0]
    data.forEach((value, at) => {
      sum += value
      sumX += value * ((at % width) + 1)
      sumY += value * (Math.floor(at / width) + 1)
    })
    expect(sumX / sum).toBeCloseTo(wanted.xpix, 5)
    expect(sumY / sum).toBeCloseTo(wanted.ypix, 5)
    // Integral of 2 * 50 exp(-4 r^2 / 16).
    expect(sum / (100 * Math.PI * 4)).toBeCloseTo(1, 5)
  })

  test('JSON and options make the same image', async () => {
    writeFileSync(join(cwd, 'star.tbl'), `${star.join('\n')}\n`)
    const json = JSON.stringify({
      background: { noise: '1.5', bg11: 1, bg1N: 2, bgNN: 3, bgN1: 4 },
      datasets: [
        {
          type: 'catalog',
          file: 'star.tbl',
          column: 'flux',
          width: '3',
          shape: 'flat',
          refval: '2',
          mode: 'flux',
          csys: 'eq J2000',
        },
      ],
      replace: true,
    })
    await runModuleIn(cwd, 'mMakeImg', '-json', json, 'region.hdr', 'a.fits')
    const words = [
      '-n',
      '1.5',
      '-b',
      '1',
      '2',
      '3',
      '4',
      '-r',
      '-t',
      'star.tbl',
      'flux',
      '3',
      'eq',
      '2000',
      '2',
      'flux',
      'flat',
    ]
    await runModuleIn(cwd, 'mMakeImg', ...words, 'region.hdr', 'b.fits')
    expect(readFileSync(join(cwd, 'a.fits')).equals(readFileSync(join(cwd, 'b.fits')))).toBe(true)
  })

  test.each([
    ['{', 'Invalid JSON structure.'],
    ['{"datasets": [{"type": "catalog"}]}', 'Invalid value for datasets[0].file'],
    ['{"background": {"bg11": "high"}}', 'Invalid value for background.bg11'],
    ['{"datasets": [{"type": "map", "file": "a"}]}', 'Invalid value for datasets[0].type'],
  ])('%s is refused', async (json, problem) => {
    const outcome = await runModuleIn(cwd, 'mMakeImg', '-json', json, 'region.hdr', 'out.fits')
    expect(outcome).toEqual({ exitCode: 1, stdout: `[struct stat="ERROR", msg="${problem}"]\n` })
    expect(existsSync(join(cwd, 'out.fits'))).toBe(false)
  })
})

test('an image in an extension is mended with -h, and only counted with -', async () => {
  await numberedImage('region.hdr', 'in.fits')
  const plain = await mFixNaN({ image: 'in.fits', output: '-', ranges: [{ min: 1001, max: 1010 }] }, { cwd })
  expect(plain).toEqual({ rangeCount: 10, nanCount: 10, boundaryCount: 0 })
  const image = readFileSync(join(cwd, 'in.fits'))
  const empty =
    `${'SIMPLE  =                    T'.padEnd(80)}${'BITPIX  =                    8'.padEnd(80)}${'NAXIS   =                    0'.padEnd(80)}${'EXTEND  =                    T'.padEnd(80)}${'END'.padEnd(80)}`.padEnd(
      2880,
    )
  const extension = Buffer.from(image)
  extension.write("XTENSION= 'IMAGE   '".padEnd(80), 0, 'latin1')
  writeFileSync(join(cwd, 'multi.fits'), Buffer.concat([Buffer.from(empty, 'latin1'), extension]))
  const outcome = await runModuleIn(cwd, 'mFixNaN', '-h', '1', 'multi.fits', 'out.fits', '1001', '1010')
  expect(outcome.stdout).toBe(
    '[struct stat="OK", module="mFixNaN", rangeCount=10, nanCount=10, boundaryCount=0]\n',
  )
  expect((await pixels('out.fits')).data.subarray(0, 11)).toEqual(
    new Float64Array(11).fill(Number.NaN).map((value, at) => (at === 10 ? 1011 : value)),
  )
})

test('a raw header becomes lines; a text is refused', async () => {
  await numberedImage('region.hdr', 'in.fits')
  expect((await runModuleIn(cwd, 'mFixHdr', 'in.fits', 'out.hdr')).stdout).toBe('[struct stat="OK"]\n')
  await runModuleIn(cwd, 'mGetHdr', 'in.fits', 'get.hdr')
  expect(readFileSync(join(cwd, 'out.hdr'), 'latin1')).toBe(readFileSync(join(cwd, 'get.hdr'), 'latin1'))
  expect((await runModuleIn(cwd, 'mFixHdr', 'region.hdr', 'x.hdr')).stdout).toBe(
    '[struct stat="ERROR" msg="Incomplete header line in [region.hdr] (all must be 80 characters."]\n',
  )
})

describe('selection by region', () => {
  const positions = [
    [10, 0],
    [10.4, 0.3],
    [12, 5],
    [200, 80],
  ] as const
  beforeEach(() => {
    const names = [1, 2, 3, 4].flatMap((corner) => [`ra${corner}`, `dec${corner}`])
    const rows = positions.map(([ra, dec], index) => {
      const half = 0.25
      const corners = [
        [-half, -half],
        [half, -half],
        [half, half],
        [-half, half],
      ].flatMap(([x = 0, y = 0]) => [
        (ra + x / Math.cos((dec * Math.PI) / 180)).toFixed(5),
        (dec + y).toFixed(5),
      ])
      return ` ${corners.map((text) => text.padStart(10)).join(' ')} image${index}.fits`
    })
    const bars = `${names.map((name) => `|${name.padStart(10)}`).join('')}|fname      |`
    const types = `${names.map(() => '|    double').join('')}|char       |`
    writeFileSync(join(cwd, 'images.tbl'), [bars, types, ...rows, ''].join('\n'))
  })

  test.each([
    ['-point 10.1 0.1', [0]],
    ['-point 10.2 0.2', [0, 1]],
    ['-circle 11 0 0.5', [1]],
    ['-circle 11 0 0.8', [0, 1]],
    ['-circle 9 0', []],
    ['-box 11.5 4.6 1', [2]],
    ['-box 11.5 4.6 0.4', []],
    ['-box 11.5 4.6 1 0.05 45', [2]],
    ['-points 9 -1 9 6 13 6 13 -1 11 2', [0, 1, 2]],
    ['-circle 20 80 20', [3]],
  ] as const)('mCoverageCheck %s', async (words, rows) => {
    const outcome = await runModuleIn(cwd, 'mCoverageCheck', 'images.tbl', 'out.tbl', ...words.split(' '))
    expect(outcome.stdout).toBe(`[struct stat="OK", module="mCoverageCheck", count=${rows.length}]\n`)
    const lines = readFileSync(join(cwd, 'out.tbl'), 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('\\datatype = fitshdr')
    expect(lines.slice(3).map((line) => Number(/image(\d)/.exec(line)?.[1]))).toEqual(rows)
  })

  test('a template selects what lies on it, the whole sky everything', async () => {
    template('small.hdr', cards({ CRVAL1: '10.3', CRVAL2: '0.2', CDELT1: '-0.01', CDELT2: '0.01' }))
    const small = await runModuleIn(cwd, 'mSubset', 'images.tbl', 'small.hdr', 'out.tbl')
    expect(small.stdout).toBe('[struct stat="OK", module="mSubset", count=4, nmatches=2]\n')
    template(
      'sky.hdr',
      cards({
        CTYPE1: "'RA---AIT'",
        CTYPE2: "'DEC--AIT'",
        NAXIS1: '360',
        NAXIS2: '180',
        CRPIX1: '180.5',
        CRPIX2: '90.5',
        CRVAL1: '0',
        CRVAL2: '0',
        CDELT1: '-1',
        CDELT2: '1',
        CROTA2: '0',
      }),
    )
    const sky = await runModuleIn(cwd, 'mCoverageCheck', 'images.tbl', 'out.tbl', '-header', 'sky.hdr')
    expect(sky.stdout).toBe('[struct stat="OK", module="mCoverageCheck", count=4]\n')
  })

  test('an unknown mode is an error with exit code 0, as in the classic program', async () => {
    const outcome = await runModuleIn(cwd, 'mCoverageCheck', 'images.tbl', 'out.tbl', '-ring', '1', '2')
    expect(outcome).toEqual({
      exitCode: 0,
      stdout: `[struct stat="ERROR", msg="Invalid region definition mode: '-ring'"]\n`,
    })
  })
})

describe.skipIf(lacksProgram('mExamine', 'mCatMap', 'mPix2Coord'))('against the installed programs', () => {
  const numbersOf = (line: string): readonly (readonly [string, string])[] =>
    [...line.matchAll(/(\w+)=("[^"]*"|[^,\]]+)/g)].map(([, key = '', value = '']) => [key, value] as const)

  test.each([
    ['equatorial', {}],
    ['mirrored', { CDELT1: '0.001' }],
    ['upside down', { CDELT2: '-0.001', CROTA2: '0' }],
    ['galactic', { CTYPE1: "'GLON-SIN'", CTYPE2: "'GLAT-SIN'" }],
    ['B1950', { EQUINOX: '1950.0' }],
  ] as const)('mExamine of an image that is %s', async (_, change) => {
    // Wider than high: the program looks only at the first NAXIS1 rows.
    template('one.hdr', cards(change))
    const recipe = {
      noise: 2,
      seed: 3,
      background: { lowerLeft: 10, lowerRight: 20, upperRight: 30, upperLeft: 5 },
    }
    await mMakeImg({ template: 'one.hdr', output: 'in.fits', recipe }, { cwd })
    for (const words of [[], ['-p', 'centre']]) {
      const { ra, dec } = await mCoord({ image: 'in.fits', xpix: 30.2, ypix: 21.7 }, { cwd })
      const args =
        words.length === 0 ? ['in.fits'] : ['-p', ra.toFixed(9), dec.toFixed(9), '0.0093', 'in.fits']
      const ours = numbersOf((await runModuleIn(cwd, 'mExamine', ...args)).stdout)
      const theirs = numbersOf(runPeer('mExamine', args, { cwd }))
      expect(ours.map(([key]) => key)).toEqual(theirs.map(([key]) => key))
      theirs.forEach(([key, value], index) => {
        const found = ours[index]?.[1] ?? ''
        if (Number.isNaN(Number(value))) expect(found, key).toBe(value)
        // Six digits, or seven decimals of a degree.
        else
          expect(Math.abs(Number(found) - Number(value)), key).toBeLessThanOrEqual(
            2e-5 * Math.abs(Number(value)) + 2e-7,
          )
      })
    }
  })

  test.each([[[]], [['-w', '3']], [['-w', '5', '-c', 'flux']], [['-c', 'flux', '-m', '40']]])(
    'mCatMap %s',
    async (options) => {
      const rows = Array.from(
        { length: 40 },
        (_, index) =>
          ` ${(149.97 + 0.00171 * index).toFixed(6).padStart(11)} ${(19.98 + 0.00093 * index).toFixed(6).padStart(10)} ${(40 + (index % 7)).toFixed(2).padStart(6)}`,
      )
      writeFileSync(
        join(cwd, 'stars.tbl'),
        ['|    ra     |   dec    | flux |', '|   double  |  double  |double|', ...rows, ''].join('\n'),
      )
      await runModuleIn(cwd, 'mCatMap', ...options, 'stars.tbl', 'ours.fits', 'region.hdr')
      runPeer('mCatMap', [...options, 'stars.tbl', 'theirs.fits', 'region.hdr'], { cwd })
      const [ours, theirs] = [(await pixels('ours.fits')).data, (await pixels('theirs.fits')).data]
      expect(ours.some((value) => value > 0)).toBe(true)
      ours.forEach((value, at) => {
        if (Math.abs(value - theirs[at]!) > 1e-12 * Math.abs(value))
          throw new Error(`pixel ${at}: ${value}, theirs ${theirs[at]}`)
      })
    },
  )

  test.each([
    ['-0.001', '0.001'],
    ['0.001', '0.001'],
    ['-0.001', '-0.001'],
  ])('mPix2Coord -j with CDELT1 %s, CDELT2 %s', async (CDELT1, CDELT2) => {
    template('one.hdr', cards({ CDELT1, CDELT2, CROTA2: '0' }))
    for (const [x, y] of [
      ['0', '0'],
      ['10.25', '7'],
    ] as const)
      expect((await runModuleIn(cwd, 'mPix2Coord', '-j', 'one.hdr', x, y)).stdout).toBe(
        runPeer('mPix2Coord', ['-j', 'one.hdr', x, y], { cwd }),
      )
  })
})
