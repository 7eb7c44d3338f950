import type { ElementEnd, ElementState } from './batch-system.ts'
import {
  type CondorEvent,
  CondorEventReader,
  firstLine,
  holdOf,
  hostOf,
  terminationOf,
} from './condor-events.ts'

/** States of the elements of a batch, from its job event log as it grows. */
export class CondorEventLog {
  readonly #states = new Map<number, ElementState>()
  readonly #reader = new CondorEventReader()
  #cluster: string | undefined

  /** Cluster of the first event. */
  get cluster(): string | undefined {
    return this.#cluster
  }

  /** State of each process of the cluster, by its number. */
  get states(): ReadonlyMap<number, ElementState> {
    return this.#states
  }

  /** Takes what was added to the log. */
  add(text: string): void {
    for (const event of this.#reader.add(text)) {
      this.#cluster ??= event.cluster
      // A late line about files or memory does not bring an element back.
      if (this.#states.get(event.proc)?.phase === 'ended') continue
      const state = stateAfter(event)
      if (state !== undefined) this.#states.set(event.proc, state)
    }
  }
}

function stateAfter(event: CondorEvent): ElementState | undefined {
  switch (event.code) {
    case '000':
    case '013':
      return { phase: 'pending' }
    case '001':
      return { phase: 'running', host: hostOf(event) }
    case '004':
    case '007':
    case '024':
      // Evicted, its shadow died, or its node did not come back: HTCondor starts it again by itself.
      return { phase: 'pending', reason: firstLine(event.lines) || event.text }
    case '005':
      return { phase: 'ended', end: terminated(event) }
    case '009': {
      const why = firstLine(event.lines)
      return {
        phase: 'ended',
        end: { cause: 'removed', text: `HTCondor: removed${why === '' ? '' : `, ${why}`}` },
      }
    }
    case '012': {
      const { reason, code, cause } = holdOf(event)
      return { phase: 'held', reason: `held: ${reason} (code ${code})`, cause }
    }
    default:
      return undefined
  }
}

function terminated(event: CondorEvent): ElementEnd {
  const { exitCode, signal } = terminationOf(event)
  if (exitCode === undefined) return { cause: 'failed', text: `HTCondor: ended by signal ${signal ?? '?'}` }
  return { cause: exitCode === 0 ? 'done' : 'failed', text: `HTCondor: ended with exit code ${exitCode}` }
}
