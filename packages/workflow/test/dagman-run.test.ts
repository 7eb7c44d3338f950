import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { dagmanFiles, type FileUse, type Job, type PlanRequest } from '../src/index.ts'
import { runDag, writeFiles } from './condor-like.ts'
import {
  job,
  planned,
  replicas,
  site,
  siteCatalog,
  transformation,
  transformations,
  workflow,
} from './small-request.ts'

/*
 * The scripts of a run do what the plan says: they are run in the order of the DAG, each in a fresh folder, and the
 * results compared. Names have blanks, quotes, leading dashes and folders.
 */

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'skyloom run '))
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

/** Joins files: `join OUT IN…`; says so on standard output. */
const JOIN = `#!/bin/sh
out=$1
shift
cat -- "$@" >"$out" && echo "joined $# files for $OWNER" && [ "$OWNER" != nobody ]
`

const input = (lfn: string): FileUse => ({ lfn, type: 'input' })
const output = (lfn: string, stageOut: boolean): FileUse => ({
  lfn,
  type: 'output',
  stageOut,
  registerReplica: stageOut,
})

function makeJob(id: string, more: Partial<Job>): Job {
  return { ...job(`${id} join: -> [env.OWNER=o'neil]`), ...more } as Job
}

const RAW = ['first raw.txt', "it's raw.txt"]

function jobs(): readonly Job[] {
  return [
    makeJob('a', {
      arguments: ['"part one/mid a.txt"', '"first raw.txt"', `"it's raw.txt"`],
      uses: [...RAW.map(input), output('part one/mid a.txt', false)],
    }),
    makeJob('b', {
      arguments: ['-o.txt', '"part one/mid a.txt"', '"part one/mid a.txt"'],
      stdout: 'said $HOME.txt',
      uses: [input('part one/mid a.txt'), output('-o.txt', true), output('said $HOME.txt', true)],
    }),
  ]
}

function ask(planJobs: readonly Job[], configuration: string): PlanRequest {
  mkdirSync(join(root, 'data'))
  for (const name of RAW) writeFileSync(join(root, 'data', name), `${name}\n`)
  writeFileSync(join(root, 'join'), JOIN)
  const staged = transformation('join<local')
  return {
    workflow: workflow(planJobs),
    sites: siteCatalog([
      site('local', { scratch: `file://${root}/scratch`, storage: `file://${root}/results` }),
      site('pool', { scratch: `file://${root}/pool` }, ['auxillary.local=true']),
    ]),
    transformations: transformations([
      { ...staged, sites: staged.sites.map((entry) => ({ ...entry, pfn: `file://${root}/join` })) },
    ]),
    replicas: {
      ...replicas([]),
      replicas: RAW.map((lfn) => ({
        lfn,
        isRegex: false,
        locations: [
          { site: 'local', pfn: `file://${root}/gone/${lfn}` },
          { site: 'local', pfn: `file://${root}/data/${lfn}` },
        ],
        metadata: [],
      })),
    },
    properties: new Map([['pegasus.data.configuration', configuration]]),
    options: { sites: ['pool'], outputSites: ['local'] },
  }
}

function run(asked: PlanRequest): ReturnType<typeof runDag> {
  const plan = planned(asked)
  const runDir = join(root, 'run dir')
  mkdirSync(join(root, 'nodes'))
  writeFiles(
    runDir,
    dagmanFiles(plan, { runDir, workflowId: 'u-1', time: '2024-05-01T00:00:00Z', version: '0.1.0' }),
  )
  return runDag(runDir, `${plan.basename}.dag`, join(root, 'nodes'))
}

const MIDDLE = `${RAW.join('\n')}\n`

test.each(['condorio', 'nonsharedfs', 'sharedfs'])('a run with %s', { timeout: 60_000 }, (configuration) => {
  const runs = run(ask(jobs(), configuration))
  expect(runs.filter((each) => each.exitCode !== 0)).toEqual([])
  const result = (name: string): string => readFileSync(join(root, 'results', name), 'utf8')
  expect(result('-o.txt')).toBe(MIDDLE + MIDDLE)
  expect(result('said $HOME.txt')).toBe("joined 2 files for o'neil\n")
  expect(readdirSync(join(root, 'results')).sort()).toEqual(['-o.txt', 'said $HOME.txt'])
  expect(readdirSync(join(root, configuration === 'condorio' ? 'scratch' : 'pool', 'small'))).toEqual([])
  const registered = readFileSync(join(root, 'run dir', 'small-0.replicas.txt'), 'utf8')
  expect(registered.split('\n').sort()).toEqual([
    '',
    `"-o.txt" "file://${root}/results/-o.txt" site="local"`,
    `"said $HOME.txt" "file://${root}/results/said $HOME.txt" site="local"`,
  ])
  const [record] = parse(runs.find((each) => each.name === 'join_b')?.stdout ?? '') as readonly unknown[]
  expect(record).toMatchObject({
    invocation: true,
    transformation: 'join',
    derivation: 'b',
    resource: 'pool',
    'wf-label': 'small',
    mainjob: {
      status: { raw: 0, regular_exitcode: 0 },
      executable: { file_name: './join' },
      argument_vector: ['-o.txt', 'part one/mid a.txt', 'part one/mid a.txt'],
    },
    files: {
      '-o.txt': {
        lfn: '-o.txt',
        size: 2 * MIDDLE.length,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      },
    },
  })
})

test('a task that fails: the job has its exit code, says why, and its record is there', () => {
  const failing = makeJob('a', {
    ...jobs()[0],
    profiles: [{ namespace: 'env', key: 'OWNER', value: 'nobody' }],
  })
  const runs = run(ask([failing, ...jobs().slice(1)], 'nonsharedfs'))
  const last = runs.at(-1)
  expect(last).toMatchObject({ name: 'join_a', exitCode: 1 })
  expect(last?.stderr).toContain('failed: task a ended with exit code 1')
  expect(last?.stderr).toMatch(/skyloom: exitcode 1\n$/)
  expect(parse(last?.stdout ?? '')).toMatchObject([
    { mainjob: { status: { raw: 256, regular_exitcode: 1 } } },
  ])
})

test('an output that is not written fails the job', () => {
  const lazy = makeJob('a', {
    ...jobs()[0],
    uses: [...RAW.map(input), output('part one/mid a.txt', false), output('other', true)],
  })
  for (const configuration of ['nonsharedfs', 'sharedfs', 'condorio']) {
    const last = run(ask([lazy], configuration)).at(-1)
    expect(last).toMatchObject({ name: 'join_a', exitCode: 1 })
    expect(last?.stderr).toContain('other')
    rmSync(root, { recursive: true })
    mkdirSync(root)
  }
})

test('an input with another checksum is refused', () => {
  const asked = ask(jobs(), 'nonsharedfs')
  const wrong = {
    ...replicas([]),
    replicas: RAW.map((lfn) => ({
      lfn,
      isRegex: false,
      locations: [{ site: 'local', pfn: `file://${root}/data/${lfn}` }],
      metadata: [],
      checksum: { sha256: '0'.repeat(64) },
    })),
  }
  const last = run({ ...asked, replicas: wrong }).at(-1)
  expect(last?.exitCode).toBe(1)
  expect(last?.stderr).toContain(`is not ${'0'.repeat(64)}`)
})

test('the tasks of a cluster run one after the other, each with its own environment', () => {
  const [first, second] = jobs()
  if (first === undefined || second === undefined) throw new Error('two jobs')
  const owner = (value: string): Job['profiles'] => [
    { namespace: 'env', key: 'OWNER', value },
    { namespace: 'pegasus', key: 'label', value: 'L' },
  ]
  const asked = ask(
    [
      { ...first, profiles: owner('first one') },
      { ...second, profiles: owner('second $one') },
    ],
    'nonsharedfs',
  )
  const runs = run({ ...asked, options: { ...asked.options, cluster: ['label'] } })
  expect(runs.map((each) => each.exitCode)).toEqual(runs.map(() => 0))
  expect(readFileSync(join(root, 'results', 'said $HOME.txt'), 'utf8')).toBe(
    'joined 2 files for second $one\n',
  )
  const records = parse(runs.find((each) => each.name === 'merge_L')?.stdout ?? '') as readonly unknown[]
  expect(records).toMatchObject([{ derivation: 'a' }, { derivation: 'b' }])
})
