import { expect, test } from 'vitest'
import { formatProblem } from '../problem/problem.ts'
import { readSiteCatalog } from '../read/site-catalog.ts'
import { readWorkflow } from '../read/workflow.ts'

function problemsOf(text: string): readonly string[] {
  const result = readWorkflow(text, { name: 'w.yml' })
  return result.ok ? [] : result.problems.map(formatProblem)
}

test('bounds what aliases expand to', () => {
  let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n'
  for (let i = 1; i < 9; i++)
    text += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]\n`
  const start = performance.now()
  expect(problemsOf(text)[0]).toMatch(
    /^w\.yml:\d+:\d+: aliases expand to too much: allowed 100000 nodes \[LIMIT\]$/,
  )
  expect(performance.now() - start).toBeLessThan(5000)
})

test('refuses an alias of what it stands in', () => {
  expect(problemsOf('a: &a\n  b: *a\n')[0]).toContain('the alias *a names no earlier anchor')
})

test('expands harmless anchors and merge keys', () => {
  const result = readWorkflow(
    [
      'pegasus: "5.0"',
      'name: x',
      'x-common: &common {type: job, name: work, arguments: [], uses: []}',
      'jobs:',
      '- <<: *common',
      '  id: A',
      '- <<: *common',
      '  id: B',
      '  name: other',
      '',
    ].join('\n'),
  )
  expect(result.ok && result.value.jobs.map((job) => (job.type === 'job' ? job.name : ''))).toEqual([
    'work',
    'other',
  ])
})

test('reports doubled keys with their place', () => {
  expect(problemsOf('pegasus: "5.0"\nname: a\nname: b\njobs: []\n')).toContain(
    'w.yml:3:1: the key stands twice in one mapping: found name [DUPLICATE_KEY]',
  )
})

test('takes __proto__ for the unknown key that it is', () => {
  const text =
    'pegasus: "5.0"\nname: a\n__proto__: {polluted: true}\njobs: [{type: job, id: A, name: x, arguments: [], uses: []}]\n'
  expect(problemsOf(text)[0]).toContain('w.yml:3:1: __proto__: a workflow has no such key: found __proto__')
  expect('polluted' in {}).toBe(false)
})

test('keeps __proto__ as a harmless profile key', () => {
  const text =
    'pegasus: "5.0"\nsites:\n- name: local\n  profiles:\n    env:\n      __proto__: x\n      constructor: y\n'
  const result = readSiteCatalog(text)
  expect(result.ok && result.value.sites[0]?.profiles).toEqual([
    { namespace: 'env', key: '__proto__', value: 'x' },
    { namespace: 'env', key: 'constructor', value: 'y' },
  ])
})

test('refuses a text of 10 MB, plain, quoted or as a block', () => {
  const long = 'x'.repeat(10_000_000)
  for (const value of [long, `"${long}"`, `|\n  ${long}`]) {
    expect(problemsOf(`name: ${value}\n`)[0]).toContain(
      'a text is too long: allowed 1048576 characters [LIMIT]',
    )
  }
})

test('refuses deep nesting in every style', () => {
  for (const text of ['['.repeat(100_000), '- '.repeat(100_000), `a: &x 1\nb: ${'['.repeat(100_000)}`]) {
    expect(problemsOf(text).join()).toContain('nested too deeply')
  }
})

test('names line and column of a syntax error', () => {
  expect(problemsOf('name: x\njobs:\n  - type: job\n   name: x\n')[0]).toMatch(
    /^w\.yml:4:1: not valid YAML: /,
  )
})

test('says where unusual YAML stands in a file that is too large for it', () => {
  const result = readWorkflow('name: x\njobs: &all []\n', { name: 'w.yml', limits: { maxUnusualChars: 10 } })
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    'w.yml:2:7: not valid YAML, or not in a file of this size: an anchor, alias, tag, block text or reserved character: ' +
      'found 22 characters, allowed block and flow style without anchors and tags above 10 characters [SYNTAX]',
  ])
})

test('reads Windows line ends and a byte order mark', () => {
  const text =
    '\ufeffpegasus: "5.0"\r\nname: a\r\njobs:\r\n- {type: job, id: A, name: x, arguments: [], uses: []}\r\n'
  expect(readWorkflow(text).ok).toBe(true)
})

test('refuses a text that is longer than the limit before it is read', () => {
  const result = readWorkflow('name: x\n', { name: 'w.yml', limits: { maxChars: 5 } })
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    'w.yml: the file is too large: found 8 characters, allowed 5 characters [TEXT_TOO_LARGE]',
  ])
})
