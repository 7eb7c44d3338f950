import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  formatPlanProblem,
  planWorkflow,
  readProperties,
  readReplicaCatalog,
  readSiteCatalog,
  readTransformationCatalog,
  readWorkflow,
} from '@skyloom/workflow'
import { afterAll, expect, test } from 'vitest'
import { type KotoOptions, kotoStudy } from './workflow.ts'

const folder = mkdtempSync(join(tmpdir(), 'skyloom-koto-'))
afterAll(() => rmSync(folder, { recursive: true }))

const options: KotoOptions = {
  jobCount: 100,
  jobsPerCluster: 5,
  directory: folder,
  user: 'me',
  inputs: ['/koto/inputs/detector.root', '/koto/inputs/cuts.mac'],
  waves: ['/koto/run87/wave_001.root', '/koto/run87/wave_002.root'],
  seed: 1,
}

test('the files of the study are written, read back and planned', () => {
  const study = kotoStudy(options)
  const texts = new Map([
    ['workflow.yml', study.workflow.toText()],
    ['sites.yml', study.sites.toText()],
    ['transformations.yml', study.transformations.toText()],
    ['replicas.yml', study.replicas.toText()],
    ['pegasus.properties', study.properties.toText()],
  ])
  for (const [name, text] of texts) writeFileSync(join(folder, name), text)
  const text = (name: string): string => readFileSync(join(folder, name), 'utf8')

  const workflow = readWorkflow(text('workflow.yml'))
  const sites = readSiteCatalog(text('sites.yml'))
  const transformations = readTransformationCatalog(text('transformations.yml'))
  const replicas = readReplicaCatalog(text('replicas.yml'))
  const properties = readProperties(text('pegasus.properties'))
  if (!workflow.ok || !sites.ok || !transformations.ok || !replicas.ok || !properties.ok) {
    throw new Error('a file was refused')
  }
  const result = planWorkflow({
    workflow: workflow.value,
    sites: sites.value,
    transformations: transformations.value,
    replicas: replicas.value,
    properties: properties.value,
    options: {
      sites: ['condorpool'],
      stagingSites: new Map([['condorpool', 'stash']]),
      outputSites: ['local'],
      cluster: ['horizontal'],
    },
  })
  if (!result.ok) throw new Error(result.problems.map(formatPlanProblem).join('\n'))
  const { jobs, tasks } = result.plan.counts
  // 100 independent jobs, five in a batch job; one scratch directory on the staging site.
  expect(tasks.total).toBe(100)
  expect(jobs).toMatchObject({ compute: 20, create_dir: 1 })
})

test('the same seed gives the same workflow, another one another', () => {
  const text = (seed: number): string => kotoStudy({ ...options, seed }).workflow.toText()
  expect(text(1)).toBe(text(1))
  expect(text(1)).not.toBe(text(2))
})

test('no two jobs write one file', () => {
  const many = kotoStudy({ ...options, jobCount: 2000 }).workflow
  expect(new Set(many.jobs.flatMap((job) => job.outputs)).size).toBe(2000)
  expect(() => many.build()).not.toThrow()
})
