import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { Header, writeImage } from '@skyloom/fits'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { runModuleIn } from './run-module-in.ts'

const TEMPLATE = [
  'SIMPLE  = T',
  'BITPIX  = -64',
  'NAXIS   = 2',
  'NAXIS1  = 100',
  'NAXIS2  = 60',
  "CTYPE1  = 'RA---TAN'",
  "CTYPE2  = 'DEC--TAN'",
  'EQUINOX = 2000',
  'CRVAL1  = 83.8',
  'CRVAL2  = -5.4',
  'CRPIX1  = 50.5',
  'CRPIX2  = 30.5',
  'CDELT1  = -0.001',
  'CDELT2  = 0.001',
  'END',
]

function writeTemplate(folder: string, changed: Readonly<Record<string, string>> = {}): void {
  const lines = TEMPLATE.flatMap((line) => {
    const value = changed[line.slice(0, 8).trim()]
    return value === '' ? [] : [value === undefined ? line : `${line.slice(0, 10)}${value}`]
  })
  writeFileSync(join(folder, 't.hdr'), `${lines.join('\n')}\n`)
}

async function writeRaw(folder: string, width: number, height: number): Promise<void> {
  const sink = memorySink()
  const header = new Header().set('CTYPE1', 'RA---TAN').set('CTYPE2', 'DEC--TAN')
  for (const keyword of ['CRPIX1', 'CRPIX2', 'CRVAL1', 'CRVAL2']) header.setFloat(keyword, 10)
  header.setFloat('CDELT1', -0.001).setFloat('CDELT2', 0.001)
  const data = Float32Array.from({ length: width * height }, (_, i) => i)
  await writeImage(sink, header, { width, height, data })
  writeFileSync(join(folder, 'a.fits'), sink.bytes())
}

test('mTileImage leaves no tile behind when a later one cannot be read', async () => {
  const folder = freshFolder()
  await writeRaw(folder, 60, 60)
  truncateSync(join(folder, 'a.fits'), 2880 + 4 * 60 * 45)
  const outcome = await runModuleIn(folder, 'mTileImage', '-n', '2,2', 'a.fits')
  expect(outcome.stdout).toContain('stat="ERROR", msg="Image file a.fits missing or invalid FITS"')
  expect(readdirSync(folder)).toEqual(['a.fits'])
})

test('mMakeImg refuses an image that fits on no disk before it makes a pixel', async () => {
  const folder = freshFolder()
  writeTemplate(folder, { NAXIS1: '50000000', NAXIS2: '900000000' })
  const { exitCode, stdout } = await runModuleIn(folder, 'mMakeImg', 't.hdr', 'big.fits')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(
    /msg="Image big.fits of 50000000 x 900000000 pixels is too large: 360000000000000000 bytes, allowed are the \d+ bytes that are free there"/,
  )
  writeTemplate(folder, { NAXIS1: '999999999', NAXIS2: '1' })
  const wide = await runModuleIn(folder, 'mMakeImg', 't.hdr', 'wide.fits')
  expect(wide.stdout).toContain('rows of 999999999 pixels, allowed are rows of 134217728 pixels')
  expect(readdirSync(folder)).toEqual(['t.hdr'])
})

test.each([
  ['mFixNaN', ['a.fits', 'o.fits', '0', '1']],
  ['mPad', ['a.fits', 'o.fits', '1', '1', '1', '1']],
  ['mMask', ['a.fits', 'o.fits', 'boxes.txt']],
])('%s refuses an image with an axis of no pixels', async (name, args) => {
  const folder = freshFolder()
  writeFileSync(join(folder, 'boxes.txt'), '0 1 1 2\n')
  await writeRaw(folder, 60, 0)
  const { exitCode, stdout } = await runModuleIn(folder, name, ...args)
  expect({ exitCode, stdout }).toEqual({
    exitCode: 1,
    stdout: '[struct stat="ERROR", msg="Image a.fits has no pixels"]\n',
  })
  expect(readdirSync(folder).sort()).toEqual(['a.fits', 'boxes.txt'])
})

test.each([
  ['mProject', ['a.fits', 'o.fits', 't.hdr']],
  ['mAdd', ['i.tbl', 't.hdr', 'o.fits']],
  ['mMakeImg', ['t.hdr', 'o.fits']],
  ['mTileHdr', ['t.hdr', 'o.hdr', '2', '2', '0', '0']],
  ['mShrinkHdr', ['t.hdr', 'o.hdr']],
])('%s names the header that lacks a card', async (name, args) => {
  const folder = freshFolder()
  await writeRaw(folder, 20, 20)
  await runModuleIn(folder, 'mImgtbl', '.', 'i.tbl')
  writeTemplate(folder, { CRVAL2: '' })
  const { stdout } = await runModuleIn(folder, name, ...args)
  expect(stdout).toBe('[struct stat="ERROR", msg="No CRVAL2 keyword in FITS header: t.hdr"]\n')
})

test('mTileHdr -r makes the tiles that mTileImage cuts', async () => {
  const folder = freshFolder()
  await writeRaw(folder, 61, 50)
  await runModuleIn(folder, 'mGetHdr', 'a.fits', 'a.hdr')
  await runModuleIn(folder, 'mTileImage', '-n', '4,3', 'a.fits')
  const line = async (...args: readonly string[]): Promise<string> =>
    (await runModuleIn(folder, 'mTileHdr', ...args)).stdout
  expect(await line('-r', 'a.hdr', 'o.hdr', '4', '3', '1', '2')).toBe(
    '[struct stat="OK", naxis1=16, naxis2=17, crpix1=-6, crpix2=-24]\n',
  )
  await runModuleIn(folder, 'mGetHdr', 'ai1j2.fits', 'tile.hdr')
  const tile = await line('tile.hdr', 'again.hdr', '1', '1', '0', '0')
  // The last row of tiles ends where the image does.
  expect(tile).toBe('[struct stat="OK", naxis1=16, naxis2=16, crpix1=-6, crpix2=-24]\n')
  expect(await line('a.hdr', 'o.hdr', '4', '3', '1', '2')).toContain('naxis1=15, naxis2=16,')
})
