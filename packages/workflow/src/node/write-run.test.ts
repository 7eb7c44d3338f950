import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { planLines } from '../executable/plan-lines.ts'
import type { Plan } from '../plan/plan.ts'
import { planWorkflow } from '../plan/plan-workflow.ts'
import { type PlanFilesOptions, planFiles } from './plan-files.ts'
import { chooseRunPlace } from './run-place.ts'
import { isRunDirectory, loadPlanRequest, readRunRequest } from './run-request.ts'
import { type RunContent, writeRun } from './write-run.ts'

const WORKFLOW = `pegasus: 5.0.4
name: one
jobs:
- type: job
  name: tool
  id: A
  arguments: []
  uses:
  - {lfn: in.txt, type: input}
  - {lfn: out.txt, type: output, registerReplica: false}
transformationCatalog:
  transformations:
  - name: tool
    sites: [{name: local, pfn: /bin/tool, type: installed}]
replicaCatalog:
  replicas:
  - lfn: in.txt
    pfns: [{site: local, pfn: /data/in.txt}]
`

async function planned(
  options: Partial<PlanFilesOptions> = {},
): Promise<RunContent & { folder: string; plan: Plan }> {
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-run-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'workflow.yml'), WORKFLOW)
  const plan = { sites: ['local'], outputSites: ['local'], ...options.plan }
  const result = await planFiles({ folder, environment: {}, ...options, plan })
  if (!result.ok) throw new Error(result.problems.map(({ text }) => text).join('\n'))
  return { ...result, folder }
}

describe('a run that was written', () => {
  test('can be planned again and gives the same plan', async () => {
    const content = await planned({
      plan: { cluster: ['whole'], stagingSites: new Map([['local', 'local']]), seed: 7 },
      definitions: new Map([['pegasus.mode', 'debug']]),
    })
    const { runDir } = await writeRun(content, { format: 'skyloom', program: 'test 1' })
    const again = planWorkflow(await loadPlanRequest(runDir))
    expect(again.ok && [...planLines(again.plan)]).toEqual([...planLines(content.plan)])
    expect(await readRunRequest(runDir)).toMatchObject({
      workflow: 'one',
      program: 'test 1',
      format: 'skyloom',
    })
  })

  test('is complete or not there', async () => {
    const content = await planned({ definitions: new Map([['pegasus.data.configuration', 'memory']]) })
    const { place, folder } = content
    const refused = writeRun(content, { format: 'dagman', program: 'test 1' })
    await expect(refused).rejects.toMatchObject({ code: 'WORKFLOW_BAD_VALUE' })
    expect(await readdir(join(place.runDir, '..'))).toEqual([])
    const failing = { ...content, plan: brokenAt(content.plan, 0) }
    await expect(writeRun(failing, { format: 'skyloom', program: 'test 1' })).rejects.toThrow('no more')
    expect(await readdir(join(place.runDir, '..'))).toEqual([])
    expect(isRunDirectory(place.runDir)).toBe(false)
    expect(await readdir(folder)).toContain('workflow.yml')
  })

  test('says what is wrong with a description of another version', async () => {
    const content = await planned()
    const { runDir } = await writeRun(content, { format: 'skyloom', program: 'test 1' })
    await writeFile(join(runDir, 'request.json'), '{"version": 99}')
    await expect(loadPlanRequest(runDir)).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
    await writeFile(join(runDir, 'request.json'), await readFile(join(runDir, 'plan.jsonl'), 'utf8'))
    await expect(loadPlanRequest(runDir)).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
  })

  test('with a damaged catalog is not planned again', async () => {
    const content = await planned()
    const { runDir } = await writeRun(content, { format: 'skyloom', program: 'test 1' })
    await writeFile(join(runDir, 'catalogs', 'workflow.yml'), 'pegasus: 5.0.4\n')
    await expect(loadPlanRequest(runDir)).rejects.toMatchObject({ code: 'WORKFLOW_INVALID' })
  })
})

/** The plan, whose jobs fail to be made from one on. */
function brokenAt(plan: Plan, count: number): Plan {
  return {
    ...plan,
    counts: plan.counts,
    *jobs() {
      let number = 0
      for (const job of plan.jobs()) {
        if (++number > count) throw new Error('no more')
        yield job
      }
    },
  }
}

describe('places of runs', () => {
  const time = new Date('2026-08-05T09:15:30.123Z')

  test('are numbered, or named after the time', () => {
    const place = chooseRunPlace({ dir: '/nowhere', label: 'w', group: 'g', time })
    expect(place.runDir).toMatch(/^\/nowhere\/[\w.-]+\/g\/w\/run0001$/)
    expect(place.relativeDir).toBe(place.runDir.slice('/nowhere/'.length))
    const stamped = chooseRunPlace({ dir: '/nowhere', label: 'w', usesTimestamp: true, time })
    expect(stamped.runDir).toMatch(/\/pegasus\/w\/20260805T091530Z$/)
  })

  test('can be given, for the run and for scratch', () => {
    const given = chooseRunPlace({ dir: '/d', label: 'w', relativeDir: 'a', relativeSubmitDir: 'b', time })
    expect(given).toEqual({ baseDir: '/d', runDir: '/d/b', isNumbered: false, relativeDir: 'a' })
  })
})
