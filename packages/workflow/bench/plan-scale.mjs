/*
 * Time and memory of the planner on large workflows, without reading files:
 *
 *   node packages/workflow/bench/plan-scale.mjs [shape] [size]     (build first)
 *
 * Shapes: independent, layered (100 layers, each job reads three files of the layer above), all-to-all (two levels of
 * `size` jobs). Each shape runs in a process of its own, so that peak memory is its own. Aims: 100,000 jobs in 5 s and
 * 700 MB, 1,000,000 in 60 s and 6 GB (condorio, in-place cleanup), 3,000 x 3,000 all to all in 5 s.
 */
import { spawnSync } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { planWorkflow } from '../dist/index.js'

const CASES = [
  ['independent', 100_000],
  ['layered', 100_000],
  ['all-to-all', 3_000],
  ['independent', 1_000_000],
  ['layered', 1_000_000],
]

const NONE = []

function job(id, name, uses) {
  return {
    type: 'job',
    id,
    name,
    arguments: NONE,
    uses,
    profiles: NONE,
    hooks: NONE,
    metadata: NONE,
    extensions: NONE,
  }
}

const input = (lfn) => ({ lfn, type: 'input' })
const output = (lfn, stageOut) => ({ lfn, type: 'output', stageOut, registerReplica: false })
const idOf = (n) => `ID${String(n + 1).padStart(7, '0')}`

const SHAPES = {
  independent: (size) =>
    Array.from({ length: size }, (_, n) =>
      job(idOf(n), 'work', [input('raw.dat'), output(`out.${n}`, true)]),
    ),
  layered: (size) => {
    const width = Math.max(1, Math.round(size / 100))
    return Array.from({ length: size }, (_, n) => {
      const layer = Math.floor(n / width)
      const col = n % width
      const from = (k) => `l${layer - 1}.${(col + k) % width}`
      const reads =
        layer === 0 ? [input(`raw.${col % 1000}`)] : [...new Set([from(0), from(1), from(7)])].map(input)
      return job(idOf(n), `layer${layer % 2}`, [...reads, output(`l${layer}.${col}`, layer === 99)])
    })
  },
  'all-to-all': (size) => {
    const uses = Array.from({ length: size }, (_, n) => input(`mid.${n}`))
    const first = Array.from({ length: size }, (_, n) =>
      job(idOf(n), 'first', [input('raw.dat'), output(`mid.${n}`, false)]),
    )
    const second = Array.from({ length: size }, (_, n) =>
      job(idOf(size + n), 'second', [...uses, output(`out.${n}`, true)]),
    )
    return [...first, ...second]
  },
}

function scratch(path, type = 'sharedScratch') {
  const fileServers = [{ url: `file://${path}`, operation: 'all', profiles: NONE, extensions: NONE }]
  return { type, path, sharedFileSystem: false, fileServers, extensions: NONE }
}

function request(jobs) {
  const names = [...new Set(jobs.map((j) => j.name))]
  const raw = new Set()
  for (const j of jobs) for (const use of j.uses) if (use.lfn.startsWith('raw')) raw.add(use.lfn)
  return {
    workflow: {
      pegasus: '5.0.4',
      name: 'scale',
      jobs,
      dependencies: NONE,
      profiles: NONE,
      hooks: NONE,
      metadata: NONE,
      extensions: NONE,
    },
    sites: {
      pegasus: '5.0',
      sites: [
        {
          name: 'local',
          directories: [scratch('/srv/scratch'), scratch('/srv/out', 'localStorage')],
          grids: NONE,
          profiles: NONE,
          extensions: NONE,
        },
        { name: 'condorpool', directories: NONE, grids: NONE, profiles: NONE, extensions: NONE },
      ],
      extensions: NONE,
    },
    transformations: {
      pegasus: '5.0',
      transformations: names.map((name) => ({
        name,
        sites: [
          {
            name: 'condorpool',
            pfn: `/bin/${name}`,
            type: 'installed',
            profiles: NONE,
            metadata: NONE,
            extensions: NONE,
          },
        ],
        requires: NONE,
        profiles: NONE,
        hooks: NONE,
        metadata: NONE,
        extensions: NONE,
      })),
      containers: NONE,
      extensions: NONE,
    },
    replicas: {
      pegasus: '5.0',
      replicas: [...raw].map((lfn) => ({
        lfn,
        isRegex: false,
        locations: [{ site: 'local', pfn: `file:///srv/in/${lfn}` }],
        metadata: NONE,
        extensions: NONE,
      })),
      extensions: NONE,
    },
    options: {
      sites: ['condorpool'],
      outputSites: ['local'],
      dataConfiguration: 'condorio',
      cleanup: 'inplace',
    },
  }
}

function measure(shape, size) {
  const jobs = SHAPES[shape](size)
  const asked = request(jobs)
  const before = process.memoryUsage().rss
  const start = performance.now()
  const result = planWorkflow(asked)
  const seconds = (performance.now() - start) / 1000
  if (!result.ok) throw new Error(JSON.stringify(result.problems[0]))
  const { dagNodes, dagEdges } = result.plan.counts
  const peakMb = process.resourceUsage().maxRSS / 1024
  return {
    shape,
    jobs: jobs.length,
    dagNodes,
    dagEdges,
    seconds: Number(seconds.toFixed(2)),
    jobsPerSecond: Math.round(jobs.length / seconds),
    inputMb: Math.round(before / 2 ** 20),
    peakMb: Math.round(peakMb),
  }
}

const [shape, size] = process.argv.slice(2)
if (shape !== undefined && size !== undefined) console.log(JSON.stringify(measure(shape, Number(size))))
else {
  for (const [name, count] of CASES.filter(([name]) => shape === undefined || name === shape)) {
    const child = spawnSync(
      process.execPath,
      ['--max-old-space-size=5500', fileURLToPath(import.meta.url), name, String(count)],
      { encoding: 'utf8' },
    )
    process.stdout.write(child.stdout === '' ? child.stderr : child.stdout)
  }
}
