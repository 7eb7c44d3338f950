// The Montage modules against the C programs of the same names: CPU and wall time of a call as a process of its own, and of a call in a
// warm process. Start-up is a call without arguments, which loads everything and does no work; it should stay below 90 ms of CPU.
//   node bench/run.mjs montage [--calls N] [MODULE ...]
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { callModule, loadModule, MODULE_NAMES } from '../../packages/montage/dist/command/index.js'
import { hasProgram, machine, measure, requireTime, store } from '../support/measure.mjs'

requireTime()
const words = process.argv.slice(2)
const at = words.indexOf('--calls')
const calls = at < 0 ? 5 : Number(words.splice(at, 2)[1])
const MAX_STARTUP_MS = 90
const folder = mkdtempSync(join(tmpdir(), 'skyloom-bench-montage-'))
const bin = join(folder, 'bin')

/** Arguments of each module, in an order in which each finds what it reads. */
const CALLS = [
  ['mImgtbl', '-c', 'raw', 'raw.tbl'],
  ['mMakeHdr', 'raw.tbl', 'region.hdr'],
  ['mHdrtbl', 'headers', 'headers.tbl'],
  ['mGetHdr', 'raw/a.fits', 'a.hdr'],
  ['mHdrCheck', 'raw/a.fits'],
  ['mPutHdr', 'raw/a.fits', 'put.fits', 'a.hdr'],
  ['mTANHdr', 'region.hdr', 'tan.hdr'],
  ['mTileHdr', 'region.hdr', 'tile.hdr', '2', '2', '0', '0'],
  ['mShrinkHdr', 'region.hdr', 'small.hdr'],
  ['mPix2Coord', 'raw/a.fits', '10', '20'],
  ['mProjectPP', 'raw/a.fits', 'p/a.fits', 'region.hdr'],
  ['mProjectPP', 'raw/b.fits', 'p/b.fits', 'region.hdr'],
  ['mProjectQL', 'raw/a.fits', 'ql.fits', 'region.hdr'],
  ['mProject', 'cut.fits', 'cutp.fits', 'region.hdr'],
  ['mImgtbl', 'p', 'p.tbl'],
  ['mOverlaps', 'p.tbl', 'diffs.tbl'],
  ['mDiff', 'p/a.fits', 'p/b.fits', 'diff.fits', 'region.hdr'],
  ['mFitplane', 'diff.fits'],
  ['mDiffExec', '-p', 'p', 'diffs.tbl', 'region.hdr', 'd'],
  ['mFitExec', 'diffs.tbl', 'fits.tbl', 'd'],
  ['mDiffFitExec', '-p', 'p', 'diffs.tbl', 'region.hdr', 'd', 'fits.tbl'],
  ['mBgModel', 'p.tbl', 'fits.tbl', 'corrections.tbl'],
  ['mBackground', 'p/a.fits', 'back.fits', '0.01', '-0.02', '3'],
  ['mBgExec', '-p', 'p', 'p.tbl', 'corrections.tbl', 'c'],
  ['mImgtbl', 'c', 'c.tbl'],
  ['mAdd', '-p', 'c', 'c.tbl', 'region.hdr', 'mosaic.fits'],
  ['mShrink', 'mosaic.fits', 'small.fits', '4'],
  ['mSubimage', '-p', 'raw/a.fits', 'sub.fits', '1', '1', '200', '200'],
  ['mFixNaN', 'raw/a.fits', 'fixed.fits', '-100', '0'],
  ['mConvert', '-b', '-32', 'raw/a.fits', 'float.fits'],
  ['mPad', 'raw/a.fits', 'pad.fits', '5', '5', '5', '5'],
  ['mRotate', '-r', '30', 'cut.fits', 'rotated.fits'],
  ['mExamine', 'raw/a.fits'],
  ['mBestImage', 'raw.tbl', 'LON', 'LAT'],
  ['mCoverageCheck', 'raw.tbl', 'covered.tbl', '-circle', '83.8', '-5.4', '0.1'],
  ['mTblSort', 'raw.tbl', 'ra', 'sorted.tbl'],
  ['mMakeImg', 'small.hdr', 'made.fits'],
  ['mHistogram', '-file', 'raw/a.fits', 'min', 'max', 'gaussian', '-out', 'hist.txt'],
  ['mViewer', '-ct', '1', '-gray', 'small.fits', '-1s', 'max', 'gaussian-log', '-out', 'view.png'],
]

try {
  await prepare()
  await compare()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function prepare() {
  for (const name of ['raw', 'p', 'c', 'd', 'headers', 'bin']) mkdirSync(join(folder, name))
  const images = readdirSync('demo/images').filter((name) => name.endsWith('.fits.gz'))
  for (const [index, name] of ['a.fits', 'b.fits', 'c.fits'].entries())
    writeFileSync(join(folder, 'raw', name), gunzipSync(readFileSync(join('demo/images', images[index]))))
  const { installModules } = await import('../../packages/montage/dist/command/index.js')
  await installModules(bin, { overwrite: true })
  await call('mGetHdr', ['raw/a.fits', 'headers/a.hdr'])
  await call('mSubimage', ['-p', 'raw/a.fits', 'cut.fits', '100', '100', '120', '120'])
}

async function call(name, args) {
  const { exitCode, stdout } = await callModule(await loadModule(name), args, folder)
  if (exitCode !== 0) throw new Error(`${name} ${args.join(' ')}: ${stdout}`)
}

/** Time of one process, from several in a row: the clock of the system ticks too slowly for one. */
function timed(path, [name, ...args], mayFail = false) {
  const line = [name, ...args].map((word) => `'${word}'`).join(' ')
  const script = `for i in ${Array.from({ length: calls }, (_, i) => i).join(' ')}; do ${line} >out.txt || ${mayFail ? 'true' : '{ cat out.txt; exit 1; }'}; done`
  const { cpu, wall, memory } = measure('sh', ['-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: path },
  })
  return { cpu: (1000 * cpu) / calls, wall: (1000 * wall) / calls, memory }
}

/** Time of the C program, undefined when it is missing or fails. */
function peerTime(line) {
  if (!hasProgram(line[0])) return undefined
  try {
    return timed(process.env.PATH, line)
  } catch (error) {
    console.log(`the C program fails: ${error.message.trim().split('\n').at(-1)}`)
    return undefined
  }
}

async function warm([name, ...args]) {
  await call(name, args)
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  for (let i = 0; i < calls; i++) await call(name, args)
  const used = process.cpuUsage(cpu)
  return { cpu: (used.user + used.system) / 1000 / calls, wall: (performance.now() - start) / calls }
}

async function compare() {
  const ours = [bin, process.env.PATH].join(delimiter)
  const node = timed(ours, [process.execPath, '-e', '0'])
  console.log(
    `${machine()}; ms a call, mean of ${calls}; bare Node ${node.cpu.toFixed(0)} CPU, ${node.wall.toFixed(0)} wall`,
  )
  console.log(
    `${'module'.padEnd(16)}${['process CPU', 'wall', 'warm CPU', 'wall', 'start-up', 'C CPU', 'wall', 'CPU ratio', 'warm ratio', 'wall ratio'].map((head) => head.padStart(12)).join('')}`,
  )
  const rows = []
  const head = readFileSync(join(folder, 'raw/a.fits')).subarray(0, 28_800).toString('latin1')
  const centre = ['CRVAL1', 'CRVAL2'].map((key) => new RegExp(`${key} *= *([-+.\\dE]+)`).exec(head)[1])
  for (const pattern of CALLS) {
    const line = pattern.map((word) => ({ LON: centre[0], LAT: centre[1] })[word] ?? word)
    const [name] = line
    if (!MODULE_NAMES.includes(name)) continue
    if (words.length > 0 && !words.includes(name)) {
      await call(name, line.slice(1))
      continue
    }
    const peer = peerTime(line)
    const alone = timed(ours, line)
    const inProcess = await warm(line)
    const startup = timed(ours, [name], true).cpu
    // A C program that takes less than a tick of the clock has no ratio.
    const ratio = (value, key) => (peer === undefined || peer[key] < 1 ? undefined : value / peer[key])
    const ratios = [ratio(alone.cpu, 'cpu'), ratio(inProcess.cpu, 'cpu'), ratio(alone.wall, 'wall')]
    const cells = [alone.cpu, alone.wall, inProcess.cpu, inProcess.wall, startup, peer?.cpu, peer?.wall].map(
      (value) => (value === undefined ? '-' : value.toFixed(1)),
    )
    console.log(
      `${name.padEnd(16)}${[...cells, ...ratios.map((value) => (value === undefined ? '-' : value.toFixed(2)))].map((text) => text.padStart(12)).join('')}${startup > MAX_STARTUP_MS ? '  start-up above 90 ms' : ''}`,
    )
    rows.push({
      module: name,
      args: line.slice(1),
      alone,
      warm: inProcess,
      startup,
      ...(peer === undefined ? {} : { peer }),
      ratios: { cpu: ratios[0], warmCpu: ratios[1], wall: ratios[2] },
    })
  }
  store('montage', new Map([['node', [node]]]), { calls, modules: rows })
}
