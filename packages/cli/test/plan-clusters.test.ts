import { expect, test } from 'vitest'
import { type Answer, plannedFolder, skyloomIn } from './command.ts'

const WORKFLOW = `pegasus: "5.0.4"
name: wide
jobs:
${[1, 2, 3, 4, 5].map((k) => `  - {type: job, id: A${k}, name: tool, arguments: ["-c 'cat raw.txt > a${k}.txt'"], uses: [{lfn: raw.txt, type: input}, {lfn: a${k}.txt, type: output, stageOut: true}]}\n`).join('')}`

test('a workflow that has run is clustered by the run times that were measured', async () => {
  const { folder, runDir, registry } = await plannedFolder(WORKFLOW)
  const plan = async (...words: readonly string[]): Promise<Answer> =>
    await skyloomIn(folder, 'plan', '-s', 'local', '-o', 'local', '--cluster', 'auto', '--dry-run', ...words)
  const first = await plan()
  expect(first.stderr).toContain('jobs have no predicted run time and stay alone: found 5 of 5 jobs')
  expect(first.stdout).not.toMatch(/clusters|run times/)

  expect((await skyloomIn(folder, 'run', 'start', runDir, '--registry', registry, '--quiet')).code).toBe(0)
  const second = await plan('--registry', registry)
  expect(second.stderr).toBe('')
  expect(second.stdout).toContain('  clusters   5 tasks in 1 cluster\n')
  expect(second.stdout).toContain(`  run times  of earlier runs in ${registry}\n`)
  expect(await plan('--registry', registry)).toEqual(second)

  const missing = await plan('--registry', 'no-such.sqlite')
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no registry') as unknown,
  })
})
