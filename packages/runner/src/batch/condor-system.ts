import { closeSync, fstatSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  BatchSubmission,
  BatchSystem,
  ElementState,
  QueuedBatch,
  RefusedSubmission,
} from './batch-system.ts'
import { CARRIED_OUT, CARRIED_TASK } from './carried-files.ts'
import { CondorEventLog } from './condor-event-log.ts'
import { CONDOR_OUTAGE } from './condor-outage.ts'
import {
  cancelElements,
  elementMemoryMb,
  elementNames,
  requireScheduler,
  schedulerProgram,
  silentScheduler,
  submissionAnswer,
} from './scheduler-program.ts'

/** HTCondor by its programs: a cluster of jobs for each batch, followed by its job event log. Written for 9.0 and later. */
export class CondorSystem implements BatchSystem {
  readonly name = 'htcondor'
  readonly queryMs: number
  readonly #logs = new Map<string, { readonly log: CondorEventLog; offset: number }>()

  /** @param queryMs looks are at a file and ask nobody */
  constructor(queryMs = 1000) {
    this.queryMs = queryMs
  }

  async check(): Promise<void> {
    await requireScheduler({ name: 'HTCondor', host: 'an access point of the pool' }, 'condor_q', ['-totals'])
  }

  async slots(): Promise<number | undefined> {
    const answer = await schedulerProgram('condor_status', ['-autoformat', 'Machine', 'TotalCpus'])
    if (answer.code !== 0) throw silentScheduler('condor_status', answer)
    const machines = new Map(answer.stdout.split('\n').map((line) => line.split(' ') as [string, string]))
    const total = [...machines.values()].reduce((sum, cores) => sum + (Number(cores) || 0), 0)
    return total > 0 ? total : undefined
  }

  async submit(batch: BatchSubmission): Promise<string | RefusedSubmission> {
    const description = join(batch.folder, 'batch.sub')
    writeFileSync(description, submitDescription(batch))
    const answer = await schedulerProgram('condor_submit', ['-terse', description], { cwd: batch.folder })
    return await submissionAnswer('condor_submit', answer, { id: /^(\d+)\.\d+/m, outage: CONDOR_OUTAGE }, [
      'condor_q',
      '-totals',
    ])
  }

  async find({ name, folder }: Omit<QueuedBatch, 'id'>): Promise<string | undefined> {
    const logged = this.#read(name, folder).cluster
    if (logged !== undefined) return logged
    const constraint = `JobBatchName == ${JSON.stringify(name)}`
    const answer = await schedulerProgram('condor_q', ['-constraint', constraint, '-autoformat', 'ClusterId'])
    if (answer.code !== 0) throw silentScheduler('condor_q', answer)
    return /^\d+/m.exec(answer.stdout)?.[0]
  }

  async query(
    batches: readonly QueuedBatch[],
  ): Promise<ReadonlyMap<string, ReadonlyMap<number, ElementState>>> {
    const open = new Set(batches.map(({ name }) => name))
    for (const name of this.#logs.keys()) if (!open.has(name)) this.#logs.delete(name)
    const states = batches.map(({ name, folder }) => [name, this.#read(name, folder).states] as const)
    return await Promise.resolve(new Map(states))
  }

  /** Reads on where the last look ended. */
  #read(name: string, folder: string): CondorEventLog {
    const known = this.#logs.get(name) ?? { log: new CondorEventLog(), offset: 0 }
    this.#logs.set(name, known)
    let file: number
    try {
      file = openSync(join(folder, 'events.log'), 'r')
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return known.log
      throw cause
    }
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - known.offset))
      const count = readSync(file, bytes, 0, bytes.length, known.offset)
      // A line that is being written stays for the next look; so no character is cut in two.
      const end = bytes.subarray(0, count).lastIndexOf(10) + 1
      known.log.add(bytes.toString('utf8', 0, end))
      known.offset += end
    } finally {
      closeSync(file)
    }
    return known.log
  }

  async cancel(batch: QueuedBatch, elements?: readonly number[]): Promise<void> {
    const gone = /couldn't find|no matching|not found|already/i
    await cancelElements('condor_rm', elementNames(batch, '.', elements), gone)
  }
}

/** The submit description of a batch. All words are ours or paths; the arguments of users are in the files. */
function submitDescription(batch: BatchSubmission): string {
  const { folder, cores } = batch
  const common = [
    'universe = vanilla',
    `executable = ${batch.script}`,
    `log = ${join(folder, 'events.log')}`,
    `output = ${join(folder, 'logs', '$(Process).out')}`,
    `error = ${join(folder, 'logs', '$(Process).err')}`,
    `batch_name = ${batch.name}`,
    'environment = "SKYLOOM_QUEUE_ID=$(Cluster).$(Process)"',
    'notification = Never',
    `priority = ${batch.priority}`,
    `request_cpus = ${Math.max(1, Math.ceil(cores))}`,
    `request_memory = ${Math.ceil((elementMemoryMb(batch) * 1e6) / 2 ** 20)}MB`,
    ...(batch.timeMs > 0 ? [`+MaxRuntime = ${Math.ceil(batch.timeMs / 1000)}`] : []),
    ...batch.directives,
  ]
  if (batch.data !== 'carried') {
    const own = [
      'should_transfer_files = NO',
      `initialdir = ${folder}`,
      `arguments = "'${folder}' $(Process)"`,
    ]
    return `${[...common, ...own, `queue ${batch.elements}`].join('\n')}\n`
  }
  const carried = [
    `initialdir = ${join(folder, 'home', '$(Process)')}`,
    'should_transfer_files = YES',
    'when_to_transfer_output = ON_EXIT',
    'transfer_input_files = $(files)',
    `transfer_output_files = ${CARRIED_OUT}`,
    'arguments = "carried"',
  ]
  const lists = batch.inputs.map((files) => `${[CARRIED_TASK, ...files].join(',')}\n`)
  return `${[...common, ...carried].join('\n')}\nqueue files from (\n${lists.join('')})\n`
}
