import type { AttemptRow, InvocationRow, JobRow, RunRow, Stored } from '@skyloom/registry'
import * as z from 'zod'
import type { EngineStore } from '../store/run-store.ts'

/** What reports need of a run, read once. */
export interface RunRecord {
  readonly run: RunRow
  /** Label of the run that this is a sub-workflow of. */
  readonly parentLabel: string | undefined
  readonly jobs: readonly Stored<JobRow>[]
  /** In order of attempts. */
  readonly attempts: ReadonlyMap<string, readonly Stored<AttemptRow>[]>
  /** By `job attempt`, in order of tasks. */
  readonly invocations: ReadonlyMap<string, readonly Stored<InvocationRow>[]>
  /** Times between start and end of engines, milliseconds. */
  readonly wallSpansMs: readonly (readonly [number, number])[]
}

/** Reads the rows of a run. @throws `REGISTRY_NOT_FOUND` */
export async function readRunRecord(store: EngineStore, runId: string): Promise<RunRecord> {
  const run = await store.get(runId)
  const jobs: Stored<JobRow>[] = []
  for await (const job of store.jobs(runId)) jobs.push(job)
  const attempts = new Map<string, Stored<AttemptRow>[]>()
  for await (const attempt of store.attempts(runId)) {
    const own = attempts.get(attempt.jobId)
    if (own === undefined) attempts.set(attempt.jobId, [attempt])
    else own.push(attempt)
  }
  for (const own of attempts.values()) own.sort((a, b) => a.attempt - b.attempt)
  const invocations = new Map<string, Stored<InvocationRow>[]>()
  for await (const row of store.invocations(runId)) {
    const key = invocationKey(row)
    const own = invocations.get(key)
    if (own === undefined) invocations.set(key, [row])
    else own.push(row)
  }
  const parentLabel = run.parentRunId === null ? undefined : (await store.get(run.parentRunId)).label
  return { run, parentLabel, jobs, attempts, invocations, wallSpansMs: await wallSpans(store, run) }
}

/** Key of the invocations of an attempt. */
export function invocationKey({
  jobId,
  attempt,
}: {
  readonly jobId: string
  readonly attempt: number
}): string {
  return `${attempt} ${jobId}`
}

/** Invocations of all attempts of a job that are tasks, not scripts around them. */
export function taskInvocations(
  record: RunRecord,
  attempt: Stored<AttemptRow>,
): readonly Stored<InvocationRow>[] {
  return (record.invocations.get(invocationKey(attempt)) ?? []).filter(({ task }) => task >= 0)
}

const imported = z.object({ wallSpansMs: z.array(z.tuple([z.number(), z.number()])) })

/** An engine that died counts until its last event. */
async function wallSpans(store: EngineStore, run: RunRow): Promise<readonly (readonly [number, number])[]> {
  const data = imported.safeParse(run.data)
  if (data.success) return data.data.wallSpansMs
  const spans: [number, number][] = []
  let start: number | undefined
  let last = 0
  for await (const { type, timeMs } of store.events(run.id)) {
    if (type === 'run-opened') {
      if (start !== undefined) spans.push([start, last])
      start = timeMs
    }
    last = timeMs
    if (type === 'run-ended' && start !== undefined) {
      spans.push([start, timeMs])
      start = undefined
    }
  }
  if (start !== undefined) spans.push([start, last])
  return spans
}
