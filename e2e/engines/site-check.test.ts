import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { engines } from './engines.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))

interface Check {
  readonly works: boolean
  readonly findings: readonly { readonly what: string; readonly ok: boolean; readonly text: string }[]
}

function skyloom(
  folder: string,
  ...words: readonly string[]
): { readonly status: number | null; readonly out: string } {
  const { status, stdout } = spawnSync(process.execPath, [command, ...words], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, out: stdout }
}

/** Adds a site and checks it; nothing of the check stays. */
function check(name: string, ...words: readonly string[]): Check {
  const folder = freshFolder()
  expect(skyloom(folder, 'site', 'add', name, ...words).status).toBe(0)
  const { status, out } = skyloom(folder, 'site', 'check', name, '--wait', '90', '--json')
  const found = JSON.parse(out) as Check
  expect(status).toBe(found.works ? 0 : 1)
  expect(readdirSync(folder).filter((file) => file.startsWith('.'))).toEqual([])
  return found
}

const hasSlurm = engines.some(({ name }) => name === 'Slurm')
const hasCondor = engines.some(({ name }) => name === 'HTCondor')

test.runIf(hasSlurm)('a Slurm cluster that works is said to work', () => {
  const { works, findings } = check(
    'cluster',
    '--scheduler',
    'slurm',
    '--scratch',
    join(freshFolder(), 'scratch'),
  )
  expect(findings.map(({ what }) => what)).toEqual(['scheduler', 'scratch', 'plan', 'job', 'clock', 'files'])
  expect(works).toBe(true)
})

test.runIf(hasSlurm)('a Slurm cluster without Node.js gets it with the job', () => {
  const scratch = join(freshFolder(), 'scratch')
  const { works } = check('cluster', '--scheduler', 'slurm', '--scratch', scratch, '--node', 'carried')
  expect(works).toBe(true)
})

test.runIf(hasCondor)('so does an HTCondor pool', () => {
  expect(check('pool', '--scheduler', 'htcondor', '--node', `carried:${process.execPath}`).works).toBe(true)
})

test('a host without Slurm is told so, and the check ends', () => {
  const folder = freshFolder()
  const words = ['--scheduler', 'slurm', '--scratch', join(folder, 'scratch')]
  expect(skyloom(folder, 'site', 'add', 'cluster', ...words).status).toBe(0)
  // A process that stays when there is nothing left to do is ended, and has no status.
  const { status, stdout } = spawnSync(process.execPath, [command, 'site', 'check', 'cluster', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: folder, HOME: folder },
    timeout: 60_000,
  })
  expect(status).toBe(1)
  expect((JSON.parse(stdout) as Check).findings.at(-1)).toMatchObject({
    what: 'scheduler',
    ok: false,
    text: expect.stringMatching(/no program sbatch on the search path/) as string,
  })
})

test.runIf(hasCondor)('an HTCondor pool that works is said to work', () => {
  const { works, findings } = check('pool', '--scheduler', 'htcondor')
  expect(findings.find(({ what }) => what === 'plan')?.text).toBe('one job, files by condorio')
  expect(works).toBe(true)
})

test.runIf(hasSlurm).each([
  ['a partition that is not there', ['--queue', 'nowhere'], 'job', /invalid partition/i],
  ['a node without Node.js', ['--node', 'nodejs22'], 'job', /there is no nodejs22 on .*install Node.js 20/],
  [
    'a scratch folder that cannot be made',
    ['--scratch', '/proc/skyloom'],
    'scratch',
    /\/proc\/skyloom cannot be written/,
  ],
])('%s is named', (_, words, what, text) => {
  const scratch = words.includes('--scratch') ? [] : ['--scratch', join(freshFolder(), 'scratch')]
  const { works, findings } = check('cluster', '--scheduler', 'slurm', ...scratch, ...words)
  expect(works).toBe(false)
  expect(findings.at(-1)).toMatchObject({ what, ok: false, text: expect.stringMatching(text) as string })
})
