import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { demoImages, freshFolder, keptFolder } from '../../../testing/folders.ts'
import { lacksProgram } from '../../../testing/peers.ts'
import { mosaicDifference } from './chain-mosaics.ts'
import { differenceOf, readRgb } from './conformance/compare-png.ts'
import { installedPrograms, ourModules, type ProgramRunner } from './conformance/programs.ts'

/**
 * Data units by which mosaics may differ, the noise of a pixel being near 0.1 here: reprojected pixels agree to 1e-7 of values up to 10,000, and
 * planes go through tables of six digits, in which a unit of the last digit of a level of 10 is 1e-4.
 */
const TOLERANCE = 2e-3
/** The images are made so much smaller that the chains, run some forty times, take seconds. */
const SHRINK = '8'

const raw = keptFolder()

beforeAll(async () => {
  for (const name of readdirSync(demoImages).filter((file) => file.startsWith('2mass')))
    await ourModules('mShrink', [join(demoImages, name), join(raw, name.replace(/\.gz$/, '')), SHRINK], raw)
})

const PICTURE = ['-ct', '1', '-gray', 'mosaic.fits', '-1s', 'max', 'gaussian-log']
/** Pictures may differ by one of 256 levels in so many of the pixels: where a value lies on the border of two. */
const PICTURE_PART = 0.01

/** Runs one step of a chain and demands that it succeeds. */
type Step = (name: string, ...args: readonly string[]) => Promise<void>
type Chain = (step: Step, folder: string) => Promise<void>

/** The tutorial chain, ending in uncorrected.fits and mosaic.fits. */
const tutorial: Chain = async (step, folder) => {
  for (const name of ['projected', 'differences', 'corrected']) mkdirSync(join(folder, name))
  await step('mImgtbl', raw, 'images.tbl')
  await step('mMakeHdr', 'images.tbl', 'template.hdr')
  await step('mProjExec', '-p', raw, 'images.tbl', 'template.hdr', 'projected', 'stats.tbl')
  await step('mImgtbl', 'projected', 'projected.tbl')
  await step('mAdd', '-p', 'projected', 'projected.tbl', 'template.hdr', 'uncorrected.fits')
  await step('mOverlaps', 'projected.tbl', 'diffs.tbl')
  await step('mDiffExec', '-p', 'projected', 'diffs.tbl', 'template.hdr', 'differences')
  await step('mFitExec', 'diffs.tbl', 'fits.tbl', 'differences')
  await step('mBgModel', 'projected.tbl', 'fits.tbl', 'corrections.tbl')
  await step('mBgExec', '-p', 'projected', 'projected.tbl', 'corrections.tbl', 'corrected')
  await step('mAdd', '-p', 'corrected', 'projected.tbl', 'template.hdr', 'mosaic.fits')
  await step('mViewer', ...PICTURE, '-out', 'mosaic.png')
}

/** The workflow chain with one call for each image and pair, ending in whole.fits and mosaic.fits. */
const workflow: Chain = async (step, folder) => {
  for (const name of ['projected', 'fits', 'corrected']) mkdirSync(join(folder, name))
  await step('mImgtbl', raw, 'images.tbl')
  await step('mMakeHdr', 'images.tbl', 'template.hdr')
  const names = readdirSync(raw).sort()
  for (const name of names) await step('mProjectPP', join(raw, name), `projected/${name}`, 'template.hdr')
  await step('mImgtbl', 'projected', 'projected.tbl')
  await step('mOverlaps', 'projected.tbl', 'diffs.tbl')
  const rows = readFileSync(join(folder, 'diffs.tbl'), 'latin1').trimEnd().split('\n').slice(2)
  const stats = ['|  cntr1 |  cntr2 |   stat   |']
  for (const [index, row] of rows.entries()) {
    const [cntr1 = '', cntr2 = '', plus = '', minus = ''] = row.trim().split(/\s+/)
    const stat = `${index}.txt`
    stats.push(` ${cntr1.padStart(8)} ${cntr2.padStart(8)} ${stat.padStart(10)} `)
    await step('mDiff', `projected/${plus}`, `projected/${minus}`, 'difference.fits', 'template.hdr')
    await step('mFitplane', '-s', `fits/${stat}`, 'difference.fits')
  }
  writeFileSync(join(folder, 'statfiles.tbl'), `${stats.join('\n')}\n`)
  await ourModules('mConcatFit', ['statfiles.tbl', 'fits.tbl', 'fits'], folder)
  await step('mBgModel', 'projected.tbl', 'fits.tbl', 'corrections.tbl')
  for (const name of names) {
    const tables = [join(folder, 'projected.tbl'), join(folder, 'corrections.tbl')]
    await step('mBackground@projected', '-t', name, join(folder, 'corrected', name), ...tables)
  }
  await step('mAdd', '-e', '-p', 'corrected', 'projected.tbl', 'template.hdr', 'mosaic.fits')
  await step('mViewer', ...PICTURE, '-out', 'mosaic.png')
}

/** Runs a chain with `base`, and with `other` the module of one name; `name@folder` is run in a folder of the chain. */
async function runChain(
  chain: Chain,
  base: ProgramRunner,
  swapped: string | undefined,
  other: ProgramRunner,
): Promise<{ readonly mosaic: string; readonly picture: string }> {
  const folder = freshFolder()
  await chain(async (call, ...args) => {
    const [name = '', below = ''] = call.split('@')
    const run = name === swapped ? other : base
    const outcome = await run(name, args, join(folder, below))
    if (outcome?.exitCode !== 0) throw new Error(`${name} ${args.join(' ')}: ${outcome?.stdout ?? 'missing'}`)
  }, folder)
  return { mosaic: join(folder, 'mosaic.fits'), picture: join(folder, 'mosaic.png') }
}

const chains = [
  {
    title: 'tutorial',
    chain: tutorial,
    modules: [
      'mImgtbl',
      'mMakeHdr',
      'mProjExec',
      'mAdd',
      'mOverlaps',
      'mDiffExec',
      'mFitExec',
      'mBgModel',
      'mBgExec',
      'mViewer',
    ],
  },
  {
    title: 'workflow',
    chain: workflow,
    modules: [
      'mImgtbl',
      'mMakeHdr',
      'mProjectPP',
      'mOverlaps',
      'mDiff',
      'mFitplane',
      'mBgModel',
      'mBackground',
      'mAdd',
    ],
  },
] as const

describe.skipIf(lacksProgram('mImgtbl', 'mProjExec', 'mProjectPP', 'mFitplane', 'mViewer'))(
  'chains of our modules and those of Montage',
  () => {
    describe.each(chains)('the $title chain', ({ chain, modules }) => {
      test.each(modules)('with %s of Montage among ours, and ours among those of Montage', async (name) => {
        const ours = await runChain(chain, ourModules, undefined, installedPrograms)
        for (const [base, other] of [
          [ourModules, installedPrograms],
          [installedPrograms, ourModules],
        ] as const) {
          const mixed = await runChain(chain, base, name, other)
          const { oneSided, largest, pixels } = await mosaicDifference(ours.mosaic, mixed.mosaic)
          expect(oneSided).toBe(0)
          expect(pixels).toBeGreaterThan(60_000)
          expect(largest).toBeLessThan(TOLERANCE)
          const [mine, theirs] = [readRgb(ours.picture), readRgb(mixed.picture)]
          // The box of Montage's mMakeHdr is up to two rows smaller than ours; mosaics of another size have other pictures.
          if (base === ourModules && name !== 'mMakeHdr') {
            expect([theirs.width, theirs.height]).toEqual([mine.width, mine.height])
            const picture = differenceOf(mine, theirs)
            expect(picture.most).toBeLessThanOrEqual(1)
            expect(picture.part).toBeLessThan(PICTURE_PART)
          }
        }
      })
    })
  },
)
