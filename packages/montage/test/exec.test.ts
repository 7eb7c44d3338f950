import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import type { ModuleOutcome } from '../src/command/run-module.ts'
import { runModuleIn } from './run-module-in.ts'
import { readMosaic, writeSmallSurvey } from './support/small-survey.ts'

let folder = ''
beforeEach(() => {
  folder = freshFolder()
  mkdirSync(join(folder, 'sky'))
  writeSmallSurvey(join(folder, 'sky'))
  const registry = { surveys: { Sky: { kind: 'folder', path: 'sky', bands: { J: {} } } } }
  writeFileSync(join(folder, 'surveys.json'), JSON.stringify(registry))
  vi.stubEnv('SKYLOOM_SURVEYS', join(folder, 'surveys.json'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const run = async (name: string, ...args: readonly string[]): Promise<ModuleOutcome> =>
  await runModuleIn(folder, name, ...args)

test('mExec makes the mosaic of a survey and keeps its tables', async () => {
  const outcome = await run('mExec', '-d', '1', '-f', 'sky/region.hdr', 'Sky', 'J', 'work')
  expect(outcome).toMatchObject({ exitCode: 0 })
  expect(outcome.stdout).toMatch(/^\[struct stat="INFO", msg="mArchiveList count=3"\]\n/)
  expect(outcome.stdout).toMatch(/\n\[struct stat="OK"\]\n$/)
  const { width, values } = readMosaic(readFileSync(join(folder, 'work/mosaic.fits')))
  expect(width).toBe(100)
  expect(values.length).toBeGreaterThan(3000)
  expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.1)
  const left = readdirSync(join(folder, 'work'))
  expect(left).toEqual(
    expect.arrayContaining(['corrections.tbl', 'mosaic.png', 'mosaic_area.fits', 'stats.tbl', 'raw']),
  )
  expect(left).not.toContain('projected')
})

test('mExec takes images that are there, leaves nothing else, and puts the mosaic where it is told', async () => {
  expect(
    (await run('mExec', '-c', '-l', '-r', 'sky', '-o', 'm.fits', '-f', 'sky/region.hdr', 'Sky', 'J', 'work'))
      .stdout,
  ).toBe('[struct stat="OK"]\n')
  expect(readdirSync(folder).sort()).toEqual(['m.fits', 'm_area.fits', 'sky', 'surveys.json', 'work'])
  expect(readdirSync(join(folder, 'work'))).toEqual(['mosaic.png'])
})

test('mExec adds in tiles', async () => {
  const args = ['-n', '2', '-m', '1', '-k', '-f', 'sky/region.hdr', 'Sky', 'J', 'work']
  expect((await run('mExec', ...args)).stdout).toBe('[struct stat="OK"]\n')
  expect(
    readdirSync(join(folder, 'work/tiles'))
      .filter((name) => name.endsWith('.fits'))
      .sort(),
  ).toEqual(['tile_0_0.fits', 'tile_0_0_area.fits', 'tile_1_0.fits', 'tile_1_0_area.fits'])
  expect(readMosaic(readFileSync(join(folder, 'work/tiles/tile_0_0.fits'))).width).toBe(50)
  expect(existsSync(join(folder, 'work/projected'))).toBe(true)
})

test.each([
  [['Sky', 'J', 'work'], 'Must have either header file (-f) or header text (-h)'],
  [['-f', 'none.hdr', 'Sky', 'J', 'work'], "Can't open original header template file: [none.hdr]"],
  [['-f', 'sky/region.hdr', 'Sky', 'J', 'sky'], "Can't create workspace (may already exist): sky"],
  [
    ['-f', 'sky/region.hdr', 'Sky', 'K', 'work'],
    'mArchiveList: the survey Sky has no band K: found K, allowed J',
  ],
  [['-s', '-2', '-f', 'sky/region.hdr', 'Sky', 'J', 'work'], 'Shrink factor (-2) must be a number above 0'],
  [
    ['-n', '0', '-f', 'sky/region.hdr', 'Sky', 'J', 'work'],
    'Number of tiles (0) must be a whole number from 1',
  ],
] as const)('mExec %j tells what is wrong', async (args, message) => {
  const outcome = await run('mExec', ...args)
  expect(outcome.exitCode).toBe(1)
  expect(outcome.stdout).toContain(`[struct stat="ERROR", msg="${message}`)
})

test('mTblExec makes a mosaic for each position and goes on after a failure', async () => {
  writeFileSync(
    join(folder, 'places.tbl'),
    '| ra    | dec  |\n| double| double|\n  150.0   20.0 \n   10.0   20.0 \n',
  )
  const outcome = await run('mTblExec', '-o', 'stats.tbl', 'places.tbl', 'Sky', 'J', '0.02', 'out')
  expect(outcome.stdout).toBe('[struct stat="OK", nsource=2, nfail=1]\n')
  expect(existsSync(join(folder, 'out/000001/mosaic.fits'))).toBe(true)
  const stats = readFileSync(join(folder, 'stats.tbl'), 'latin1')
  expect(stats).toMatch(/1 +150.* OK +out\/000001/)
  expect(stats).toMatch(/2 +10.* ERROR +No data was available/)
})
