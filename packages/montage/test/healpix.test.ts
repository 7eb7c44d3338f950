import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { runModuleIn } from './run-module-in.ts'

test.each([
  // The first three answers were recorded from Montage's programs of 2026.
  ['mHPXtile2xy', ['2', '17'], 'level=2, tile=17, x=2, y=4'],
  ['mHPXxy2tile', ['2', '5', '6'], 'index=2, x=5, y=6, id=92'],
  ['mHPXCoord2Tile', ['3', '150', '20'], 'index=3, x=28, y=37, id=167'],
  // The tile that holds the fine tile (40, 48) of order 5 is four times as wide at order 3.
  ['mHiPSID', ['3', '10', '12'], 'level=3, x=10, y=12, outlevel=3, id='],
  // Face 4 lies about longitude 0 on the equator, in the middle of the plane.
  [
    'mHPXTileCoords',
    ['0', '4'],
    'level=0, tile=4, x=2, y=2, lon=0.000000, lat=0.000000, lon1=0.000000, lat1=-41.810315, lon2=45.000000, lat2=0.000000',
  ],
])('%s %j', async (name, args, expected) => {
  const outcome = await runModuleIn(freshFolder(), name, ...args)
  expect(outcome.stdout).toContain(`[struct stat="OK", module="${name}", ${expected}`)
  expect(outcome.exitCode).toBe(0)
})

test('a tile keeps its number through the plane', async () => {
  const folder = freshFolder()
  for (let tile = 0; tile < 192; tile++) {
    const [, x = '', y = ''] = / x=(\d+), y=(\d+)/.exec(
      (await runModuleIn(folder, 'mHPXtile2xy', '2', String(tile))).stdout,
    ) ?? ['']
    expect((await runModuleIn(folder, 'mHPXxy2tile', '2', x, y)).stdout).toContain(`id=${tile}]`)
    expect((await runModuleIn(folder, 'mHiPSID', '2', x, y, '1')).stdout).toContain(`id=${tile >> 2}]`)
  }
})

test.each([
  ['mHPXxy2tile', ['1', '9', '0'], 'Location invalid.'],
  ['mHPXtile2xy', ['1', '48'], 'There is no tile 48 of order 1.'],
  ['mHPXtile2xy', ['99', '0'], 'HEALPix order (99) must be from 0 to 20'],
  ['mHPXCoord2Tile', ['3', '0', '91'], 'Location invalid.'],
  ['mHPXPlateList', ['-n', '7', '0', 'plates.tbl'], 'The plane cannot be divided into 7 plates a side'],
])('%s %j is refused', async (name, args, message) => {
  const folder = freshFolder()
  const outcome = await runModuleIn(folder, name, ...args)
  expect(outcome).toEqual({
    exitCode: 1,
    stdout: expect.stringContaining(`stat="ERROR", msg="${message}`) as string,
  })
  expect(existsSync(join(folder, 'plates.tbl'))).toBe(false)
})

test.each([
  ['5', 13],
  ['10', 52],
  ['1', 1],
])('%s plates a side: %i hold sky', async (nplate, count) => {
  const folder = freshFolder()
  const outcome = await runModuleIn(folder, 'mHPXPlateList', '-n', nplate, '3', 'plates.tbl')
  expect(outcome.stdout).toBe(`[struct stat="OK", module="mHPXPlateList", nplates=${count}]\n`)
  const rows = readFileSync(join(folder, 'plates.tbl'), 'latin1').split('\n')
  expect(rows.filter((row) => row.includes(' plate0'))).toHaveLength(count)
  expect(rows).toContain(`\\naxis = ${20480 / Number(nplate)}`)
})

test('the headers of tiles are cut out of that of the whole sky', async () => {
  const folder = freshFolder()
  await runModuleIn(folder, 'mHPXHdr', '2', 'sky.hdr')
  const outcome = await runModuleIn(folder, 'mHiPSHdr', '-p', '3', '2', '17', 'tile.hdr')
  expect(outcome.stdout).toContain('naxis1=518, naxis2=518, crpix1=4099.5, crpix2=3075.5,')
  const value = (file: string, keyword: string): string =>
    new RegExp(`^${keyword.padEnd(8)}= (.*)$`, 'm').exec(readFileSync(join(folder, file), 'latin1'))?.[1] ??
    ''
  for (const keyword of ['CDELT1', 'CTYPE1', 'PC1_2', 'PV2_1'])
    expect(value('tile.hdr', keyword)).toBe(value('sky.hdr', keyword))
  // Tile 17 of order 2 stands in column 2, row 4 of the plane.
  expect(Number(value('sky.hdr', 'CRPIX1')) - Number(value('tile.hdr', 'CRPIX1'))).toBe(2 * 512 - 3)
  expect(Number(value('sky.hdr', 'CRPIX2')) - Number(value('tile.hdr', 'CRPIX2'))).toBe(4 * 512 - 3)
})

test('the order that fits images is that of the smallest pixel', async () => {
  const folder = freshFolder()
  const { writeFileSync } = await import('node:fs')
  writeFileSync(
    join(folder, 'i.tbl'),
    '| cdelt1  | cdelt2 |\n| double  | double |\n -0.00028   0.00028 \n -0.001    0.001  \n',
  )
  // Pixels of order 8 have 90 / 2^17 / sqrt 2 = 0.00048, of order 9 0.000243 degrees.
  expect((await runModuleIn(folder, 'mHPXOrder', 'i.tbl')).stdout).toBe(
    '[struct stat="OK", module="mHPXOrder", cdelt=0.00028, order=9, order_cdelt=0.000242766, nside=512]\n',
  )
})
