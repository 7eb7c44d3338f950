import { chmod, mkdir, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type PlanProblem, parsePlanLine } from '@skyloom/workflow'
import { planFiles, writeRun } from '@skyloom/workflow/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { type Answer, pairFolder, REPLICAS, SITES, skyloomIn, TRANSFORMATIONS } from './command.ts'

const PLAN = ['plan', '--sites', 'cluster', '--output-sites', 'local'] as const
const USER = userInfo().username

/** So many that the plan file is written in several pieces. */
function manyWarnings(): readonly PlanProblem[] {
  const warning: PlanProblem = { code: 'BAD_PROPERTY', severity: 'warning', message: 'x'.repeat(1000) }
  return Array.from({ length: 1000 }, () => warning)
}

function documentOf(answer: Answer): Record<string, unknown> {
  return JSON.parse(answer.stdout) as Record<string, unknown>
}

describe('skyloom plan --dry-run', () => {
  test('shows the plan and where it would be written, and writes nothing', async () => {
    const folder = await pairFolder()
    const { code, stdout, stderr } = await skyloomIn(folder, ...PLAN, '--dry-run')
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^workflow pair: 2 tasks, \d+ jobs, \d+ edges\n/)
    expect(stdout).toContain('2 compute, 1 stage_in, 1 stage_out, 1 create_dir')
    expect(stdout).toMatch(/would be written to .*pegasus\/pair\/run0001\n$/)
    expect(await readdir(folder)).toHaveLength(4)
  })

  test('--json prints one document: counts, forecast, nodes, edges, files that were read', async () => {
    const folder = await pairFolder()
    const document = documentOf(await skyloomIn(folder, ...PLAN, '--dry-run', '--json'))
    expect(document).toMatchObject({
      workflow: 'pair',
      basename: 'pair-0',
      data_configuration: 'condorio',
      jobs: { compute: 2, stage_in: 1, stage_out: 1, create_dir: 1 },
      transfers: { stage_in_transfers: 1, stage_out_transfers: 1 },
      tasks: { total_tasks: 2, compute_jobs: 2, deleted_tasks: 0 },
      forecast: { task_seconds: 120, tasks_without_runtime: 1 },
      warnings: [],
    })
    expect(document['nodes']).toMatchObject({ first_ID1: 'compute', second_ID2: 'compute' })
    expect(document['edges']).toContainEqual(['first_ID1', 'second_ID2'])
    expect((document['sources'] as { role: string }[]).map(({ role }) => role)).toEqual([
      'workflow',
      'sites',
      'transformations',
      'replicas',
    ])
  })

  test('finds catalogs beside the workflow, and in the current folder first', async () => {
    const folder = await pairFolder()
    const current = freshFolder()
    await writeFile(join(current, 'transformations.yml'), TRANSFORMATIONS.replaceAll('/bin/', '/opt/'))
    const where = join(folder, 'workflow.yml')
    const { code, stderr } = await skyloomIn(current, ...PLAN, where, '--dry-run', '-v')
    expect(code).toBe(0)
    expect(stderr).toContain(`read: sites from ${join(folder, 'sites.yml')}`)
    expect(stderr).toContain(
      `read: transformations from ${join(await realpath(current), 'transformations.yml')}`,
    )
  })

  test('takes properties from -D, then --conf, then pegasus.properties', async () => {
    const key = 'pegasus.data.configuration'
    const folder = await pairFolder({
      'sites.yml': `${SITES}  directories:
  - type: sharedScratch
    path: /srv/pool
    fileServers: [{url: 'file:///srv/pool', operation: all}]
  profiles: {pegasus: {auxillary.local: 'true'}}
`,
      'pegasus.properties': `${key} = sharedfs\n`,
      'other.properties': `${key} = nonsharedfs\n`,
    })
    const configuration = async (...args: readonly string[]): Promise<unknown> =>
      documentOf(await skyloomIn(folder, ...PLAN, '--dry-run', '--json', ...args))['data_configuration']
    expect(await configuration()).toBe('sharedfs')
    expect(await configuration('--conf', 'other.properties')).toBe('nonsharedfs')
    expect(await configuration('--conf', 'other.properties', `-D${key}=condorio`)).toBe('condorio')
    expect(await configuration('-D', `${key}=condorio`, '-D', 'pegasus.mode=debug')).toBe('condorio')
  })

  test('warns about a property that has no effect', async () => {
    const folder = await pairFolder()
    const { code, stderr } = await skyloomIn(folder, ...PLAN, '--dry-run', '-Dpegasus.dir.storge.deep=true')
    expect(code).toBe(0)
    expect(stderr).toMatch(/^warning: .*pegasus\.dir\.storge\.deep.*did you mean pegasus\.dir\.storage\.deep/)
  })

  test('reads replica catalogs in text form, caches, input folders and earlier runs', async () => {
    const folder = await pairFolder()
    const args = [...PLAN, '--dry-run', '--json'] as const
    await writeFile(join(folder, 'replicas.yml'), 'pegasus: "5.0"\nreplicas: []\n')
    expect((await skyloomIn(folder, ...args)).code).toBe(1)
    await writeFile(join(folder, 'rc.txt'), 'raw.txt file:///data/raw.txt site="local"\n')
    expect((await skyloomIn(folder, ...args, '--cache', 'rc.txt')).code).toBe(0)
    const text = ['-Dpegasus.catalog.replica=File', '-Dpegasus.catalog.replica.file=rc.txt']
    expect((await skyloomIn(folder, ...args, ...text)).code).toBe(0)
    await mkdir(join(folder, 'inputs'))
    await writeFile(join(folder, 'inputs', 'raw.txt'), 'raw')
    const listed = documentOf(await skyloomIn(folder, ...args, '--input-dir', 'inputs'))
    expect(listed['forecast']).toMatchObject({ stage_in_bytes: 3 })
    const directory = ['-Dpegasus.catalog.replica=Directory', '-Dpegasus.catalog.replica.directory=inputs']
    expect((await skyloomIn(folder, ...args, ...directory)).code).toBe(0)
    await mkdir(join(folder, 'earlier'))
    const registered = ['mid.txt', 'end.txt'].map((lfn) => `${lfn} file:///srv/out/${lfn} site="local"\n`)
    await writeFile(join(folder, 'earlier', 'pair-0.replicas.txt'), registered.join(''))
    const reused = documentOf(await skyloomIn(folder, ...args, '--reuse', 'earlier', '--cache', 'rc.txt'))
    expect(reused['tasks']).toMatchObject({ deleted_tasks: 2 })
  })

  test('predicts run times from past runs and traces', async () => {
    const record = (name: string, seconds: number, code = 0): string =>
      `- invocation: True\n  transformation: "${name}"\n  duration: 99\n  mainjob:\n    duration: ${seconds}\n    status:\n      regular_exitcode: ${code}\n  stdout:\n    duration: 7\n`
    const folder = await pairFolder()
    await mkdir(join(folder, 'past/00/00'), { recursive: true })
    await writeFile(join(folder, 'past/00/00/second_ID2.out.000'), `noise\n${record('second', 1, 3)}`)
    await writeFile(join(folder, 'past/00/00/second_ID2.out.001'), record('second', 20))
    await writeFile(join(folder, 'past/00/00/merge.out'), `${record('second', 40)}[cluster-summary]\n`)
    const args = [...PLAN, '--past-runs', 'past', '--json'] as const
    const answer = await skyloomIn(folder, ...args)
    expect(answer.stderr).toBe('')
    // 60 s from the profile of ID1, 30 s on average from the records.
    expect(documentOf(answer)['forecast']).toMatchObject({ task_seconds: 90, tasks_without_runtime: 0 })
    const run = String(documentOf(answer)['submit_dir'])
    expect(await readFile(join(run, 'catalogs/run-times.json'), 'utf8')).toContain('"meanSeconds": 30')
    const trace = await skyloomIn(folder, ...PLAN, '--past-runs', 'workflow.yml', '--dry-run', '--json')
    expect(documentOf(trace)['forecast']).toMatchObject({ tasks_without_runtime: 1 })
    const nothing = await skyloomIn(
      folder,
      ...PLAN,
      '--past-runs',
      join(folder, 'past/00/00/nothing'),
      '--dry-run',
    )
    expect(nothing.code).toBe(1)
  })

  test('applies properties that are about files: sizes, directories, profiles of sites', async () => {
    const folder = await pairFolder({ 'sizes.csv': 'file,size\nraw.txt,1000\n"end.txt",24\n' })
    const site = 'pegasus.catalog.site.sites.cluster.profiles'
    const answer = await skyloomIn(
      folder,
      ...PLAN,
      '--json',
      '-Dpegasus.file.cleanup.constraint.csv=sizes.csv',
      '-Dpegasus.dir.exec=team',
      `-D${site}.pegasus.memory=77`,
    )
    expect(answer).toMatchObject({ code: 0, stderr: '' })
    const document = documentOf(answer)
    expect(document['forecast']).toMatchObject({ stage_in_bytes: 1000, stage_out_bytes: 24 })
    expect(document['scratch_dir']).toBe(`team/${USER}/pegasus/pair/run0001`)
    const sites = await readFile(join(String(document['submit_dir']), 'catalogs/sites.yml'), 'utf8')
    expect(sites).toMatch(/memory: ['"]77['"]/)
  })

  test('plans a DAX of Pegasus 4', async () => {
    const folder = await pairFolder({
      'old.dax': `<?xml version="1.0"?>
<adag xmlns="http://pegasus.isi.edu/schema/DAX" version="3.6" name="old">
  <job id="ID1" name="first"><argument>-i <file name="raw.txt"/></argument>
    <uses name="raw.txt" link="input"/><uses name="mid.txt" link="output" transfer="true" register="false"/></job>
</adag>`,
    })
    const answer = await skyloomIn(folder, ...PLAN, 'old.dax', '--dry-run', '--json')
    expect(answer.stderr).toBe('')
    expect(documentOf(answer)).toMatchObject({ workflow: 'old', jobs: { compute: 1 } })
  })

  test('accepts the spellings of pegasus-plan', async () => {
    const folder = await pairFolder()
    const { code, stderr } = await skyloomIn(
      folder,
      'plan',
      ...[
        '-s',
        'cluster',
        '-o',
        'local',
        '--staging-site',
        'cluster=local',
        '--cleanup',
        'leaf',
        '-C',
        'horizontal',
      ],
      ...[
        '-b',
        'base',
        '-j',
        'pre',
        '--dir',
        'runs',
        '-g',
        'team',
        '--force',
        '--force-replan',
        '-vvv',
        '-q',
      ],
      ...[
        '--relative-submit-dir',
        'here',
        '-Xmx2g',
        '--forward',
        'nodatabase',
        '--submit',
        '--dry-run',
        '--json',
      ],
      ...['-r', 'workflow.yml'],
    )
    expect(code).toBe(0)
    expect(stderr).toContain('note: -X: there is no Java virtual machine to set up; ignored\n')
    expect(stderr).toContain('note: --forward')
  })
})

describe('skyloom plan refuses', () => {
  test('a workflow with several faults, and names all of them', async () => {
    const folder = await pairFolder({
      'replicas.yml': 'pegasus: "5.0"\nreplicas: []\n',
      'transformations.yml': TRANSFORMATIONS.replaceAll('cluster', 'elsewhere'),
    })
    const { code, stdout, stderr } = await skyloomIn(folder, ...PLAN)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: job ID1/)
    expect(stderr).toContain('elsewhere')
    expect(stderr).toMatch(/not planned: \d+ errors?\n$/)
    expect(await readdir(folder)).toHaveLength(4)
  })

  test('files with errors, all files in one pass', async () => {
    const folder = await pairFolder({
      'workflow.yml': 'pegasus: 5.0.4\nname: a b\njobs: []\n',
      'sites.yml': SITES.replace('operation: all', 'operation: everything'),
    })
    const { code, stdout, stderr } = await skyloomIn(folder, ...PLAN, '--json')
    expect(code).toBe(1)
    expect(stderr).toMatch(/error: workflow\.yml:2:7: name/)
    expect(stderr).toMatch(/error: sites\.yml:7:\d+: sites\[0\]/)
    expect(JSON.parse(stdout)).toMatchObject({ refused: true, problems: expect.anything() as unknown })
  })

  test('words that are no option values, as wrong use', async () => {
    const folder = await pairFolder()
    const cleanup = await skyloomIn(folder, ...PLAN, '--cleanup', 'all')
    expect(cleanup).toMatchObject({ code: 2 })
    expect(cleanup.stderr).toContain('allowed none, leaf, inplace, constraint')
    expect(await skyloomIn(folder, ...PLAN, '--unheard')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, ...PLAN, '-D', '=x')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, ...PLAN, '--staging-site', 'a=b,c')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, 'plan', '--sites', 'a,,b')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, ...PLAN, '--submit')).toMatchObject({ code: 2 })
  })

  test('a folder without workflow', async () => {
    const { code, stderr } = await skyloomIn(freshFolder(), ...PLAN)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: .*there is no workflow to plan.*\[WORKFLOW_NOT_FOUND\]\n$/)
  })

  test('catalogs that properties name and that are not there, unless the usual ones are', async () => {
    const folder = await pairFolder({ 'pegasus.properties': 'pegasus.catalog.site.file = sites.xml\n' })
    const usual = await skyloomIn(folder, ...PLAN, '--dry-run')
    expect(usual.code).toBe(0)
    expect(usual.stderr).toContain('the file sites.xml does not exist; sites.yml is used')
    const asked = await skyloomIn(folder, ...PLAN, '--dry-run', '-Dpegasus.catalog.site.file=mine.yml')
    expect(asked.code).toBe(1)
    expect(asked.stderr).toContain('the file mine.yml does not exist')
    const database = await skyloomIn(folder, ...PLAN, '--dry-run', '-Dpegasus.catalog.replica=JDBCRC')
    expect(database.code).toBe(1)
    expect(database.stderr).toContain('pegasus-rc-client')
  })

  test('variables that are not set', async () => {
    const folder = await pairFolder({
      'sites.yml': SITES.replaceAll('/srv/scratch', '/srv/${SKYLOOM_UNSET}'),
    })
    const { code, stderr } = await skyloomIn(folder, ...PLAN)
    expect(code).toBe(1)
    expect(stderr).toContain('set SKYLOOM_UNSET')
  })
})

describe('skyloom plan writes', () => {
  test('numbered runs, each complete, in the order of their making', async () => {
    const folder = await pairFolder()
    const first = await skyloomIn(folder, ...PLAN, '--dir', 'runs')
    expect(first.stdout).toMatch(/\nwritten to .*run0001\nnext: skyloom run start .*run0001\n$/)
    const second = documentOf(await skyloomIn(folder, ...PLAN, '--dir', 'runs', '--json'))
    const family = join(await realpath(folder), 'runs', USER, 'pegasus', 'pair')
    expect(second['submit_dir']).toBe(join(family, 'run0002'))
    expect(await readdir(family)).toEqual(['run0001', 'run0002'])
    const lines = (await readFile(join(family, 'run0001', 'plan.jsonl'), 'utf8')).trimEnd().split('\n')
    const parsed = lines.map((line, i) => parsePlanLine(line, i + 1))
    expect(parsed[0]).toMatchObject({ type: 'plan', workflow: 'pair' })
    expect(parsed.at(-1)).toMatchObject({ type: 'end', jobs: parsed.length - 2 })
    expect(await readdir(join(family, 'run0001', 'catalogs'))).toEqual([
      'pegasus.properties',
      'replicas.yml',
      'sites.yml',
      'transformations.yml',
      'workflow.yml',
    ])
    expect(await readFile(join(family, 'run0001', 'braindump.yml'), 'utf8')).toContain('dax_label: "pair"\n')
  })

  test('where it is told, and not over what is there', async () => {
    const folder = await pairFolder()
    const args = [...PLAN, '--dir', 'runs', '--relative-dir', 'my/run'] as const
    expect(await skyloomIn(folder, ...args)).toMatchObject({ code: 0 })
    const again = await skyloomIn(folder, ...args)
    expect(again.code).toBe(4)
    expect(again.stderr).toContain('--overwrite')
    const before = await stat(join(folder, 'runs/my/run/request.json'))
    expect(await skyloomIn(folder, ...args, '--overwrite')).toMatchObject({ code: 0 })
    expect((await stat(join(folder, 'runs/my/run/request.json'))).ino).not.toBe(before.ino)
    expect(await readdir(join(folder, 'runs/my'))).toEqual(['run'])
    await mkdir(join(folder, 'runs/mine'))
    await writeFile(join(folder, 'runs/mine/notes.txt'), 'keep')
    const foreign = await skyloomIn(folder, ...PLAN, '--dir', 'runs', '--relative-dir', 'mine', '--overwrite')
    expect(foreign.code).toBe(4)
    expect(await readFile(join(folder, 'runs/mine/notes.txt'), 'utf8')).toBe('keep')
  })

  test('runs of several who plan at the same time', async () => {
    const folder = await pairFolder()
    const options = { folder, plan: { sites: ['cluster'], outputSites: ['local'] } }
    const plans = await Promise.all([1, 2, 3].map(async () => await planFiles(options)))
    const writes = plans.map(async (plan) => {
      if (!plan.ok) throw new Error('not planned')
      return await writeRun(plan, { format: 'skyloom', program: 'test' })
    })
    const results = await Promise.allSettled(writes)
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'BASE_EXISTS' })
    }
    const family = join(folder, USER, 'pegasus', 'pair')
    // The command takes the next number; an empty directory is taken, too.
    await mkdir(join(family, 'run0002'))
    expect((await skyloomIn(folder, ...PLAN)).stdout).toContain('run0003')
    expect(await readdir(family)).toEqual(['run0001', 'run0002', 'run0003'])
  })

  test('nothing into what is no directory, and nothing after a stop', async () => {
    const folder = await pairFolder()
    const { code, stderr } = await skyloomIn(folder, ...PLAN, '--dir', 'workflow.yml')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^error: .*\[BASE_WRITE_FAILED\]\n$/)
    const planned = await planFiles({ folder, plan: { sites: ['cluster'] } })
    if (!planned.ok) throw new Error('not planned')
    const many = {
      ...planned,
      plan: { ...planned.plan, counts: planned.plan.counts, warnings: manyWarnings() },
    }
    const stopped = writeRun(many, { format: 'skyloom', program: 'test', signal: AbortSignal.abort() })
    await expect(stopped).rejects.toMatchObject({ code: 'BASE_ABORTED' })
    expect(await readdir(join(planned.place.runDir, '..'))).toEqual([])
  })

  test('scratch directories of the name that is asked for', async () => {
    const folder = await pairFolder()
    const scratch = async (...args: readonly string[]): Promise<unknown> =>
      documentOf(await skyloomIn(folder, ...PLAN, '--dry-run', '--json', ...args))['scratch_dir']
    expect(await scratch()).toBe(`${USER}/pegasus/pair/run0001`)
    expect(await scratch('--randomdir=tmp17')).toBe('tmp17')
    expect(await scratch('-r')).toMatch(new RegExp(`^${USER}/pegasus/pair/[0-9a-f]{16}$`))
    expect(await scratch('--relative-dir', 'a/b')).toBe('a/b')
    expect(await scratch('--relative-submit-dir', 'a/b')).toBe(`${USER}/pegasus/pair/run0001`)
    expect(await scratch('-Dpegasus.dir.useTimestamp=true')).toMatch(/pair\/\d{8}T\d{6}Z$/)
  })

  test('nothing when the folder cannot be written', async () => {
    if (process.getuid?.() === 0) return
    const folder = await pairFolder()
    await mkdir(join(folder, 'runs'))
    await chmod(join(folder, 'runs'), 0o500)
    const { code } = await skyloomIn(folder, ...PLAN, '--dir', 'runs')
    expect(code).toBe(1)
  })

  test('DAGMan files with scripts that can run', async () => {
    const folder = await pairFolder()
    const { code, stdout } = await skyloomIn(folder, ...PLAN, '--dir', 'runs', '--format', 'dagman')
    expect(code).toBe(0)
    const run = join(folder, 'runs', USER, 'pegasus', 'pair', 'run0001')
    expect(stdout).toContain(`next: condor_submit_dag ${join(await realpath(run), 'pair-0.dag')}\n`)
    const dag = await readFile(join(run, 'pair-0.dag'), 'utf8')
    expect(dag).toContain('JOB first_ID1 00/00/first_ID1.sub\n')
    expect(dag).toContain('PARENT first_ID1 CHILD second_ID2\n')
    expect((await stat(join(run, '00/00/first_ID1.sh'))).mode & 0o111).toBe(0o111)
    expect(await readdir(join(run, 'catalogs'))).toContain('workflow.yml')
  })

  test('and starts HTCondor when asked to', async () => {
    const folder = await pairFolder({
      condor_submit_dag: '#!/bin/sh\necho "$PWD $*" >"$0.called"\necho submitted\n',
    })
    await chmod(join(folder, 'condor_submit_dag'), 0o755)
    const path = process.env['PATH'] ?? ''
    onTestFinished(() => void (process.env['PATH'] = path))
    process.env['PATH'] = `${folder}:${path}`
    const args = [...PLAN, '--dir', 'runs', '--format', 'dagman', '--submit', '--json'] as const
    const answer = await skyloomIn(folder, ...args)
    expect(answer).toMatchObject({ code: 0, stderr: 'submitted\n' })
    const called = await readFile(join(folder, 'condor_submit_dag.called'), 'utf8')
    expect(called).toBe(`${String(documentOf(answer)['submit_dir'])} pair-0.dag\n`)
    await writeFile(join(folder, 'condor_submit_dag'), '#!/bin/sh\necho no schedd >&2\nexit 1\n')
    const failed = await skyloomIn(folder, ...args)
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain('no schedd')
    expect(failed.stderr).toMatch(/\nnext: condor_submit_dag .*run0002\/pair-0\.dag\n$/)
  })

  test('sub-workflows when their turn comes: below their parent, with its catalogs and files, once', async () => {
    const folder = await pairFolder({ 'pegasus.properties': 'pegasus.mode = development\n' })
    const inner = join(folder, 'inner.yml')
    const outer = `pegasus: 5.0.4
name: outer
jobs:
- type: pegasusWorkflow
  id: SUB
  file: inner.yml
  arguments: [--cluster, horizontal]
  uses:
  - {lfn: inner.yml, type: input}
  - {lfn: raw.txt, type: input}
  - {lfn: end.txt, type: output, stageOut: true, registerReplica: false}
- type: job
  name: first
  id: AFTER
  arguments: []
  uses:
  - {lfn: end.txt, type: input}
`
    await writeFile(
      inner,
      (await readFile(join(folder, 'workflow.yml'), 'utf8')).replace('name: pair', 'name: inner'),
    )
    await writeFile(join(folder, 'workflow.yml'), outer)
    await writeFile(
      join(folder, 'replicas.yml'),
      `${REPLICAS}- lfn: inner.yml\n  pfns: [{site: local, pfn: ${inner}}]\n`,
    )
    const planned = await skyloomIn(folder, ...PLAN, '--dir', 'runs', '--format', 'dagman', '--json')
    const run = String(documentOf(planned)['submit_dir'])
    const script = await readFile(join(run, '00/00/pegasus-plan_SUB.pre.sh'), 'utf8')
    const command = script.slice(script.indexOf('plan --parent-run')).trim().split(' ')
    const sub = await skyloomIn('/', ...command)
    expect(sub.stderr).toBe('')
    expect(sub.code).toBe(0)
    const subDir = join(run, '00/00/pegasus-plan_SUB')
    expect(await readdir(subDir)).toContain('pegasus-plan_SUB.dag')
    const request = JSON.parse(await readFile(join(subDir, 'request.json'), 'utf8')) as {
      options: { sites: string[]; relativeDir: string }
      rootWorkflowId: string
    }
    expect(request.options.sites).toEqual(['cluster'])
    expect(request.options.relativeDir).toBe(`${USER}/pegasus/outer/run0001/00/00/pegasus-plan_SUB`)
    expect(request.rootWorkflowId).toBe(documentOf(planned)['wf_uuid'])
    // The result goes to where the job of the parent looks for it.
    const stageOut = await readFile(join(subDir, '00/00/stage_out_local_local_1_0.sh'), 'utf8')
    expect(stageOut).toContain(`sky_copy file:///srv/scratch/${USER}/pegasus/outer/run0001/end.txt `)
    expect((await skyloomIn('/', ...command)).stdout).toMatch(/^planned before, kept: /)
  })
})

describe('skyloom plan explain', () => {
  test('says why, for a workflow and for a run', async () => {
    const folder = await pairFolder()
    const fresh = await skyloomIn(folder, 'plan', 'explain', 'ID2', '--sites', 'cluster', '-o', 'local')
    expect(fresh.code).toBe(0)
    expect(fresh.stdout).toMatch(/^job ID2 \(second\), planned as second_ID2\n/)
    expect(fresh.stdout).toContain('cluster')
    const run = String(documentOf(await skyloomIn(folder, ...PLAN, '--dir', 'runs', '--json'))['submit_dir'])
    const later = await skyloomIn('/', 'plan', 'explain', 'ID2', run)
    expect(later.stdout).toBe(fresh.stdout)
    const inside = await skyloomIn(run, 'plan', 'explain', 'second_ID2', '--json')
    expect(documentOf(inside)).toMatchObject({ planJob: 'second_ID2', reasons: expect.any(Array) as unknown })
  })

  test('says why a job was left out', async () => {
    const folder = await pairFolder({
      'replicas.yml': `${REPLICAS}- lfn: end.txt\n  pfns: [{site: local, pfn: /srv/out/end.txt}]\n`,
    })
    const { stdout } = await skyloomIn(folder, 'plan', 'explain', 'ID1', '-s', 'cluster', '-o', 'local')
    expect(stdout).toMatch(/^job ID1 \(first\)\n/)
    expect(stdout).toContain('left out: only jobs that are left out too would read its outputs')
  })

  test('knows no other job', async () => {
    const { code, stderr } = await skyloomIn(await pairFolder(), 'plan', 'explain', 'ID3', '-s', 'cluster')
    expect(code).toBe(1)
    expect(stderr).toContain('ID3')
  })
})
