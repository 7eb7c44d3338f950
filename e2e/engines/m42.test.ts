import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTransformationCatalog, writeTransformationCatalog } from '@skyloom/workflow'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { demoImages, freshFolder } from '../../testing/folders.ts'
import { engines, siteEntries, stageEntry } from './engines.ts'
import { stagingPlaces } from './staging-places.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))

let stageUrl = ''

beforeAll(async () => {
  if (engines.length > 0) stageUrl = (await stagingPlaces.http()).url
})

test.runIf(engines.length > 0)(
  'one abstract workflow gives the same mosaic here, on Slurm and on HTCondor, with its whole history',
  { timeout: 600_000 },
  () => {
    const folder = freshFolder()
    const registry = join(folder, 'registry.sqlite')
    const skyloom = (...words: readonly string[]): string => {
      const run = spawnSync(process.execPath, [command, ...words], { cwd: folder, encoding: 'utf8' })
      if (run.status !== 0) throw new Error(`skyloom ${words.join(' ')}: ${run.stderr}${run.stdout}`)
      return run.stdout
    }
    skyloom('mosaic', 'plan', '83.82 -5.39', '--images', demoImages, '--size', '0.2', '--out', 'm42')
    const at = ['--center', '83.82 -5.39', '--size', '0.2', '--registry', registry]
    skyloom('mosaic', 'make', '--images', demoImages, ...at, '--out', 'made')
    const made = readdirSync(join(folder, 'made')).filter((name) => name.endsWith('.fits'))
    const expected = made.map((name) => `${name} ${sha256(join(folder, 'made', name))}`).sort()
    addSites(join(folder, 'm42'), stageUrl)
    const all = engines.map(({ site }) => site)
    const places: readonly Place[] = [
      { name: 'local', sites: ['local'], data: 'sharedfs' },
      ...engines.map(({ site, data }) => ({ name: site, sites: [site], data, words: ['--cluster', 'auto'] })),
      // Jobs of both schedulers hand their files on over a web server.
      {
        name: 'staged',
        sites: all,
        data: 'nonsharedfs',
        words: ['--staging-site', 'stage', '--cluster', 'auto'],
      },
    ]
    const products = places.map(({ name: place, sites, data, words = [] }) => {
      const out = join(folder, `out-${place}`)
      const where = ['--output-sites', 'local', '--output-dir', out, '--dir', `runs-${place}`, ...words]
      const how = ['--sites', sites.join(','), '-D', `pegasus.data.configuration=${data}`, '--json']
      const plan = JSON.parse(skyloom('plan', 'm42/workflow.yml', ...where, ...how)) as PlanCounts
      const tasks = plan.tasks.total_tasks
      // Short jobs go together, by the run times that the workflow was written with.
      if (words.includes('--cluster')) expect(plan.jobs.compute).toBeLessThan(tasks / 2)
      else expect(plan.jobs.compute).toBe(tasks)
      const [runDir = ''] = readdirSync(join(folder, `runs-${place}`), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('plan.jsonl'))
        .map((name) => join(folder, `runs-${place}`, name, '..'))
      skyloom('run', 'start', runDir, '--registry', registry, '--quiet', '--no-reuse')
      // Each site had jobs of it.
      if (place !== 'local') expect(readdirSync(join(runDir, 'batch')).sort()).toEqual([...sites].sort())
      const names = readdirSync(out).filter((name) => name.endsWith('.fits'))
      const history = skyloom('trace', join(out, 'mosaic.fits'), '--registry', registry)
      return { names: names.map((name) => `${name} ${sha256(join(out, name))}`).sort(), history }
    })
    for (const { names, history } of products) {
      expect(names).toEqual(expected)
      for (const program of ['mAdd', 'mBgModel', 'mDiffFit', 'mProject']) expect(history).toContain(program)
      expect(history).toMatch(/2mass.*\.fits/i)
    }
    if (!engines.some(({ name }) => name === 'HTCondor')) return
    // The same plan in DAGMan's own hands. It refuses to run below /tmp.
    const runs = mkdtempSync(join(dirname(process.env['CONDOR_CONFIG'] ?? ''), 'dag-'))
    onTestFinished(() => rmSync(runs, { recursive: true, force: true }))
    const out = join(folder, 'out-dagman')
    const where = [
      '--sites',
      'pool',
      '--output-sites',
      'local',
      '--output-dir',
      out,
      '--relative-submit-dir',
      'dag',
    ]
    const how = ['-D', 'pegasus.data.configuration=condorio', '--format', 'dagman', '--quiet']
    skyloom('plan', 'm42/workflow.yml', ...where, '--dir', runs, ...how)
    skyloom('run', 'start', join(runs, 'dag'), '--registry', registry, '--quiet')
    const names = readdirSync(out).filter((name) => name.endsWith('.fits'))
    expect(names.map((name) => `${name} ${sha256(join(out, name))}`).sort()).toEqual(expected)
    const history = skyloom('trace', join(out, 'mosaic.fits'), '--registry', registry)
    expect(lastLine(history)).toBe(lastLine(products[0]?.history ?? ''))
  },
)

interface PlanCounts {
  readonly jobs: { readonly compute: number }
  readonly tasks: { readonly total_tasks: number }
}

/** Where the workflow runs, and how its files reach the nodes. */
interface Place {
  readonly name: string
  readonly sites: readonly string[]
  readonly data: string
  readonly words?: readonly string[]
}

/** Adds the sites of the engines, where the programs are those of this machine, and a staging site. */
function addSites(workflow: string, stageUrl: string): void {
  const sites = join(workflow, 'sites.yml')
  writeFileSync(
    sites,
    readFileSync(sites, 'utf8') + siteEntries(join(workflow, 'cluster-scratch')) + stageEntry(stageUrl),
  )
  const file = join(workflow, 'transformations.yml')
  const read = readTransformationCatalog(readFileSync(file, 'utf8'))
  if (!read.ok) throw new Error(`${file} cannot be read`)
  const transformations = read.value.transformations.map((transformation) => {
    const [own] = transformation.sites
    const more = own === undefined ? [] : engines.map(({ site }) => ({ ...own, name: site }))
    return { ...transformation, sites: [...transformation.sites, ...more] }
  })
  writeFileSync(file, writeTransformationCatalog({ ...read.value, transformations }))
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** How many files and steps a history has. */
function lastLine(history: string): string {
  return history.trimEnd().split('\n').at(-1) ?? ''
}
