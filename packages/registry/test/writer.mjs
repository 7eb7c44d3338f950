// A process that commits without end, for tests that end it at any moment. Arguments: registry, run, owner, commits (0: without end).
// Each commit holds two events, one job, one file with a copy and a use: all of them or none.
import { openRegistry } from '@skyloom/registry'

const [url, runId, owner, count] = process.argv.slice(2)
const registry = await openRegistry(url)
const lease = await registry.runs.acquireLease(runId, owner, 1)
if (lease.isHeld) throw new Error('held')
let { lastSeq } = await registry.runs.get(runId)
for (let done = 0; Number(count) === 0 || done < Number(count); done++) {
  const number = lastSeq / 2
  const jobId = `job_${String(number).padStart(6, '0')}`
  const fileId = `${runId}/${jobId}`
  await registry.runs.commit(runId, lease.token, {
    events: [
      { seq: ++lastSeq, timeMs: number, type: 'first', jobId },
      { seq: ++lastSeq, timeMs: number, type: 'second', jobId },
    ],
    jobs: [
      {
        jobId,
        kind: 'compute',
        transformation: 't',
        state: 'succeeded',
        attemptCount: 1,
        maxRetries: 0,
        priority: 0,
        taskCount: 1,
        changedMs: number,
      },
    ],
    files: [{ id: fileId, lfn: jobId }],
    replicas: [{ fileId, site: 'local', pfn: `/data/${jobId}` }],
    generated: [{ jobId, attempt: 1, fileId }],
    used:
      number === 0
        ? []
        : [{ jobId, attempt: 1, fileId: `${runId}/job_${String(number - 1).padStart(6, '0')}` }],
  })
  process.stdout.write(`${lastSeq}\n`)
}
await registry.close()
