import type { RunEvent } from '../machine/run-event.ts'

/** What is told to people and programs. */
const NOTICE_EVENTS = [
  'run.start',
  'run.pause',
  'run.success',
  'run.failure',
  'job.start',
  'job.success',
  'job.failure',
] as const

/** Kind of a notice. */
export type NoticeEvent = (typeof NOTICE_EVENTS)[number]

/** What may be asked for: a kind of notices, both ends of runs or jobs, or everything. */
export type NoticeTopic = NoticeEvent | 'run.end' | 'job.end' | 'all'

/** All that may be asked for. */
export const NOTICE_TOPICS: readonly NoticeTopic[] = [...NOTICE_EVENTS, 'run.end', 'job.end', 'all']

/** Something that happened in a run. */
export interface Notice {
  readonly event: NoticeEvent
  /** ISO 8601, UTC. */
  readonly time: string
  /** Of a job. */
  readonly job?: string | undefined
  readonly transformation?: string | undefined
  /** From 1. */
  readonly attempt?: number | undefined
  /** Why a job failed or a run paused, in one line. */
  readonly reason?: string | undefined
  /** How a run ended. */
  readonly status?: 'succeeded' | 'failed' | 'canceled' | undefined
  /** Jobs of a run by state, at its end. */
  readonly counts?:
    | Readonly<Record<'succeeded' | 'failed' | 'held' | 'canceled' | 'total', number>>
    | undefined
}

/** What is sent at once: notices of one run, oldest first. */
export interface NoticeMessage {
  /** The same for each try: who gets it twice can tell. */
  readonly id: string
  readonly run: string
  readonly workflow: string
  readonly directory: string
  readonly host: string
  readonly notices: readonly Notice[]
  /** Notices that were left out because too many came. */
  readonly omitted: number
}

/** Names that a notice needs of the plan. */
export interface NoticeNames {
  name(job: number): string
  transformation(job: number): string
}

/** The notice of an event; most have none. A try that is followed by another one is no news. */
export function noticeOf(
  event: RunEvent,
  names: NoticeNames,
  counts: () => NonNullable<Notice['counts']>,
): Notice | undefined {
  const time = new Date(event.time).toISOString()
  const ofJob = (
    job: number,
    attempt: number,
  ): Pick<Notice, 'time' | 'job' | 'transformation' | 'attempt'> => ({
    time,
    job: names.name(job),
    transformation: names.transformation(job),
    attempt,
  })
  switch (event.type) {
    case 'run-opened':
      return { event: 'run.start', time }
    case 'run-paused':
      return { event: 'run.pause', time, reason: event.reason }
    case 'run-ended':
      return {
        event: event.status === 'succeeded' ? 'run.success' : 'run.failure',
        time,
        status: event.status,
        counts: counts(),
      }
    case 'attempt-started':
      return { event: 'job.start', ...ofJob(event.job, event.attempt) }
    case 'attempt-ended': {
      if (event.next === 'retry') return undefined
      const facts = ofJob(event.job, event.attempt)
      if (event.next === 'done') return { event: 'job.success', ...facts }
      return { event: 'job.failure', ...facts, reason: event.failure?.message }
    }
    default:
      return undefined
  }
}

/** Whether a notice is among those that were asked for. */
export function isWanted(topics: readonly NoticeTopic[], event: NoticeEvent): boolean {
  const [level = '', what = ''] = event.split('.')
  const isEnd = what === 'success' || what === 'failure'
  return topics.some((topic) => topic === 'all' || topic === event || (isEnd && topic === `${level}.end`))
}
