import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { lacksProgram } from '../../../testing/peers.ts'
import { mosaicDifference } from './chain-mosaics.ts'
import { ourCommands, runScript } from './chain-scripts.ts'
import { differenceOf, readRgb } from './conformance/compare-png.ts'

/**
 * Data units by which mosaics of the two kinds of programs may differ, the noise of a pixel being 0.6: reprojected pixels agree to
 * 1e-7 of values up to 10,000 in stars, and planes go through tables of six digits.
 */
const TOLERANCE = 2e-3
const TIMEOUT_MS = 240_000

const lacksMontage = lacksProgram('mImgtbl', 'mProjExec', 'mViewer')

describe('the tutorial chain', () => {
  test('makes a mosaic of the ten images that is that of Montage', { timeout: TIMEOUT_MS }, async () => {
    const [bin, work] = [ourCommands(), freshFolder()]
    const printed = runScript('tutorial.sh', [demoImages, join(work, 'ours')], [bin])
    expect(printed).not.toContain('stat="ERROR"')
    expect(printed).toContain('module="mDiffExec", count=17, failed=0')
    if (lacksMontage) return
    const theirs = runScript('tutorial.sh', [demoImages, join(work, 'theirs')], ['/usr/bin', bin])
    expect(theirs).toContain('module="mDiffExec", count=17, failed=0')
    for (const name of ['uncorrected', 'mosaic']) {
      const [mine, other] = [join(work, 'ours', name), join(work, 'theirs', name)]
      const { oneSided, largest, pixels } = await mosaicDifference(`${mine}.fits`, `${other}.fits`)
      expect(oneSided).toBe(0)
      expect(pixels).toBeGreaterThan(4_000_000)
      expect(largest).toBeLessThan(TOLERANCE)
      const picture = differenceOf(readRgb(`${mine}.png`), readRgb(`${other}.png`))
      expect(picture.most).toBeLessThanOrEqual(1)
      expect(picture.part).toBeLessThan(0.01)
    }
  })
})

describe('the workflow chain', () => {
  test.each([
    ['mProjectPP', 10],
    ['mProjectQL', 3],
  ])(
    'makes with %s of %d images a mosaic that is that of Montage',
    { timeout: TIMEOUT_MS },
    async (project, count) => {
      const [bin, work] = [ourCommands(), freshFolder()]
      const raw = join(work, 'images')
      mkdirSync(raw)
      const names = readdirSync(demoImages).filter((name) => name.startsWith('2mass'))
      for (const name of names.slice(0, count)) symlinkSync(join(demoImages, name), join(raw, name))
      runScript('workflow.sh', [raw, join(work, 'ours'), project], [bin])
      expect(readFileSync(join(work, 'ours/small.png')).subarray(1, 4).toString('latin1')).toBe('PNG')
      if (lacksMontage) return
      // What Montage 6.0 lacks is found behind its programs.
      runScript('workflow.sh', [raw, join(work, 'theirs'), project], ['/usr/bin', bin])
      const [mine, other] = [join(work, 'ours/mosaic.fits'), join(work, 'theirs/mosaic.fits')]
      const { oneSided, largest, pixels } = await mosaicDifference(mine, other)
      expect(oneSided).toBe(0)
      expect(pixels).toBeGreaterThan(1_000_000)
      expect(largest).toBeLessThan(TOLERANCE)
    },
  )
})
