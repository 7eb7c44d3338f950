import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { Header, parseHeaderTemplate, readImage, writeImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { pixelToSky, wcsFromKeywords } from '@skyloom/wcs'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { runModuleIn } from './run-module-in.ts'

async function write(path: string, header: Header, width: number, data: Float32Array): Promise<void> {
  const sink = memorySink()
  await writeImage(sink, header, { width, height: data.length / width, data })
  writeFileSync(path, sink.bytes())
}

async function read(path: string): Promise<{ data: Float64Array; header: Header }> {
  const file = await openFitsFile(path)
  try {
    const hdu = await file.hdu(0)
    return { data: (await readImage(hdu, { as: 'float64' })).data, header: hdu.header }
  } finally {
    await file.close()
  }
}

const SIDE = 400
/** A smooth function of the position in degrees. */
function value(lonDeg: number, latDeg: number): number {
  return 10 * lonDeg + latDeg
}

/** An image in CAR of the sky from longitude 50 to 70, latitude 10 to 30, with pixels of 0.05 degrees. */
async function writeCar(path: string): Promise<void> {
  const header = new Header()
    .set('CTYPE1', 'RA---CAR')
    .set('CTYPE2', 'DEC--CAR')
    .setFloat('CRVAL1', 60)
    .setFloat('CRVAL2', 0)
    .setFloat('CRPIX1', SIDE / 2 + 0.5)
    .setFloat('CRPIX2', -199.5)
    .setFloat('CDELT1', -0.05)
    .setFloat('CDELT2', 0.05)
    .setFloat('EQUINOX', 2000)
  const data = Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    value(60 - 0.05 * ((i % SIDE) + 1 - (SIDE / 2 + 0.5)), 0.05 * (Math.floor(i / SIDE) + 1 + 199.5)),
  )
  await write(path, header, SIDE, data)
}

test('the tiles of the WorldWide Telescope show the sky at the places of the TOAST projection', async () => {
  const folder = freshFolder()
  await writeCar(join(folder, 'sky.fits'))
  for (const name of ['hdr', 'tiles', 'png']) mkdirSync(join(folder, name))
  expect((await runModuleIn(folder, 'mHdrWWTExec', '3', 'hdr')).stdout).toBe(
    '[struct stat="OK", module="mHdrWWTExec", level=3, nheader=85]\n',
  )
  const outcome = await runModuleIn(folder, 'mProjWWTExec', '3', 'sky.fits', 'b_', 'hdr', 'tiles')
  const tiles = readdirSync(join(folder, 'tiles'))
  expect(outcome).toEqual({
    exitCode: 0,
    stdout: `[struct stat="OK", module="mProjWWTExec", level=3, nimage=${tiles.length}]\n`,
  })
  // Every tile below a tile that is there was looked at, and none stands alone.
  for (const tile of tiles) expect(tiles).toContain(tile === 'b_.fits' ? tile : `${tile.slice(0, -6)}.fits`)
  let seen = 0
  for (const tile of tiles.filter((name) => name.length === 'b_123.fits'.length)) {
    const { data, header } = await read(join(folder, 'tiles', tile))
    const wcs = wcsFromKeywords((keyword) => {
      const found = header.get(keyword)
      return typeof found === 'object' ? undefined : found
    })
    for (let i = 0; i < data.length; i += 7) {
      const found = data[i] ?? Number.NaN
      if (Number.isNaN(found)) continue
      const sky = pixelToSky(wcs, (i % 256) + 1, Math.floor(i / 256) + 1)
      // The nearest pixel: half a pixel of 0.05 degrees along both axes.
      expect(Math.abs(found - value(sky?.lonDeg ?? 0, sky?.latDeg ?? 0))).toBeLessThan(0.025 * 11 + 1e-3)
      seen++
    }
  }
  expect(seen).toBeGreaterThan(300)
  expect(
    (await runModuleIn(folder, 'mHistogram', ...'-file sky.fits min max linear -out h'.split(' '))).exitCode,
  ).toBe(0)
  expect((await runModuleIn(folder, 'mPNGWWTExec', '0', '3', 'b_', 'tiles', 'h', 'png')).stdout).toBe(
    `[struct stat="OK", module="mPNGWWTExec", level=3, nimage=${tiles.length}]\n`,
  )
  const three = ['tiles', 'h', 'tiles', 'h', 'tiles', 'h']
  expect((await runModuleIn(folder, 'mPNGWWTExec', '-c', '2', '1', 'b_', ...three, 'png')).exitCode).toBe(0)
  expect(readdirSync(join(folder, 'png')).sort()).toEqual(
    tiles.map((name) => name.replace('fits', 'png')).sort(),
  )
})

test.skipIf(lacksProgram('/usr/bin/mHdrWWTExec'))(
  'mHdrWWTExec writes the files of Montage 6.0, byte for byte',
  async () => {
    const folder = freshFolder()
    for (const name of ['ours', 'theirs']) mkdirSync(join(folder, name))
    await runModuleIn(folder, 'mHdrWWTExec', '2', 'ours')
    for (const id of ['0', '3', '12', '20', '031'])
      runPeer('/usr/bin/mHdrWWT', [id, `theirs/tile${id}.hdr`], { cwd: folder })
    for (const id of ['0', '3', '12', '20'])
      expect(readFileSync(join(folder, `ours/tile${id}.hdr`), 'latin1')).toBe(
        readFileSync(join(folder, `theirs/tile${id}.hdr`), 'latin1'),
      )
  },
)

test('mHiPSTiles cuts the whole tiles with data out of a plate', async () => {
  const folder = freshFolder()
  await runModuleIn(folder, 'mHiPSHdr', '-p', '512', '3', '167', 'plate.hdr')
  const header = parseHeaderTemplate(readFileSync(join(folder, 'plate.hdr'), 'latin1'), 'plate.hdr')
  const side = 1536
  // The number of the 512-pixel square of each pixel; nothing in the lower left one.
  const data = Float32Array.from({ length: side * side }, (_, i) => {
    const square = Math.floor((i % side) / 512) + 3 * Math.floor(i / side / 512)
    return square === 0 ? Number.NaN : square
  })
  await write(join(folder, 'plate.fits'), header, side, data)
  const outcome = await runModuleIn(folder, 'mHiPSTiles', 'plate.fits', 'hips')
  expect(outcome.stdout).toBe('[struct stat="OK", module="mHiPSTiles", ntile=8]\n')
  const [, x, y] =
    / x=(\d+), y=(\d+)/.exec((await runModuleIn(folder, 'mHPXtile2xy', '3', '167')).stdout) ?? []
  for (let square = 1; square < 9; square++) {
    const place = [Number(x) - 1 + (square % 3), Number(y) - 1 + Math.floor(square / 3)].map(String)
    const id = /id=(\d+)/.exec((await runModuleIn(folder, 'mHPXxy2tile', '3', ...place)).stdout)?.[1] ?? ''
    const tile = await read(join(folder, `hips/Norder3/Dir0/Npix${id}.fits`))
    expect(tile.data).toHaveLength(512 * 512)
    expect(tile.data.every((one) => one === square)).toBe(true)
  }
  const tiles = readdirSync(join(folder, 'hips/Norder3/Dir0'))
  expect((await runModuleIn(folder, 'mHiPSAllSky', 'hips')).stdout).toBe(
    '[struct stat="OK", module="mHiPSAllSky", ntile=8, nmissing=760]\n',
  )
  const sky = await read(join(folder, 'hips/Norder3/Allsky.fits'))
  expect(sky.data).toHaveLength(1728 * 1856)
  for (const name of tiles) {
    const npix = Number(/\d+/.exec(name)?.[0])
    const [tile] = (await read(join(folder, 'hips/Norder3/Dir0', name))).data
    // Tiles in rows of 27, the first at the upper left.
    const row = 1856 - 64 * Math.floor(npix / 27) - 1
    expect(sky.data[row * 1728 + 64 * (npix % 27)]).toBe(tile)
  }
  await runModuleIn(folder, 'mHistogram', ...'-file plate.fits 0 9 linear -out h'.split(' '))
  expect((await runModuleIn(folder, 'mHiPSPNGs', 'hips', 'h', 'hips')).stdout).toBe(
    '[struct stat="OK", module="mHiPSPNGs", directory="hips", nimage=8, nerror=0]\n',
  )
  const both = tiles.flatMap((name) => [name, name.replace('fits', 'png')])
  expect(readdirSync(join(folder, 'hips/Norder3/Dir0')).sort()).toEqual(both.sort())
})

test.each([
  ['mHdrWWT', ['4', 'out.hdr'], 'Invalid character in ID string', 0],
  ['mHdrWWTExec', ['1', 'none'], 'Cannot open output header file', 0],
  ['mHdrWWTExec', ['99', 'none'], 'Tile level (99) must be from 0 to 12', 0],
  ['mProjWWTExec', ['1', 'none.fits', 'b', 'hdr', 'out'], 'File none.fits not found.', 0],
  ['mPNGWWTExec', ['0', '1', 'b', 'tiles', 'none.hist', 'png'], 'Cannot find histogram file [none.hist].', 0],
  ['mHiPSTiles', ['car.fits', 'out'], 'is not on the grid of a HEALPix map', 1],
  ['mHiPSAllSky', ['none'], 'Cannot read HiPS directory [none].', 1],
  ['mHiPSPNGs', ['none', 'none.hist', 'png'], 'Cannot find histogram file [none.hist].', 1],
  ['mHiPSTiles', ['none.fits', 'out'], 'Image file none.fits missing or invalid FITS', 1],
])('%s %j: one error in the structure and nothing written', async (name, args, message, exitCode) => {
  const folder = freshFolder()
  await writeCar(join(folder, 'car.fits'))
  const outcome = await runModuleIn(folder, name, ...args)
  expect(outcome.stdout).toContain('stat="ERROR"')
  expect(outcome.stdout).toContain(message)
  expect(outcome.exitCode).toBe(exitCode)
  expect(readdirSync(folder)).toEqual(['car.fits'])
})
