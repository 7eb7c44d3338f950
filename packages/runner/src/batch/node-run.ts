import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { RunnerError } from '../errors.ts'
import type { RunningAttempt } from '../job/running-attempt.ts'
import { CredentialReader, takeCredentials } from './batch-credentials.ts'
import { type BatchFile, type BatchTask, reportWithoutRecord } from './batch-file.ts'
import { BatchFolder } from './batch-folder.ts'
import { CARRIED_OUT, CARRIED_REPORT, CARRIED_TASK, type CarriedTask, carriedInput } from './carried-files.ts'
import { endAttempt, NodeWork } from './node-work.ts'

/** An element that may run for ever leaves what it has not begun after so long to new ones: sites have limits of their own. */
const TAKING_MS = 30 * 60_000
/** The time of an element is counted from the start of this process; the first task begins a moment later. */
const STARTING_MS = 30_000
/** Time between two looks whether a task has to end. */
const STOP_LOOK_MS = 1000

/**
 * What an element of a batch does on its node.
 *
 * `node-run FOLDER [ELEMENT]` (default: the element of Slurm's array): takes tasks of the batch in a folder that the node sees, until none is left or the time that
 * the element has would not do for another one.
 * `node-run carried`: works on the one task in the current folder, to which the scheduler brought it and its files.
 *
 * @returns the exit code: 0 also when tasks failed, since their reports tell
 */
export async function nodeRun(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const externalId = externalIdOf(environment)
  const [place, element = environment['SLURM_ARRAY_TASK_ID']] = words
  if (place === 'carried') return await runCarried(externalId)
  if (place === undefined || !/^\d+$/.test(element ?? '')) {
    process.stderr.write('use: node-run FOLDER ELEMENT, or node-run carried\n')
    return 2
  }
  const folder = new BatchFolder(place)
  const batch = folder.isRevoked ? undefined : folder.read()
  // The engine has no use for it any more.
  if (batch === undefined) return 0
  return await new ElementRun(folder, batch, Number(element), externalId).run()
}

/** How the scheduler calls this element. */
function externalIdOf(environment: NodeJS.ProcessEnv): string | undefined {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index, SKYLOOM_QUEUE_ID: given } = environment
  return array === undefined ? given : `${array}_${index ?? ''}`
}

class ElementRun {
  readonly #folder: BatchFolder
  readonly #batch: BatchFile
  readonly #element: number
  readonly #externalId: string | undefined
  readonly #startMs = Date.now()
  /** Tasks before this one are taken. */
  #looked = 0

  constructor(folder: BatchFolder, batch: BatchFile, element: number, externalId: string | undefined) {
    this.#folder = folder
    this.#batch = batch
    this.#element = element
    this.#externalId = externalId
  }

  async run(): Promise<number> {
    await this.#reportFormerLife()
    const credentials = new CredentialReader(this.#folder.path)
    const work = new NodeWork(this.#batch, this.#externalId, () => credentials.newer())
    const end = (): void => {
      // What the scheduler ends it tells the engine; a program must not stay behind.
      work.end()
      setTimeout(() => process.exit(143), 500)
    }
    process.once('SIGTERM', end)
    process.once('SIGINT', end)
    try {
      for (let task = this.#take(); task !== undefined; task = this.#take()) await this.#work(work, task)
      return 0
    } finally {
      process.off('SIGTERM', end)
      process.off('SIGINT', end)
      work.close()
    }
  }

  /** A scheduler that lost the node begins the element again: what it worked on then is lost. */
  async #reportFormerLife(): Promise<void> {
    for (const [number, claim] of this.#folder.claims()) {
      const task = this.#batch.tasks[number]
      if (claim.element !== this.#element || task === undefined) continue
      if (this.#folder.report(number) !== undefined) continue
      const message = `its node ${claim.host} was lost while it worked on it; the scheduler began again`
      const facts = { executor: 'node', externalId: this.#externalId, timeMs: claim.timeMs }
      await this.#folder.writeReport(
        number,
        reportWithoutRecord(task, 'lost', { kind: 'start', message }, facts),
      )
    }
  }

  /** The next task that nobody has: first those that are an equal share, then what others left. */
  #take(): number | undefined {
    const { tasks, elements } = this.#batch
    if (this.#folder.isRevoked || !this.#hasTimeFor(tasks[0]?.timeoutMs ?? 0)) return undefined
    for (let at = this.#element; at < tasks.length; at += elements) if (this.#claim(at)) return at
    while (this.#looked < tasks.length) {
      const at = this.#looked++
      if (this.#claim(at)) return at
    }
    return undefined
  }

  #claim(task: number): boolean {
    if (this.#folder.isClaimed(task)) return false
    return this.#folder.claim(task, {
      element: this.#element,
      host: hostname(),
      pid: process.pid,
      timeMs: Date.now(),
    })
  }

  #hasTimeFor(timeoutMs: number): boolean {
    const { elementMs } = this.#batch
    const usedMs = Date.now() - this.#startMs
    if (elementMs === 0) return usedMs < TAKING_MS
    return usedMs + timeoutMs <= elementMs + STARTING_MS
  }

  async #work(work: NodeWork, number: number): Promise<void> {
    const task = this.#batch.tasks[number]
    if (task === undefined) return
    const folder = this.#folder
    let attempt: RunningAttempt | undefined
    const timer = setInterval(() => {
      if (attempt !== undefined && folder.isStopped(number)) endAttempt(attempt, 'canceled')
    }, STOP_LOOK_MS)
    try {
      const isRevoked = (): boolean => folder.isRevoked || folder.isTakenAway(number)
      const report = await work.run(task, isRevoked, (started) => {
        attempt = started
      })
      await folder.writeReport(number, report)
    } catch (error) {
      if (!(error instanceof RunnerError && error.code === 'RUNNER_LEASE_LOST')) throw error
    } finally {
      clearInterval(timer)
    }
  }
}

/** Works on the task that a scheduler carried here; what goes home is in one folder. */
async function runCarried(externalId: string | undefined): Promise<number> {
  const here = process.cwd()
  const { batch, task } = JSON.parse(readFileSync(join(here, CARRIED_TASK), 'utf8')) as CarriedTask
  const out = join(here, CARRIED_OUT)
  mkdirSync(out, { recursive: true })
  const work = new NodeWork(batch, externalId, () => takeCredentials(here))
  const end = (): void => {
    work.end()
    setTimeout(() => process.exit(143), 500)
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  try {
    const report = await work.run(
      { ...task, plan: inSandbox(task, here) },
      () => false,
      () => undefined,
    )
    await writeFileAtomic(join(out, CARRIED_REPORT), JSON.stringify(report))
    return 0
  } finally {
    process.off('SIGTERM', end)
    process.off('SIGINT', end)
    work.close()
  }
}

/** The job with the places of its files in the sandbox; the engine brings outputs from there to their own. */
function inSandbox(task: BatchTask, here: string): BatchTask['plan'] {
  const { plan } = task
  const inputs = plan.inputs.map((input, at) => {
    const path = join(here, carriedInput(at))
    if (!existsSync(path)) return input
    if (input.isExecutable) chmodSync(path, 0o755)
    return { ...input, sources: [{ site: plan.site, url: `file://${path}`, priority: 0 }] }
  })
  // With a staging site the node itself brings them there.
  if (plan.dataConfiguration !== 'condorio') return { ...plan, inputs }
  const outputs = plan.outputs.map((output) => ({
    ...output,
    target: { site: plan.site, url: `file://${join(here, CARRIED_OUT, 'files', output.path)}` },
    deliverTo: [],
  }))
  return { ...plan, inputs, outputs }
}
