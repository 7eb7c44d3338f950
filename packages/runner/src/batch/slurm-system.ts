import { userInfo } from 'node:os'
import { join } from 'node:path'
import { RunnerError } from '../errors.ts'
import type {
  BatchSubmission,
  BatchSystem,
  ElementState,
  QueuedBatch,
  RefusedSubmission,
} from './batch-system.ts'
import { schedulerLine, schedulerProgram, silentScheduler } from './scheduler-program.ts'
import { slurmEnd, slurmWaiting } from './slurm-states.ts'

/** Variables of the submitting side that elements get; everything else is the node's own. */
const EXPORTED = 'PATH,HOME,USER,LOGNAME,LANG,TZ'
/** What sbatch says when its controller does not answer. */
const OUTAGE =
  /unable to contact|socket timed out|connection (?:refused|reset|timed out)|communication|zero bytes|unable to resolve|slurm_persist|temporarily|try again|protocol authentication|munge/i
/** Room beside the program, for the process that records it. */
const OVERHEAD_MB = 100
/** Memory of a job that does not say, for each core. */
const DEFAULT_MB = 1000
/** Time that staging may take beside the program. */
const STAGING_MS = 60_000

/** Slurm by its programs: job arrays, `squeue`, and `sacct` for what has left the queue. Written for 20.11 and later. */
export class SlurmSystem implements BatchSystem {
  readonly name = 'slurm'
  readonly queryMs: number
  /** Batches with elements that the queue did not show at the last look. */
  #left: readonly QueuedBatch[] = []
  #hasAccounting = true

  constructor(queryMs = 10_000) {
    this.queryMs = queryMs
  }

  async check(): Promise<void> {
    const answer = await schedulerProgram('sbatch', ['--version'])
    if (answer.isMissing) {
      throw new RunnerError('RUNNER_SCHEDULER', 'Slurm is not installed here', {
        found: 'no program sbatch on the search path',
        remedy: 'start the run on a host that submits to Slurm, or run it here with --site local',
      })
    }
    const ping = await schedulerProgram('scontrol', ['ping'])
    if (ping.code === 0) return
    throw new RunnerError('RUNNER_SCHEDULER', 'the controller of Slurm does not answer', {
      found: schedulerLine(ping),
      remedy: 'ask scontrol ping; SLURM_CONF names the configuration',
    })
  }

  async slots(directives: readonly string[]): Promise<number | undefined> {
    const partition = directives.find((word) => word.startsWith('--partition='))?.slice(12)
    const answer = await schedulerProgram('sinfo', [
      '--noheader',
      '--format=%P|%C',
      ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ])
    const rows = answer.stdout.split('\n').map((row) => row.split('|'))
    const [, cores = ''] =
      rows.find(([name]) => partition !== undefined || name?.endsWith('*') === true) ?? []
    const total = Number(cores.split('/')[3])
    return Number.isFinite(total) && total > 0 ? total : undefined
  }

  async submit(batch: BatchSubmission): Promise<string | RefusedSubmission> {
    const memoryMb = batch.memoryMb > 0 ? batch.memoryMb + OVERHEAD_MB : DEFAULT_MB * batch.cores
    const words = [
      '--parsable',
      `--job-name=${batch.name}`,
      `--array=0-${batch.elements - 1}`,
      `--chdir=${batch.folder}`,
      `--output=${join(batch.folder, 'logs', '%a.out')}`,
      `--error=${join(batch.folder, 'logs', '%a.err')}`,
      `--export=${EXPORTED}`,
      `--cpus-per-task=${Math.max(1, Math.ceil(batch.cores))}`,
      `--mem=${Math.ceil((memoryMb * 1e6) / 2 ** 20)}M`,
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
    const id = /^(\d+)/m.exec(answer.stdout)?.[1]
    if (answer.code === 0 && id !== undefined) return id
    const text = `sbatch: ${schedulerLine(answer)}`
    return { isOutage: answer.code < 0 || OUTAGE.test(answer.stderr), text, kind: 'start' }
  }

  async find({ name }: Omit<QueuedBatch, 'id'>): Promise<string | undefined> {
    const queued = await schedulerProgram('squeue', ['--noheader', `--name=${name}`, '--format=%F'])
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
    const open = new Set(batches.map(({ name }) => name))
    const left = this.#left.filter(({ name }) => open.has(name))
    this.#left = []
    // One question at a time: about the queue, or about what has left it.
    return left.length > 0 ? await this.#ended(left) : await this.#queued(batches)
  }

  async #queued(batches: readonly QueuedBatch[]): Promise<Map<string, Map<number, ElementState>>> {
    const answer = await schedulerProgram('squeue', [
      '--noheader',
      '--array',
      `--user=${userInfo().username}`,
      '--states=all',
      '--format=%F|%K|%T|%r|%N',
    ])
    if (answer.code !== 0) throw silentScheduler('squeue', answer)
    const states = byBatch(batches)
    for (const line of answer.stdout.split('\n')) {
      const [id = '', element = '', state = '', reason = '', host = ''] = line.split('|')
      const found = states.byId.get(id)
      if (found === undefined) continue
      const end = slurmEnd(state, undefined, host)
      found.set(
        Number(element),
        end === undefined ? slurmWaiting(state, reason, host) : { phase: 'ended', end },
      )
    }
    this.#left = batches.filter(({ name, elements }) => (states.byName.get(name)?.size ?? 0) < elements)
    return states.byName
  }

  async #ended(batches: readonly QueuedBatch[]): Promise<Map<string, Map<number, ElementState>>> {
    if (!this.#hasAccounting) return await this.#shown(batches)
    const ids = batches.map(({ id }) => id).join(',')
    const words = ['--noheader', '--parsable2', '--allocations', `--jobs=${ids}`]
    const answer = await schedulerProgram('sacct', [...words, '--format=jobid,state,exitcode,nodelist'])
    if (answer.code !== 0) {
      this.#hasAccounting = !/disabled|not (?:running|enabled)/i.test(answer.stderr)
      return await this.#shown(batches)
    }
    const states = byBatch(batches)
    for (const line of answer.stdout.split('\n')) {
      const [name = '', state = '', code = '', host = ''] = line.split('|')
      const [, id = '', element] = /^(\d+)_(\d+)$/.exec(name) ?? []
      const end = slurmEnd(state, code, host)
      if (element !== undefined && end !== undefined)
        states.byId.get(id)?.set(Number(element), { phase: 'ended', end })
    }
    return states.byName
  }

  /** Without accounting: what the controller remembers for some minutes. */
  async #shown(batches: readonly QueuedBatch[]): Promise<Map<string, Map<number, ElementState>>> {
    const states = byBatch(batches)
    for (const batch of batches) {
      const answer = await schedulerProgram('scontrol', ['--oneliner', 'show', 'job', batch.id])
      if (answer.code !== 0 && !/invalid job id/i.test(answer.stderr))
        throw silentScheduler('scontrol', answer)
      const found = states.byId.get(batch.id)
      for (const line of answer.stdout.split('\n')) {
        const field = (key: string): string => new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1] ?? ''
        const end = slurmEnd(field('JobState'), field('ExitCode'), field('NodeList'))
        const element = Number(field('ArrayTaskId'))
        if (end !== undefined && Number.isInteger(element)) found?.set(element, { phase: 'ended', end })
      }
      if (answer.code === 0) continue
      const end = { cause: 'infrastructure', text: 'Slurm has forgotten the job' } as const
      for (let element = 0; element < batch.elements; element++) found?.set(element, { phase: 'ended', end })
    }
    return states.byName
  }

  async cancel({ id }: QueuedBatch, elements?: readonly number[]): Promise<void> {
    const names = elements === undefined ? [id] : elements.map((element) => `${id}_${element}`)
    for (let at = 0; at < names.length; at += 1000) {
      const answer = await schedulerProgram('scancel', names.slice(at, at + 1000))
      if (answer.code !== 0 && !/invalid job id/i.test(answer.stderr))
        throw silentScheduler('scancel', answer)
    }
  }
}

function byBatch(batches: readonly QueuedBatch[]): {
  readonly byId: Map<string, Map<number, ElementState>>
  readonly byName: Map<string, Map<number, ElementState>>
} {
  const byId = new Map<string, Map<number, ElementState>>()
  const byName = new Map<string, Map<number, ElementState>>()
  for (const { id, name } of batches) {
    const states = new Map<number, ElementState>()
    byId.set(id, states)
    byName.set(name, states)
  }
  return { byId, byName }
}
