// Two workers against one: the same whole mosaic of made-up images, in turn, process start included. Wall time is to fall to 1/1.7 on work
// over 5 s. The products are compared byte for byte. Usage: npm run bench -- workers [runs] [images]   (default 3 runs of 315 images)
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { surveyFolder } from '../mosaic/images.mjs'
import { machine, race, report, requireTime, store } from '../support/measure.mjs'
import { imageSums, mosaicRun } from '../support/skyloom.mjs'

const [runsText = '3', count = '315'] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const sums = new Set()

function run(jobs) {
  const result = mosaicRun(surveyFolder(Number(count)), join(work, 'out'), ['--jobs', jobs])
  sums.add(imageSums(result.summary))
  return result
}

try {
  requireTime()
  console.log(`mosaic of ${count} images, ${runsText} runs in turn after a warm-up`)
  console.log(machine())
  const results = race(
    ['2', '1'].map((jobs) => ({ name: `--jobs ${jobs}`, run: () => run(jobs) })),
    Number(runsText),
  )
  report(results)
  console.log(sums.size === 1 ? 'the products are the same bytes' : 'THE PRODUCTS DIFFER')
  store('workers', results, { images: Number(count), isSame: sums.size === 1 })
  if (sums.size !== 1) process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
