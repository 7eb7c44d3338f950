// Speed of @skyloom/fits against a memory copy, astropy and cfitsio's tools, in one run each: node bench/run.mjs fits
// Peers that are missing are left out. Best of several runs, so that other work on the machine hardly shows; CPU times
// against programs. The large compressed mosaic takes half a minute to make: add --large.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import {
  beginCompressedImage,
  FitsWriter,
  Header,
  readImage,
  writeCompressedImage,
  writeImage,
} from '@skyloom/fits'
import { openFitsFile, scanHeaders } from '@skyloom/fits/node'

const PYTHON = '/usr/bin/python3'
const folder = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const path = (name) => join(folder, name)
const overwrite = { overwrite: true }

try {
  await rawImage()
  await riceImage()
  await manyHeaders()
  if (process.argv.includes('--large')) await largeMosaic()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Best wall time of a few runs, in ms. */
async function best(run, count = 8) {
  let least = Infinity
  for (let turn = 0; turn < count; turn++) {
    const start = performance.now()
    await run()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

/** CPU time of one run in this process, in ms. */
async function cpuOf(run) {
  const start = process.cpuUsage()
  await run()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/** Best time in ms that a Python expression takes, or undefined without astropy. */
function astropy(setup, expression) {
  const script = `import time\nfrom astropy.io import fits\nimport numpy as np\n${setup}\nbest = 1e9\nfor turn in range(8):\n    start = time.perf_counter(); ${expression}; best = min(best, time.perf_counter() - start)\nprint(best * 1e3)`
  const result = spawnSync(PYTHON, ['-W', 'ignore', '-c', script], { encoding: 'utf8' })
  return result.status === 0 ? Number(result.stdout) : undefined
}

/** CPU time of a program in ms, or undefined when it is missing. */
function programCpu(...command) {
  if (!existsSync('/usr/bin/time')) return undefined
  const result = spawnSync('/usr/bin/time', ['-f', '%U %S', ...command], { encoding: 'utf8' })
  if (result.status !== 0) return undefined
  const [user, system] = result.stderr.trim().split('\n').at(-1).split(' ').map(Number)
  return (user + system) * 1000
}

function line(name, ms, extra = '') {
  console.log(
    `${name.padEnd(52)}${ms === undefined ? '     missing' : `${ms.toFixed(1).padStart(9)} ms`}  ${extra}`,
  )
}

function noise(count, sigma) {
  const data = new Float32Array(count)
  let state = 12345
  for (let index = 0; index < count; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[index] = 100 + sigma * (state / 2 ** 32 + ((state >>> 8) % 1000) / 1000 - 1) * 2
  }
  return data
}

async function rawImage() {
  const side = 4000
  const data = noise(side * side, 10)
  await writeImage(await atomicFile(path('raw.fits'), overwrite), new Header(), {
    width: side,
    height: side,
    data,
  })
  const file = await openFitsFile(path('raw.fits'), { blocking: true })
  const hdu = await file.hdu(0)
  const into = new Float32Array(side * side)
  const copyNew = await best(() => Promise.resolve(data.slice()))
  const copyInto = await best(() => Promise.resolve(into.set(data)))
  const readNew = await best(() => readImage(hdu))
  const readInto = await best(() => readImage(hdu, { into }))
  await file.close()
  const peer = astropy(
    `name = ${JSON.stringify(path('raw.fits'))}`,
    "fits.getdata(name, memmap=False).astype('=f4')",
  )
  console.log(`float32 image of ${side} x ${side} pixels, 64 MB, file in the cache of the system`)
  line('memory copy to a new array', copyNew)
  line('readImage to a new array', readNew, `${(copyNew / readNew).toFixed(2)} of the speed of the copy`)
  line('memory copy to an array in use', copyInto)
  line(
    'readImage to an array in use',
    readInto,
    `${(copyInto / readInto).toFixed(2)} of the speed of the copy`,
  )
  line(
    'astropy to native order',
    peer,
    peer === undefined ? '' : `we take ${(readNew / peer).toFixed(2)} of its time`,
  )
}

async function riceImage() {
  const side = 5000
  const data = Int16Array.from(noise(side * side, 8))
  await writeCompressedImage(await atomicFile(path('rice.fits.fz'), overwrite), new Header(), {
    width: side,
    height: side,
    data,
  })
  const file = await openFitsFile(path('rice.fits.fz'), { blocking: true })
  const hdu = await file.hdu(1)
  let own = Infinity
  for (let turn = 0; turn < 5; turn++) {
    own = Math.min(own, await cpuOf(() => readImage(hdu, { as: 'native' })))
  }
  await file.close()
  let peer
  for (let turn = 0; turn < 5; turn++) {
    rmSync(path('unpacked.fits'), { force: true })
    const cpu = programCpu('funpack', '-O', path('unpacked.fits'), path('rice.fits.fz'))
    if (cpu !== undefined) peer = Math.min(peer ?? Infinity, cpu)
  }
  console.log(`\nRICE_1 image of ${side} x ${side} 16-bit pixels, CPU time`)
  line('readImage', own)
  line(
    'funpack (with start and writing)',
    peer,
    peer === undefined ? '' : `we take ${(own / peer).toFixed(2)} of its time`,
  )
}

async function manyHeaders() {
  const count = 2000
  const header = new Header()
  for (let card = 0; card < 100; card++) header.set(`KEY${card}`, card * 1.1, 'a comment of usual length')
  const plane = { width: 100, height: 100, data: new Float32Array(10_000) }
  for (let index = 0; index < count; index++)
    await writeImage(await atomicFile(path(`${index}.fits`)), header, plane)
  const ms = await best(async () => {
    for (let index = 0; index < count; index++)
      (await scanHeaders(path(`${index}.fits`))).hdus[0].header.number('KEY7')
  }, 4)
  console.log('\nheaders of about 110 cards')
  line('scanHeaders of 10,000 files', (ms * 10_000) / count)
}

async function largeMosaic() {
  const side = 20_000
  const writer = new FitsWriter(await atomicFile(path('large.fits.fz'), overwrite), { checksum: false })
  const layout = { bitpix: -32, shape: [side, side] }
  const image = await beginCompressedImage(writer, layout, new Header(), {
    quantize: { level: 4 },
    tileShape: [100, 100],
  })
  const rows = noise(100 * side, 10)
  for (let row = 0; row < side; row += 100) await image.writeRows(rows)
  await image.end()
  await writer.commit()
  const region = { col: 9000, row: 11_000, width: 512, height: 512 }
  const ms = await best(async () => {
    const file = await openFitsFile(path('large.fits.fz'), { blocking: true })
    await readImage(await file.hdu(1), { region })
    await file.close()
  })
  const name = JSON.stringify(path('large.fits.fz'))
  const peer = astropy(`name = ${name}`, 'fits.open(name)[1].section[11000:11512, 9000:9512]')
  console.log(`\ncutout of 512 x 512 from a compressed mosaic of ${side} x ${side} pixels`)
  line('open and readImage', ms)
  line('astropy, open and section', peer)
}
