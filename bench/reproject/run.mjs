// One large image: exact-area reprojection against mProject and mProjectPP, Lanczos-3 against mProjectQL and SWarp's resampling alone, process
// start included; and the warm kernel of exact areas against the same algorithm in C (needs gcc). Peers that are missing are left out.
// Usage: npm run bench -- reproject [runs] [WIDTHxHEIGHT]   (default 3 runs of 2048x4096; "0" runs measures the kernel only)
//
// mProject takes many minutes for such an image, so it gets a piece of it, and CPU is compared per pixel.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import {
  hasProgram,
  machine,
  measure,
  median,
  race,
  report,
  requireTime,
  store,
} from '../support/measure.mjs'
import { compareImages } from './compare.mjs'
import { makeImage, templateText } from './images.mjs'
import { compileArea, raceKernel } from './kernel.mjs'

const PIECE = 256
const MAPS = [
  [0.7, 1],
  [17, 1],
  [45, 1],
  [17, 2.2],
]

const [runsText = '3', size = '2048x4096'] = process.argv.slice(2)
const runs = Number(runsText)
const [width, height] = size.split('x').map(Number)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))

try {
  console.log(machine())
  const kernel = kernelTable()
  if (runs > 0) await wholeImages(kernel)
  else store('reproject-kernel', new Map(), { kernel })
} finally {
  rmSync(work, { recursive: true, force: true })
}

function kernelTable() {
  const program = compileArea(work)
  console.log('exact areas, one warm tile           wasm ns    C ns  ratio  largest relative difference')
  return MAPS.map(([angle, scale]) => {
    const { wasmNs, cNs, difference } = raceKernel(program, work, angle, scale)
    const name = `${angle} degrees, ${scale} image pixels`.padEnd(34)
    const c =
      cNs === undefined ? 'no gcc' : `${cNs.toFixed(2).padStart(8)} ${(wasmNs / cNs).toFixed(2).padStart(7)}`
    console.log(`${name} ${wasmNs.toFixed(2).padStart(8)} ${c}  ${difference?.toPrecision(2) ?? ''}`)
    return { angle, scale, wasmNs, cNs, ratio: cNs && wasmNs / cNs, difference }
  })
}

/** One file of the program with all that it needs, as the commands are bundled. */
async function bundleProgram() {
  const input = fileURLToPath(new URL('project.mjs', import.meta.url))
  const build = await rolldown({
    input,
    platform: 'node',
    external: /^(node:|piscina)/,
    treeshake: { moduleSideEffects: false },
  })
  await build.write({ file: join(work, 'project.mjs'), format: 'esm', codeSplitting: false })
  await build.close()
}

async function wholeImages(kernel) {
  requireTime()
  await bundleProgram()
  await makeImage(join(work, 'image.fits'), width, height)
  await makeImage(join(work, 'piece.fits'), PIECE, PIECE)
  for (const name of ['template.hdr', 'lanczos.head'])
    writeFileSync(join(work, name), templateText(width, height))
  writeFileSync(join(work, 'piece.hdr'), templateText(PIECE, PIECE))
  console.log(`one image of ${width} x ${height}, ${runs} runs in turn after a warm-up`)
  const area = race(contestants('area', [peer('mProjectPP')]), runs)
  report(area)
  const exact = exactPeer(area)
  const lanczos = race(contestants('lanczos3', [peer('mProjectQL'), swarp()]), runs)
  report(lanczos)
  const pixels = {
    area: await agreement('area', 'mProjectPP'),
    lanczos3: await agreement('lanczos3', 'SWarp'),
  }
  store(`reproject-${size}`, new Map([...area, ...lanczos]), { size, kernel, exact, pixels })
}

function contestants(method, peers) {
  const program = join(work, 'project.mjs')
  const args = [
    program,
    join(work, 'image.fits'),
    join(work, 'template.hdr'),
    method,
    join(work, `${method}.fits`),
  ]
  const own = { name: `skyloom ${method}`, run: () => measure(process.execPath, args) }
  return [own, ...peers.filter((peer) => peer !== undefined)]
}

function peer(program) {
  if (!hasProgram(program)) return undefined
  return {
    name: program,
    run: () => measure(program, ['image.fits', `${program}.fits`, 'template.hdr'], { cwd: work }),
  }
}

/** SWarp's resampling without its background and coaddition. */
function swarp() {
  const program = ['SWarp', 'swarp', 'swarp-bin'].find(hasProgram)
  if (program === undefined) return undefined
  const options = {
    RESAMPLING_TYPE: 'LANCZOS3',
    SUBTRACT_BACK: 'N',
    COMBINE: 'N',
    IMAGEOUT_NAME: 'lanczos.fits',
    NTHREADS: '1',
    WRITE_XML: 'N',
    VERBOSE_TYPE: 'QUIET',
  }
  const args = ['image.fits', ...Object.entries(options).flatMap(([key, value]) => [`-${key}`, value])]
  return { name: 'SWarp', run: () => measure(program, args, { cwd: work }) }
}

/** mProject on the piece, once: CPU per pixel of ours over its own. */
function exactPeer(area) {
  if (!hasProgram('mProject')) return undefined
  const { cpu } = measure('mProject', ['piece.fits', 'mProject.fits', 'piece.hdr'], { cwd: work })
  const theirs = cpu / PIECE ** 2
  const ours = median(area.get('skyloom area').map((row) => row.cpu)) / (width * height)
  console.log(
    `mProject on ${PIECE} x ${PIECE}: ${(theirs * 1e6).toFixed(2)} us of CPU a pixel; skyloom area ${(ours * 1e6).toFixed(4)} us: 1/${(theirs / ours).toFixed(0)}`,
  )
  return { theirsUs: theirs * 1e6, oursUs: ours * 1e6, ratio: ours / theirs }
}

async function agreement(method, program) {
  const found = await compareImages(join(work, `${method}.fits`), program, work)
  if (found === undefined) return undefined
  const { pixels, p99, max } = found
  console.log(
    `skyloom ${method} - ${program}, of the range of values: 99 % below ${p99.toPrecision(2)}, largest ${max.toPrecision(2)} (${pixels} pixels)`,
  )
  return found
}
