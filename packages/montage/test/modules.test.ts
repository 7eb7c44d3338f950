import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { loadModule, MODULE_NAMES } from '../src/command/registry.ts'
import type { ModuleOutcome } from '../src/command/run-module.ts'
import { mTileHdr } from '../src/header/tile-hdr.ts'
import { runModuleIn } from './run-module-in.ts'

let folder = ''
beforeEach(() => {
  folder = freshFolder()
})

const TEMPLATE = [
  'SIMPLE  = T',
  'BITPIX  = -64',
  'NAXIS   = 2',
  'NAXIS1  = 100',
  'NAXIS2  = 60',
  "CTYPE1  = 'RA---TAN'",
  "CTYPE2  = 'DEC--TAN'",
  'CRVAL1  = 150.0',
  'CRVAL2  = 20.0',
  'CRPIX1  = 50.5',
  'CRPIX2  = 30.5',
  'CDELT1  = -0.001',
  'CDELT2  = 0.001',
  'EQUINOX = 2000.0',
]

function writeTemplate(lines: readonly string[] = TEMPLATE, end: string = '\n'): void {
  writeFileSync(join(folder, 'region.hdr'), [...lines, 'END'].join(end) + end)
}

const run = async (name: string, ...args: readonly string[]): Promise<ModuleOutcome> =>
  await runModuleIn(folder, name, ...args)

test.each(MODULE_NAMES)('%s answers a call without arguments with its synopsis', async (name) => {
  const outcome = await run(name)
  // The synopsis of Montage's mMakeImg names another module.
  const named = name === 'mMakeImg' ? 'mMakeHdr' : name
  expect(outcome.stdout).toMatch(new RegExp(`^\\[struct stat="ERROR",? msg="Usage: +${named} .*"\\]\\n$`))
  expect(outcome.exitCode).toBe((await loadModule(name))?.usageExitCode)
})

test.each(MODULE_NAMES)('%s names a file that is missing and writes nothing', async (name) => {
  const module = await loadModule(name)
  const count = module?.operands[0] ?? 0
  const numbers = Array.from({ length: Math.max(0, count - 2) }, () => '1')
  const outcome = await run(name, 'none', 'out', ...numbers)
  expect(outcome.stdout).toMatch(/^\[struct stat="ERROR",? msg="[^"]+"/)
  expect(existsSync(join(folder, 'out'))).toBe(false)
})

test('a bad debug level is refused', async () => {
  expect((await run('mFitplane', '-d', 'x', 'in.fits')).stdout).toBe(
    '[struct stat="ERROR", msg="Invalid debug level."]\n',
  )
})

test('a status file takes the line of the outcome', async () => {
  const outcome = await run('mOverlaps', '-s', 'status.txt', 'none.tbl', 'out.tbl')
  expect(outcome).toEqual({ exitCode: 1, stdout: '' })
  expect(readFileSync(join(folder, 'status.txt'), 'utf8')).toBe(
    '[struct stat="ERROR", msg="Invalid image metadata file: none.tbl"]\n',
  )
})

test('a status file that cannot be written is an error on standard output', async () => {
  const outcome = await run('mOverlaps', '-s', 'none/status.txt', 'a', 'b')
  expect(outcome.stdout).toBe('[struct stat="ERROR", msg="Cannot open status file: none/status.txt"]\n')
})

test('a function gives the structure as an object', async () => {
  writeTemplate()
  const input = { template: 'region.hdr', output: 'tile.hdr', nx: 2, ny: 2, ix: 1, iy: 0, xpad: 3 }
  expect(await mTileHdr(input, { cwd: folder })).toEqual({
    naxis1: 56,
    naxis2: 36,
    crpix1: 3.5,
    crpix2: 33.5,
  })
})

test('the error of a function has a code and the sentence of the classic program', async () => {
  const input = { template: 'none.hdr', output: 'tile.hdr', nx: 1, ny: 1, ix: 0, iy: 0 }
  await expect(mTileHdr(input, { cwd: folder })).rejects.toMatchObject({
    code: 'MONTAGE_NO_FILE',
    problem: 'File none.hdr not found.',
  })
})

test('templates may have lines that end with CR LF', async () => {
  writeTemplate(TEMPLATE, '\r\n')
  expect((await run('mHdrCheck', 'region.hdr')).stdout).toBe(
    '[struct stat="OK", msg="Valid FITS/WCS in header file."]\n',
  )
})

test.each([
  ['NAXIS2', 'No NAXIS2 keyword in FITS header'],
  ['CRVAL1', 'No CRVAL1 keyword in FITS header'],
  ['CDELT2', 'No CDELT2 keyword (or incomplete CD matrix) in FITS header'],
])('a template without %s is refused', async (keyword, problem) => {
  writeTemplate(TEMPLATE.filter((line) => !line.startsWith(keyword)))
  expect((await run('mHdrCheck', 'region.hdr')).stdout).toBe(
    `[struct stat="ERROR", msg="${problem}: region.hdr"]\n`,
  )
})
