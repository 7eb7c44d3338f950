import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { box } from '../../packages/runner/test/contained-runs.ts'
import type { SmallJob } from '../../packages/runner/test/small-plan.ts'
import { freshFolder } from '../../testing/folders.ts'
import { runPeer } from '../../testing/peers.ts'
import { lacksPodman, podmanPlace } from '../../testing/podman.ts'
import { makeRootTree, packRootTree } from '../../testing/root-tree.ts'
import { engines } from './engines.ts'
import { runOn } from './run-on.ts'

const cluster = engines.find(({ name }) => name === 'Slurm')

test.skipIf(lacksPodman() || cluster === undefined)(
  'programs in containers of Podman on nodes of Slurm, with tool and images where the site says',
  { timeout: 180_000 },
  async () => {
    if (cluster === undefined) throw new Error('Slurm is not up')
    const folder = freshFolder()
    const { SKYLOOM_CONTAINER_TOOLS: tools = '' } = podmanPlace(folder)
    const podman = join(tools, 'podman')
    const image = join(folder, 'image.tar')
    const tree = packRootTree(makeRootTree(join(folder, 'tree'), 'podman'), join(folder, 'tree.tar'))
    runPeer(podman, ['import', '--quiet', tree, 'localhost/box:1'])
    runPeer(podman, ['save', '--quiet', '--output', image, 'localhost/box:1'])
    const common: SmallJob = {
      container: box({ type: 'docker', image: `file://${image}` }),
      environment: [
        ['SKYLOOM_CONTAINER_TOOLS', tools],
        ['SKYLOOM_IMAGE_CACHE', join(folder, 'cache')],
        ['A', 'of the job'],
      ],
    }
    const { runDir, attempts } = await runOn(cluster, [
      {
        ...common,
        run: ['sh', '-c', 'cat raw /etc/image; echo "$A"; pwd'],
        stdout: 'out',
        reads: ['raw'],
        writes: ['out'],
      },
      { ...common, run: ['sh', '-c', 'kill -9 $$'] },
      {
        ...common,
        run: ['sh', '-c', 'sleep 300 & sleep 300'],
        profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.05' }],
      },
    ])
    expect(attempts).toEqual([
      'job_0 1 succeeded',
      'job_1 1 failed: it was ended by SIGKILL',
      'job_2 1 failed: it ran longer than allowed',
    ])
    expect(readFileSync(join(runDir, 'scratch/out'), 'utf8')).toBe('raw\npodman\nof the job\n/scratch\n')
    expect(runPeer(podman, ['ps', '--all', '--quiet']).trim()).toBe('')
  },
)
