import { type CondorEvent, firstLine, holdOf, hostOf, terminationOf } from '../batch/condor-events.ts'

/** How the job or the POST script of a node ended. */
export interface NodeEnd {
  readonly timeMs: number
  readonly exitCode?: number | undefined
  readonly signal?: number | undefined
  /** It was taken out of the queue, and why. */
  readonly removed?: string | undefined
}

/** A job of a node in the queue of HTCondor. */
export interface NodeJob {
  readonly node: string
  /** As HTCondor calls it, `429.0`. */
  readonly externalId: string
  readonly cluster: string
  readonly submittedMs: number
  /** Begin of the program, as often as it was begun the last one. */
  startedMs: number | undefined
  host: string | undefined
  /** HTCondor took it from its slot at this time, and will begin it again. */
  evicted: { readonly timeMs: number; readonly reason: string } | undefined
  /** Why it is held now. */
  held: string | undefined
  /** The last hold, which may be why it was removed. */
  lastHold: ReturnType<typeof holdOf> | undefined
  maxRssBytes: number | undefined
  end: NodeEnd | undefined
}

/** What an event of the log means for its node. */
export type NodeMove =
  | { readonly type: 'submitted' | 'started' | 'released'; readonly timeMs: number; readonly job: NodeJob }
  | { readonly type: 'held'; readonly timeMs: number; readonly job: NodeJob; readonly reason: string }
  /** A job that had been evicted is begun again. `before` is the time that it lost. */
  | {
      readonly type: 'restarted'
      readonly timeMs: number
      readonly job: NodeJob
      readonly before: Pick<NodeJob, 'startedMs' | 'host'> & NonNullable<NodeJob['evicted']>
    }
  | {
      readonly type: 'ended'
      readonly timeMs: number
      readonly job: NodeJob
      readonly end: NodeEnd
      readonly post: NodeEnd | undefined
    }

/**
 * The nodes of a DAG as their job event log tells: which job each has in the queue and what happens to it. A pure fold, so that
 * reading the log again up to a place gives the state that it had there.
 */
export class DagNodes {
  readonly #hasPost: (node: string) => boolean
  readonly #jobs = new Map<string, NodeJob>()

  /** @param hasPost whether a node ends with a POST script */
  constructor(hasPost: (node: string) => boolean) {
    this.#hasPost = hasPost
  }

  /** The job of a node that is in the queue. */
  jobOf(node: string): NodeJob | undefined {
    for (const job of this.#jobs.values()) if (job.node === node) return job
    return undefined
  }

  take(event: CondorEvent): readonly NodeMove[] {
    const { code, cluster, proc, subproc, timeMs, lines } = event
    const key = `${cluster}.${proc}.${subproc}`
    if (code === '000') return this.#submitted(event, key)
    const job = this.#jobs.get(key)
    if (job === undefined) return []
    switch (code) {
      case '001':
        return started(job, event)
      case '004':
      case '007':
      case '024':
        // Its shadow died, its node did not come back, or it had to make room: HTCondor begins it again by itself.
        job.evicted ??= { timeMs, reason: evictionReason(event) }
        return []
      case '006':
        job.maxRssBytes = Math.max(job.maxRssBytes ?? 0, residentBytes(lines))
        return []
      case '005':
        return this.#ended(key, job, { timeMs, ...terminationOf(event) })
      case '009':
        return this.#ended(key, job, { timeMs, removed: firstLine(lines) })
      case '012': {
        job.lastHold = holdOf(event)
        job.held = `${job.lastHold.reason} (code ${job.lastHold.code})`
        return [{ type: 'held', timeMs, job, reason: job.held }]
      }
      case '013':
        job.held = undefined
        job.lastHold = undefined
        return [{ type: 'released', timeMs, job }]
      case '016': {
        if (job.end === undefined) return []
        this.#jobs.delete(key)
        return [{ type: 'ended', timeMs, job, end: job.end, post: { timeMs, ...terminationOf(event) } }]
      }
      default:
        return []
    }
  }

  #submitted({ cluster, proc, timeMs, lines }: CondorEvent, key: string): readonly NodeMove[] {
    const node = /^\s*DAG Node: (\S+)/m.exec(lines.join('\n'))?.[1]
    if (node === undefined || this.#jobs.has(key)) return []
    const job: NodeJob = {
      node,
      // Nodes without a job (NOOP) have cluster 0 in the log and nothing in the queue.
      externalId: `${cluster}.${proc}`,
      cluster,
      submittedMs: timeMs,
      startedMs: undefined,
      host: undefined,
      evicted: undefined,
      held: undefined,
      lastHold: undefined,
      maxRssBytes: undefined,
      end: undefined,
    }
    this.#jobs.set(key, job)
    return [{ type: 'submitted', timeMs, job }]
  }

  #ended(key: string, job: NodeJob, end: NodeEnd): readonly NodeMove[] {
    if (job.end !== undefined) return []
    job.end = end
    job.held = undefined
    if (this.#hasPost(job.node)) return []
    this.#jobs.delete(key)
    return [{ type: 'ended', timeMs: end.timeMs, job, end, post: undefined }]
  }
}

function started(job: NodeJob, event: CondorEvent): readonly NodeMove[] {
  const { timeMs } = event
  const before = { startedMs: job.startedMs, host: job.host, evicted: job.evicted }
  job.startedMs = timeMs
  job.host = hostOf(event)
  job.evicted = undefined
  if (before.evicted === undefined || before.startedMs === undefined)
    return [{ type: 'started', timeMs, job }]
  const { startedMs, host, evicted } = before
  return [{ type: 'restarted', timeMs, job, before: { startedMs, host, ...evicted } }]
}

function evictionReason({ code, lines, text }: CondorEvent): string {
  if (code !== '004') return firstLine(lines) || text
  // The lines of an eviction are figures; a line without a tab-separated figure says why.
  const why = lines.find((line) => /^\t\S/.test(line) && !/^\t(?:\(\d\)|\d+ {2}-|Partitionable)/.test(line))
  return why?.trim() ?? 'it was evicted from its slot'
}

function residentBytes(lines: readonly string[]): number {
  return Number(/(\d+)\s+-\s+ResidentSetSize of job \(KB\)/.exec(lines.join('\n'))?.[1] ?? 0) * 1024
}
