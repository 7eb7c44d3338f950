import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { demoImages, keptFolder } from '../../../testing/folders.ts'
import { lacksProgram } from '../../../testing/peers.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { differenceOf, readRgb } from './conformance/compare-png.ts'
import { runModuleIn } from './run-module-in.ts'

// Montage 6.0 of Debian. The data values of its 256 Gaussian levels part from ours by 1/2000 of a level, so that single pixels on the
// border of two levels differ by one.
const skip = lacksProgram('mViewer')
const folder = keptFolder()
const images = { real: join(folder, 'm42.fits'), second: join(folder, 'second.fits') }
if (!skip) {
  const packed = (name: string): Buffer => gunzipSync(readFileSync(join(demoImages, name)))
  writeFileSync(images.real, packed('2mass-atlas-001124n-j0850244.fits.gz'))
  writeFileSync(images.second, packed('2mass-atlas-001124n-j0860044.fits.gz'))
}

const ours = async (args: readonly string[]): Promise<string> =>
  (await runModuleIn(folder, 'mViewer', ...args)).stdout

/** Draws with both programs and compares status line and pixels. */
async function compare(args: readonly string[]): Promise<{ part: number; most: number }> {
  const theirs = execFileSync('mViewer', [...args, '-out', 'theirs.png'], { cwd: folder, encoding: 'utf8' })
  const mine = await ours([...args, '-out', 'ours.png'])
  // Numbers are printed with six digits or two decimals.
  const numbers = (line: string): number[] =>
    [...line.matchAll(/=(-?[\d.]+(?:e[+-]?\d+)?)/g)].map(([, n]) => Number(n))
  const keys = (line: string): string[] => [...line.matchAll(/(\w+)=/g)].map(([, key]) => key ?? '')
  expect(keys(mine)).toEqual(keys(theirs))
  const found = numbers(mine)
  for (const [i, value] of numbers(theirs).entries())
    expect(Math.abs((found[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(0.011 + 1e-5 * Math.abs(value))
  return differenceOf(readRgb(join(folder, 'ours.png')), readRgb(join(folder, 'theirs.png')))
}

describe.skipIf(skip)('mViewer beside that of Montage 6.0, on real data', () => {
  test.for([
    ['min', 'max', 'linear'],
    ['-1s', '99.9%', 'log'],
    ['5%', '30s', 'loglog'],
    ['45', '80', '3'],
    ['-2s', 'max', 'asinh', '2s'],
    ['med-1', 'max-100', 'asinh', '55'],
  ])('%s %s %s: every pixel equal', async (stretch) => {
    expect(await compare(['-gray', images.real, ...stretch])).toEqual({ part: 0, most: 0 })
  })

  test.for([
    ['-1s', 'max', 'gaussian'],
    ['-1s', 'max', 'gaussian-log'],
    ['0%', '99.5%', 'gaussian'],
    ['-3s', '50s', 'gl'],
  ])('%s %s %s: at most one level at one pixel in 500', async (stretch) => {
    const { part, most } = await compare(['-gray', images.real, ...stretch])
    expect(most).toBeLessThanOrEqual(1)
    expect(part).toBeLessThan(0.002)
  })

  test.for([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])('colour table %d: every pixel equal', async (table) => {
    const args = ['-ct', String(table), '-saturate', '77', '-gray', images.real, '-1s', '60', 'linear']
    expect(await compare(args)).toEqual({ part: 0, most: 0 })
  })

  test('three colours, plain and true', async () => {
    const channels = ['-red', images.real, '-1s', '99%', 'log', '-green', images.real, '-1s', '99.9%', 'log']
    const all = [...channels, '-blue', images.real, '0s', '99.5%']
    expect(await compare(all)).toEqual({ part: 0, most: 0 })
    // The power of the true-colour rule may be computed in another order: a level that is nearly whole is cut to the one below.
    const { part, most } = await compare(['-t', '1.7', ...all])
    expect(most).toBeLessThanOrEqual(1)
    expect(part).toBeLessThan(1e-4)
  })

  // Montage 6.0 shows files of powers in a linear stretch, and reads those of 2026 one line early: all levels of its Gaussians are one too
  // high. The linear one shows that the format is understood.
  test('a histogram file is read by both programs', async () => {
    await runModuleIn(folder, 'mHistogram', '-file', images.real, '-1s', '99.95%', '-out', 'shared.hist')
    const args = ['-gray', images.second, '-histfile', 'shared.hist', '-out']
    execFileSync('mViewer', [...args, 'theirs.png'], { cwd: folder })
    await ours([...args, 'ours.png'])
    const difference = differenceOf(readRgb(join(folder, 'ours.png')), readRgb(join(folder, 'theirs.png')))
    expect(difference).toEqual({ part: 0, most: 0 })
  })

  test.skipIf(skipShared)('flips, rotation, integers with BLANK, float64, cubes', async () => {
    const variants = [
      'cut-mirror',
      'cut-cd',
      'cut-pc',
      'cut-16',
      'cut-32',
      'cut-8',
      'cut-m64',
      'cut-nan',
      'cut-cube3',
    ]
    for (const name of variants) {
      const file = sharedPath('data/formats/variants', `${name}.fits`)
      expect(await compare(['-gray', file, '1%', '99%']), name).toEqual({ part: 0, most: 0 })
    }
  })
})
