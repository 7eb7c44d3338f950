import { expect, test } from 'vitest'
import { slurmEnd, slurmWaiting } from './slurm-states.ts'

test.each([
  ['COMPLETED', '0:0', 'done'],
  ['FAILED', '7:0', 'failed'],
  ['TIMEOUT', '0:15', 'time'],
  ['OUT_OF_MEMORY', '0:125', 'memory'],
  ['NODE_FAIL', '0:0', 'infrastructure'],
  ['PREEMPTED', '0:0', 'infrastructure'],
  ['CANCELLED by 0', '0:15', 'removed'],
  ['CANCELLED+', '0:15', 'removed'],
])('%s %s means %s', (state, code, cause) => {
  expect(slurmEnd(state, code, 'wn1')).toMatchObject({ cause, host: 'wn1' })
})

test.each(['PENDING', 'RUNNING', 'COMPLETING', 'CONFIGURING', 'SUSPENDED', 'REQUEUED', ''])(
  '%s has not ended',
  (state) => {
    expect(slurmEnd(state, '0:0', 'None assigned')).toBeUndefined()
  },
)

test('a job that waits for its turn is pending, one that waits for a person is held', () => {
  expect(slurmWaiting('PENDING', 'Priority', '')).toMatchObject({ phase: 'pending' })
  expect(slurmWaiting('PENDING', 'Resources', '')).toMatchObject({ phase: 'pending' })
  expect(slurmWaiting('PENDING', 'PartitionDown', '')).toMatchObject({ phase: 'pending' })
  expect(slurmWaiting('PENDING', 'JobHeldAdmin', '')).toMatchObject({ phase: 'held', cause: 'person' })
  // As squeue prints it after a node refused the job, here for an id that a restarted controller gave twice.
  expect(slurmWaiting('PENDING', 'launch failed requeued held', '')).toMatchObject({
    phase: 'held',
    cause: 'infrastructure',
  })
  expect(slurmWaiting('PENDING', 'PartitionConfig', '')).toMatchObject({ phase: 'held', cause: 'never' })
  expect(slurmWaiting('RUNNING', 'None', 'wn2')).toEqual({ phase: 'running', host: 'wn2' })
})
