/** One line of a static event log of Pegasus (`*.static.bp`): `ts=… event=… key="value" …`. */
export interface StaticEvent {
  readonly event: string
  readonly facts: ReadonlyMap<string, string>
}

/** The events of a static log. Lines of no such form are left out: the log is a by-product, not a protocol. */
export function readStaticEvents(text: string): readonly StaticEvent[] {
  const events: StaticEvent[] = []
  for (const line of text.split('\n')) {
    const facts = new Map<string, string>()
    for (const [, key = '', quoted, bare] of line.matchAll(/([\w.]+)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)) {
      facts.set(key, quoted === undefined ? (bare ?? '') : quoted.replaceAll(/\\(.)/g, '$1'))
    }
    const event = facts.get('event')
    if (event !== undefined) events.push({ event, facts })
  }
  return events
}

/** A line of `jobstate.log`. */
export interface JobStateLine {
  readonly timeMs: number
  readonly job: string
  readonly state: string
  /** Batch id, or code of an end. */
  readonly detail: string
  readonly site: string
  /** Number of the submission in the workflow; 0 for lines of the workflow itself. */
  readonly submission: number
}

/** Lines of a `jobstate.log`; those of the workflow have the job `INTERNAL`. */
export function readJobStates(text: string): readonly JobStateLine[] {
  return text.split('\n').flatMap((line) => {
    const internal = /^(\d+(?:\.\d+)?) INTERNAL \*\*\* (\S+) (?:(\S+) )?\*\*\*$/.exec(line)
    if (internal !== null) {
      const [, time = '', state = '', detail = ''] = internal
      return [{ timeMs: Number(time) * 1000, job: 'INTERNAL', state, detail, site: '', submission: 0 }]
    }
    const [time, job, state, detail = '', site = '', , submission] = line.split(' ')
    if (time === undefined || job === undefined || state === undefined || submission === undefined) return []
    return [{ timeMs: Number(time) * 1000, job, state, detail, site, submission: Number(submission) }]
  })
}
