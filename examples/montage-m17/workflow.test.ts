import {
  formatPlanProblem,
  indexWorkflow,
  pictureSvg,
  planWorkflow,
  readWorkflow,
  topologicalLevels,
  workflowPicture,
} from '@skyloom/workflow'
import { expect, test } from 'vitest'
import { type MosaicOptions, mosaicWorkflow } from './workflow.ts'

/** Six images in two rows of three; neighbours overlap along sides and corners, eleven pairs. */
const columns = 3
const places = [0, 1, 2, 3, 4, 5]
const options: MosaicOptions = {
  name: 'Montage',
  images: places.map((i) => ({
    file: `2mass-atlas-j${i}.fits`,
    url: `https://archive.example.org/2mass/j/2mass-atlas-j${i}.fits`,
  })),
  overlaps: places.flatMap((a) =>
    places
      .filter((b) => b > a && Math.abs((a % columns) - (b % columns)) <= 1)
      .map((b) => ({ plus: a, minus: b })),
  ),
  directory: '/data/m17',
  previewWidth: 1500,
}

test('the workflow has the stages of a mosaic with background matching', () => {
  const workflow = mosaicWorkflow(options).workflow.build()
  const { graph } = indexWorkflow(workflow)
  const { level, levelCount } = topologicalLevels(graph)
  const stages = Array.from({ length: levelCount }, (_, stage) => {
    const jobs = workflow.jobs.filter((_job, number) => level[number] === stage)
    return `${jobs[0]?.type === 'job' ? jobs[0].name : ''} ${jobs.length}`
  })
  expect(stages).toEqual([
    'mProjectQL 6',
    'mDiffFit 11',
    'mConcatFit 1',
    'mBgModel 1',
    'mBackground 6',
    'mAddMem 1',
    'mShrink 1',
    'mViewer 1',
  ])
})

test('its file is read back and planned', () => {
  const { workflow, sites, transformations, replicas, properties } = mosaicWorkflow(options)
  const read = readWorkflow(workflow.toText())
  if (!read.ok) throw new Error('refused')
  const result = planWorkflow({
    workflow: read.value,
    sites: sites.build(),
    transformations: transformations.build(),
    replicas: replicas.build(),
    properties: properties.build(),
    options: { sites: ['condorpool'], outputSites: ['local'] },
  })
  if (!result.ok) throw new Error(result.problems.map(formatPlanProblem).join('\n'))
  const { jobs, transfers } = result.plan.counts
  expect(jobs.compute).toBe(28)
  // The mosaic, its small copy and the picture.
  expect(transfers.stageOut).toBe(3)
})

test('it is drawn by transformation', () => {
  const picture = workflowPicture(mosaicWorkflow(options).workflow.build(), { by: 'transformation' })
  expect(picture.nodes.map((node) => node.label)).toContain('mDiffFit ×11')
  expect(pictureSvg(picture)).toContain('mDiffFit ×11</text>')
})
