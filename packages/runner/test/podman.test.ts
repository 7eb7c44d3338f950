import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Container } from '@skyloom/workflow'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { imageRegistry } from '../../../testing/image-registry.ts'
import { serveHttp } from '../../../testing/loopback-server.ts'
import { runPeer } from '../../../testing/peers.ts'
import { lacksPodman, podmanPlace, REGISTRIES_FILE } from '../../../testing/podman.ts'
import { makeRootTree, packRootTree } from '../../../testing/root-tree.ts'
import { box as anyBox, runJobs } from './contained-runs.ts'
import { until } from './faults/progress.ts'
import { type EngineProcess, runEngine, startEngine } from './faults/run-engine-process.ts'
import { smallPlan } from './small-plan.ts'

let image = ''
let folder = ''

const box = (more: Partial<Container> = {}): Container =>
  anyBox({ type: 'docker', image: `file://${image}`, ...more })

/** Containers that are there, running or not. */
const containers = (): string => runPeer('podman', ['ps', '--all', '--quiet']).trim()

describe.skipIf(lacksPodman())('programs in containers of Podman', { timeout: 120_000 }, () => {
  beforeAll(() => {
    folder = keptFolder()
    const before = { ...process.env }
    Object.assign(process.env, podmanPlace(folder), { SKYLOOM_IMAGE_CACHE: join(folder, 'cache') })
    image = join(folder, 'image.tar')
    const tree = packRootTree(makeRootTree(join(folder, 'tree'), 'podman'), join(folder, 'tree.tar'))
    // Neither of the image's own words is to be run.
    const own = ['--change', 'ENTRYPOINT ["/bin/false"]', '--change', 'CMD ["never"]']
    runPeer('podman', ['import', '--quiet', ...own, tree, 'localhost/box:1'])
    runPeer('podman', ['save', '--quiet', '--output', image, 'localhost/box:1'])
    runPeer('podman', ['rmi', 'localhost/box:1'])
    return () => {
      process.env = before
    }
  })

  test('see their inputs, words, variables and mounts, and leave files of their user', async () => {
    const calibration = freshFolder()
    writeFileSync(join(calibration, 'dark, 1'), 'dark\n')
    const words = ['a b', '-x', '*', '$(id)', 'é', '"', ';&|']
    const script = `cat raw /etc/image "/cal,1/dark, 1"; pwd; echo "$A,$B,$HOME,\${LD_LIBRARY_PATH-none}"; id -u; touch /cal,1/no || echo read only; touch made; for w; do echo "[$w]"; done`
    const { result, runDir, store, reasons } = await runJobs([
      {
        run: ['/bin/sh', '-c', script.replaceAll("'", '"'), 'sh', ...words],
        stdout: 'out',
        reads: ['raw'],
        writes: ['out', 'made'],
        environment: [
          ['A', 'of the job'],
          ['B', 'of the job'],
          ['PATH', '/of/the/machine'],
          ['LD_LIBRARY_PATH', '/of/the/machine'],
        ],
        container: box({
          mounts: [`${calibration}:/cal,1:ro`],
          profiles: [{ namespace: 'env', key: 'B', value: 'of the box' }],
        }),
      },
      { run: ['true'], container: box() },
    ])
    expect(reasons).toEqual([null, null])
    expect(result.status).toBe('succeeded')
    expect(readFileSync(join(runDir, 'scratch/out'), 'utf8').split('\n')).toEqual([
      ...['raw', 'podman', 'dark', '/scratch', 'of the job,of the box,/scratch,none'],
      ...[String(process.getuid?.()), 'read only', ...words.map((word) => `[${word}]`), ''],
    ])
    expect(statSync(join(runDir, 'scratch/made')).uid).toBe(process.getuid?.())
    for await (const row of store.invocations(result.runId))
      expect(row.data).toMatchObject({ container: { name: 'box', type: 'docker', tool: 'podman' } })
    // Both are processes of containers that were removed.
    expect(containers()).toBe('')
    expect(readdirSync(join(runDir, 'logs/0')).filter((name) => name.endsWith('.pid'))).toEqual([])
  })

  test('are measured, told by their own signals and exit codes, and held to time and memory with all they began', async () => {
    const burn = 'n=0; while [ $n -lt 300000 ]; do n=$((n+1)); done; sleep 0.3'
    const { store, result } = await runJobs([
      { run: ['sh', '-c', burn], container: box() },
      { run: ['sh', '-c', 'kill -9 $$'], container: box() },
      { run: ['sh', '-c', 'kill -SEGV $$'], container: box() },
      { run: ['sh', '-c', 'exit 7'], container: box() },
      {
        run: ['sh', '-c', 'trap "" TERM; sleep 300 & sleep 300'],
        container: box(),
        profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.02' }],
      },
      {
        run: ['sh', '-c', 'x=$(head -c 200000000 /dev/zero | tr "\\0" x); sleep 60'],
        container: box(),
        profiles: [{ namespace: 'pegasus', key: 'memory', value: '50' }],
      },
    ])
    const rows = new Map<string, unknown>()
    for await (const { jobId, reason } of store.attempts(result.runId)) rows.set(jobId, reason)
    expect([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, reason]) => reason)).toEqual([
      null,
      'it was ended by SIGKILL',
      'it was ended by SIGSEGV',
      'exit code 7',
      'it ran longer than allowed',
      'it used more than 50 MB',
    ])
    // Not those of the command that waits for it.
    for await (const { cpuMs } of store.invocations(result.runId, [...rows.keys()].toSorted()[0]))
      expect(cpuMs).toBeGreaterThan(100)
    expect(containers()).toBe('')
  })

  test('are ended, when engine and spawner were killed, before they are begun again', async () => {
    const folder = freshFolder()
    const marks = freshFolder()
    const runDir = smallPlan(join(folder, 'run'), [
      {
        run: ['sh', '-c', 'mkdir /marks/1 && exec sleep 300; mkdir /marks/2'],
        container: box({ mounts: [`${marks}:/marks`] }),
      },
    ])
    mkdirSync(join(runDir, 'scratch'))
    const settings = { runDir, registry: join(folder, 'registry.db'), leaseMs: 500 }
    const engine: EngineProcess = startEngine(settings)
    await until(() => existsSync(join(marks, '1')), engine.notices)
    const spawner = spawnerOf(runDir)
    for (const pid of [engine.child.pid, spawner]) process.kill(pid ?? 0, 'SIGKILL')
    await engine.ended
    expect(containers()).not.toBe('')
    expect(await runEngine(settings)).toMatchObject({ type: 'done', result: { status: 'succeeded' } })
    expect(existsSync(join(marks, '2'))).toBe(true)
    await until(() => containers() === '', containers)
  })

  test('run from one image, loaded once for all, and again when it was removed', async () => {
    const jobs = Array.from({ length: 4 }, () => ({ run: ['cat', '/etc/image'], container: box() }))
    expect((await runJobs(jobs)).result.jobs.succeeded).toBe(4)
    const ids = runPeer('podman', ['images', '--all', '--quiet', '--no-trunc']).trim().split('\n')
    expect(ids.length).toBe(1)
    runPeer('podman', ['rmi', '--force', ...ids.map((id) => id.replace('sha256:', ''))])
    expect((await runJobs(jobs)).result.jobs.succeeded).toBe(4)
  })

  test('run from an image of a registry, pulled once for all, and say what the registry says', async () => {
    const requests: string[] = []
    const registry = imageRegistry(readFileSync(join(folder, 'tree.tar')))
    const address = await serveHttp((request, response) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''}`)
      if (request.url?.includes('/none/') === true) response.writeHead(404).end()
      else registry(request, response)
    })
    const host = new URL(address).host
    writeFileSync(join(folder, REGISTRIES_FILE), `[[registry]]\nlocation = "${host}"\ninsecure = true\n`)
    const jobs = Array.from({ length: 3 }, () => ({
      run: ['cat', '/etc/image'],
      stdout: 'out',
      container: box({ image: `docker:///${host}/survey/box:2` }),
    }))
    const { reasons } = await runJobs(jobs)
    expect(reasons).toEqual([null, null, null])
    expect(requests.filter((request) => /GET .*\/manifests\/2$/.test(request)).length).toBe(1)
    const absent = await runJobs([
      { run: ['true'], container: box({ image: `docker:///${host}/none/box:2` }) },
    ])
    expect(absent.reasons[0]).toMatch(
      /podman ended with exit code 125: .*look whether the registry has this image/,
    )
  })

  test.each([
    ['no such program', { run: ['/bin/nothing'] }, {}, /could not be started: podman: .*\/bin\/nothing/],
    [
      'an image that is none',
      {},
      { image: `file://${import.meta.filename}` },
      /it is no image of this kind: .*podman ended with exit code 125/,
    ],
    [
      'a mount that is not there',
      {},
      { mounts: ['/nowhere/a:/b'] },
      /podman: statfs \/nowhere\/a: no such file or directory/,
    ],
    ['a folder as image', {}, { image: 'file:///srv/tree/' }, /a folder is no image for Docker or Podman/],
  ])('fail with the true cause: %s', async (_, job, container, reason) => {
    const { reasons } = await runJobs([{ run: ['true'], ...job, container: box(container) }])
    expect(reasons[0]).toMatch(reason)
  })
})

function spawnerOf(runDir: string): number {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0')
      if (words.includes(join(runDir, 'spawner'))) return Number(name)
    } catch {
      // It ended while we looked.
    }
  }
  throw new Error('the run has no spawner')
}
