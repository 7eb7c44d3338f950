import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { skyloomProcess } from './command.ts'

/** Runs the command in a folder, with its registry there. @returns standard output */
async function ok(folder: string, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await skyloomProcess(folder, ...words)
  expect(code, `${words.join(' ')}\n${stderr}${stdout}`).toBe(0)
  return stdout
}

/**
 * Plans a mosaic of the demo with Montage's own chain of modules, and its run with a data configuration.
 *
 * @param more further words for `skyloom plan`
 * @returns the directory of the run
 */
async function planned(
  folder: string,
  configuration: string,
  scaleArcsec: number,
  ...more: readonly string[]
): Promise<string> {
  const out = join(folder, configuration)
  const mosaic = ['--images', demoImages, '--scale', String(scaleArcsec), '--modules', 'montage']
  await ok(folder, 'mosaic', 'plan', ...mosaic, '--out', out)
  const sites = ['--sites', 'local', '--output-sites', 'local', '--dir', join(out, 'runs')]
  await ok(
    folder,
    'plan',
    join(out, 'workflow.yml'),
    `-Dpegasus.data.configuration=${configuration}`,
    ...sites,
    ...more,
  )
  const plan = filesBelow(join(out, 'runs')).find((path) => path.endsWith('plan.jsonl')) ?? ''
  return join(plan, '..')
}

/** Paths of the files below a folder. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Name of the only job of a module in a plan. */
function jobOf(run: string, module: string): string {
  return (
    new RegExp(`"name":"(${module}_[^"]*)"`).exec(readFileSync(join(run, 'plan.jsonl'), 'utf8'))?.[1] ?? ''
  )
}

/** Name and content of the products, by name. */
function productsIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  )
}

test("Montage's chain in memory: the products of files, nothing else on disk, and the history of every file", async () => {
  const folder = freshFolder()
  const registry = ['--registry', join(folder, 'registry.sqlite')]
  const start = ['run', 'start', '--quiet', '--no-reuse', ...registry]
  await ok(folder, ...start, await planned(folder, 'sharedfs', 6), '--functions', 'montage')
  const run = await planned(folder, 'memory', 6)
  await ok(folder, ...start, run)
  const products = productsIn(join(folder, 'memory', 'products'))
  expect([...products.keys()]).toContain('mosaic.fits')
  expect(products).toEqual(productsIn(join(folder, 'sharedfs', 'products')))
  const left = filesBelow(join(folder, 'memory', 'scratch')).map((path) => path.split('/').at(-1))
  expect(left.sort()).toEqual([...products.keys()])
  const explained = await ok(folder, 'run', 'explain', jobOf(run, 'mAdd'), run, ...registry)
  expect(explained).toMatch(/inputs from memory: \d\d/)
  const trace = await ok(folder, 'trace', join(folder, 'memory', 'products', 'mosaic.fits'), ...registry)
  for (const module of ['mProject', 'mBackground', 'mBgModel', 'mAdd']) expect(trace).toContain(module)
  expect(trace).toContain('2mass-atlas-')
  await ok(folder, 'run', 'verify', run, ...registry)
  await ok(folder, 'registry', 'verify', ...registry)
})

test('clusters hand files on in memory, and programs among the functions find theirs on disk: the same products', async () => {
  const clustered = freshFolder()
  const mixed = freshFolder()
  const start = ['run', 'start', '--quiet', '--no-reuse', '--registry']
  const clusters = ['--cluster', 'horizontal', '-Dpegasus.clusters.num=2']
  const clusterRun = await planned(clustered, 'memory', 12, ...clusters)
  await ok(clustered, ...start, join(clustered, 'registry.sqlite'), clusterRun)
  expect(jobOf(clusterRun, 'merge_mProject')).not.toBe('')
  // Three modules of the chain are functions, the others in front, between and behind are programs.
  const functions = join(mixed, 'functions.mjs')
  const montage = import.meta.resolve('@skyloom/montage/transformation')
  const names = ['mProject', 'mBgModel', 'mAdd'].map((name) => `montageTransformation as ${name}`).join(', ')
  writeFileSync(functions, `export { ${names} } from '${montage}'\nexport const usesMounts = true\n`)
  const mixedRun = await planned(mixed, 'memory', 12)
  const registry = join(mixed, 'registry.sqlite')
  await ok(mixed, ...start, registry, mixedRun, '--functions', functions)
  expect(productsIn(join(mixed, 'memory', 'products'))).toEqual(
    productsIn(join(clustered, 'memory', 'products')),
  )
  const explained = await ok(
    mixed,
    'run',
    'explain',
    jobOf(mixedRun, 'mBackground'),
    mixedRun,
    '--registry',
    registry,
  )
  expect(explained).toMatch(/inputs from memory: \d/)
})

/** Leaves the largest resident set of a process in a file when it ends. */
const PEAK_PROGRAM = `
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
// The command, none of the processes that it starts.
if (isMainThread && process.ppid === Number(process.env.PEAK_PARENT)) process.on('exit', () => {
  const [, kib] = /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
  writeFileSync(process.env.PEAK_FILE, kib)
})
`

test.skipIf(process.platform !== 'linux')(
  'with less memory than the files need, the process stays within 110 % of it and 150 MB',
  { timeout: 120_000 },
  async () => {
    const folder = freshFolder()
    const registry = ['--registry', join(folder, 'registry.sqlite')]
    const run = await planned(folder, 'memory', 0.7)
    const limitBytes = 2 ** 28
    const hook = join(folder, 'peak.mjs')
    writeFileSync(hook, PEAK_PROGRAM)
    const peak = join(folder, 'peak')
    vi.stubEnv('NODE_OPTIONS', `--import ${hook}`)
    vi.stubEnv('PEAK_FILE', peak)
    vi.stubEnv('PEAK_PARENT', String(process.pid))
    const start = [
      'run',
      'start',
      run,
      '--no-reuse',
      '--quiet',
      '--jobs',
      '2',
      '--memory',
      String(limitBytes),
    ]
    await ok(folder, ...start, ...registry)
    vi.unstubAllEnvs()
    const explained = await ok(folder, 'run', 'explain', jobOf(run, 'mAdd'), run, ...registry)
    expect(explained).toMatch(/[1-9]\d* of them from disk/)
    expect(Number(readFileSync(peak, 'latin1')) * 1024).toBeLessThan(1.1 * limitBytes + 150e6)
  },
)
