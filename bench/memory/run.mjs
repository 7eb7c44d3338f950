// Peak memory under a limit: mosaics of made-up images on one large grid, without a limit and with some, each once, process start included.
// The peak is to stay below 110 % of the limit plus 150 MB, the time below 1.3 times that without a limit; the products are compared byte
// for byte. Usage: npm run bench -- memory [limits] [images] [side]   (default 512M,2G 10,315,1254 21600)
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { surveyFolder } from '../mosaic/images.mjs'
import { machine, requireTime, store } from '../support/measure.mjs'
import { imageSums, mosaicRun } from '../support/skyloom.mjs'

const MIB = 1024 ** 2
const RUNTIME_MIB = 150e6 / MIB
/** Centre of the made-up surveys. */
const CENTRE = '275.196 -16.1715'

const [limits = '512M,2G', counts = '10,315,1254', sideText = '21600'] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const grid = ['--center', CENTRE, '--size', String(Number(sideText) / 3600), '--scale', '1', '--exact-size']

/** Images from the middle of the smallest survey that is asked for with at least so many. */
function imagesOf(count) {
  const all = counts.split(',').map(Number)
  if (count >= 100 || Math.max(...all) === count) return surveyFolder(count)
  const from = surveyFolder(Math.min(...all.filter((other) => other >= 100)))
  const folder = join(work, `images-${count}`)
  mkdirSync(folder)
  const names = readdirSync(from).filter((name) => name.endsWith('.fits'))
  const first = Math.floor((names.length - count) / 2)
  for (const name of names.slice(first, first + count)) symlinkSync(join(from, name), join(folder, name))
  return folder
}

function allowedMib(limit) {
  const [, size, unit] = /^([\d.]+)([MG])$/.exec(limit)
  return 1.1 * Number(size) * (unit === 'G' ? 1024 : 1) + RUNTIME_MIB
}

try {
  requireTime()
  console.log(`mosaics of ${sideText} x ${sideText} pixels; ${machine()}`)
  console.log('images  limit    peak MiB  allowed  spilled MiB    CPU s   ratio   wall s   ratio  products')
  const results = new Map()
  for (const count of counts.split(',').map(Number)) {
    const images = imagesOf(count)
    let free
    for (const limit of [undefined, ...limits.split(',')]) {
      const options = [...grid, ...(limit === undefined ? [] : ['--memory', limit])]
      const { cpu, wall, memory, summary } = mosaicRun(images, join(work, 'out'), options)
      const sums = imageSums(summary)
      free ??= { cpu, wall, sums }
      const row = {
        limit,
        cpu,
        wall,
        memory,
        allowed: limit === undefined ? undefined : allowedMib(limit),
        spilled: summary.spilledBytes / MIB,
        cpuRatio: cpu / free.cpu,
        wallRatio: wall / free.wall,
        isSame: sums === free.sums,
      }
      results.set(`${count} images, ${limit ?? 'no limit'}`, [row])
      console.log(
        [
          String(count).padStart(6),
          ` ${(limit ?? 'none').padEnd(6)}`,
          memory.toFixed(0).padStart(10),
          (row.allowed?.toFixed(0) ?? '-').padStart(8),
          row.spilled.toFixed(0).padStart(12),
          cpu.toFixed(1).padStart(8),
          row.cpuRatio.toFixed(2).padStart(7),
          wall.toFixed(1).padStart(8),
          row.wallRatio.toFixed(2).padStart(7),
          row.isSame ? '  same bytes' : '  DIFFERENT',
          row.allowed !== undefined && memory > row.allowed ? '  ABOVE THE LIMIT' : '',
        ].join(''),
      )
      if (!row.isSame || memory > (row.allowed ?? Infinity)) process.exitCode = 1
    }
  }
  store('memory', results, { side: Number(sideText) })
} finally {
  rmSync(work, { recursive: true, force: true })
}
