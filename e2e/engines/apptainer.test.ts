import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Container } from '@skyloom/workflow'
import { expect, test } from 'vitest'
import { box as anyBox } from '../../packages/runner/test/contained-runs.ts'
import type { SmallJob } from '../../packages/runner/test/small-plan.ts'
import { freshFolder } from '../../testing/folders.ts'
import { lacksContainers, makeRootTree, packRootTree } from '../../testing/root-tree.ts'
import { engines } from './engines.ts'
import { runOn } from './run-on.ts'

const pool = engines.find(({ name }) => name === 'HTCondor')

/** What the pool says of its nodes; under `CI=true` they must have it. */
function lacksApptainer(): boolean {
  if (pool === undefined || lacksContainers()) return true
  const { stdout } = spawnSync('condor_status', ['-af', 'SingularityVersion'], { encoding: 'utf8' })
  return process.env['CI'] !== 'true' && !/apptainer/.test(stdout)
}

const limit = (key: string, value: string): SmallJob => ({
  profiles: [{ namespace: 'pegasus', key, value }],
})

test.skipIf(lacksApptainer())(
  'programs in images of Apptainer, a SIF that HTCondor carries and a folder, on a pool',
  { timeout: 300_000 },
  async () => {
    if (pool === undefined) throw new Error('no pool is up')
    const folder = freshFolder()
    const tree = makeRootTree(join(folder, 'tree'), 'apptainer')
    mkdirSync(join(folder, 'dark, 1'))
    writeFileSync(join(folder, 'dark, 1/dark'), 'dark\n')
    const built = await runOn(pool, [
      { run: ['apptainer', '--silent', 'build', '--disable-cache', 'box.sif', tree], writes: ['box.sif'] },
    ])
    expect(built.attempts).toEqual(['job_0 1 succeeded'])
    const sif = join(folder, 'box.sif')
    copyFileSync(join(built.runDir, 'scratch/box.sif'), sif)
    const none = packRootTree(tree, join(folder, 'box.tar'))

    const box = (image: string, more: Partial<Container> = {}): Container =>
      anyBox({ type: 'singularity', image: `file://${image}`, ...more })
    const words = ['a b', '-x', '*', '$(id)', 'é', '"', ';&|']
    const script = `cat raw /etc/image /cal/dark; pwd; echo "$A,$B,$HOME,\${USER-none}"; touch /etc/no || echo read only; for w; do echo "[$w]"; done`
    const shell = (text: string, more: SmallJob = {}): SmallJob => ({
      run: ['sh', '-c', text],
      container: box(sif),
      ...more,
    })
    const seen = (image: string, out: string): SmallJob => ({
      run: ['/bin/sh', '-c', script, 'sh', ...words],
      stdout: out,
      reads: ['raw'],
      writes: [out],
      environment: [
        ['A', '$(id)'],
        ['B', 'of the job'],
        ['PATH', '/of/the/machine'],
      ],
      container: box(image, {
        mounts: [`${join(folder, 'dark, 1')}:/cal:ro`],
        profiles: [{ namespace: 'env', key: 'B', value: 'of the box' }],
      }),
    })
    const { runDir, store, result, attempts } = await runOn(pool, [
      seen(sif, 'out.sif'),
      seen(`${tree}/`, 'out.folder'),
      shell('exit 7'),
      shell('kill -9 $$'),
      shell('sleep 300 & sleep 300', limit('maxwalltime', '0.05')),
      shell('x=$(head -c 200000000 /dev/zero | tr "\\0" x); sleep 60', limit('memory', '60')),
      { run: ['/bin/nothing'], container: box(sif) },
      { run: ['true'], container: box(sif, { mounts: ['/nowhere/a:/b'] }) },
      { run: ['true'], container: box('/nowhere/tree/') },
      { run: ['true'], container: box(none) },
    ])
    expect(attempts).toEqual([
      'job_0 1 succeeded',
      'job_1 1 succeeded',
      'job_2 1 failed: exit code 7',
      'job_3 1 failed: it was ended by SIGKILL',
      'job_4 1 failed: it ran longer than allowed',
      expect.stringMatching(/^job_5 1 failed: .*(?:more than 60 MB|more memory)/),
      expect.stringMatching(
        /^job_6 1 failed: it could not be started: apptainer: .*\/bin\/nothing: no such file/,
      ),
      expect.stringMatching(
        /^job_7 1 failed: it could not be started: apptainer: .*\/nowhere\/a doesn't exist/,
      ),
      expect.stringMatching(/^job_8 1 failed: .*the folder of an image cannot be read/),
      expect.stringMatching(
        /^job_9 1 failed: it could not be started: apptainer: .*image format not recognized/,
      ),
    ])
    for (const name of ['out.sif', 'out.folder']) {
      const out = join(runDir, 'scratch', name)
      expect(readFileSync(out, 'utf8').split('\n')).toEqual([
        ...['raw', 'apptainer', 'dark', '/srv', '$(id),of the box,/srv,none', 'read only'],
        ...[...words.map((word) => `[${word}]`), ''],
      ])
      expect(statSync(out).uid).toBe(process.getuid?.())
    }
    for await (const { data } of store.invocations(result.runId, 'job_0'))
      expect(data).toMatchObject({ container: { name: 'box', type: 'singularity', tool: 'apptainer' } })
  },
)
