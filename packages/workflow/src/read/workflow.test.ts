import { describe, expect, test } from 'vitest'
import { formatProblem } from '../problem/problem.ts'
import { readWorkflow } from './workflow.ts'

const GOOD = `pegasus: 5.0.4
name: small
jobs:
- type: job
  name: project
  id: A
  arguments: [-x, 5.0, raw.fits]
  uses:
  - lfn: raw.fits
    type: input
  - lfn: p.fits
    type: output
    stageOut: false
- type: job
  name: add
  namespace: montage
  version: 6.0
  id: B
  arguments: []
  uses: [{lfn: p.fits, type: input}]
jobDependencies:
- id: A
  children: [B]
`

function read(text: string): readonly string[] {
  const result = readWorkflow(text, { name: 'w.yml' })
  return (result.ok ? result.warnings : result.problems).map(formatProblem)
}

test('reads jobs, uses and dependencies', () => {
  const result = readWorkflow(GOOD)
  if (!result.ok) throw new Error('refused')
  expect(result.value).toMatchObject({
    pegasus: '5.0.4',
    name: 'small',
    dependencies: [{ id: 'A', children: ['B'] }],
  })
  expect(result.value.jobs[0]).toMatchObject({
    type: 'job',
    name: 'project',
    id: 'A',
    arguments: ['-x', '5.0', 'raw.fits'],
    uses: [
      { lfn: 'raw.fits', type: 'input' },
      { lfn: 'p.fits', type: 'output', stageOut: false },
    ],
  })
  expect(result.value.jobs[1]).toMatchObject({ namespace: 'montage', name: 'add', version: '6.0' })
})

const badCases = [
  {
    name: 'a link type that is nearly right',
    change: ['type: input\n', 'type: inptu\n'],
    problem:
      'w.yml:10:11: jobs[0].uses[0].type: unknown link type: found inptu, allowed none, input, output, inout, checkpoint; did you mean input [UNKNOWN_VALUE]',
  },
  {
    name: 'a flag in quotes',
    change: ['stageOut: false', "stageOut: 'false'"],
    problem:
      'w.yml:13:15: jobs[0].uses[1].stageOut: true or false is expected: found false, allowed true, false; write false without quotes [WRONG_TYPE]',
  },
  {
    name: 'a key that is nearly right',
    change: ['  stageOut: false', '  stageout: false'],
    problem:
      /^w\.yml:13:5: jobs\[0\]\.uses\[1\]\.stageout: a use of a file has no such key: .*; did you mean stageOut \[UNKNOWN_KEY\]$/,
  },
  {
    name: 'a name that YAML takes for a boolean',
    change: ['name: small', 'name: true'],
    problem:
      'w.yml:2:7: name: a workflow name is expected: found true, allowed text or number; write "true" with quotes [WRONG_TYPE]',
  },
  {
    name: 'nothing where arguments belong',
    change: ['arguments: [-x, 5.0, raw.fits]', 'arguments:'],
    problem: 'w.yml:7:13: jobs[0].arguments: a list is expected: found nothing, allowed a list [WRONG_TYPE]',
  },
  {
    name: 'a file of a job that runs a program',
    change: ['  id: A', '  id: A\n  file: x.yml'],
    problem: 'w.yml:4:3: jobs[0].file: a job of type job has no key file: found x.yml [UNKNOWN_KEY]',
  },
  {
    name: 'a format of the future',
    change: ['pegasus: 5.0.4', 'pegasus: 6.0'],
    problem:
      'w.yml:1:10: pegasus: this is not a version of the file format: found 6.0, allowed 5.0 to 5.0.4 [BAD_VALUE]',
  },
  {
    name: 'a child that does not exist',
    change: ['children: [B]', 'children: [B, C]'],
    problem:
      'w.yml:23:17: jobDependencies[0].children[1]: the dependency names a job that does not exist: found C, allowed the id of a job [UNKNOWN_REFERENCE]',
  },
  {
    name: 'an id that is taken',
    change: ['id: B', 'id: A'],
    problem:
      'w.yml:18:7: jobs[1].id: the job id is taken by jobs[0]: found A, allowed an id of its own for every job [DUPLICATE]',
  },
] as const

describe('says what is wrong', () => {
  test.for(badCases)('$name', ({ change, problem }) => {
    const [first] = read(GOOD.replace(change[0], change[1]))
    if (typeof problem === 'string') expect(first).toBe(problem)
    else expect(first).toMatch(problem)
  })
})

test('reports all problems of a file in one pass, in the order of their places', () => {
  const text = GOOD.replace('type: input\n', 'type: in\n')
    .replace('  id: B', '  id: A')
    .replace('children: [B]', 'children: [X]')
    .replace('name: small', 'name: a b\nfrobnicate: 1')
  expect(read(text).map((line) => line.replace(/: .*/, ''))).toEqual([
    'w.yml:2:7',
    'w.yml:3:1',
    'w.yml:11:11',
    'w.yml:19:7',
    'w.yml:24:14',
  ])
})

test('says nothing about ids that a job with another error may have', () => {
  const problems = read(GOOD.replace('  id: B', '  id: B B'))
  expect(problems).toHaveLength(1)
})

test('counts the problems beyond the first thousand', () => {
  const jobs = Array.from(
    { length: 1500 },
    (_, i) => `- {type: task, id: J${i}, name: x, arguments: [], uses: []}`,
  )
  const problems = read(`pegasus: "5.0"\nname: x\njobs:\n${jobs.join('\n')}\n`)
  expect(problems).toHaveLength(1001)
  expect(problems.at(-1)).toBe('w.yml: 500 more problems are not listed [MORE_PROBLEMS]')
})

test('understands the old names of sub-workflow types', () => {
  const text = `pegasus: "5.0"
name: x
jobs:
- {type: dax, id: A, file: sub.yml, arguments: [], uses: [{lfn: sub.yml, type: input}]}
- {type: dag, id: B, file: sub.dag, arguments: [], uses: [{lfn: sub.dag, type: input}]}
`
  const result = readWorkflow(text)
  expect(result.ok && result.value.jobs.map((job) => job.type)).toEqual(['pegasusWorkflow', 'condorWorkflow'])
})

test('keeps vendor extensions and references to catalogs', () => {
  const result = readWorkflow(`${GOOD}x-mine: {a: [1, true]}\nsiteCatalog: {$ref: sites.yml}\n`)
  if (!result.ok) throw new Error('refused')
  expect(result.value.catalogReferences).toEqual({ site: 'sites.yml' })
  expect(result.value.extensions).toEqual([{ key: 'x-mine', value: new Map([['a', [1, true]]]) }])
})

test('shares equal texts', () => {
  const result = readWorkflow(GOOD)
  if (!result.ok) throw new Error('refused')
  const [a, b] = result.value.jobs
  expect(a?.hooks).toBe(b?.hooks)
})
