/** An event of a job event log of HTCondor. */
export interface CondorEvent {
  /** Three digits, as the manual numbers them ("Job Event Log Codes"). */
  readonly code: string
  readonly cluster: string
  readonly proc: number
  readonly subproc: number
  /** Milliseconds since 1970; logs tell seconds of this machine's local time unless they are set to UTC. */
  readonly timeMs: number
  /** What stands behind the time. */
  readonly text: string
  readonly lines: readonly string[]
}

/**
 * Takes a job event log apart as it grows. An event is a head line `NNN (cluster.proc.subproc) time text`, further lines, and a
 * line of three dots; one that is not complete is left for the next call.
 */
export class CondorEventReader {
  #rest = ''

  /** Takes what was added to the log. @returns the events that are complete now */
  add(text: string): readonly CondorEvent[] {
    const parts = (this.#rest + text).split(/^\.\.\.$\r?\n?/m)
    this.#rest = parts.pop() ?? ''
    return parts.flatMap((part) => {
      const event = eventOf(part)
      return event === undefined ? [] : [event]
    })
  }
}

const HEAD =
  /^(\d{3}) \((\d+)\.(\d+)\.(\d+)\) (?:(\d{4}-\d\d-\d\d)[ T]|(\d\d)\/(\d\d) )(\d\d:\d\d:\d\d(?:\.\d+)?)(Z?) ?(.*)$/

function eventOf(part: string): CondorEvent | undefined {
  const [head = '', ...lines] = part.replace(/^\s+/, '').split(/\r?\n/)
  const [, code, cluster, proc, subproc, day, month, date, time = '', zone = '', text = ''] =
    HEAD.exec(head) ?? []
  if (code === undefined || cluster === undefined) return undefined
  // Logs of HTCondor before 9.0 leave the year out.
  const on = day ?? `${new Date().getFullYear()}-${month ?? ''}-${date ?? ''}`
  return {
    code,
    // Numbers are filled up with zeros in logs, and nowhere else.
    cluster: String(Number(cluster)),
    proc: Number(proc),
    subproc: Number(subproc),
    timeMs: Date.parse(`${on}T${time}${zone}`),
    text,
    lines,
  }
}

/** How a program ended, as an event of code 005 or 016 says. */
export function terminationOf({ lines }: CondorEvent): {
  readonly exitCode?: number
  readonly signal?: number
} {
  const all = lines.join('\n')
  const code = /\(1\) Normal termination \(return value (-?\d+)\)/.exec(all)?.[1]
  if (code !== undefined) return { exitCode: Number(code) }
  const signal = /\(0\) Abnormal termination \(signal (\d+)\)/.exec(all)?.[1]
  return signal === undefined ? {} : { signal: Number(signal) }
}

/** Hold codes of HTCondor (manual, "HoldReasonCode") that stand for memory, and for files that could not be moved. */
const MEMORY_CODES: ReadonlySet<string> = new Set(['34', '21.102'])
const FILE_CODES: ReadonlySet<string> = new Set(['6', '7', '8', '9', '12', '13', '14', '36'])

/** Why a job is held, as an event of code 012 says. */
export function holdOf({ lines }: CondorEvent): {
  readonly reason: string
  /** Code and subcode of the manual's table, `13.2`. */
  readonly code: string
  readonly cause: 'memory' | 'files' | 'person'
} {
  const [, code = '', subcode = ''] = /Code (\d+) Subcode (\d+)/.exec(lines.join('\n')) ?? []
  const isMemory = MEMORY_CODES.has(code) || MEMORY_CODES.has(`${code}.${subcode}`)
  return {
    reason: firstLine(lines.slice(0, 1)),
    code: `${code}.${subcode}`,
    cause: isMemory ? 'memory' : FILE_CODES.has(code) ? 'files' : 'person',
  }
}

/** Host of a slot, as an event of code 001 says. */
export function hostOf({ lines }: CondorEvent): string | undefined {
  return /SlotName: \S+?@(\S+)/.exec(lines.join('\n'))?.[1]
}

/** The first line of an event that is not empty. */
export function firstLine(lines: readonly string[]): string {
  return (lines.find((line) => line.trim() !== '') ?? '').trim()
}
