import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, writeFitsTable } from '@skyloom/fits'
import { tableFromRows } from '@skyloom/fits/tables'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { demoImages } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { createProgram } from '../src/main.ts'
import { DOCUMENTS } from '../src/schema/documents.ts'
import { folderWith, pairFolder, plannedFolder, skyloomIn } from './command.ts'

/** Of its two jobs one fails. */
const WORKFLOW = `pegasus: "5.0.4"
name: tiny
jobs:
  - {type: job, id: A, name: tool, arguments: ["-c 'cat raw.txt > a.txt; echo said'"], uses: [{lfn: raw.txt, type: input}, {lfn: a.txt, type: output, stageOut: true, registerReplica: true}]}
  - {type: job, id: B, name: tool, arguments: ["-c 'echo gone wrong >&2; exit 3'"], uses: [{lfn: a.txt, type: input}]}
`

/** Runs a command and holds what it prints against a schema, as JSON Schema that somebody else reads. */
async function hold(folder: string, name: string, ...args: readonly string[]): Promise<unknown> {
  const registry = isRecorded(args) ? ['--registry', join(folder, 'r.db')] : []
  const { stdout, stderr } = await skyloomIn(folder, ...args, '--json', ...registry)
  expect(stdout, stderr).not.toBe('')
  return fit(name, stdout)
}

/** True for commands that have a registry. */
function isRecorded([group = '', command = '']: readonly string[]): boolean {
  return ['run', 'registry', 'trace', 'verify'].includes(group) || `${group} ${command}` === 'mosaic make'
}

/** Holds printed text against a schema. */
function fit(name: string, printed: string): unknown {
  const part = DOCUMENTS[name]
  if (part === undefined) throw new Error(`no schema ${name}`)
  const lines = name.endsWith('-line') ? printed.trim().split('\n') : [printed]
  const schema = z.fromJSONSchema(z.toJSONSchema(part))
  for (const line of lines) {
    const document: unknown = JSON.parse(line)
    const parsed = part.safeParse(document)
    expect(parsed.success ? '' : `${name}: ${z.prettifyError(parsed.error)}`).toBe('')
    expect(schema.safeParse(document).success).toBe(true)
  }
  held.add(name)
  return JSON.parse(lines[0] ?? '')
}

const held = new Set<string>()

test('every document of runs and of the registry fits its schema', async () => {
  const { folder, runDir } = await plannedFolder(WORKFLOW)
  await hold(folder, 'run-start', 'run', 'start', runDir, '--quiet')
  await hold(folder, 'run-resume', 'run', 'resume', runDir, '--quiet')
  await hold(folder, 'run-list', 'run', 'list')
  await hold(folder, 'run-status', 'run', 'status')
  await hold(folder, 'run-watch-line', 'run', 'watch')
  await hold(folder, 'run-jobs-line', 'run', 'jobs')
  await hold(folder, 'run-logs', 'run', 'logs', 'tool_A')
  await hold(folder, 'run-logs-follow-line', 'run', 'logs', 'tool_A', '--follow')
  await hold(folder, 'run-statistics', 'run', 'statistics')
  await hold(folder, 'run-analyze', 'run', 'analyze')
  await hold(folder, 'run-explain', 'run', 'explain', 'tool_B')
  await hold(folder, 'run-verify', 'run', 'verify')
  await hold(folder, 'run-rescue', 'run', 'rescue')
  await hold(folder, 'run-timeline', 'run', 'timeline', '-o', 'line.html')

  await hold(folder, 'registry-add', 'registry', 'add', 'raw.txt', '--set', 'band=J')
  await hold(folder, 'registry-find', 'registry', 'find')
  await hold(folder, 'registry-tag', 'registry', 'tag', 'good', 'a.txt')
  await hold(folder, 'registry-tags', 'registry', 'tag')
  await hold(folder, 'registry-quality', 'registry', 'quality', 'a.txt', 'a trail', '--level', 'warning')
  await hold(folder, 'registry-show', 'registry', 'show', 'a.txt')
  await hold(folder, 'trace', 'trace', 'a.txt')
  await hold(
    folder,
    'registry-export',
    'registry',
    'export',
    'a.txt',
    '--prov-json',
    'p.json',
    '--ro-crate',
    'crate',
  )
  writeFileSync(join(folder, 'out/a.txt'), 'damaged')
  mkdirSync(join(folder, 'more'))
  writeFileSync(join(folder, 'more/stray'), '')
  const report = await hold(folder, 'registry-verify', 'registry', 'verify', 'more')
  expect(report).toMatchObject({ strays: [join(folder, 'more/stray')] })
  await hold(folder, 'registry-stats', 'registry', 'stats')
  await hold(folder, 'registry-backup', 'registry', 'backup', 'copy.db')
  await hold(folder, 'registry-migrate', 'registry', 'migrate')
  await hold(folder, 'registry-forget', 'registry', 'forget', 'out/a.txt', '--dry-run')
  await hold(folder, 'run-remove', 'run', 'remove', runDir, '--dry-run')
})

test('so does what is asked of a run that waits for a person', async () => {
  const { folder, runDir } = await plannedFolder(WORKFLOW)
  await hold(folder, 'run-start', 'run', 'start', runDir, '--quiet', '--hold-failed')
  await hold(folder, 'run-ask', 'run', 'release', 'tool_B')
  await hold(folder, 'run-ask', 'run', 'cancel')
})

test('so does what is said of sites', async () => {
  const folder = await folderWith({})
  mkdirSync(join(folder, 'scratch'))
  await hold(folder, 'site-add', 'site', 'add', 'here', '--scheduler', 'none', '--scratch', 'scratch')
  await hold(folder, 'site-add', 'site', 'add', 'pool', '--scheduler', 'htcondor')
  expect(await hold(folder, 'site-list', 'site', 'list')).toEqual([
    { name: 'here', scheduler: 'none', scratch: `file://${join(folder, 'scratch')}` },
    { name: 'pool', scheduler: 'htcondor' },
  ])
  expect(await hold(folder, 'site-check', 'site', 'check', 'here')).toMatchObject({ works: true })
  const absent = await skyloomIn(folder, 'site', 'list', '--file', 'absent.yml')
  expect(absent.stderr).toMatch(/absent\.yml.*\[BASE_READ_FAILED\]/)
})

test.skipIf(skipShared)('so do documents of runs of Pegasus', async () => {
  for (const name of ['process_wf_failure', 'sample_wf_held', 'text-analysis-run1']) {
    const folder = await folderWith({})
    await hold(folder, 'run-import', 'run', 'import', sharedPath(`corpus/pegasus/runs/${name}`))
    for (const what of ['status', 'statistics', 'analyze']) await hold(folder, `run-${what}`, 'run', what)
    await hold(folder, 'run-list', 'run', 'list')
    await hold(folder, 'run-jobs-line', 'run', 'jobs')
  }
})

test('so do documents of FITS files and coordinates', async () => {
  const folder = await folderWith({})
  const [image = '', other = ''] = readdirSync(demoImages).filter((name) => name.endsWith('.gz'))
  const [a, b] = [join(demoImages, image), join(demoImages, other)]
  await hold(folder, 'fits-info', 'fits', 'info', a)
  await hold(folder, 'fits-info', 'fits', 'info', a, b)
  await hold(folder, 'fits-header', 'fits', 'header', a)
  await hold(folder, 'fits-stats', 'fits', 'stats', a)
  await hold(folder, 'fits-cutout', 'fits', 'cutout', a, 'part.fits', '--region', '1 20 1 30')
  await hold(folder, 'fits-compress', 'fits', 'compress', 'part.fits', 'part.fits.fz')
  await hold(folder, 'fits-uncompress', 'fits', 'uncompress', 'part.fits.fz', 'plain.fits')
  await hold(folder, 'fits-diff', 'fits', 'diff', 'part.fits', 'plain.fits')
  await hold(folder, 'fits-diff', 'fits', 'diff', 'part.fits', a)
  await hold(folder, 'fits-stats', 'fits', 'stats', 'part.fits.fz')
  await writeTable(join(folder, 'table.fits'))
  const table = await hold(folder, 'fits-table', 'fits', 'table', 'table.fits')
  expect(table).toMatchObject({ rows: [{ id: '9007199254740993', x: null, name: 'M 42' }] })
  const cut = readFileSync(join(folder, 'part.fits'))
  cut.write('BITPIX  =                   12', 80)
  writeFileSync(join(folder, 'bad.fits'), cut.subarray(0, -7))
  await hold(folder, 'fits-verify', 'fits', 'verify', 'part.fits')
  await hold(folder, 'fits-verify', 'fits', 'verify', 'part.fits', 'plain.fits')
  const ofBad = await hold(folder, 'fits-verify', 'fits', 'verify', 'bad.fits')
  expect(ofBad).toMatchObject({ errorCount: expect.any(Number) as number })
  await hold(folder, 'wcs-pix2sky', 'wcs', 'pix2sky', a, '1', '1')
  await hold(folder, 'wcs-sky2pix', 'wcs', 'sky2pix', a, '83', '-5', '263', '5')
  await hold(folder, 'wcs-footprint', 'wcs', 'footprint', a)
  await hold(folder, 'wcs-doctor', 'wcs', 'doctor', a)
})

test('so do documents of mosaics', async () => {
  const folder = await folderWith({})
  const images = join(folder, 'images')
  mkdirSync(images)
  for (const name of readdirSync(demoImages)
    .filter((file) => file.endsWith('.gz'))
    .slice(0, 2))
    copyFileSync(join(demoImages, name), join(images, name))
  const make = ['mosaic', 'make', '--images', 'images', '--scale', '4', '--combine', 'clipped']
  expect(await hold(folder, 'mosaic-make', ...make, '--out', 'm', '--dry-run')).toMatchObject({
    pairCount: 1,
  })
  const { stdout, stderr } = await skyloomIn(folder, ...make, '--out', 'm', '--json', '--registry', 'r.db')
  expect(stdout, stderr).not.toBe('')
  fit('mosaic-make', stdout)
  fit('progress-line', stderr)
  await hold(folder, 'verify', 'verify', 'm/mosaic.fits')
  const [first = ''] = readdirSync(images)
  // Nothing to match: residuals are not known.
  const alone = ['mosaic', 'make', '--images', join('images', first), '--scale', '9']
  const single = await hold(folder, 'mosaic-make', ...alone, '--out', 'single')
  expect(single).toMatchObject({ pairs: [], status: 'complete' })
  writeFileSync(join(images, first), 'damaged')
  expect(await hold(folder, 'verify', 'verify', 'm/mosaic.fits')).toMatchObject({ isSound: false })
  await hold(folder, 'mosaic-plan', 'mosaic', 'plan', '--images', 'images', '--out', 'w')
  await hold(folder, 'mosaic-hips', 'mosaic', 'hips', 'm/mosaic.fits', '--out', 'hips', '--order', '3')
  await hold(folder, 'montage-list', 'montage', 'list')
  await hold(folder, 'montage-install', 'montage', 'install', 'bin', '--dry-run')
})

test('so do documents of workflows, plans and catalogs', async () => {
  const folder = await pairFolder()
  await hold(folder, 'workflow-validate', 'workflow', 'validate', 'workflow.yml')
  await hold(folder, 'workflow-validate', 'workflow', 'validate', 'workflow.yml', 'workflow.yml')
  await hold(folder, 'workflow-show', 'workflow', 'show', 'workflow.yml')
  await hold(folder, 'workflow-show', 'workflow', 'show', 'workflow.yml', 'ID1')
  await hold(folder, 'workflow-stats', 'workflow', 'stats', 'workflow.yml')
  await hold(
    folder,
    'workflow-convert',
    'workflow',
    'convert',
    'workflow.yml',
    'other.json',
    '--to',
    'wfformat',
  )
  const plan = ['plan', '-s', 'cluster', '-o', 'local', '--staging-site', 'cluster=local']
  expect(await hold(folder, 'plan', ...plan, '--dry-run')).toHaveProperty('forecast')
  expect(await hold(folder, 'plan', ...plan, '--relative-dir', 'r1')).toHaveProperty('wf_uuid')
  expect(await hold(folder, 'plan', 'plan', '-s', 'none')).toMatchObject({ refused: true })
  await hold(folder, 'plan-explain', 'plan', 'explain', 'ID1', 'r1')
  for (const catalog of ['sites.yml', 'transformations.yml', 'replicas.yml']) {
    await hold(folder, 'catalog-list', 'catalog', 'list', catalog)
    await hold(folder, 'catalog-validate', 'catalog', 'validate', catalog)
  }
  await hold(folder, 'catalog-list', 'catalog', 'list')
  const add = ['catalog', 'add'] as const
  await hold(folder, 'catalog-add-replica', ...add, 'replica', 'a.txt', '/data/a.txt')
  await hold(folder, 'catalog-add-site', ...add, 'site', 'grid', '--scratch', '/scratch')
  await hold(folder, 'catalog-add-transformation', ...add, 'transformation', 't', '/bin/t', '--site', 'grid')
  await hold(folder, 'catalog-add-container', ...add, 'container', 'c', 'docker:///c:1')
})

/** A table with cells that JSON writes in a way of its own. */
async function writeTable(path: string): Promise<void> {
  const sink = await atomicFile(path)
  const columns = [
    { name: 'id', type: 'int64' },
    { name: 'x', type: 'float64', unit: 'deg' },
    { name: 'name', type: 'string' },
  ] as const
  await writeFitsTable(
    new FitsWriter(sink),
    tableFromRows(columns, [[9_007_199_254_740_993n, Number.NaN, 'M 42']]),
  )
  await sink.commit()
}

/** Commands that say what they did in a document that has the name of the deed. */
const SHARED_DOCUMENTS: Readonly<Record<string, string>> = {
  'run-pause': 'run-ask',
  'run-cancel': 'run-ask',
  'run-hold': 'run-ask',
  'run-release': 'run-ask',
  'run-cancel-job': 'run-ask',
  'run-watch': 'run-watch-line',
  'run-jobs': 'run-jobs-line',
}

test('every command that has --json has a schema', () => {
  const missing: string[] = []
  const visit = (command: Command, path: readonly string[]): void => {
    const name = path.join('-')
    if (command.options.some(({ long }) => long === '--json')) {
      if (DOCUMENTS[SHARED_DOCUMENTS[name] ?? name] === undefined) missing.push(name)
    }
    for (const child of command.commands) visit(child, [...path, child.name()])
  }
  visit(createProgram(), [])
  expect(missing).toEqual([])
})

test('no schema is left without a command, and a field that is not in it is refused', async () => {
  if (!skipShared) expect(Object.keys(DOCUMENTS).filter((name) => !held.has(name))).toEqual([])
  expect(DOCUMENTS['run-timeline']?.safeParse({ run: 'a', file: 'b', more: 1 }).success).toBe(false)
  const folder = await folderWith({})
  const { stdout } = await skyloomIn(folder, 'schema')
  expect(stdout.trim().split('\n')).toEqual(Object.keys(DOCUMENTS))
  const one = JSON.parse((await skyloomIn(folder, 'schema', 'run-status')).stdout) as object
  expect(one).toMatchObject({ title: 'run-status', type: 'object', additionalProperties: false })
  expect(await skyloomIn(folder, 'schema', 'none')).toMatchObject({ code: 2 })
})
