import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { DOCUMENTS } from '../src/schema/documents.ts'
import { folderWith, plannedFolder, skyloomIn } from './command.ts'

/** Of its two jobs one fails. */
const WORKFLOW = `pegasus: "5.0.4"
name: tiny
jobs:
  - {type: job, id: A, name: tool, arguments: ["-c 'cat raw.txt > a.txt; echo said'"], uses: [{lfn: raw.txt, type: input}, {lfn: a.txt, type: output, stageOut: true, registerReplica: true}]}
  - {type: job, id: B, name: tool, arguments: ["-c 'echo gone wrong >&2; exit 3'"], uses: [{lfn: a.txt, type: input}]}
`

/** Runs a command and holds what it prints against a schema, as JSON Schema that somebody else reads. */
async function hold(folder: string, name: string, ...args: readonly string[]): Promise<unknown> {
  const registry = args[0] === 'site' ? [] : ['--registry', join(folder, 'r.db')]
  const { stdout, stderr } = await skyloomIn(folder, ...args, '--json', ...registry)
  const part = DOCUMENTS[name]
  if (part === undefined) throw new Error(`no schema ${name}`)
  const lines = name.endsWith('-line') ? stdout.trim().split('\n') : [stdout]
  expect(stdout, stderr).not.toBe('')
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
