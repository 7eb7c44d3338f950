import { describe, expect, expectTypeOf, test } from 'vitest'
import { WorkflowError } from '../errors.ts'
import { readWorkflow } from '../read/workflow.ts'
import {
  File,
  Job,
  ReplicaCatalog,
  SubWorkflow,
  Transformation,
  Workflow,
  withDataDependencies,
} from './index.ts'

function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof WorkflowError ? error.code : String(error)
  }
  return 'none'
}

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

test('a diamond, fluent and as plain objects, is the same', () => {
  const fa = new File('f.a')
  const fb = new File('f.b')
  const fluent = new Workflow('diamond').addJobs(
    new Job('preprocess')
      .addArgs('-i', fa, '-o', fb)
      .addInputs(fa)
      .addOutputs(fb, { registerReplica: false }),
    new Job('analyze', { version: '4.0' })
      .addInputs(fb)
      .setStdout('out.txt')
      .addPegasusProfile({ cores: 4, memory: '2 GB' }),
  )
  const plain = new Workflow('diamond').addJobs(
    new Job('preprocess', { arguments: ['-i', 'f.a', '-o', 'f.b'], inputs: ['f.a'] }).addOutputs('f.b', {
      registerReplica: false,
    }),
    new Job('analyze', {
      version: '4.0',
      inputs: ['f.b'],
      stdout: 'out.txt',
      profiles: { pegasus: { cores: 4, memory: '2 GB' } },
    }),
  )
  expect(fluent.build()).toEqual(plain.build())
  expect(fluent.toText()).toBe(`x-pegasus:
  apiLang: typescript
pegasus: '5.0.4'
name: diamond
jobs:
- type: job
  name: preprocess
  id: ID0000001
  arguments:
  - -i
  - f.a
  - -o
  - f.b
  uses:
  - lfn: f.a
    type: input
  - lfn: f.b
    type: output
    stageOut: true
    registerReplica: false
- type: job
  version: '4.0'
  name: analyze
  id: ID0000002
  stdout: out.txt
  arguments: []
  uses:
  - lfn: f.b
    type: input
  - lfn: out.txt
    type: output
    stageOut: true
    registerReplica: true
  profiles:
    pegasus:
      cores: '4'
      memory: '2048'
jobDependencies:
- id: ID0000001
  children:
  - ID0000002
`)
})

test('what is built is what is read back', () => {
  const workflow = new Workflow('w', {
    metadata: { survey: '2MASS' },
    hooks: [{ on: 'end', command: '/bin/true' }],
  }).addJobs(
    new Job('a', { outputs: ['x'], metadata: { n: 3, none: null } })
      .addCheckpoint('state')
      .addInputs('maybe', { optional: true, bypassStaging: true })
      .addShellHook('error', '/bin/mail')
      .addEnv({ A: 1 }),
    new Job('b').addInOut(new File('y', { sizeBytes: 12 })),
  )
  const options = { createdBy: 'me', createdOn: new Date('2026-11-22T02:43:12Z') }
  const result = readWorkflow(workflow.toText(options))
  expect(result.ok && result.value).toEqual(withDataDependencies(workflow.build(options)))
  expect(workflow.toText(options)).toContain('createdOn: 11-22-26T02:43:12Z')
})

test('ids go by the order of adding, around those that are taken', () => {
  const workflow = new Workflow('w').addJobs(new Job('a', { id: 'ID0000002' }), new Job('b'), new Job('c'))
  expect(workflow.jobs.map((job) => job.id)).toEqual(['ID0000002', 'ID0000001', 'ID0000003'])
  expect(workflow.getJob('ID0000003')).toBe(workflow.jobs[2])
})

test('explicit dependencies join those of files', () => {
  const a = new Job('a', { outputs: ['x'] })
  const b = new Job('b', { inputs: ['x'] })
  const c = new Job('c')
  const workflow = new Workflow('w')
    .addJobs(a, b, c)
    .addDependency(c, { parents: [a] })
    .addDependency('ID0000002', { children: [c] })
  expect(withDataDependencies(workflow.build()).dependencies).toEqual([
    { id: 'ID0000001', children: ['ID0000002', 'ID0000003'] },
    { id: 'ID0000002', children: ['ID0000003'] },
  ])
  const separate = new Workflow('w', { inferDependencies: false }).addJobs(
    new Job('a', { outputs: ['x'] }),
    new Job('b', { inputs: ['x'] }),
  )
  expect(separate.toText()).not.toContain('jobDependencies')
})

test('sub-workflows become files, inputs and replicas', () => {
  const inner = new Workflow('inner').addJobs(new Job('a', { outputs: ['x'] }))
  const outer = new Workflow('outer')
    .addReplicaCatalog(new ReplicaCatalog().addReplica('local', 'raw', '/data/raw'))
    .addJobs(
      new SubWorkflow(inner, { outputs: ['x'] }).addPlannerArgs({
        cluster: ['label'],
        cleanup: 'none',
        stagingSites: { a: 'b' },
        verbose: 2,
      }),
      new SubWorkflow('run.dag', { isPlanned: true }),
    )
  const files = outer.toFiles({ directory: '/srv/dir/' })
  expect(files.map((file) => file.name)).toEqual(['workflow.yml', 'inner_ID0000001.yml'])
  const result = readWorkflow(files[0]?.text ?? '')
  if (!result.ok) throw new Error('refused')
  expect(result.value.jobs).toMatchObject([
    {
      type: 'pegasusWorkflow',
      file: 'inner_ID0000001.yml',
      arguments: [
        '--cluster',
        'label',
        '--output-sites',
        'local',
        '--staging-site',
        'a=b',
        '--cleanup',
        'none',
        '-v',
        '-v',
      ],
      uses: [
        { lfn: 'x', type: 'output' },
        { lfn: 'inner_ID0000001.yml', type: 'input' },
      ],
    },
    { type: 'condorWorkflow', file: 'run.dag', uses: [{ lfn: 'run.dag', type: 'input' }] },
  ])
  expect(result.value.replicaCatalog?.replicas.map((replica) => replica.locations[0]?.pfn)).toEqual([
    '/data/raw',
    '/srv/dir/inner_ID0000001.yml',
  ])
})

describe('errors come at the call', () => {
  const file = new File('f')
  const job = new Job('a', { id: 'A' })
  const workflow = new Workflow('w')
    .addJobs(job, new Job('b', { id: 'B' }))
    .addDependency('A', { children: ['B'] })
  const cases: readonly { readonly name: string; readonly act: () => unknown; readonly code: string }[] = [
    { name: 'a workflow name with a blank', act: () => new Workflow('a b'), code: 'WORKFLOW_BAD_VALUE' },
    { name: 'a workflow name with a slash', act: () => new Workflow('a/b'), code: 'WORKFLOW_BAD_VALUE' },
    { name: 'a job id with a dot', act: () => new Job('a', { id: 'a.b' }), code: 'WORKFLOW_BAD_VALUE' },
    { name: 'a transformation name with a colon', act: () => new Job('a:b'), code: 'WORKFLOW_BAD_VALUE' },
    {
      name: 'a job id twice',
      act: () => workflow.addJobs(new Job('c', { id: 'A' })),
      code: 'WORKFLOW_DUPLICATE',
    },
    { name: 'an id for a job that has one', act: () => job.assignId('C'), code: 'WORKFLOW_DUPLICATE' },
    {
      name: 'a file as input and output',
      act: () => new Job('c').addInputs(file).addOutputs(file),
      code: 'WORKFLOW_DUPLICATE',
    },
    {
      name: 'standard output twice',
      act: () => new Job('c').setStdout('a').setStdout('b'),
      code: 'WORKFLOW_DUPLICATE',
    },
    {
      name: 'a dependency twice',
      act: () => workflow.addDependency('A', { children: ['B'] }),
      code: 'WORKFLOW_DUPLICATE',
    },
    {
      name: 'a dependency on itself',
      act: () => workflow.addDependency('A', { children: ['A'] }),
      code: 'WORKFLOW_BAD_VALUE',
    },
    {
      name: 'a dependency on a job of nowhere',
      act: () => workflow.addDependency(new Job('x'), { parents: ['A'] }),
      code: 'WORKFLOW_NOT_FOUND',
    },
    { name: 'an unknown job', act: () => workflow.getJob('Z'), code: 'WORKFLOW_NOT_FOUND' },
    { name: 'an empty file name', act: () => new File(''), code: 'WORKFLOW_BAD_VALUE' },
    { name: 'half a byte', act: () => new File('f', { sizeBytes: 0.5 }), code: 'WORKFLOW_BAD_VALUE' },
    {
      name: 'an argument that is not a number',
      act: () => new Job('c').addArgs(Number.NaN),
      code: 'WORKFLOW_BAD_VALUE',
    },
    {
      name: 'a size that is not one',
      act: () => new Job('c').addPegasusProfile({ memory: '2 apples' }),
      code: 'WORKFLOW_BAD_VALUE',
    },
    {
      name: 'negative cores',
      act: () => new Job('c').addPegasusProfile({ cores: -1 }),
      code: 'WORKFLOW_BAD_VALUE',
    },
    {
      name: 'an environment name with a blank',
      act: () => new Job('c').addEnv({ 'A B': 1 }),
      code: 'WORKFLOW_BAD_VALUE',
    },
    { name: 'an empty workflow', act: () => new Workflow('w').build(), code: 'WORKFLOW_BAD_VALUE' },
    {
      name: 'planner options twice',
      act: () => new SubWorkflow('a.yml').addPlannerArgs({}).addPlannerArgs({}),
      code: 'WORKFLOW_DUPLICATE',
    },
    {
      name: 'planner options of a planned workflow',
      act: () => new SubWorkflow('a.dag', { isPlanned: true }).addPlannerArgs({}),
      code: 'WORKFLOW_BAD_VALUE',
    },
    {
      name: 'a list item with a comma',
      act: () => new SubWorkflow('a.yml').addPlannerArgs({ sites: ['a,b'] }),
      code: 'WORKFLOW_BAD_VALUE',
    },
    {
      name: 'a sub-workflow without directory',
      act: () =>
        new Workflow('o').addJobs(new SubWorkflow(new Workflow('i').addJobs(new Job('x')))).toFiles(),
      code: 'WORKFLOW_BAD_VALUE',
    },
  ]
  test.for(cases)('$name', ({ act, code }) => {
    expect(codeOf(act)).toBe(code)
  })

  test('with the whole message', () => {
    // A caller without types.
    const untyped = new Job('c') as unknown as {
      addPegasusProfile: (values: object) => unknown
      addInputs: (...args: unknown[]) => unknown
    }
    expect(messageOf(() => untyped.addPegasusProfile({ memry: 3 }))).toBe(
      'there is no pegasus profile of this name: found memry; did you mean memory [WORKFLOW_BAD_VALUE]',
    )
    expect(messageOf(() => untyped.addPegasusProfile({ toString: 3 }))).toContain(
      'there is no pegasus profile of this name',
    )
    expect(messageOf(() => untyped.addInputs(3))).toBe(
      'the file is not allowed: found 3, allowed a File or a logical file name [WORKFLOW_BAD_VALUE]',
    )
    expect(messageOf(() => untyped.addInputs({ optional: true }, 'f'))).toBe(
      'what follows the options is not allowed: found f, allowed options as the last argument [WORKFLOW_BAD_VALUE]',
    )
  })

  test('and what only the whole shows comes when it is built', () => {
    const two = new Workflow('two').addJobs(
      new Job('a', { outputs: ['f'] }),
      new Job('b', { outputs: ['f'] }),
    )
    expect(messageOf(() => two.build())).toBe(
      'workflow two cannot be planned:\n' +
        'jobs[1].uses: the file f is written by 2 jobs: found ID0000001, ID0000002, allowed one job that writes a file [TWO_PRODUCERS] [WORKFLOW_INVALID]',
    )
    expect(two.build({ check: false }).jobs).toHaveLength(2)
  })
})

test('a job tells what it reads and writes', () => {
  const job = new Job('a', {
    inputs: ['i'],
    outputs: ['o'],
    stdin: 'in',
    stdout: 'out',
    stderr: 'err',
  }).addInOut('x')
  expect([job.inputs, job.outputs]).toEqual([
    ['i', 'in', 'x'],
    ['o', 'out', 'err', 'x'],
  ])
  expect([job.stdin, job.stdout, job.stderr]).toEqual(['in', 'out', 'err'])
})

test('a transformation gives a job its name', () => {
  const transformation = new Transformation('project', { namespace: 'montage', version: '6.0' })
  expect(new Workflow('w').addJobs(new Job(transformation)).build().jobs[0]).toMatchObject({
    namespace: 'montage',
    name: 'project',
    version: '6.0',
  })
})

test('types of profiles are checked by the compiler', () => {
  type Values = Parameters<Job['addPegasusProfile']>[0]
  expectTypeOf<Values['cores']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<Values['memory']>().toEqualTypeOf<number | string | undefined>()
  expectTypeOf<Values['auxillaryLocal']>().toEqualTypeOf<boolean | undefined>()
})
