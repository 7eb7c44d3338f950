import type { Container } from '@skyloom/workflow'
import { expect, test } from 'vitest'
import { type ContainedProgram, containerEnvironment, mountsOf } from './contained-program.ts'
import { endContained, launchContained } from './launch.ts'
import { containedExit } from './launch-failure.ts'
import type { ToolName } from './tool.ts'

const container: Container = {
  name: 'box',
  type: 'docker',
  image: 'docker:///img:1',
  mounts: ['/cal:/cal:ro', '/a,b:/c'],
  profiles: [{ namespace: 'env', key: 'PATH', value: '/opt/bin' }],
  metadata: [],
  extensions: [],
}

function program(tool: ToolName, type: Container['type']): ContainedProgram {
  return {
    ready: {
      container: { ...container, type },
      tool: { name: tool, path: `/tools/${tool}`, init: tool === 'podman' ? '/tools/catatonit' : undefined },
      reference: tool === 'apptainer' ? '/cache/1.sif' : 'abc',
      image: { path: '/i', digest: { sizeBytes: 1, sha256: '0' } },
    },
    program: '/usr/bin/one',
    arguments: ['a b', '$(id)', '-x'],
    workDirectory: '/jobs/3.1',
    environment: containerEnvironment(container, [
      ['TOKEN', 's3cret'],
      ['PATH', '/host'],
    ]),
    mounts: mountsOf(container),
    extra: [],
    name: 'skyloom-1',
    readsInput: true,
    memoryMb: 100,
    pidFile: '/logs/3.1.1.err.pid',
  }
}

const profile = (key: string, value: string) => ({ namespace: 'pegasus' as const, key, value })
const job = {
  profiles: [
    profile('container.arguments', '--net none'),
    profile('container.launcher', 'srun'),
    profile('container.launcher.arguments', '--exact'),
  ],
}

const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
const common = [
  ...['--mount', 'type=bind,source=/jobs/3.1,destination=/scratch'],
  ...['--mount', 'type=bind,source=/cal,destination=/cal,readonly'],
  ...[
    '--mount',
    'type=bind,"source=/a,b",destination=/c',
    '--workdir',
    '/scratch',
    '--env',
    'SKYLOOM_SPAWNER',
  ],
  ...['--env', 'TOKEN', '--env', 'PATH=/opt/bin', '--interactive'],
]
const command = ['--entrypoint', '/usr/bin/one', 'abc', 'a b', '$(id)', '-x']

test('Podman gets words, and no secret among them', () => {
  const { argv, environment, remove, pidFile } = launchContained(
    { job: job as never },
    program('podman', 'docker'),
  )
  expect(argv).toEqual([
    ...['srun', '--exact', '/tools/podman', 'run', '--rm', '--pull=never', '--name', 'skyloom-1'],
    ...(process.getuid?.() === 0 ? ['--user', user] : ['--userns=keep-id']),
    ...['--security-opt', 'label=disable', '--stop-timeout', '0', '--pidfile', '/logs/3.1.1.err.pid'],
    ...['--init', '--init-path', '/tools/catatonit', ...common, '--net', 'none', ...command],
  ])
  expect(environment).toContainEqual(['TOKEN', 's3cret'])
  expect(remove).toEqual(['/tools/podman', 'rm', '--force', 'skyloom-1'])
  expect(pidFile).toBe('/logs/3.1.1.err.pid')
})

test('Docker gets words, and is told of the memory', () => {
  const { argv, pidFile } = launchContained({ job: { profiles: [] } as never }, program('docker', 'docker'))
  expect(argv).toEqual([
    ...['/tools/docker', 'run', '--rm', '--pull=never', '--name', 'skyloom-1', '--user', user, '--init'],
    ...['--memory', '100000000b', ...common, ...command],
  ])
  expect(pidFile).toBeUndefined()
})

test('what the command of Docker used is not taken for what its program used', async () => {
  const ended = { id: '1', startMs: 0, endMs: 9, exitCode: 3, cpuMs: 20, maxRssBytes: 1 }
  const tool = { name: 'docker', path: '/tools/docker' } as const
  const launch = { argv: [], environment: [], remove: undefined }
  const result = await endContained(ended, { tool, program: '/one' }, launch, '')
  expect(result).toEqual({ id: '1', startMs: 0, endMs: 9, exitCode: 3 })
})

test('Apptainer gets words, and values that no shell reads', () => {
  const { argv, environment } = launchContained(
    { job: { profiles: [] } as never },
    program('apptainer', 'singularity'),
  )
  expect(argv).toEqual([
    ...['/tools/apptainer', '--silent', 'exec', '--cleanenv', '--no-home', '--home', '/srv'],
    ...['--bind', '/jobs/3.1:/srv'],
    ...['--bind', '/cal:/cal:ro', '--mount', 'type=bind,"source=/a,b",destination=/c', '--pwd', '/srv'],
    ...['/cache/1.sif', '/usr/bin/one', 'a b', '$(id)', '-x'],
  ])
  expect(environment).toEqual(
    expect.arrayContaining([
      ['APPTAINER_NO_EVAL', '1'],
      ['APPTAINERENV_TOKEN', 's3cret'],
      ['APPTAINERENV_PATH', '/opt/bin'],
    ]),
  )
})

test.each([
  ['bwrap', 1, 'bwrap: execvp /x: No such file', { startError: 'bwrap: execvp /x: No such file' }],
  ['bwrap', 1, 'no such star', {}],
  [
    'podman',
    127,
    'Error: crun: executable file not found',
    { startError: 'podman: crun: executable file not found' },
  ],
  ['podman', 125, 'no such star', {}],
  [
    'podman',
    1,
    'ERROR (catatonit:2): failed to exec pid1: No such file or directory',
    { startError: 'podman: /usr/bin/one: No such file or directory' },
  ],
  ['podman', 1, 'Error: no such star', {}],
  [
    'docker',
    127,
    '[FATAL tini (7)] exec /x failed: No such file or directory',
    { startError: 'docker: exec /x failed: No such file or directory' },
  ],
  ['apptainer', 255, 'FATAL:   could not open image', { startError: 'apptainer: could not open image' }],
  ['docker', 137, '', { signal: 'SIGKILL' }],
  ['bwrap', 7, 'bwrap: is not what I am', {}],
] as const)('%s ends with %i', (tool, code, words, meaning) => {
  expect(containedExit(tool, '/usr/bin/one', code, words)).toEqual(meaning)
})
