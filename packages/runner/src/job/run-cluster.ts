import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PlanJobLine, PlanMember, PlanOutput } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { Product } from '../executor/executor.ts'
import { filePathOf } from '../files/file-url.ts'
import type { InvocationFile } from '../invocation/invocation.ts'
import type { Failure } from '../machine/run-event.ts'
import { type AttemptMemory, memoryInput } from '../memory/attempt-memory.ts'
import { productPath } from '../memory/product-path.ts'
import { jobSettings } from '../plan/job-settings.ts'
import { type Attempt, failureOf, type JobContext } from './job-context.ts'
import { keepOutputs } from './keep-outputs.ts'
import { MemberAttempt } from './member-attempt.ts'
import type { TaskResult } from './run-task.ts'
import { placeInput } from './stage-inputs.ts'

/** What running a cluster needs of its job. */
export interface ClusterWork {
  readonly workDirectory: string
  /** What was staged for the job. */
  readonly inputs: readonly InvocationFile[]
  /** Runs the task at a position, from 0, which reads these. */
  readonly run: (at: number, attempt: Attempt, inputs: readonly InvocationFile[]) => Promise<TaskResult>
  /** Shows the output of a task as that of the job. */
  readonly show: (at: number, ended: TaskResult) => void
  /** What of the attempt is in memory. */
  readonly memory?: AttemptMemory | undefined
}

/** How the tasks of a cluster went. */
export interface ClusterResult {
  readonly failure: Failure | undefined
  /** What the tasks that did not fail made; complete under its final names also when others failed. */
  readonly products: readonly Product[]
}

/** True for a job whose tasks say what they need of each other; plans of older versions do not. */
export function isCluster({ tasks }: Pick<PlanJobLine, 'tasks'>): boolean {
  return tasks.length > 1 && tasks.every(({ member }) => member !== undefined)
}

/**
 * Runs the tasks of a cluster, as many side by side as the job has cores for, each after those it waits for. One that fails keeps only
 * those from running that wait for it. What the others made is published, so that the next attempt of the job runs only what is not
 * done.
 *
 * @throws {RunnerError} `RUNNER_LEASE_LOST`
 */
export async function runCluster(
  context: JobContext,
  attempt: Attempt,
  work: ClusterWork,
): Promise<ClusterResult> {
  const { job } = attempt
  const members = job.tasks.map(({ member }) => member ?? NO_MEMBER)
  const done = await doneBefore(context, job, members)
  const made: InvocationFile[] = []
  for (const at of done) {
    const outputs = outputsOf(job, members[at])
    await linkOutputs(job, outputs, work.workDirectory)
    made.push(...(await filesOf(context, outputs, work.memory)))
  }
  const readByTasks = new Set(members.flatMap(({ reads }) => reads))
  // Images and programs that came along are everybody's.
  const common = work.inputs.filter(({ lfn }) => !readByTasks.has(lfn))
  const failures = new Map<number, Failure>()
  const products: Product[] = []
  const running = new Map<number, { readonly promise: Promise<void>; readonly attempt: MemberAttempt }>()
  const cores = jobSettings(job).cores
  attempt.running = {
    kill: (reason) => {
      for (const { attempt: own } of running.values()) own.running?.kill(reason)
    },
  }
  const runMember = async (at: number, own: MemberAttempt): Promise<void> => {
    const reads = new Set(members[at]?.reads)
    const inputs = [...work.inputs, ...made].filter(({ lfn }) => reads.has(lfn))
    const ended = await work.run(at, own, [...common, ...inputs])
    let { failure } = ended
    if (failure === undefined && attempt.abortReason === undefined) {
      try {
        const outputs = outputsOf(job, members[at])
        const part = { task: at + 1, outputs }
        const published =
          outputs.length === 0
            ? []
            : await keepOutputs(context, attempt, work.workDirectory, work.memory, part)
        products.push(...published)
        for (const { lfn, url, sizeBytes, sha256 } of published)
          made.push({ lfn, path: productPath(lfn, url), sizeBytes, sha256 })
        await linkOutputs(job, outputs, work.workDirectory)
        done.add(at)
        return
      } catch (error) {
        if (error instanceof RunnerError && error.code === 'RUNNER_LEASE_LOST') throw error
        failure = failureOf(error, 'output')
      }
    }
    if (failure !== undefined) failures.set(at, failure)
    if (failures.size <= 1) work.show(at, ended)
  }
  const free = (): number =>
    [...running.keys()].reduce((left, at) => left - Math.min(cores, members[at]?.cores ?? 1), cores)
  const waiting = new Set(members.keys())
  for (const at of done) waiting.delete(at)
  for (;;) {
    for (const at of attempt.abortReason === undefined ? waiting : []) {
      const { after, cores: wanted } = members[at] ?? NO_MEMBER
      if (Math.min(cores, wanted) > free() || !after.every((other) => done.has(other))) continue
      waiting.delete(at)
      const own = new MemberAttempt(attempt)
      const promise = runMember(at, own).finally(() => running.delete(at))
      running.set(at, { promise, attempt: own })
    }
    if (running.size === 0) break
    await Promise.race([...running.values()].map(({ promise }) => promise))
  }
  attempt.running = undefined
  return { failure: failureOfCluster(job, failures), products }
}

const NO_MEMBER: PlanMember = { reads: [], writes: [], after: [], cores: 1 }

function outputsOf({ outputs }: PlanJobLine, member: PlanMember | undefined): readonly PlanOutput[] {
  const written = new Set(member?.writes ?? [])
  return outputs.filter(({ lfn }) => written.has(lfn))
}

/**
 * Tasks that a former attempt did: all that they write is known to the run and still as it was. Where this machine does not see the
 * files, a task counts only if no task reads from it that has still to run.
 */
async function doneBefore(
  context: JobContext,
  job: PlanJobLine,
  members: readonly PlanMember[],
): Promise<Set<number>> {
  const done = new Set<number>()
  const isSeen = new Map<number, boolean>()
  for (const [at, member] of members.entries()) {
    const outputs = outputsOf(job, member).filter(({ isCheckpoint }) => !isCheckpoint)
    const states = await Promise.all(outputs.map(async (output) => await stateOf(context, job, output)))
    if (states.length === 0 || states.includes('absent')) continue
    done.add(at)
    isSeen.set(at, !states.includes('elsewhere'))
  }
  for (let before = -1; before !== done.size; ) {
    before = done.size
    const wanted = new Set(members.flatMap((member, at) => (done.has(at) ? [] : member.after)))
    for (const at of [...done]) if (wanted.has(at) && isSeen.get(at) === false) done.delete(at)
  }
  return done
}

/** Files that a former attempt made, as far as this machine sees them. */
async function filesOf(
  { hasher }: JobContext,
  outputs: readonly PlanOutput[],
  memory: AttemptMemory | undefined,
): Promise<readonly InvocationFile[]> {
  const files: InvocationFile[] = []
  for (const { lfn, target } of outputs) {
    const held = memory?.holdOutput(lfn)
    if (held !== undefined) {
      files.push(memoryInput(held))
      continue
    }
    const path = filePathOf(target.url)
    if (path !== undefined && existsSync(path)) files.push({ lfn, path, ...(await hasher.digest(path)) })
  }
  return files
}

async function stateOf(
  context: JobContext,
  { dataConfiguration }: PlanJobLine,
  { lfn, target }: PlanOutput,
): Promise<'absent' | 'here' | 'elsewhere'> {
  const sha256 = context.productHash(lfn)
  if (sha256 === undefined) return 'absent'
  if (context.memory?.has(lfn) === true) return 'here'
  const path = filePathOf(target.url)
  if (path === undefined || dataConfiguration === 'condorio') return 'elsewhere'
  return await context.hasher.digest(path).then(
    (digest) => (digest.sha256 === sha256 ? 'here' : 'absent'),
    () => 'absent',
  )
}

/** Later tasks find what was published where the program wrote it. */
async function linkOutputs(
  job: PlanJobLine,
  outputs: readonly PlanOutput[],
  workDirectory: string,
): Promise<void> {
  for (const { lfn, target } of outputs) {
    const from = filePathOf(target.url)
    if (from === undefined || !existsSync(from)) continue
    const path = join(workDirectory, lfn)
    await mkdir(dirname(path), { recursive: true })
    await placeInput(job, from, path)
  }
}

function failureOfCluster(
  { tasks }: PlanJobLine,
  failures: ReadonlyMap<number, Failure>,
): Failure | undefined {
  const [first] = [...failures].sort(([a], [b]) => a - b)
  if (first === undefined) return undefined
  const [at, failure] = first
  const { id = '', transformation = '' } = tasks[at] ?? {}
  const others = failures.size === 1 ? '' : `, and ${failures.size - 1} more`
  const message = `task ${id} (${transformation}, ${at + 1} of ${tasks.length}${others}): ${failure.message}`
  return { ...failure, message }
}
