import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { Header, writeImage } from '@skyloom/fits'
import { mocContains, pixelsToSky, readMocFits, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import { skyloomProcess } from './command.ts'

/** A smooth function of the direction on the sky: linear in the unit vector, so that means over pixels are those at their middles. */
function skyValue(lonDeg: number, latDeg: number): number {
  const [lon, lat] = [(lonDeg * Math.PI) / 180, (latDeg * Math.PI) / 180]
  return (
    100 + 1000 * Math.cos(lat) * Math.cos(lon) + 700 * Math.cos(lat) * Math.sin(lon) - 400 * Math.sin(lat)
  )
}

const SCALE_DEG = 20 / 3600
/** The function changes by no more than this over one pixel of the images. */
const STEP = 1300 * ((SCALE_DEG * Math.PI) / 180)

/** Writes a TAN image of the function, turned by 20 degrees. */
async function writeSky(
  path: string,
  crval: readonly [number, number],
  side: number,
  add: number = 0,
): Promise<void> {
  const [c, s] = [Math.cos(0.35), Math.sin(0.35)]
  const header = new Header()
    .set('CTYPE1', 'RA---TAN')
    .set('CTYPE2', 'DEC--TAN')
    .setFloat('CRVAL1', crval[0])
    .setFloat('CRVAL2', crval[1])
    .setFloat('CRPIX1', side / 2 + 0.3)
    .setFloat('CRPIX2', side / 2 - 0.2)
    .setFloat('CD1_1', -SCALE_DEG * c)
    .setFloat('CD1_2', SCALE_DEG * s)
    .setFloat('CD2_1', SCALE_DEG * s)
    .setFloat('CD2_2', SCALE_DEG * c)
    .set('BUNIT', 'MJy/sr')
    .set('RADESYS', 'ICRS')
  const wcs = wcsOf(header)
  const count = side * side
  const lon = Float64Array.from({ length: count }, (_, i) => (i % side) + 1)
  const lat = Float64Array.from({ length: count }, (_, i) => Math.floor(i / side) + 1)
  pixelsToSky(wcs, lon, lat, lon, lat)
  const data = Float32Array.from({ length: count }, (_, i) => skyValue(lon[i] ?? 0, lat[i] ?? 0) + add)
  const sink = memorySink()
  await writeImage(sink, header, { width: side, height: side, data })
  await writeFile(path, sink.bytes())
}

function wcsOf(header: Header): Wcs {
  return wcsFromKeywords((keyword) => {
    const value = header.get(keyword)
    return typeof value === 'object' ? undefined : value
  })
}

async function hips(folder: string, ...args: readonly string[]): ReturnType<typeof skyloomProcess> {
  return await skyloomProcess(folder, 'mosaic', 'hips', ...args, '--date', '2026-01-01')
}

/** Files below a folder with their content, by path. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = new Map<string, string>()
  for (const entry of entries) {
    if (entry.isDirectory()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(path.slice(folder.length + 1), (await readFile(path)).toString('latin1'))
  }
  return files
}

/**
 * Compares all FITS tiles with the function at the positions that healpy gives their pixels. The order of pixels in a tile is that of the
 * standard: columns along y, rows against x of the nested scheme.
 */
const CHECK_TILES = `
import glob, os, numpy as np, healpy as hp
from astropy.io import fits
from astropy.wcs import WCS
from astropy.coordinates import SkyCoord
answer = {}
for path in sorted(glob.glob(given['folder'] + '/Norder*/Dir*/*.fits')):
    order = int(path.split('/Norder')[1].split('/')[0]); npix = int(os.path.basename(path)[4:-5])
    with fits.open(path) as hdus:
        data = hdus[0].data; header = hdus[0].header
    row, col = np.mgrid[0:512, 0:512]; x = 511 - row; y = col
    sub = np.zeros_like(x)
    for b in range(9):
        sub |= ((x >> b) & 1) << (2 * b) | ((y >> b) & 1) << (2 * b + 1)
    lon, lat = hp.pix2ang(2 ** (order + 9), npix * 512 * 512 + sub, nest=True, lonlat=True)
    wlon, wlat = WCS(header).wcs_pix2world(col, row, 0)
    off = np.hypot((wlon - lon + 180) % 360 - 180, 0) * np.cos(np.radians(lat)) + np.abs(wlat - lat)
    if given['frame'] == 'galactic':
        sky = SkyCoord(lon, lat, unit='deg', frame='galactic').icrs
        lon, lat = sky.ra.deg, sky.dec.deg
    r, d = np.radians(lon), np.radians(lat)
    truth = 100 + 1000 * np.cos(d) * np.cos(r) + 700 * np.cos(d) * np.sin(r) - 400 * np.sin(d)
    good = np.isfinite(data)
    # Where all around has data no pixel is cut by the edge of the image.
    inner = good.copy()
    for k in range(3):
        inner[1:-1, 1:-1] = inner[1:-1, 1:-1] & inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
        inner[0, :] = inner[-1, :] = inner[:, 0] = inner[:, -1] = False
    entry = answer.setdefault(str(order), {'tiles': 0, 'bias': 0.0, 'inner': 0.0, 'edge': 0.0, 'pixels': 0, 'wcs': 0.0, 'unit': header.get('BUNIT')})
    error = np.abs(data - truth)
    entry['tiles'] += 1; entry['pixels'] += int(inner.sum()); entry['wcs'] = max(entry['wcs'], float(off.max() * 3600))
    if inner.sum() > 1000:
        entry['bias'] = max(entry['bias'], float(np.abs((data - truth)[inner].mean())))
    entry['inner'] = max(entry['inner'], float(error[inner].max()) if inner.any() else 0.0)
    entry['edge'] = max(entry['edge'], float(error[good].max()))
`

interface OrderCheck {
  readonly tiles: number
  /** Largest mean error of a tile. */
  readonly bias: number
  /** Largest error away from the edges of the image, and anywhere. */
  readonly inner: number
  readonly edge: number
  readonly pixels: number
  readonly wcs: number
  readonly unit: string
}

describe.skipIf(lacksPython('astropy', 'healpy'))(
  'values of the sky survive into the tiles, by healpy',
  () => {
    test.each([
      ['across a side of a face', [44, 1], 'equatorial'],
      ['the north pole, where four faces meet', [30, 89.8], 'equatorial'],
      ['longitude 180, where the HPX plane ends', [180.2, -1], 'equatorial'],
      ['galactic tiles', [266.4, -29], 'galactic'],
    ] as const)(
      '%s',
      async (_, crval, frame) => {
        const folder = freshFolder()
        await writeSky(join(folder, 'sky.fits'), crval, 500)
        const outcome = await hips(folder, 'sky.fits', '--out', 'hips', '--frame', frame, '--no-png')
        expect(outcome.code, outcome.stderr).toBe(0)
        const checks = askPython(CHECK_TILES, { folder: join(folder, 'hips'), frame }) as Record<
          string,
          OrderCheck
        >
        expect(Object.keys(checks)).toEqual(['0', '1', '2', '3', '4', '5'])
        for (const [order, check] of Object.entries(checks)) {
          // Change of the function from pixel to pixel of this order; order 5 has pixels of 12.9 arcsec.
          const step = STEP * (12.9 / 20) * 2 ** (5 - Number(order))
          expect(check.unit).toBe('MJy/sr')
          // A tile that is a hundredth of a pixel out of place has a bias of as much.
          expect(check.bias, `bias of order ${order}`).toBeLessThan(0.01 * step)
          // Parts of image pixels count with the value of their whole, which is off by up to a quarter of a step of the image.
          expect(check.inner, `order ${order}`).toBeLessThan(0.25 * STEP)
          expect(check.edge, `edge of order ${order}`).toBeLessThan(step + STEP)
          expect(check.wcs).toBeLessThan(1e-5)
        }
        expect(checks['5']?.pixels).toBeGreaterThan(400_000)
      },
      60_000,
    )
  },
)

describe('a HiPS of two overlapping images', () => {
  const folder = keptFolder()
  let output = ''
  beforeAll(async () => {
    await writeSky(join(folder, 'a.fits'), [83.8, -5.4], 300)
    await writeSky(join(folder, 'b.fits'), [84.6, -5.4], 300, 2)
    const outcome = await hips(
      folder,
      'a.fits',
      'b.fits',
      '--out',
      'hips',
      '--index',
      '/aladin.js',
      '--jobs',
      '1',
    )
    expect(outcome.code, outcome.stderr).toBe(0)
    output = outcome.stdout
  }, 60_000)

  test('says what it made', () => {
    expect(output).toMatch(/^tiles +\d+ in orders 0 to 5 \(\d+ in the deepest\)/)
    expect(output).toMatch(/^images +2$/m)
  })

  test('holds the files of the standard: tiles of all orders, Allsky, MOC, properties, page', async () => {
    const files = await filesIn(join(folder, 'hips'))
    const orders = new Set(
      [...files.keys()].flatMap((path) => /^Norder(\d+)\/Dir0\/Npix\d+\.png$/.exec(path)?.[1] ?? []),
    )
    expect([...orders].sort()).toEqual(['0', '1', '2', '3', '4', '5'])
    for (const name of ['properties', 'Moc.fits', 'index.html', 'Norder3/Allsky.fits', 'Norder3/Allsky.png'])
      expect(files.has(name), name).toBe(true)
    for (const path of files.keys())
      if (path.endsWith('.png') && path.includes('Npix'))
        expect(files.has(path.replace(/png$/, 'fits'))).toBe(true)
    const properties = new Map(
      (files.get('properties') ?? '')
        .trim()
        .split('\n')
        .map((line) => line.split(/ *= /, 2) as [string, string]),
    )
    expect(properties.get('hips_order')).toBe('5')
    expect(properties.get('hips_tile_width')).toBe('512')
    expect(properties.get('hips_frame')).toBe('equatorial')
    expect(properties.get('hips_tile_format')).toBe('fits png')
    expect(properties.get('dataproduct_type')).toBe('image')
    expect(properties.get('creator_did')).toBe('ivo://skyloom/P/hips')
    expect(properties.get('hips_release_date')).toBe('2026-01-01T00:00Z')
    expect(Number(properties.get('hips_initial_ra'))).toBeCloseTo(84.2, 0)
  })

  test('the coverage map holds the middle of both images and no other place', async () => {
    const moc = readMocFits(new Uint8Array(await readFile(join(folder, 'hips/Moc.fits'))))
    for (const lonDeg of [83.8, 84.6]) expect(mocContains(moc, lonDeg, -5.4)).toBe(true)
    for (const [lonDeg, latDeg] of [
      [82, -5.4],
      [84.2, -8],
      [264, 5.4],
    ] as const)
      expect(mocContains(moc, lonDeg, latDeg)).toBe(false)
  })

  test('bytes do not depend on the number of workers or the memory', async () => {
    const other = await hips(
      folder,
      'a.fits',
      'b.fits',
      '--out',
      'other',
      ...[
        '--index',
        '/aladin.js',
        '--jobs',
        '2',
        '--memory',
        '100M',
        '--id',
        'ivo://skyloom/P/hips',
        '--title',
        'hips',
      ],
    )
    expect(other.code, other.stderr).toBe(0)
    const [one, two] = [await filesIn(join(folder, 'hips')), await filesIn(join(folder, 'other'))]
    expect([...two.keys()].sort()).toEqual([...one.keys()].sort())
    for (const [path, content] of one) expect(two.get(path) === content, path).toBe(true)
  }, 60_000)

  test('a folder that holds something is refused and stays; --overwrite replaces it as a whole', async () => {
    const before = await filesIn(join(folder, 'hips'))
    const refused = await hips(folder, 'a.fits', '--out', 'hips')
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('MOSAIC_OUT_NOT_EMPTY')
    expect((await filesIn(join(folder, 'hips'))).size).toBe(before.size)
    await writeFile(join(folder, 'hips/stray'), '')
    const replaced = await hips(folder, 'a.fits', '--out', 'hips', '--overwrite', '--no-png')
    expect(replaced.code).toBe(0)
    const after = [...(await filesIn(join(folder, 'hips'))).keys()]
    expect(after.some((path) => path.endsWith('.png') || path === 'stray')).toBe(false)
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([])
  }, 60_000)
})

test.each([
  [['none.fits'], 1, 'the image folder cannot be read'],
  [['sky.fits', '--order', '2'], 2, '3 to 18'],
  [['sky.fits', '--cut', '5 1'], 2, 'a lower and a higher value'],
  [['sky.fits', '--property', 'x'], 2, 'a property such as'],
  [['blank.fits'], 1, 'no pixel with data'],
])('%j: exit %i, and nothing is left', async (args, code, message) => {
  const folder = freshFolder()
  await writeSky(join(folder, 'sky.fits'), [10, 10], 20)
  await writeSky(join(folder, 'blank.fits'), [10, 10], 20, Number.NaN)
  const outcome = await hips(folder, ...args, '--out', 'hips')
  expect(outcome.code).toBe(code)
  expect(outcome.stderr).toContain(message)
  expect((await readdir(folder)).sort()).toEqual(['blank.fits', 'sky.fits'])
})
