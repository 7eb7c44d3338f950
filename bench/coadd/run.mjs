// Coadds of a deep stack on one grid, process start included: mean, median and sigma-clipped mean with variance and count planes, against SWarp's
// AVERAGE, MEDIAN and CLIPPED without resampling (SWarp has no count; its weight map comes with it). Backgrounds stay as they are. Pixels
// are compared in the same run. Usage: npm run bench -- coadd [runs] [images] [side]   (default 1 run, 200 images of 1024 x 1024; the
// full size is 200 of 4096, which takes 13 GB)
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agreement } from '../mosaic/agreement.mjs'
import { keptData } from '../support/kept-data.mjs'
import { hasProgram, machine, measure, race, report, requireTime, store } from '../support/measure.mjs'
import { makeStack } from './stack.mjs'

/** The target for memory is 1 GB in all: the limit leaves room for the runtime. */
const MEMORY_BYTES = 768 * 1024 ** 2
const WAYS = [
  { combine: 'mean', peer: 'AVERAGE' },
  { combine: 'median', peer: 'MEDIAN' },
  { combine: 'clipped', peer: 'CLIPPED' },
]
const SWARP_OPTIONS = {
  RESAMPLE: 'N',
  SUBTRACT_BACK: 'N',
  WEIGHT_TYPE: 'NONE',
  WRITE_XML: 'N',
  VERBOSE_TYPE: 'QUIET',
  NTHREADS: '1',
  MEM_MAX: '768',
}

/** Larger stacks than this, pixels, take minutes, in which a warm-up is lost. */
const MAX_WARMED = 1e9

const [runs = 1, count = 200, side = 1024] = process.argv.slice(2).map(Number)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const swarp = ['SWarp', 'swarp'].find(hasProgram)

function ownRun(images, combine) {
  const options = {
    imagesDir: images,
    headerFile: join(images, 'template.hdr'),
    outDir: join(work, combine),
    background: 'none',
    combine,
    planes: ['variance', 'count'],
    threads: 1,
    memoryBytes: MEMORY_BYTES,
  }
  return measure(process.execPath, ['bench/coadd/make.mjs', JSON.stringify(options)], {
    maxBuffer: 1024 ** 3,
  })
}

function peerRun(images, peer) {
  const settings = {
    ...SWARP_OPTIONS,
    COMBINE_TYPE: peer,
    IMAGEOUT_NAME: `${peer}.fits`,
    WEIGHTOUT_NAME: `${peer}.weight.fits`,
  }
  const names = readdirSync(images).filter((name) => name.endsWith('.fits'))
  const options = Object.entries(settings).flatMap(([key, value]) => [`-${key}`, value])
  return measure(swarp, [...names.map((name) => join(images, name)), '-c', '/dev/null', ...options], {
    cwd: work,
  })
}

try {
  requireTime()
  const images = keptData(`stack-${count}-${side}`, (folder) => makeStack(folder, count, side))
  const isWarmed = count * side ** 2 < MAX_WARMED
  const after = isWarmed ? 'after a warm-up' : 'without a warm-up'
  console.log(`${count} images of ${side} x ${side} pixels, ${runs} runs in turn ${after}; ${machine()}`)
  for (const { combine, peer } of WAYS) {
    console.log(`\n${combine}, variance, count`)
    const contestants = [{ name: `skyloom ${combine}`, run: () => ownRun(images, combine) }]
    if (swarp !== undefined) contestants.push({ name: `SWarp ${peer}`, run: () => peerRun(images, peer) })
    const results = race(contestants, runs, isWarmed)
    report(results)
    const pixels =
      swarp === undefined
        ? undefined
        : await agreement(join(work, combine, 'mosaic.fits'), join(work, `${peer}.fits`))
    if (pixels !== undefined)
      console.log(
        `difference: rms ${pixels.rms.toPrecision(3)}, 99 % below ${pixels.p99.toPrecision(3)}, largest ${pixels.max.toPrecision(3)}`,
      )
    store(`coadd-${combine}`, results, { images: count, side, pixels })
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
