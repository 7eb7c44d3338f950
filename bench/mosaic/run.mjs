// Whole mosaics, process start included: `skyloom mosaic make` against Montage's chain (mProjExec, mDiffFitExec, mBgModel, mBgExec, mAdd
// with the tables they need) and SWarp (LANCZOS3 with its background subtraction), in turn. Peers get the images unpacked; the pixels are
// compared in the same run. Usage: npm run bench -- mosaic [runs] [set]: demo (the default), or a number of made-up images such as 100.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasProgram, machine, measure, race, report, requireTime, store } from '../support/measure.mjs'
import { mosaicRun } from '../support/skyloom.mjs'
import { agreement, backgroundError } from './agreement.mjs'
import { prepareImages, surveyTruth } from './images.mjs'

const [runsText = '5', set = 'demo'] = process.argv.slice(2)
const runs = Number(runsText)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))

const CHAIN = `set -e
rm -rf proj diff corr; mkdir proj diff corr
mImgtbl raw images.tbl
mProjExec -p raw images.tbl template.hdr proj stats.tbl
mImgtbl proj pimages.tbl
mOverlaps pimages.tbl diffs.tbl
mDiffFitExec -p proj diffs.tbl template.hdr diff fits.tbl
mBgModel pimages.tbl fits.tbl corrections.tbl
mBgExec -p proj pimages.tbl corrections.tbl corr
mImgtbl corr cimages.tbl
mAdd -p corr cimages.tbl template.hdr mosaic.fits
`
const SWARP_OPTIONS = {
  RESAMPLING_TYPE: 'LANCZOS3',
  SUBTRACT_BACK: 'Y',
  COMBINE_TYPE: 'WEIGHTED',
  WRITE_XML: 'N',
  VERBOSE_TYPE: 'QUIET',
}

try {
  requireTime()
  prepareImages(set, work)
  const names = readdirSync(join(work, 'raw'))
  console.log(`whole mosaic of ${names.length} images, ${runs} runs in turn after a warm-up`)
  console.log(machine())
  const results = race(contestants(names), runs)
  report(results)
  const pixels = hasProgram('mProjExec')
    ? await agreement(join(work, 'out/mosaic.fits'), join(work, 'mosaic.fits'))
    : undefined
  if (pixels !== undefined) {
    const { rms, p99, max } = pixels
    console.log(
      `skyloom - Montage about a plane: rms ${rms.toPrecision(3)}, 99 % below ${p99.toPrecision(3)}, largest ${max.toPrecision(3)} (${pixels.pixels} pixels)`,
    )
  }
  const background = set === 'demo' ? undefined : await backgroundErrors()
  store(`mosaic-${set}`, results, { images: names.length, pixels, background })
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** What is left of the made-up backgrounds in the mosaics of ours and Montage. */
async function backgroundErrors() {
  const truth = surveyTruth(Number(set), join(work, 'template.hdr'))
  const mosaics = { skyloom: 'out/mosaic.fits', Montage: 'mosaic.fits' }
  const errors = {}
  for (const [name, path] of Object.entries(mosaics)) {
    if (!existsSync(join(work, path))) continue
    const { rms, max, blocks } = await backgroundError(join(work, path), truth)
    errors[name] = { rms, max, blocks }
    console.log(
      `${name}: background about a plane against the truth: rms ${rms.toPrecision(3)}, largest ${max.toPrecision(3)} (${blocks} blocks)`,
    )
  }
  return errors
}

function contestants(names) {
  const all = [
    { name: 'skyloom', run: () => skyloomRun('raw', 0) },
    { name: 'skyloom --jobs 1', run: () => skyloomRun('raw', 1) },
  ]
  if (set === 'demo') all.push({ name: 'skyloom, gzip input', run: () => skyloomRun('packed', 0) })
  if (hasProgram('mProjExec'))
    all.push({ name: 'Montage chain', run: () => measure('sh', ['-c', CHAIN], { cwd: work }) })
  const swarp = ['SWarp', 'swarp', 'swarp-bin'].find(hasProgram)
  if (swarp === undefined) return all
  const args = names.map((name) => `raw/${name}`)
  for (const [key, value] of Object.entries(SWARP_OPTIONS)) args.push(`-${key}`, value)
  for (const threads of set === 'demo' ? [1] : [1, 2]) {
    const own = [...args, '-NTHREADS', String(threads)]
    all.push({ name: `SWarp LANCZOS3, ${threads} thread`, run: () => measure(swarp, own, { cwd: work }) })
  }
  return all
}

function skyloomRun(images, jobs) {
  const options = ['--header', join(work, 'template.hdr'), ...(jobs > 0 ? ['--jobs', String(jobs)] : [])]
  return mosaicRun(join(work, images), join(work, 'out'), options)
}
