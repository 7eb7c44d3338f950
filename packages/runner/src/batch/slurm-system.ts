import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '@skyloom/base'
import type {
  BatchSubmission,
  BatchSystem,
  ElementEnd,
  ElementState,
  QueuedBatch,
  RefusedSubmission,
} from './batch-system.ts'
import {
  cancelElements,
  elementMemoryMb,
  elementNames,
  requireScheduler,
  schedulerProgram,
  silentScheduler,
  submissionAnswer,
} from './scheduler-program.ts'
import { type ElementEnds, SlurmAccounting } from './slurm-accounting.ts'
import { slurmEnd, slurmWaiting } from './slurm-states.ts'

/** Variables of the submitting side that elements get; everything else is the node's own. */
const EXPORTED = 'PATH,HOME,USER,LOGNAME,LANG,TZ'
/** What sbatch says when its controller does not answer. */
const OUTAGE =
  /unable to contact|socket timed out|connection (?:refused|reset|timed out)|communication|zero bytes|unable to resolve|slurm_persist|temporarily|try again|protocol authentication|munge/i
/** What sbatch says when an association or a quality of service bounds the jobs that may be in the queue: an element counts as one. */
const FULL = /\b(?:Assoc|QOS)\w*Submit\w*Limit/
/** Time that staging may take beside the program. */
const STAGING_MS = 60_000

/** What the queue does not show for so long, and nobody else knows, is gone. */
const FORGOTTEN_MS = 60_000
const FORGOTTEN: ElementEnd = { cause: 'infrastructure', text: 'Slurm has forgotten it' }

interface Unseen {
  readonly id: string
  readonly elements: readonly number[]
  readonly sinceMs: number
}

/** Slurm by its programs: job arrays, `squeue`, and `sacct` for what has left the queue. Written for 20.11 and later. */
export class SlurmSystem implements BatchSystem {
  readonly name = 'slurm'
  readonly queryMs: number
  readonly #clock: Clock
  readonly #accounting = new SlurmAccounting()
  /** Elements whose end is known, by batch. */
  readonly #told = new Map<string, Set<number>>()
  /** Elements that the queue does not show and whose end is not known, by batch. */
  readonly #unseen = new Map<string, Unseen>()
  #asksQueue = false

  constructor(queryMs = 10_000, clock: Clock = systemClock) {
    this.queryMs = queryMs
    this.#clock = clock
  }

  async check(): Promise<void> {
    await requireScheduler({ name: 'Slurm', host: 'a host that submits to Slurm' }, 'sbatch', ['--version'])
    await requireScheduler({ name: 'Slurm', host: 'a host that submits to Slurm' }, 'scontrol', ['ping'])
  }

  async slots(directives: readonly string[]): Promise<number | undefined> {
    const partition = directives.find((word) => word.startsWith('--partition='))?.slice(12)
    const answer = await schedulerProgram('sinfo', [
      '--noheader',
      '--format=%P|%C',
      ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ])
    if (answer.code !== 0 && OUTAGE.test(answer.stderr)) throw silentScheduler('sinfo', answer)
    const rows = answer.stdout.split('\n').map((row) => row.split('|'))
    const [, cores = ''] =
      rows.find(([name]) => partition !== undefined || name?.endsWith('*') === true) ?? []
    const total = Number(cores.split('/')[3])
    return Number.isFinite(total) && total > 0 ? total : undefined
  }

  async submit(batch: BatchSubmission): Promise<string | RefusedSubmission> {
    const words = [
      '--parsable',
      `--job-name=${batch.name}`,
      `--array=0-${batch.elements - 1}`,
      `--chdir=${batch.folder}`,
      `--output=${join(batch.folder, 'logs', '%a.out')}`,
      `--error=${join(batch.folder, 'logs', '%a.err')}`,
      `--export=${EXPORTED}`,
      `--cpus-per-task=${Math.max(1, Math.ceil(batch.cores))}`,
      `--mem=${Math.ceil((elementMemoryMb(batch) * 1e6) / 2 ** 20)}M`,
      // Slurm counts whole minutes.
      ...(batch.timeMs > 0 ? [`--time=${Math.ceil((batch.timeMs + STAGING_MS) / 60_000)}`] : []),
      // Only an operator may ask for more than others get.
      ...(batch.priority < 0 ? [`--nice=${-batch.priority}`] : []),
      '--requeue',
      ...batch.directives,
      batch.script,
      batch.folder,
    ]
    const answer = await schedulerProgram('sbatch', words, { cwd: batch.folder })
    const patterns = { id: /^(\d+)/m, outage: OUTAGE, full: FULL }
    return await submissionAnswer('sbatch', answer, patterns, ['scontrol', 'ping'])
  }

  async find({ name }: Omit<QueuedBatch, 'id'>): Promise<string | undefined> {
    const queued = await schedulerProgram('squeue', [
      '--noheader',
      '--all',
      '--states=all',
      `--name=${name}`,
      '--format=%F',
    ])
    const id = /^\d+/m.exec(queued.stdout)?.[0]
    if (id !== undefined) return id
    if (queued.code !== 0) throw silentScheduler('squeue', queued)
    const words = ['--noheader', '--parsable2', '--allocations', `--name=${name}`, '--format=jobid']
    const known = await schedulerProgram('sacct', [...words, '--starttime=now-14days'])
    return /^(\d+)/m.exec(known.stdout)?.[1]
  }

  async query(
    batches: readonly QueuedBatch[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, ElementState>>> {
    const open = new Map(batches.map((batch) => [batch.name, batch]))
    for (const name of this.#told.keys()) if (!open.has(name)) this.#told.delete(name)
    for (const name of this.#unseen.keys()) if (!open.has(name)) this.#unseen.delete(name)
    // One question at a time: about the queue, or about what has left it.
    this.#asksQueue = !this.#asksQueue || this.#unseen.size === 0
    return this.#asksQueue ? await this.#queued(batches) : await this.#ended()
  }

  async #queued(batches: readonly QueuedBatch[]): Promise<Map<string, Map<number, ElementState>>> {
    const answer = await schedulerProgram('squeue', [
      '--noheader',
      '--array',
      // Partitions that are hidden from others, too.
      '--all',
      `--user=${userInfo().username}`,
      '--states=all',
      '--format=%F|%K|%T|%r|%N',
    ])
    if (answer.code !== 0) throw silentScheduler('squeue', answer)
    const byId = new Map(batches.map(({ id }) => [id, new Map<number, ElementState>()]))
    for (const line of answer.stdout.split('\n')) {
      const [id = '', element = '', state = '', reason = '', host = ''] = line.split('|')
      const end = slurmEnd(state, undefined, host)
      byId
        .get(id)
        ?.set(
          Number(element),
          end === undefined ? slurmWaiting(state, reason, host) : { phase: 'ended', end },
        )
    }
    const now = this.#clock.monotonicMs()
    for (const { name, id, elements } of batches) {
      const states = byId.get(id) ?? new Map<number, ElementState>()
      const told = this.#tell(name, states)
      const left = Array.from({ length: elements }, (_, element) => element).filter(
        (element) => !states.has(element) && !told.has(element),
      )
      if (left.length === 0) this.#unseen.delete(name)
      else this.#unseen.set(name, { id, elements: left, sinceMs: this.#unseen.get(name)?.sinceMs ?? now })
    }
    return new Map(batches.map(({ name, id }) => [name, byId.get(id) ?? new Map<number, ElementState>()]))
  }

  /** Remembers of which elements the end was told; the queue forgets them after some minutes. */
  #tell(name: string, states: ReadonlyMap<number, ElementState>): ReadonlySet<number> {
    const told = this.#told.get(name) ?? new Set<number>()
    for (const [element, { phase }] of states)
      if (phase === 'ended') told.add(element)
      else told.delete(element)
    this.#told.set(name, told)
    return told
  }

  /** What became of elements that the queue does not show. */
  async #ended(): Promise<Map<string, Map<number, ElementState>>> {
    const known = await this.#accounting.ended([...this.#unseen.values()].map(({ id }) => id))
    const states = new Map<string, Map<number, ElementState>>()
    let completed: ElementEnds | undefined
    for (const [name, { id, elements, sinceMs }] of this.#unseen) {
      const found = new Map<number, ElementState>()
      const isForgotten = this.#clock.monotonicMs() - sinceMs >= FORGOTTEN_MS
      for (const element of elements) {
        let end = known?.get(id)?.get(element)
        if (end === undefined && (known === undefined || isForgotten)) {
          completed ??= await this.#accounting.completed()
          end = completed.get(id)?.get(element)
        }
        end ??= isForgotten ? FORGOTTEN : undefined
        if (end !== undefined) found.set(element, { phase: 'ended', end })
      }
      this.#tell(name, found)
      states.set(name, found)
    }
    return states
  }

  async cancel(batch: QueuedBatch, elements?: readonly number[]): Promise<void> {
    await cancelElements('scancel', elementNames(batch, '_', elements), /invalid job id/i)
  }
}
