import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@skyloom/mosaic'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { serveHttp } from '../../../testing/loopback-server.ts'
import { mCalExec } from '../src/calibrate/cal-exec.ts'
import { mCalibrate } from '../src/calibrate/calibrate.ts'
import { mCatSearch } from '../src/calibrate/cat-search.ts'
import { mExamine } from '../src/examine/examine.ts'
import { mMakeImg } from '../src/make-image/make-img.ts'

const SIZE = 400
const SCALE_DEG = 0.0003
const REFMAG = 20
/** Width of the made-up stars, pixels: exp(-4 d^2 / width^2). */
const WIDTH = 5
/** Sum over such a star of peak one. */
const STAR_SUM = (Math.PI * WIDTH * WIDTH) / 4

const TEMPLATE = [
  'SIMPLE  = T',
  'BITPIX  = -64',
  'NAXIS   = 2',
  `NAXIS1  = ${SIZE}`,
  `NAXIS2  = ${SIZE}`,
  "CTYPE1  = 'RA---TAN'",
  "CTYPE2  = 'DEC--TAN'",
  'CRVAL1  = 83.0',
  'CRVAL2  = -5.0',
  `CRPIX1  = ${(SIZE + 1) / 2}`,
  `CRPIX2  = ${(SIZE + 1) / 2}`,
  `CDELT1  = ${-SCALE_DEG}`,
  `CDELT2  = ${SCALE_DEG}`,
  'EQUINOX = 2000.0',
  'END',
]

interface Star {
  readonly ra: number
  readonly dec: number
  readonly mag: number
}

/** Stars on a loose grid, so that they do not touch, with some far off the image. */
function field(): readonly Star[] {
  const random = seededRandom(7)
  const stars: Star[] = [{ ra: 84.5, dec: -5, mag: 14 }]
  for (let row = 0; row < 6; row++) {
    for (let col = 0; col < 6; col++) {
      const x = (col - 2.5) * 64 + (random() - 0.5) * 10
      const y = (row - 2.5) * 64 + (random() - 0.5) * 10
      const dec = -5 + y * SCALE_DEG
      const ra = 83 - (x * SCALE_DEG) / Math.cos((dec * Math.PI) / 180)
      stars.push({ ra, dec, mag: 10 + 3 * random() })
    }
  }
  return stars
}

function catalogText(stars: readonly Star[]): string {
  const rows = stars.map(
    ({ ra, dec, mag }) =>
      ` ${ra.toFixed(7).padStart(12)} ${dec.toFixed(7).padStart(12)} ${mag.toFixed(4).padStart(9)}`,
  )
  return ['|      ra    |     dec    |   mag   |', '|    double  |   double   | double  |', ...rows, ''].join(
    '\n',
  )
}

describe('photometry on a made-up field', () => {
  let folder = ''
  const stars = field()
  // Every fifth star of the catalogue has changed its brightness since: by 0.6 magnitudes.
  const catalog = stars.map((star, index) => (index % 5 === 3 ? { ...star, mag: star.mag + 0.6 } : star))
  const place = (): { cwd: string } => ({ cwd: folder })

  beforeAll(async () => {
    folder = keptFolder()
    writeFileSync(join(folder, 'region.hdr'), TEMPLATE.join('\n'))
    writeFileSync(join(folder, 'sky.tbl'), catalogText(stars))
    writeFileSync(join(folder, 'catalog.tbl'), catalogText(catalog))
    for (const [name, refval] of [
      ['bright.fits', REFMAG],
      ['faint.fits', REFMAG - 0.5],
    ] as const) {
      const layer = {
        kind: 'catalog',
        file: 'sky.tbl',
        column: 'mag',
        width: WIDTH,
        shape: 'gaussian',
        refval,
        mode: 'mag',
        frame: { system: 'EQUJ', epochYear: 2000 },
      } as const
      const recipe = {
        noise: 2,
        seed: 5,
        background: { lowerLeft: 200, lowerRight: 210, upperRight: 230, upperLeft: 220 },
        layers: [layer],
      }
      await mMakeImg({ template: 'region.hdr', output: name, recipe }, place())
    }
    writeFileSync(
      join(folder, 'images.tbl'),
      ['|cntr|     fname|', '|int |      char|', '    0 bright.fits', '    1  faint.fits', ''].join('\n'),
    )
  })

  test('the flux of a star is that of its Gaussian', async () => {
    const star = stars[8]
    if (star === undefined) throw new Error('no star')
    const { totalflux } = await mExamine(
      { image: 'bright.fits', place: { kind: 'source', ra: star.ra, dec: star.dec } },
      place(),
    )
    const expected = STAR_SUM * 10 ** (0.4 * (REFMAG - star.mag))
    // Noise of 2 over some 180 pixels of the aperture is 27; the sky level of a sloping background and the pixel grid add less than 0.3 %.
    expect(Math.abs((totalflux ?? 0) - expected)).toBeLessThan(0.004 * expected + 5 * 27)
  })

  test('a place without a source is an error', async () => {
    const wanted = mExamine({ image: 'bright.fits', place: { kind: 'source', ra: 83, dec: -5 } }, place())
    await expect(wanted).rejects.toMatchObject({
      code: 'MONTAGE_NO_RESULT',
      problem: 'No source at the location.',
    })
  })

  test('the scale is found in spite of stars that changed, which are left out', async () => {
    const result = await mCalibrate(
      { image: 'bright.fits', output: 'stars.tbl', catalog: 'catalog.tbl', refmag: REFMAG },
      place(),
    )
    // The mean of 29 stars, each good to 0.4 %.
    expect(Math.abs(result.scale * STAR_SUM - 1)).toBeLessThan(0.002)
    expect(result.nbad).toBeGreaterThanOrEqual(7)
    expect(result.nstar + result.nbad).toBe(36)
    const lines = readFileSync(join(folder, 'stars.tbl'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(' '))
    expect(lines).toHaveLength(36)
  })

  test('a table gets the scales in front of its columns', async () => {
    const result = await mCalExec(
      { images: 'images.tbl', output: 'cal.tbl', catalog: 'catalog.tbl', refmag: REFMAG },
      place(),
    )
    expect(result.count).toBe(2)
    const lines = readFileSync(join(folder, 'cal.tbl'), 'utf8').trimEnd().split('\n')
    expect(lines.slice(0, 2)).toEqual([
      '|         scale|cntr|     fname|',
      '|        double|int |      char|',
    ])
    const [bright = 0, faint = 0] = lines.slice(2).map((line) => Number(line.trim().split(/\s+/)[0]))
    // Half a magnitude fainter: a factor of 10^0.2.
    expect(Math.abs(faint / bright / 10 ** 0.2 - 1)).toBeLessThan(0.002)
  })

  test('the stars on an image are listed, also from a cone search', async () => {
    const asked: string[] = []
    const url = await serveHttp((request, response) => {
      asked.push(request.url ?? '')
      response.end(catalogText(catalog))
    })
    const local = await mCatSearch({ image: 'bright.fits', output: 'a.tbl', catalog: 'catalog.tbl' }, place())
    const remote = await mCatSearch(
      { image: 'bright.fits', output: 'b.tbl', catalog: `${url}/cone?kind=star` },
      place(),
    )
    expect(local.count).toBe(36)
    expect(remote.count).toBe(36)
    expect(readFileSync(join(folder, 'a.tbl'), 'utf8')).toBe(readFileSync(join(folder, 'b.tbl'), 'utf8'))
    expect(asked).toEqual([expect.stringMatching(/^\/cone\?kind=star&RA=83&DEC=-5&SR=0\.0848/)])
  })
})

test('without a catalogue the error says where one can be given', async () => {
  const cwd = freshFolder()
  writeFileSync(join(cwd, 'region.hdr'), TEMPLATE.join('\n'))
  await mMakeImg({ template: 'region.hdr', output: 'image.fits', recipe: {} }, { cwd })
  await expect(mCalibrate({ image: 'image.fits' }, { cwd })).rejects.toMatchObject({
    code: 'MONTAGE_BAD_ARGUMENT',
    problem: 'No catalogue: give one with -c or in SKYLOOM_CATALOG',
  })
  await expect(mCalibrate({ image: 'image.fits', catalog: 'none.tbl' }, { cwd })).rejects.toMatchObject({
    code: 'MOSAIC_BAD_CATALOG',
  })
  writeFileSync(join(cwd, 'page.tbl'), '<html>busy</html>')
  await expect(mCalibrate({ image: 'image.fits', catalog: 'page.tbl' }, { cwd })).rejects.toMatchObject({
    code: 'MOSAIC_BAD_CATALOG',
  })
})
