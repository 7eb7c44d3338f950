// Whole mosaic of the demo's ten images, process start included: `skyloom mosaic make` against Montage's chain (mProjExec,
// mDiffFitExec, mBgModel, mBgExec, mAdd with the tables they need) and SWarp (LANCZOS3 with its background subtraction), in turn.
// Peers get the images unpacked. Usage: npm run bench -- mosaic [runs]

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { hasProgram, measure, race, report, requireTime } from '../support/measure.mjs'

const runs = Number(process.argv[2] ?? 5)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const skyloom = resolve('packages/cli/bin/skyloom.js')
const template = resolve('packages/mosaic/test/fixtures/m42-j-10/template.hdr')

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

try {
  requireTime()
  prepare()
  const names = readdirSync(join(work, 'raw'))
  const contestants = [
    { name: 'skyloom', run: () => skyloomRun('raw', 0) },
    { name: 'skyloom --jobs 1', run: () => skyloomRun('raw', 1) },
    { name: 'skyloom, gzip input', run: () => skyloomRun('packed', 0) },
  ]
  if (hasProgram('mProjExec')) {
    contestants.push({ name: 'Montage chain', run: () => measure('sh', ['-c', CHAIN], { cwd: work }) })
  }
  const swarp = ['SWarp', 'swarp', 'swarp-bin'].find(hasProgram)
  if (swarp !== undefined) {
    const args = names.map((name) => `raw/${name}`)
    args.push(
      '-RESAMPLING_TYPE',
      'LANCZOS3',
      '-SUBTRACT_BACK',
      'Y',
      '-COMBINE_TYPE',
      'WEIGHTED',
      '-WRITE_XML',
      'N',
      '-VERBOSE_TYPE',
      'QUIET',
    )
    contestants.push({
      name: 'SWarp LANCZOS3',
      run: () => measure(swarp, [...args, '-NTHREADS', '1'], { cwd: work }),
    })
  }
  console.log(
    `whole mosaic of ${names.length} images of 512 x 1024 pixels, ${runs} runs in turn after a warm-up`,
  )
  console.log(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.versions.node}`,
  )
  report(race(contestants, runs))
} finally {
  rmSync(work, { recursive: true, force: true })
}

function prepare() {
  mkdirSync(join(work, 'raw'))
  mkdirSync(join(work, 'packed'))
  for (const name of readdirSync('demo/images').filter((file) => file.endsWith('.gz'))) {
    const packed = readFileSync(join('demo/images', name))
    writeFileSync(join(work, 'packed', name), packed)
    writeFileSync(join(work, 'raw', name.replace(/\.gz$/, '')), gunzipSync(packed))
  }
  cpSync(template, join(work, 'template.hdr'))
}

function skyloomRun(images, jobs) {
  const out = join(work, 'out')
  rmSync(out, { recursive: true, force: true })
  const args = [skyloom, 'mosaic', 'make', '--images', join(work, images), '--out', out, '--header', template]
  if (jobs > 0) args.push('--jobs', String(jobs))
  return measure(process.execPath, args)
}
