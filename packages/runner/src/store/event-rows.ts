import { lazily } from '@skyloom/base'
import type { JsonValue, RunEvent as StoredEvent } from '@skyloom/registry'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'
import { FAILURE_KINDS, type RunEvent } from '../machine/run-event.ts'

const runEvent = lazily(() => {
  const failure = z.object({
    kind: z.enum(FAILURE_KINDS),
    message: z.string(),
    exitCode: z.number().optional(),
    signal: z.string().optional(),
  })
  const time = z.number()
  const job = z.number().int()
  const reason = z.string()

  return z.discriminatedUnion('type', [
    z.object({ type: z.literal('run-opened'), time, engine: z.string(), token: z.number() }),
    z.object({
      type: z.literal('attempt-started'),
      time,
      job,
      attempt: z.number().int(),
      memoryMb: z.number().optional(),
      timeoutMs: z.number().optional(),
    }),
    z.object({
      type: z.literal('attempt-ended'),
      time,
      job,
      attempt: z.number().int(),
      outcome: z.enum(['succeeded', 'failed', 'lost', 'canceled']),
      next: z.enum(['done', 'retry', 'held', 'failed', 'canceled']),
      failure: failure.optional(),
      retryAt: z.number().optional(),
      memoryMb: z.number().optional(),
      timeoutMs: z.number().optional(),
      reused: z.string().optional(),
      made: z.array(z.tuple([z.string(), z.string()])).optional(),
    }),
    z.object({
      type: z.enum(['attempt-held', 'attempt-released']),
      time,
      job,
      attempt: z.number().int(),
      reason,
    }),
    z.object({ type: z.enum(['job-held', 'job-released', 'job-canceled', 'job-reset']), time, job, reason }),
    z.object({ type: z.literal('run-paused'), time, reason, waitsFor: z.literal('space').optional() }),
    z.object({ type: z.enum(['run-resumed', 'run-canceled']), time, reason }),
    z.object({ type: z.literal('run-ended'), time, status: z.enum(['succeeded', 'failed', 'canceled']) }),
  ])
})

const facts = lazily(() => z.record(z.string(), z.unknown()).catch({}))

/** An event as the registry keeps it. */
export function storedEvent(event: RunEvent, seq: number, nameOf: (job: number) => string): StoredEvent {
  const { type, time: timeMs, ...rest } = event
  if (!('job' in rest)) return { seq, timeMs, type, data: rest }
  const { job: number, ...more } = rest
  const jobId = nameOf(number)
  if (!('attempt' in more)) return { seq, timeMs, type, jobId, data: more }
  const { attempt, ...facts } = more
  return { seq, timeMs, type, jobId, attempt, data: facts as JsonValue }
}

/**
 * An event of the registry, checked.
 *
 * @throws {RunnerError} `RUNNER_BAD_EVENT` when it does not fit or its job is not in the plan
 */
export function readEvent(stored: StoredEvent, find: (name: string) => number | undefined): RunEvent {
  const { seq, type, timeMs, jobId, attempt, data } = stored
  const number = jobId === undefined ? undefined : find(jobId)
  const candidate = {
    ...facts().parse(data),
    type,
    time: timeMs,
    ...(number === undefined ? {} : { job: number }),
    ...(attempt === undefined ? {} : { attempt }),
  }
  const result = runEvent().safeParse(candidate)
  // The schema is written to describe RunEvent; the round trip in its test fails when they part.
  if (result.success) return result.data as RunEvent
  throw new RunnerError('RUNNER_BAD_EVENT', 'an event of the run cannot be read', {
    where: [`event ${seq}`],
    found: `${type}${jobId === undefined ? '' : ` of ${jobId}`}: ${z.prettifyError(result.error)}`,
    remedy: 'the plan of the run was changed, or the registry is damaged',
  })
}
