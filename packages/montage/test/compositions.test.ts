// Modules that Montage 6.0 does not have, against what its own modules make of the same input one after the other, and against astropy.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Header, parseHeaderTemplate } from '@skyloom/fits'
import { beforeEach, describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { askPython, lacksProgram, lacksPython, runPeer } from '../../../testing/peers.ts'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { readPlane, writePlane } from '../src/image/open-image.ts'
import { mAddMem, mCoord, mDiffFit } from '../src/index.ts'
import { runModuleIn } from './run-module-in.ts'

/** Peers stand in /usr/bin; our own commands may stand before them on the path. */
const peer = (name: string): string => `/usr/bin/${name}`

const TEMPLATE = `SIMPLE  = T
BITPIX  = -64
NAXIS   = 2
NAXIS1  = 70
NAXIS2  = 50
CTYPE1  = 'RA---SIN'
CTYPE2  = 'DEC--SIN'
EQUINOX = 2000
CRVAL1  = 150
CRVAL2  = 20
CRPIX1  = 30.5
CRPIX2  = 25.5
CDELT1  = -0.001
CDELT2  = 0.001
CROTA2  = 20
END
`

let folder = ''
beforeEach(() => {
  folder = freshFolder()
  writeFileSync(join(folder, 'region.hdr'), TEMPLATE)
})

/** Images on the grid of the template at columns and rows, with noise, blank corners and areas of many sizes. */
async function writeImages(): Promise<void> {
  const random = seededRandom(7)
  const template = parseHeaderTemplate(TEMPLATE)
  mkdirSync(join(folder, 'p'))
  for (const [name, col, row] of [
    ['a', 0, 0],
    ['b', 25, 3],
    ['c', 12, 18],
  ] as const) {
    const header = new Header()
    for (const { keyword, value } of template)
      if (/^(?:CTYPE|CRVAL|CDELT|CROTA|EQUINOX)/.test(keyword) && value !== undefined)
        header.set(keyword, value)
    header.setFloat('CRPIX1', 30.5 - col).setFloat('CRPIX2', 25.5 - row)
    const size = { width: 40, height: 30 }
    const data = Float64Array.from({ length: 1200 }, (_, k) =>
      k % 40 < 3 && k < 200 ? Number.NaN : 100 + 0.3 * (k % 40) - 0.1 * Math.floor(k / 40) + random(),
    )
    const areas = data.map((value) => (Number.isNaN(value) ? 0 : 3e-10 * (0.2 + random())))
    await writePlane({ cwd: folder }, `p/${name}.fits`, header, { ...size, data })
    await writePlane({ cwd: folder }, `p/${name}_area.fits`, header, { ...size, data: areas })
  }
  await runModuleIn(folder, 'mImgtbl', 'p', 'p.tbl')
}

describe.skipIf(lacksProgram('mAdd', 'mDiff', 'mFitplane', 'mSubimage'))('modules of Montage 6.0', () => {
  test('mAdd -e makes the mosaic of mAddMem', async () => {
    await writeImages()
    await mAddMem(
      { images: 'p.tbl', template: 'region.hdr', output: 'ours.fits', folder: 'p' },
      { cwd: folder },
    )
    runPeer(peer('mAdd'), ['-e', '-p', 'p', 'p.tbl', 'region.hdr', 'theirs.fits'], { cwd: folder })
    for (const end of ['.fits', '_area.fits']) {
      const [ours, theirs] = [
        await readPlane({ cwd: folder }, `ours${end}`),
        await readPlane({ cwd: folder }, `theirs${end}`),
      ]
      expect([ours.width, ours.height]).toEqual([70, 50])
      expect(ours.data).toEqual(theirs.data)
      for (const keyword of ['CRPIX1', 'CRPIX2'])
        expect(ours.header.number(keyword)).toBe(theirs.header.number(keyword))
    }
  })

  test('mDiff and mFitplane give the numbers of mDiffFit', async () => {
    await writeImages()
    const input = { plus: 'p/a.fits', minus: 'p/b.fits', output: 'ours.fits', template: 'region.hdr' }
    const ours = await mDiffFit(input, { cwd: folder })
    runPeer(peer('mDiff'), ['p/a.fits', 'p/b.fits', 'theirs.fits', 'region.hdr'], { cwd: folder })
    const line = runPeer(peer('mFitplane'), ['theirs.fits'], { cwd: folder })
    const theirs = new Map(
      [...line.matchAll(/(\w+)=([-+.\deE]+)/g)].map(([, key, value]) => [key, Number(value)]),
    )
    expect(Object.keys(ours).filter((key) => theirs.has(key)).length).toBeGreaterThan(15)
    for (const [key, value] of Object.entries(ours)) {
      const other = theirs.get(key)
      // Six digits are printed.
      if (other !== undefined && key !== 'time')
        expect(Math.abs(value - other), key).toBeLessThanOrEqual(2e-5 * Math.abs(other) + 1e-9)
    }
  })

  test('mSubimage cuts where mSubHdr does', async () => {
    await writeImages()
    const where = ['150.004', '20.003', '0.012', '0.008']
    runPeer(peer('mSubimage'), ['p/a.fits', 'part.fits', ...where], { cwd: folder })
    await runModuleIn(folder, 'mGetHdr', 'p/a.fits', 'a.hdr')
    await runModuleIn(folder, 'mSubHdr', 'a.hdr', 'part.hdr', ...where)
    const ours = parseHeaderTemplate(readFileSync(join(folder, 'part.hdr'), 'latin1'))
    const { header } = await readPlane({ cwd: folder }, 'part.fits')
    for (const keyword of ['NAXIS1', 'NAXIS2', 'CRPIX1', 'CRPIX2'])
      expect(ours.number(keyword), keyword).toBeCloseTo(header.number(keyword), 9)
  })
})

test.skipIf(lacksPython('astropy'))('astropy has the positions and pixels of mCoord', async () => {
  const places = [
    [1, 1],
    [70, 50],
    [30.5, 25.5],
    [-400.25, 900.75],
  ]
  const answer = askPython(
    `
from astropy.io import fits
from astropy.wcs import WCS
w = WCS(fits.Header.fromstring(given['header'], sep='\\n'))
answer = w.wcs_pix2world(given['places'], 1).tolist()
`,
    { header: TEMPLATE.replace('END\n', ''), places },
  ) as readonly (readonly [number, number])[]
  for (const [index, [xpix = 0, ypix = 0]] of places.entries()) {
    const [ra, dec] = answer[index] ?? [Number.NaN, Number.NaN]
    const there = await mCoord({ image: 'region.hdr', xpix, ypix }, { cwd: folder })
    expect(there.ra).toBeCloseTo(ra, 9)
    expect(there.dec).toBeCloseTo(dec, 9)
    const back = await mCoord({ image: 'region.hdr', ra, dec }, { cwd: folder })
    expect(back.xpix).toBeCloseTo(xpix, 6)
    expect(back.ypix).toBeCloseTo(ypix, 6)
  }
})
