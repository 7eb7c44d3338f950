import { expect, test } from 'vitest'
import type { Invocation } from '../invocation/invocation.ts'
import { kickstartHost } from './kickstart-host.ts'
import { readKickstart } from './read-kickstart.ts'
import { writeKickstart } from './write-kickstart.ts'

const invocation: Invocation = {
  task: 1,
  taskId: 'ID0000001',
  transformation: 'mProject:6.0',
  executable: '/usr/bin/mProject',
  programSha256: 'ab',
  arguments: ['-e 1', 'raw: #1.fits', 'yes', '017', "it's", 'é\n'],
  workDirectory: '/scratch/run 1',
  environment: [['A', 'x: y']],
  site: 'local',
  host: 'vm.example.org',
  platform: 'Linux 6.1.0 x86_64',
  pid: 42,
  startMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  durationMs: 1234,
  cpuMs: 1100,
  maxRssBytes: 4096 * 1024,
  readBytes: undefined,
  writtenBytes: undefined,
  exitCode: 0,
  signal: undefined,
  inputs: [{ lfn: 'raw: #1.fits', path: '/data/raw.fits', sizeBytes: 5, sha256: '0'.repeat(64) }],
  outputs: [{ lfn: 'p.fits', path: '/out/p.fits', sizeBytes: 7, sha256: '1'.repeat(64) }],
  stdout: '[struct stat="OK", time=1]\n',
  stderr: '---\n- not: yaml\n',
}
const context = {
  workflow: 'm17',
  plannedMs: Date.UTC(2026, 0, 2),
  host: { ...kickstartHost(), user: 'ann' },
}

test('a record that was written reads back the same', () => {
  const [record, ...more] = readKickstart(writeKickstart(invocation, context), 'a.out.000')
  expect(more).toEqual([])
  expect(record).toMatchObject({
    transformation: 'mProject:6.0',
    taskId: 'ID0000001',
    site: 'local',
    host: 'vm.example.org',
    user: 'ann',
    pid: 42,
    workDirectory: '/scratch/run 1',
    startMs: invocation.startMs,
    durationMs: 1234,
    cpuMs: 1100,
    maxRssBytes: 4096 * 1024,
    exitCode: 0,
    executable: '/usr/bin/mProject',
    arguments: invocation.arguments,
  })
  const files = new Map(record?.files.map((file) => [file.name, file]))
  expect(files.get('raw: #1.fits')).toMatchObject({ sizeBytes: 5, sha256: '0'.repeat(64), isOutput: false })
  expect(files.get('p.fits')).toMatchObject({ path: '/out/p.fits', isOutput: true })
  expect(files.get('stdout')?.data).toBe(invocation.stdout)
  expect(files.get('stderr')?.data).toBe(invocation.stderr)
})

test.each([
  [{ exitCode: 3 }, 3],
  [{ exitCode: -1, signal: 'SIGKILL' }, -9],
])('%j reads as %i', (how, exitCode) => {
  const [record] = readKickstart(writeKickstart({ ...invocation, ...how }, context), 'a')
  expect(record?.exitCode).toBe(exitCode)
})

test('several records and what stands between them', () => {
  const one = writeKickstart(invocation, context)
  const text = `something before\n${one}[cluster-task id=1]\n${one}[cluster-summary stat="ok", lines=2, duration=3.5]\n`
  expect(readKickstart(text, 'a')).toHaveLength(2)
})

test('output without records has none; a damaged record is refused with its place', () => {
  expect(readKickstart('hello\n', 'a')).toEqual([])
  expect(() => readKickstart('- invocation: True\n  version: [', 'a.out.000')).toThrow(
    /a.out.000: the invocation record cannot be read.*RUNNER_BAD_RECORD/,
  )
  expect(() => readKickstart('- invocation: True\n  version: 3.0\n', 'a.out.000')).toThrow(
    'RUNNER_BAD_RECORD',
  )
})
