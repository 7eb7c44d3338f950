import type { RunCommand, RunEvent } from './run-event.ts'

/** What an event that is stored makes the engine do. */
export function commandsOf(event: RunEvent): readonly RunCommand[] {
  switch (event.type) {
    case 'attempt-started':
      return [
        ...(event.attempt === 1 ? [{ type: 'hook', on: 'start', job: event.job } as const] : []),
        {
          type: 'submit',
          job: event.job,
          attempt: event.attempt,
          memoryMb: event.memoryMb ?? 0,
          timeoutMs: event.timeoutMs,
          startedMs: event.time,
        },
      ]
    case 'attempt-ended':
      if (event.next === 'done') return [{ type: 'hook', on: 'success', job: event.job }]
      return event.next === 'failed' || event.next === 'held'
        ? [{ type: 'hook', on: 'error', job: event.job }]
        : []
    case 'run-ended':
      return [{ type: 'end', status: event.status }]
    default:
      return []
  }
}
