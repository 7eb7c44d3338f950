import { readIpacTable, textColumn } from '@skyloom/fits/tables'
import { indexWorkflow, planWorkflow, readWorkflow, topologicalLevels } from '@skyloom/workflow'
import {
  Directory,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
} from '@skyloom/workflow/api'
import { describe, expect, test } from 'vitest'
import {
  imageList,
  MOSAIC_FILES,
  type MosaicWorkflowInput,
  modulesOf,
  mosaicWorkflow,
  statusTable,
} from '../src/index.ts'

const input: MosaicWorkflowInput = {
  name: 'three',
  images: ['a.fits', 'b.fits.gz', 'c d.fit'].map((lfn, hdu) => ({ lfn, hdu, sizeBytes: 2_108_160 })),
  pairs: [
    { plus: 0, minus: 1 },
    { plus: 1, minus: 2 },
  ],
  background: 'plane',
  combine: 'mean',
  pictureSide: 500,
}

/** Transformation and count of the jobs of each level. */
function stagesOf(options: Partial<MosaicWorkflowInput>): readonly string[] {
  const workflow = mosaicWorkflow({ ...input, ...options }).build()
  const { graph } = indexWorkflow(workflow)
  const { level, levelCount } = topologicalLevels(graph)
  return Array.from({ length: levelCount }, (_, stage) => {
    const names = workflow.jobs.flatMap((job, k) =>
      level[k] === stage && job.type === 'job' ? [job.name] : [],
    )
    return `${[...new Set(names)].join()} ${names.length}`
  })
}

describe('the workflow of a mosaic', () => {
  test('has the stages of background matching', () => {
    expect(stagesOf({})).toEqual([
      'mProject 3',
      'mDiffFit 2',
      'mConcatFit 1',
      'mBgModel 1',
      'mBackground 3',
      'mImgtbl 1',
      'mAdd 1',
      'mShrink 1',
      'mViewer 1',
    ])
  })

  test.for([{ background: 'none' as const }, { pairs: [] }])(
    'adds what is projected when there is nothing to match: %j',
    (options) => {
      expect(stagesOf(options)).toEqual(['mProject 3', 'mImgtbl 1', 'mAdd 1', 'mShrink 1', 'mViewer 1'])
    },
  )

  test('passes options on to the modules', () => {
    const jobs = mosaicWorkflow({ ...input, background: 'level', combine: 'median' }).build().jobs
    const argumentsOf = (name: string): readonly unknown[] =>
      jobs.filter((job) => job.type === 'job' && job.name === name).map((job) => job.arguments)
    expect(argumentsOf('mProject')[1]).toEqual(['-h', '1', 'b.fits.gz', 'p-b.fits', MOSAIC_FILES.template])
    expect(argumentsOf('mBgModel')[0]).toContain('-l')
    expect(argumentsOf('mAdd')[0]).toEqual(['-a', 'median', 'corrected.tbl', 'region.hdr', 'mosaic.fits'])
  })

  test('can be planned: its inputs are the images, the template and the tables', () => {
    const read = readWorkflow(mosaicWorkflow(input).toText())
    if (!read.ok) throw new Error('refused')
    const replicas = new ReplicaCatalog()
    const { template, projectedTable, statusTable: statuses, correctedList } = MOSAIC_FILES
    for (const name of [
      ...input.images.map(({ lfn }) => lfn),
      template,
      projectedTable,
      statuses,
      correctedList,
    ])
      replicas.addReplica('local', name, `file:///data/${encodeURIComponent(name)}`)
    const result = planWorkflow({
      workflow: read.value,
      sites: new SiteCatalog(
        new Site('local').addDirectories(
          new Directory('sharedScratch', '/scratch'),
          new Directory('localStorage', '/out'),
        ),
      ).build(),
      transformations: new TransformationCatalog(
        ...modulesOf(mosaicWorkflow(input)).map(
          (name) => new Transformation(name, { site: 'local', pfn: `/bin/${name}` }),
        ),
      ).build(),
      replicas: replicas.build(),
      properties: new Map([['pegasus.data.configuration', 'sharedfs']]),
      options: { sites: ['local'], outputSites: ['local'] },
    })
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
    expect(result.plan.counts.jobs.compute).toBe(14)
    // The mosaic, its coverage, the picture and the corrections.
    expect(result.plan.counts.transfers.stageOut).toBe(4)
  })
})

test('tables list the status files and the images', () => {
  const statuses = readIpacTable(statusTable(input.pairs)).table
  expect(textColumn(statuses, 'stat')).toEqual(['fit.000000.000001.txt', 'fit.000001.000002.txt'])
  expect(textColumn(readIpacTable(imageList(['c-a.fits'])).table, 'fname')).toEqual(['c-a.fits'])
})
