import { expect, test } from 'vitest'
import { CondorEventLog } from './condor-event-log.ts'

/** Lines as HTCondor 23.9 wrote them for a cluster of two, one of which lacked an input. */
const LOG = `000 (110.000.000) 2026-11-22 19:24:07 Job submitted from host: <127.0.0.1:19618?addrs=127.0.0.1-19618>
...
000 (110.001.000) 2026-11-22 19:24:07 Job submitted from host: <127.0.0.1:19618?addrs=127.0.0.1-19618>
...
040 (110.000.000) 2026-11-22 19:24:07 Started transferring input files
	Transferring to host: <127.0.0.1:19618?addrs=127.0.0.1-19618&sock=slot1_1_61_badc_1>
...
001 (110.000.000) 2026-11-22 19:24:07 Job executing on host: <127.0.0.1:19618?addrs=127.0.0.1-19618>
	SlotName: slot1_1@node7
	CondorScratchDir = "/var/lib/condor/execute/dir_612"
	Cpus = 1
...
004 (110.001.000) 2026-11-22 19:24:07 Job was evicted.
	(0) CPU times
		Usr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage
...
006 (110.000.000) 2026-11-22 19:24:07 Image size of job updated: 1
	5  -  MemoryUsage of job (MB)
...
012 (110.001.000) 2026-11-22 19:24:07 Job was held.
	Transfer input files failure at access point localhost. Details: reading from file /x: (errno 2) No such file
	Code 13 Subcode 2
...
005 (110.000.000) 2026-11-22 19:24:07 Job terminated.
	(1) Normal termination (return value 3)
		Usr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage
...
`

test('the log of a cluster gives the state of each of its jobs, in whatever pieces it is read', () => {
  for (const size of [1, 7, 64, LOG.length]) {
    const log = new CondorEventLog()
    for (let at = 0; at < LOG.length; at += size) log.add(LOG.slice(at, at + size))
    expect(log.cluster).toBe('110')
    expect(log.states.get(0)).toEqual({
      phase: 'ended',
      end: { cause: 'failed', text: 'HTCondor: ended with exit code 3' },
    })
    expect(log.states.get(1)).toMatchObject({ phase: 'held', cause: 'files' })
  }
})

test('an event counts when it is complete', () => {
  const log = new CondorEventLog()
  log.add(
    '001 (7.000.000) 2026-11-22 19:24:07 Job executing on host: <127.0.0.1>\n\tSlotName: slot1@node7\n..',
  )
  expect(log.states.size).toBe(0)
  log.add('.\n')
  expect(log.states.get(0)).toEqual({ phase: 'running', host: 'node7' })
})

test.each([
  [
    '012 (7.000.000) 2026-11-22 19:24:07 Job was held.\n\tOver memory\n\tCode 34 Subcode 0',
    { cause: 'memory' },
  ],
  ['012 (7.000.000) 2026-11-22 19:24:07 Job was held.\n\tPolicy\n\tCode 21 Subcode 102', { cause: 'memory' }],
  [
    '012 (7.000.000) 2026-11-22 19:24:07 Job was held.\n\tvia condor_hold\n\tCode 1 Subcode 0',
    { cause: 'person' },
  ],
  ['013 (7.000.000) 2026-11-22 19:24:07 Job was released.\n\tvia condor_release', { phase: 'pending' }],
  ['024 (7.000.000) 2026-11-22 19:24:07 Job reconnection failed\n\tno answer', { phase: 'pending' }],
  [
    '005 (7.000.000) 2026-11-22 19:24:07 Job terminated.\n\t(0) Abnormal termination (signal 9)',
    { end: { cause: 'failed', text: 'HTCondor: ended by signal 9' } },
  ],
  [
    '009 (7.000.000) 2026-11-22 19:24:07 Job was aborted.\n\tvia condor_rm (by user ann)',
    { end: { cause: 'removed', text: 'HTCondor: removed, via condor_rm (by user ann)' } },
  ],
])('%s', (event, expected) => {
  const log = new CondorEventLog()
  log.add(`${event}\n...\n`)
  expect(log.states.get(0)).toMatchObject(expected)
})
