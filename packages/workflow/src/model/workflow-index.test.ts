import { expect, test } from 'vitest'
import { childrenOf } from '../graph/digraph.ts'
import { readWorkflow } from '../read/workflow.ts'
import type { Workflow } from './workflow.ts'
import { indexWorkflow } from './workflow-index.ts'

function workflow(): Workflow {
  const result = readWorkflow(`pegasus: "5.0"
name: x
jobs:
- {type: job, name: n, id: A, arguments: [], uses: [{lfn: raw, type: input}, {lfn: a, type: output}, {lfn: s, type: checkpoint}]}
- {type: job, name: n, id: B, arguments: [], uses: [{lfn: a, type: input}, {lfn: b, type: inout}]}
- {type: job, name: n, id: C, arguments: [], uses: [{lfn: a, type: input}, {lfn: b, type: input}, {lfn: x, type: none}]}
- {type: job, name: n, id: D, arguments: [], uses: [{lfn: a, type: output}]}
jobDependencies:
- {id: A, children: [D, B]}
`)
  if (!result.ok) throw new Error('refused')
  return result.value
}

test('numbers jobs and files in their order', () => {
  const index = indexWorkflow(workflow())
  expect(index.lfns).toEqual(['raw', 'a', 's', 'b', 'x'])
  expect([...index.useStart]).toEqual([0, 3, 5, 8, 9])
  expect([...index.useFile]).toEqual([0, 1, 2, 1, 3, 1, 3, 4, 1])
  expect(index.jobNumbers.get('C')).toBe(2)
})

test('knows producers, consumers and conflicts', () => {
  const index = indexWorkflow(workflow())
  expect([...index.producer]).toEqual([-1, 0, -1, 1, -1])
  expect(index.producerConflicts).toEqual([{ lfn: 'a', jobs: [0, 3] }])
  const consumersOf = (file: number): number[] => [
    ...index.consumers.subarray(index.consumerStart[file], index.consumerStart[file + 1]),
  ]
  expect([0, 1, 2, 3, 4].map(consumersOf)).toEqual([[0], [1, 2], [], [1, 2], []])
})

test('joins explicit dependencies and those of files', () => {
  const { graph } = indexWorkflow(workflow())
  expect([0, 1, 2, 3].map((job) => [...childrenOf(graph, job)])).toEqual([[1, 2, 3], [2], [], []])
  const explicit = indexWorkflow(workflow(), { dataDependencies: false }).graph
  expect([0, 1, 2, 3].map((job) => [...childrenOf(explicit, job)])).toEqual([[1, 3], [], [], []])
})
