import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openRegistry } from '@skyloom/registry'
import type { Container } from '@skyloom/workflow'
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { freshFolder, keptFolder } from '../../../testing/folders.ts'
import { lacksContainers, makeRootTree, packRootTree } from '../../../testing/root-tree.ts'
import { runPlan } from '../dist/index.js'
import { box as anyBox, runJobs } from './contained-runs.ts'
import { type SmallJob, smallPlan } from './small-plan.ts'

let image = ''
let tree = ''
let cache = ''

beforeAll(() => {
  if (lacksContainers()) return
  const folder = keptFolder()
  tree = makeRootTree(join(folder, 'tree'))
  image = packRootTree(tree, join(folder, 'tree.tar'))
})

beforeEach(() => {
  cache = freshFolder()
  process.env['SKYLOOM_IMAGE_CACHE'] = cache
  onTestFinished(() => {
    delete process.env['SKYLOOM_IMAGE_CACHE']
  })
})

const box = (more: Partial<Container> = {}): Container =>
  anyBox({ type: 'bubblewrap', image: `file://${image}`, ...more })

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

describe.skipIf(lacksContainers())('programs in a root tree', () => {
  test('see their inputs, words, variables and mounts, and nothing else of the machine', async () => {
    const calibration = freshFolder()
    writeFileSync(join(calibration, 'dark, 1'), 'dark\n')
    const words = ['a b', '-x', '*', '$(id)', 'é', '"', ';&|']
    const script = `cat raw /etc/image "/usr/share/cal/dark, 1"; pwd; echo "$A,$B,$HOME,\${LD_LIBRARY_PATH-none}"; ls /; for w; do echo "[$w]"; done; echo 1 >/tmp/x; touch /bin/no 2>&1`
    const { result, runDir, store } = await runJobs([
      {
        run: ['/bin/sh', '-c', script.replaceAll("'", '"'), 'sh', ...words],
        stdout: 'out',
        reads: ['raw'],
        writes: ['out'],
        environment: [
          ['A', 'of the job'],
          ['B', 'of the job'],
          ['PATH', '/of/the/machine'],
        ],
        container: box({
          mounts: [`${calibration}:/usr/share/cal:ro`],
          profiles: [{ namespace: 'env', key: 'B', value: 'of the box' }],
        }),
        // The last command fails, as the tree is read only.
        retries: 0,
      },
    ])
    expect(result.status).toBe('failed')
    const logs: string[] = []
    for await (const row of store.invocations(result.runId)) {
      logs.push(JSON.stringify(row.data))
      expect(row).toMatchObject({ executable: '/bin/sh', programSha256: sha256(image), exitCode: 1 })
      expect(row.data).toMatchObject({
        container: { name: 'box', type: 'bubblewrap', image: `file://${image}`, sha256: sha256(image) },
      })
    }
    expect(logs.length).toBe(1)
    const work = readdirSync(join(runDir, 'scratch'), { recursive: true, encoding: 'utf8' })
    const out = work.find((name) => name.endsWith('/out')) ?? ''
    const lines = readFileSync(join(runDir, 'scratch', out), 'utf8').split('\n')
    expect(lines.slice(0, 5)).toEqual(['raw', 'test', 'dark', '/srv', 'of the job,of the box,/srv,none'])
    const rest = lines.slice(5).filter((line) => line !== '' && !line.startsWith('['))
    expect(rest.slice(0, -1)).toEqual(['bin', 'dev', 'etc', 'proc', 'srv', 'sys', 'tmp', 'usr', 'var'])
    expect(rest.at(-1)).toMatch(/Read-only file system/)
    expect(lines.filter((line) => line.startsWith('['))).toEqual(words.map((word) => `[${word}]`))
  })

  test('give outputs whose history names the image by its hash', async () => {
    const folder = freshFolder()
    const runDir = smallPlan(join(folder, 'run'), [
      {
        run: ['cat', 'raw', '/etc/image'],
        stdout: 'o/out',
        reads: ['raw'],
        writes: ['o/out'],
        container: box(),
      },
    ])
    mkdirSync(join(runDir, 'scratch'))
    writeFileSync(join(runDir, 'scratch/raw'), 'raw\n')
    await using registry = await openRegistry(join(folder, 'registry.db'))
    expect((await runPlan(registry.runs, runDir)).status).toBe('succeeded')
    const out = join(runDir, 'scratch/o/out')
    expect(readFileSync(out, 'utf8')).toBe('raw\ntest\n')
    const [product] = await registry.files.lookup(`file://${out}`)
    const trace = await registry.files.trace([product?.id ?? ''], { direction: 'ancestors' })
    expect(trace.files.map(({ lfn, sha256 }) => [lfn, sha256]).toSorted()).toEqual([
      ['box', sha256(image)],
      ['o/out', sha256(out)],
      ['raw', sha256(join(runDir, 'scratch/raw'))],
    ])
  })

  test('share one image, fetched once, however many begin at once', async () => {
    let requests = 0
    const server = createServer((_, response) => {
      requests++
      setTimeout(() => response.end(readFileSync(image)), 100)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tree.tar`
    const jobs = (more: Partial<Container>): readonly SmallJob[] =>
      Array.from({ length: 6 }, () => ({ run: ['true'], container: box({ image: url, ...more }) }))
    expect((await runJobs(jobs({}))).result.jobs.succeeded).toBe(6)
    expect(requests).toBe(1)
    // Another run cannot know that it is the same, unless the catalog says what it must be.
    const known = { checksum: { sha256: sha256(image) } }
    expect((await runJobs(jobs(known))).result.jobs.succeeded).toBe(6)
    expect((await runJobs(jobs(known))).result.jobs.succeeded).toBe(6)
    expect(requests).toBe(2)
    expect(readdirSync(cache).filter((name) => name.endsWith('.tree')).length).toBe(2)
    expect(readdirSync(cache).filter((name) => /partial|lock|file/.test(name))).toEqual([])
  })

  test('run in a folder that is an image, and tell it by its checksum', async () => {
    const right = box({ image: `file://${tree}/` })
    expect((await runJobs([{ run: ['true'], container: right }])).result.status).toBe('succeeded')
    const wrong = box({ image: `file://${tree}/`, checksum: { sha256: '0'.repeat(64) } })
    const { reasons } = await runJobs([{ run: ['true'], container: wrong }])
    expect(reasons[0]).toMatch(
      /the image is not what it should be: found SHA-256 [0-9a-f]{64}, allowed SHA-256 0{64}/,
    )
    const found = /found SHA-256 ([0-9a-f]{64})/.exec(reasons[0] ?? '')?.[1] ?? ''
    const checked = box({ image: `file://${tree}/`, checksum: { sha256: found } })
    expect((await runJobs([{ run: ['true'], container: checked }])).result.status).toBe('succeeded')
  })

  test('that are killed inside say by which signal, and are ended by their time limit with all they began', async () => {
    const { reasons } = await runJobs([
      { run: ['sh', '-c', 'kill -9 $$'], container: box() },
      { run: ['sh', '-c', 'exit 7'], container: box() },
      {
        run: ['sh', '-c', 'sleep 300 & sleep 300'],
        container: box(),
        profiles: [{ namespace: 'pegasus', key: 'maxwalltime', value: '0.01' }],
      },
    ])
    expect([...reasons].sort()).toEqual([
      'exit code 7',
      'it ran longer than allowed',
      expect.stringMatching(/it was ended by SIGKILL/),
    ])
  })

  test.each([
    [
      'no such program',
      { run: ['/bin/nothing'] },
      {},
      /could not be started: bwrap: execvp \/bin\/nothing: No such file/,
    ],
    ['no such image', {}, { image: 'file:///nowhere/tree.tar' }, /RUNNER_INPUT_MISSING|it was not found/],
    [
      'another checksum',
      {},
      { checksum: { sha256: '1'.repeat(64) } },
      /the file is not what it should be.*1{64}/,
    ],
    [
      'an image that is none',
      {},
      { image: `file://${import.meta.filename}` },
      /an image cannot be used: .*it is no image of this kind: tar ended with exit code 2.*allowed an archive of a root tree/,
    ],
    [
      'a folder that is not there',
      {},
      { image: 'file:///nowhere/tree/' },
      /the folder of an image cannot be read/,
    ],
    [
      'a mount that is none',
      {},
      { mounts: ['here:/there'] },
      /a mount of the container cannot be made: found here/,
    ],
    [
      'a mount that is not there',
      {},
      { mounts: ['/nowhere/a:/b'] },
      /bwrap: Can't find source path \/nowhere\/a/,
    ],
    ['a kind without a program', {}, { type: 'shifter' as const }, /shifter are not run by this engine/],
  ])('fail with the true cause: %s', async (_, job, container, reason) => {
    const { result, reasons } = await runJobs([{ run: ['true'], ...job, container: box(container) }])
    expect(result.status).toBe('failed')
    expect(reasons[0]).toMatch(reason)
  })

  test('fail with the true cause: a tool that is not installed', async () => {
    const container = box({ type: 'singularity' })
    const environment = [['SKYLOOM_CONTAINER_TOOLS', '/opt/none/bin']] as const
    const { reasons } = await runJobs([{ run: ['true'], container, environment }])
    expect(reasons[0]).toMatch(
      /no program for containers of type singularity: found none in \/opt\/none\/bin:.*allowed apptainer or singularity; install it/,
    )
  })
})
