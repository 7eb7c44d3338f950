import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { type CommandIn, commandIn } from './command-in.ts'
import { engines, siteEntries } from './engines.ts'

const FILE_BYTES = 100_000
const CHAINS = 2
const LENGTH = 5
/** Five files and a half: two that came from outside, a result, and room for two that jobs hand on. */
const BOUND_BYTES = 5 * FILE_BYTES + FILE_BYTES / 2

/** Chains of jobs, each of which copies what the one before made; the last of each is wanted. */
function chains(): { readonly folder: string; readonly skyloom: CommandIn } {
  const folder = freshFolder()
  const write = (name: string, content: object): void =>
    writeFileSync(join(folder, name), JSON.stringify({ pegasus: '5.0', ...content }))
  const file = (chain: number, step: number): object => ({
    lfn: `f${chain}.${step}`,
    size: FILE_BYTES,
  })
  const jobs = Array.from({ length: CHAINS }, (_, chain) =>
    Array.from({ length: LENGTH }, (_job, step) => ({
      type: 'job',
      id: `copy_${chain}_${step}`,
      name: 'cat',
      arguments: [`f${chain}.${step}`],
      stdout: `f${chain}.${step + 1}`,
      uses: [
        { ...file(chain, step), type: 'input' },
        { ...file(chain, step + 1), type: 'output', stageOut: step === LENGTH - 1, registerReplica: false },
      ],
    })),
  ).flat()
  write('workflow.yml', { name: 'chains', jobs })
  const raw = Array.from({ length: CHAINS }, (_, chain) => `f${chain}.0`)
  for (const name of raw) writeFileSync(join(folder, name), Buffer.alloc(FILE_BYTES, name))
  write('replicas.yml', {
    replicas: raw.map((lfn) => ({ lfn, pfns: [{ site: 'local', pfn: join(folder, lfn) }] })),
  })
  write('transformations.yml', {
    transformations: [
      { name: 'cat', sites: engines.map(({ site }) => ({ name: site, pfn: '/bin/cat', type: 'installed' })) },
    ],
  })
  const place = (name: string): string =>
    `{path: '${join(folder, name)}', fileServers: [{url: 'file://${join(folder, name)}', operation: all}]}`
  writeFileSync(
    join(folder, 'sites.yml'),
    `pegasus: '5.0'
sites:
- name: local
  directories:
  - {type: sharedScratch, ${place('scratch').slice(1)}
${siteEntries(join(folder, 'scratch'))}`,
  )
  return { folder, skyloom: commandIn(folder) }
}

/** Watches how many bytes a folder holds. @returns the most so far */
function watchBytes(folder: string): () => number {
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, bytesIn(folder))
  }, 20)
  onTestFinished(() => clearInterval(timer))
  return () => most
}

function bytesIn(folder: string): number {
  let bytes = 0
  try {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size
  } catch (error) {
    // Files come and go while they are counted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  return bytes
}

interface Forecast {
  readonly forecast: Readonly<
    Record<
      'peak_scratch_bytes' | 'written_scratch_bytes' | 'scratch_bound_bytes',
      Readonly<Record<string, number>>
    >
  >
}

describe.for(engines)('scratch space on $name', ({ site, data }) => {
  const scratchSite = data === 'condorio' ? 'local' : site
  const run = async (
    cleanup: string,
  ): Promise<{ readonly most: number; readonly said: Forecast['forecast'] }> => {
    const { folder, skyloom } = chains()
    const where = ['--sites', site, '--output-sites', 'local', '--output-dir', 'out', '--relative-dir', 'one']
    const limits = { maxspace: BOUND_BYTES, minsize: 0 }
    const how = Object.entries(limits).flatMap(([key, value]) => [
      '-D',
      `pegasus.file.cleanup.constraint.${key}=${value}`,
    ])
    const most = watchBytes(join(folder, 'scratch'))
    const text = await skyloom(
      ...['plan', 'workflow.yml', '--cleanup', cleanup, '--json', '--quiet', ...where, ...how],
      ...['-D', `pegasus.data.configuration=${data}`],
    )
    await skyloom('run', 'start', 'one', '--quiet')
    for (let chain = 0; chain < CHAINS; chain++)
      expect(
        readFileSync(join(folder, `out/f${chain}.${LENGTH}`)).equals(Buffer.alloc(FILE_BYTES, `f${chain}.0`)),
      ).toBe(true)
    return { most: most(), said: (JSON.parse(text.slice(text.indexOf('{'))) as Forecast).forecast }
  }

  test('stays under the bound of its plan, and without cleanup holds what the plan says', {
    timeout: 240_000,
  }, async () => {
    const bound = await run('constraint')
    expect(bound.said.scratch_bound_bytes[scratchSite]).toBe(BOUND_BYTES)
    expect(bound.most).toBeLessThanOrEqual(BOUND_BYTES)
    // It was watched while it worked.
    expect(bound.most).toBeGreaterThanOrEqual(3 * FILE_BYTES)
    // Once is enough: the other engine would only do the same.
    if (site !== engines[0]?.site) return
    const free = await run('none')
    const said = free.said.written_scratch_bytes[scratchSite] ?? 0
    expect(said).toBe(CHAINS * (LENGTH + 1) * FILE_BYTES)
    expect(free.said.peak_scratch_bytes[scratchSite]).toBe(said)
    expect(free.most).toBeGreaterThanOrEqual(said)
    // Each job that runs has a note there of what it publishes.
    expect(free.most).toBeLessThan(said + 1000)
  })
})
