import type { ElementEnd, ElementState } from './batch-system.ts'

/** Hold codes of HTCondor (manual, "HoldReasonCode") that stand for memory, and for files that could not be moved. */
const MEMORY_CODES: ReadonlySet<string> = new Set(['34', '21.102'])
const FILE_CODES: ReadonlySet<string> = new Set(['6', '7', '8', '9', '12', '13', '14', '36'])

/**
 * Reads HTCondor's job event log as it grows. An event is a head line `NNN (cluster.proc.subproc) time text`, further lines, and
 * a line of three dots; one that is not complete is left for the next call.
 */
export class CondorEventLog {
  readonly #states = new Map<number, ElementState>()
  #rest = ''
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
    const events = (this.#rest + text).split(/^\.\.\.$\r?\n?/m)
    this.#rest = events.pop() ?? ''
    for (const event of events) this.#take(event)
  }

  #take(event: string): void {
    const [head = '', ...lines] = event.replace(/^\s+/, '').split('\n')
    const [, code, cluster, proc] = /^(\d{3}) \((\d+)\.(\d+)\.\d+\)/.exec(head) ?? []
    if (code === undefined || proc === undefined) return
    this.#cluster ??= cluster
    const number = Number(proc)
    const former = this.#states.get(number)
    // A late line about files or memory does not bring an element back.
    if (former?.phase === 'ended') return
    const state = stateAfter(code, head, lines)
    if (state !== undefined) this.#states.set(number, state)
  }
}

function stateAfter(code: string, head: string, lines: readonly string[]): ElementState | undefined {
  switch (code) {
    case '000':
    case '013':
      return { phase: 'pending' }
    case '001':
      return { phase: 'running', host: hostOf(lines) }
    case '004':
    case '007':
    case '024':
      // Evicted, its shadow died, or its node did not come back: HTCondor starts it again by itself.
      return { phase: 'pending', reason: text(lines) || head.replace(/^.*?\) \S+ \S+ /, '') }
    case '005':
      return { phase: 'ended', end: terminated(lines) }
    case '009': {
      const why = text(lines)
      return {
        phase: 'ended',
        end: { cause: 'removed', text: `HTCondor: removed${why === '' ? '' : `, ${why}`}` },
      }
    }
    case '012':
      return held(lines)
    default:
      return undefined
  }
}

function held(lines: readonly string[]): ElementState {
  const [, code = '', subcode = ''] = /Code (\d+) Subcode (\d+)/.exec(lines.join('\n')) ?? []
  const reason = `held: ${text(lines.slice(0, 1))} (code ${code}.${subcode})`
  const isMemory = MEMORY_CODES.has(code) || MEMORY_CODES.has(`${code}.${subcode}`)
  const cause = isMemory ? 'memory' : FILE_CODES.has(code) ? 'files' : 'person'
  return { phase: 'held', reason, cause }
}

function terminated(lines: readonly string[]): ElementEnd {
  const all = lines.join('\n')
  const value = /\(1\) Normal termination \(return value (-?\d+)\)/.exec(all)?.[1]
  if (value !== undefined)
    return { cause: value === '0' ? 'done' : 'failed', text: `HTCondor: ended with exit code ${value}` }
  const signal = /\(0\) Abnormal termination \(signal (\d+)\)/.exec(all)?.[1] ?? '?'
  return { cause: 'failed', text: `HTCondor: ended by signal ${signal}` }
}

function hostOf(lines: readonly string[]): string | undefined {
  return /SlotName: \S+?@(\S+)/.exec(lines.join('\n'))?.[1]
}

function text(lines: readonly string[]): string {
  return (lines.find((line) => line.trim() !== '') ?? '').trim()
}
