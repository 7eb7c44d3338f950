import { expect, test } from 'vitest'
import { File, Job, Workflow } from '../src/api/index.ts'
import { indexWorkflow, readWorkflow, topologicalLevels, workflowChunks } from '../src/index.ts'

/*
 * Bounds are several times what one free core needs (see docs/coming-from-pegasus.md), so that they hold on a busy
 * machine; what they catch is work that grows faster than the workflow.
 */

/** Milliseconds that `act` takes, and what it gives. */
function timed<T>(act: () => T): { readonly value: T; readonly ms: number } {
  const start = performance.now()
  const value = act()
  return { value, ms: performance.now() - start }
}

/** Layers of 1,000 jobs; each reads two files of the layer before. */
function layered(jobCount: number): Workflow {
  const workflow = new Workflow('layered')
  const files = Array.from({ length: jobCount }, (_, i) => new File(`f.${i}`))
  for (let i = 0; i < jobCount; i++) {
    const above = Math.floor(i / 1000 - 1) * 1000
    const inputs = i < 1000 ? [] : [files[i - 1000] ?? '', files[above + ((i + 7) % 1000)] ?? '']
    workflow.addJobs(new Job('work', { arguments: ['-n', i], inputs, outputs: [files[i] ?? ''] }))
  }
  return workflow
}

test('100,000 layered jobs are built, written, read and numbered in seconds', () => {
  const built = timed(() => layered(100_000).build())
  expect(built.ms).toBeLessThan(5000)
  const written = timed(() => [...workflowChunks(built.value)].join(''))
  expect(written.ms).toBeLessThan(5000)
  const read = timed(() => readWorkflow(written.value))
  expect(read.ms).toBeLessThan(10_000)
  if (!read.value.ok) throw new Error('refused')
  expect(read.value.value).toEqual(built.value)
  const { graph } = timed(() => indexWorkflow(built.value)).value
  expect(graph.edgeCount).toBe(198_000)
  expect(topologicalLevels(graph).levelCount).toBe(100)
})

test('a level of 3,000 x 3,000 jobs, all to all, keeps one object per file that is read', () => {
  const { value: graph, ms } = timed(() => {
    const files = Array.from({ length: 3000 }, (_, i) => new File(`f.${i}`))
    const workflow = new Workflow('all')
    for (const file of files) workflow.addJobs(new Job('first').addOutputs(file))
    for (let i = 0; i < 3000; i++) workflow.addJobs(new Job('second').addInputs(...files))
    const data = workflow.build()
    expect(data.jobs[3000]?.uses[17]).toBe(data.jobs[5999]?.uses[17])
    return indexWorkflow(data).graph
  })
  expect(graph.edgeCount).toBe(9_000_000)
  expect(ms).toBeLessThan(20_000)
})
