// Speed of the registry on SQLite, each batch synced: events a second, a job's whole life, counts at 100,000 jobs, searches among FILES
// files (first argument, default 200,000). Prints one line for each.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRegistry, parseCondition, SKY_ORDER } from '@skyloom/registry'
import { healpixOrderForResolution, mocFromRegion, skyToHealpix } from '@skyloom/wcs'

const FILES = Number(process.argv[2] ?? 200_000)
const SKY = 20_000
/** Order of the cell that stands for an image of about 0.1 degree. */
const IMAGE_ORDER = 9
const folder = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))
const registry = await openRegistry(join(folder, 'registry.db'))
try {
  await runs()
  await files()
} finally {
  await registry.close()
  rmSync(folder, { recursive: true })
}

async function runs() {
  await registry.runs.create({ id: 'r', label: 'w', user: 'u', host: 'h', directory: '/r' })
  const { token } = await registry.runs.acquireLease('r', 'bench', 3_600_000)
  let seq = 0
  for (const batch of [10, 100, 1000, 5000]) {
    const commits = Math.min(200, 100_000 / batch)
    const seconds = await timed(async () => {
      for (let i = 0; i < commits; i++) {
        const events = Array.from({ length: batch }, (_, k) => ({
          seq: ++seq,
          timeMs: k,
          type: 'attempt-started',
          jobId: `job_${k}`,
          attempt: 1,
          data: { state: 'running' },
        }))
        await registry.runs.commit('r', token, { events })
      }
    })
    print(`events in batches of ${batch}`, `${Math.round((batch * commits) / seconds)} events/s`)
  }
  const job = (k) => ({
    jobId: `job_${k}`,
    kind: 'compute',
    transformation: `t${k % 5}`,
    state: 'ready',
    attemptCount: 0,
    maxRetries: 1,
    priority: 0,
    taskCount: 1,
    changedMs: 0,
  })
  const seconds = await timed(async () => {
    for (let at = 0; at < 100_000; at += 5000)
      await registry.runs.commit('r', token, { jobs: Array.from({ length: 5000 }, (_, k) => job(at + k)) })
  })
  print('new jobs', `${Math.round(100_000 / seconds)} jobs/s`)
  print('counts at 100,000 jobs', `${((await timed(() => registry.runs.counts('r'))) * 1000).toFixed(1)} ms`)
}

async function files() {
  const random = randomNumbers(42)
  const seconds = await timed(async () => {
    for (let at = 0; at < FILES; at += SKY) {
      const rows = Array.from({ length: Math.min(SKY, FILES - at) }, (_, k) => {
        const centreLonDeg = 360 * random()
        const centreLatDeg = (Math.asin(2 * random() - 1) * 180) / Math.PI
        const index = skyToHealpix({ order: IMAGE_ORDER, scheme: 'nested' }, centreLonDeg, centreLatDeg)
        return {
          id: `file-${at + k}`,
          lfn: `file-${at + k}.fits`,
          type: 'image',
          metadata: { band: 'JHK'[k % 3], exptime: 60 * random() },
          sky: { centreLonDeg, centreLatDeg, radiusDeg: 0.07, cells: [{ order: IMAGE_ORDER, index }] },
        }
      })
      await registry.files.add({ files: rows })
    }
  })
  print('new files with metadata and sky', `${Math.round(FILES / seconds)} files/s`)
  for (const radiusDeg of [0.1, 1, 5]) {
    const times = []
    let found = 0
    for (let i = 0; i < 21; i++) {
      const circle = { centre: { lonDeg: 360 * random(), latDeg: 170 * random() - 85 }, radiusDeg }
      const order = healpixOrderForResolution(radiusDeg / 8)
      const { ranges } = mocFromRegion(circle, order)
      const shift = BigInt(2 * (29 - SKY_ORDER))
      const list = []
      for (let k = 0; k < ranges.length; k += 2)
        list.push({ first: Number(ranges[k] >> shift), last: Number(ranges[k + 1] >> shift) - 1 })
      times.push(
        await timed(async () => {
          for await (const _ of registry.files.find({ near: { ranges: list, accepts: () => true } })) found++
        }),
      )
    }
    const median = times.sort((a, b) => a - b)[10] * 1000
    print(
      `cone of ${radiusDeg} deg among ${FILES} files`,
      `${median.toFixed(1)} ms, ${Math.round(found / 21)} found`,
    )
  }
  const where = parseCondition('band = "J" and exptime > 59.9')
  let found = 0
  const query = await timed(async () => {
    for await (const _ of registry.files.find({ where })) found++
  })
  print(`band and exptime among ${FILES} files`, `${(query * 1000).toFixed(1)} ms, ${found} found`)
}

async function timed(work) {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

function print(what, value) {
  console.log(`${what.padEnd(48)} ${value}`)
}

/** Uniform numbers in [0, 1), the same in each run (mulberry32). */
function randomNumbers(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
