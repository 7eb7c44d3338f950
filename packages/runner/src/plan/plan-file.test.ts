import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { smallPlan } from '../../test/small-plan.ts'
import { openPlan, PLAN_FILE } from './plan-file.ts'

/** A plan of two jobs, and the checksum of its file. */
function twoJobs(): { readonly runDir: string; readonly path: string; readonly sha256: string } {
  const runDir = smallPlan(join(freshFolder(), 'run'), [
    { run: ['/bin/true'], writes: ['a'], children: [1] },
    { run: 'count', reads: ['a'], writes: ['b'], environment: [['A', '1']] },
  ])
  const path = join(runDir, PLAN_FILE)
  return { runDir, path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }
}

/** What a plan tells of itself and of each job. */
function contentOf(runDir: string, writtenSha256?: string): object {
  const plan = openPlan(runDir, writtenSha256)
  try {
    const jobs = Array.from({ length: plan.jobCount }, (_, number) => ({
      line: plan.job(number),
      name: plan.name(number),
      kind: plan.kind(number),
      transformation: plan.transformation(number),
      site: plan.site(number),
    }))
    return { head: plan.head, sha256: plan.sha256, spec: plan.spec, jobs }
  } finally {
    plan.close()
  }
}

test('a plan known by its checksum is the plan that is checked line by line', () => {
  const { runDir, sha256 } = twoJobs()
  expect(contentOf(runDir, sha256)).toEqual(contentOf(runDir))
  expect(contentOf(runDir, '0'.repeat(64))).toEqual(contentOf(runDir))
})

test.each([
  ['breaks the form', (text: string) => text.replace('"kind":"compute"', '"kind":"dance"')],
  ['is no JSON', (text: string) => text.replace('"kind":"compute"', '"kind":compute')],
])('a plan is checked when it is no longer the one that was written: a line that %s', (_, damage) => {
  const { runDir, path, sha256 } = twoJobs()
  writeFileSync(path, damage(readFileSync(path, 'utf8')))
  expect(() => openPlan(runDir, sha256)).toThrow(expect.objectContaining({ code: 'WORKFLOW_INVALID' }))
})

test('a plan that was cut off is no plan, whatever checksum is expected', () => {
  const { runDir, path, sha256 } = twoJobs()
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1))
  expect(() => openPlan(runDir, sha256)).toThrow(expect.objectContaining({ code: 'RUNNER_BAD_PLAN' }))
})
