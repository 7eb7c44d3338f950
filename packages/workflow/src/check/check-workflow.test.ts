import { expect, test } from 'vitest'
import { formatProblem } from '../problem/problem.ts'
import { readWorkflow } from '../read/workflow.ts'
import { checkWorkflow } from './check-workflow.ts'

function check(jobs: readonly string[], dependencies = ''): readonly string[] {
  const text = `pegasus: "5.0"\nname: x\njobs:\n${jobs.map((job) => `- {type: job, name: n, arguments: [], ${job}}`).join('\n')}\n${dependencies}`
  const result = readWorkflow(text)
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
  return checkWorkflow(result.value, { name: 'w.yml' }).map(formatProblem)
}

test('names the jobs of a cycle that files make', () => {
  expect(
    check([
      'id: A, uses: [{lfn: c, type: input}, {lfn: a, type: output}]',
      'id: B, uses: [{lfn: a, type: input}, {lfn: b, type: output}]',
      'id: C, uses: [{lfn: b, type: input}, {lfn: c, type: output}]',
    ]),
  ).toEqual([
    'w.yml: jobs[0]: the dependencies have a cycle of 3 jobs: A (n) -> B (n) -> C (n) -> A (n); remove one of these dependencies [CYCLE]',
  ])
})

test('names a job that depends on itself', () => {
  expect(check(['id: A, uses: []'], 'jobDependencies: [{id: A, children: [A]}]\n')[0]).toContain(
    'a cycle of 1 job: A (n) -> A (n)',
  )
})

test('shortens a long cycle', () => {
  const jobs = Array.from(
    { length: 50 },
    (_, i) => `id: J${i}, uses: [{lfn: f${(i + 49) % 50}, type: input}, {lfn: f${i}, type: output}]`,
  )
  expect(check(jobs)[0]).toMatch(/a cycle of 50 jobs: J0 \(n\) -> .* -> … -> J49 \(n\) -> J0 \(n\);/)
})

test('a file that a job reads and writes makes no cycle', () => {
  expect(check(['id: A, uses: [{lfn: c, type: inout}]'])).toEqual([])
})

test('names the writers of one file', () => {
  expect(check(['id: A, uses: [{lfn: o, type: output}]', 'id: B, uses: [{lfn: o, type: output}]'])).toEqual([
    'w.yml: jobs[1].uses: the file o is written by 2 jobs: found A, B, allowed one job that writes a file [TWO_PRODUCERS]',
  ])
})

test('warns about doubled uses and redirections that are not among the uses', () => {
  expect(
    check([
      'id: A, stdin: i, stdout: o, uses: [{lfn: f, type: input}, {lfn: f, type: input}, {lfn: g, type: input}, {lfn: g, type: output}]',
    ]),
  ).toEqual([
    'w.yml: jobs[0].uses[1]: job A lists the file f twice: found f; remove one of the two [DUPLICATE]',
    'w.yml: jobs[0].uses[3]: job A lists the file g twice, as input and as output: found g; use the type inout [DUPLICATE]',
    'w.yml: jobs[0].stdin: the stdin of job A is not among its inputs: found i; add it to uses with the type input [UNKNOWN_REFERENCE]',
    'w.yml: jobs[0].stdout: the stdout of job A is not among its outputs: found o; add it to uses with the type output [UNKNOWN_REFERENCE]',
  ])
})

test('finds doubled uses of jobs with many files', () => {
  const uses = Array.from({ length: 40 }, (_, i) => `{lfn: f${i}, type: input}`).join(', ')
  expect(check([`id: A, uses: [${uses}, {lfn: f3, type: input}]`])).toHaveLength(1)
})
