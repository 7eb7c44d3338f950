import { existsSync, mkdirSync } from 'node:fs'
import { readyContainers } from '../container/ready-container.ts'
import { RunnerError } from '../errors.ts'
import type { Invocation, InvocationFile } from '../invocation/invocation.ts'
import type { Failure } from '../machine/run-event.ts'
import { AttemptMemory } from '../memory/attempt-memory.ts'
import {
  type Attempt,
  emptyResult,
  failedResult,
  failureOf,
  type JobContext,
  type JobResult,
} from './job-context.ts'
import { keepOutputs } from './keep-outputs.ts'
import { recipeSha256 } from './recipe.ts'
import { reuseResult } from './reuse-result.ts'
import { isCluster, runCluster } from './run-cluster.ts'
import { environmentOf, programId, runTask, type TaskResult } from './run-task.ts'
import { type InputMemory, stageInputs } from './stage-inputs.ts'
import { functionFor, type TaskProgram, taskProgram } from './task-program.ts'
import { attemptPlaces, removeWorkDirectory } from './work-directory.ts'

/**
 * One attempt of a compute job: inputs into a private work directory, a look whether the same was computed before, the tasks
 * one after the other, or those of a cluster side by side, the outputs verified and renamed. An attempt of a former engine goes on where it was; when its program
 * is unknown to the spawner, it is lost.
 */
export async function runCompute(context: JobContext, attempt: Attempt): Promise<JobResult> {
  const { tasks } = attempt.job
  const executor = tasks.every((task) => context.functions.has(task.transformation)) ? 'worker' : 'process'
  try {
    return await compute(context, attempt, executor)
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'RUNNER_LEASE_LOST') throw error
    // Folders could not be made or left.
    return failedResult(executor, failureOf(error, 'start'))
  }
}

async function compute(
  context: JobContext,
  attempt: Attempt,
  executor: 'worker' | 'process',
): Promise<JobResult> {
  const { job } = attempt
  const own = attemptPlaces(context.runDir, context.runId, job, attempt.attempt)
  // What has no files needs no folder of its own: programs share empty ones, functions need none.
  const usesFolder = job.inputs.length > 0 || job.outputs.length > 0 || writesToFile(job)
  const slot = usesFolder || executor === 'worker' ? undefined : context.slots.take()
  const places = slot === undefined ? own : { ...own, workDirectory: slot }
  const { workDirectory } = places
  const leave = (): void => {
    if (usesFolder) removeWorkDirectory(workDirectory)
  }
  const lostBy = attempt.isAdopted
    ? lossOf(context, attempt, usesFolder ? workDirectory : undefined)
    : undefined
  if (lostBy !== undefined) {
    leave()
    if (slot !== undefined) context.slots.give(slot)
    return { ...emptyResult(executor), outcome: 'lost', failure: { kind: 'start', message: lostBy } }
  }
  let kind: Failure['kind'] = 'input'
  const invocations: Invocation[] = []
  // With every field and filled in place: to spread large objects into one costs kilobytes a job.
  const result: { -readonly [Key in keyof JobResult]: JobResult[Key] } = {
    outcome: 'succeeded',
    failure: undefined,
    reused: undefined,
    invocations,
    products: [],
    removed: [],
    executor,
    workDirectory,
    recipeSha256: undefined,
    fromMemory: undefined,
    externalId: undefined,
    stdout: undefined,
    stderr: undefined,
    stdoutFile: undefined,
    stderrFile: undefined,
  }
  const memory = memoryOf(context, attempt, workDirectory)
  try {
    if (usesFolder) mkdirSync(workDirectory, { recursive: true })
    const { ready, files } = await readyContainers(context, attempt)
    const staged = job.inputs.length === 0 ? [] : await stageInputs(context, attempt, workDirectory, memory)
    const inputs = files.length === 0 ? staged : [...files, ...staged]
    result.fromMemory = memory?.files.counts
    kind = 'start'
    const programs: TaskProgram[] = []
    for (const task of job.tasks) programs.push(await taskProgram(context, task, workDirectory, ready))
    const recipe = recipeOf(attempt, programs, inputs)
    result.recipeSha256 = recipe
    if (!attempt.isAdopted && context.sharesPrograms && job.outputs.length > 0) {
      const reused = await reuseResult(context, attempt, recipe)
      if (reused !== undefined) {
        leave()
        return { ...result, products: reused.products, reused: reused.name }
      }
    }
    if (job.outputs.length > 0 && context.isKnown?.(recipe) === true) {
      leave()
      return { ...result, isKnown: true }
    }
    context.onStep?.('submit')
    const run = async (
      at: number,
      of: Attempt,
      read: readonly InvocationFile[] = inputs,
    ): Promise<TaskResult> => {
      const [task, program] = [job.tasks[at], programs[at]]
      if (task === undefined || program === undefined) throw new RangeError(`job ${job.name}: task ${at}`)
      const ended = await runTask(context, of, {
        number: at + 1,
        task,
        program,
        places,
        inputs: read,
        memory: memory?.isMounted === true ? memory.files : undefined,
      })
      invocations.push(ended.invocation)
      return ended
    }
    const show = (at: number, ended: TaskResult): void => {
      result.externalId = ended.externalId
      result.stdout = ended.invocation.stdout
      result.stderr = ended.invocation.stderr
      if (result.stdout !== '') result.stdoutFile = places.stdout(at + 1)
      if (result.stderr !== '') result.stderrFile = places.stderr(at + 1)
    }
    if (isCluster(job)) {
      const cluster = await runCluster(context, attempt, {
        workDirectory,
        inputs,
        run,
        show,
        memory: memory?.files,
      })
      invocations.sort((a, b) => a.task - b.task)
      result.products = cluster.products
      if (attempt.abortReason !== undefined) return canceled(attempt, executor, result)
      if (cluster.failure !== undefined) return failedResult(executor, cluster.failure, result)
      leave()
      return result
    }
    let failure: Failure | undefined
    for (const at of job.tasks.keys()) {
      if (attempt.abortReason !== undefined) break
      const ended = await run(at, attempt)
      show(at, ended)
      failure = ended.failure
      if (failure !== undefined) break
    }
    if (attempt.abortReason !== undefined) return canceled(attempt, executor, result)
    if (failure !== undefined) return failedResult(executor, failure, result)
    kind = 'output'
    if (job.outputs.length > 0)
      result.products = await keepOutputs(context, attempt, workDirectory, memory?.files)
    leave()
    return result
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'RUNNER_LEASE_LOST') throw error
    if (attempt.abortReason !== undefined) return canceled(attempt, executor, result)
    return failedResult(executor, failureOf(error, kind), result)
  } finally {
    memory?.files.close()
    if (slot !== undefined) context.slots.give(slot)
  }
}

/** What of an attempt is in memory; nothing unless jobs of the run hand files on there. */
function memoryOf(context: JobContext, { job }: Attempt, workDirectory: string): InputMemory | undefined {
  const { memory, hasher } = context
  if (memory === undefined) return undefined
  const lfns = job.inputs.map(({ lfn }) => lfn)
  return {
    files: new AttemptMemory(memory, hasher, workDirectory, lfns),
    isMounted: job.tasks.every((task) => functionFor(context, task)?.usesMounts === true),
  }
}

/** Why an attempt of a former engine cannot be gone on with; `undefined` when it can. */
function lossOf(
  context: JobContext,
  attempt: Attempt,
  workDirectory: string | undefined,
): string | undefined {
  const isKnown = attempt.job.tasks.some((_, at) => context.spawner.knows(programId(attempt, at + 1)))
  if (!isKnown) return 'the engine ended before the program was started'
  // Published to the end, but what was published went with the folder: only the record of it could tell.
  if (workDirectory !== undefined && !existsSync(workDirectory))
    return 'the engine ended before the end of the attempt was stored'
  return undefined
}

function writesToFile({ tasks }: Attempt['job']): boolean {
  return tasks.some(({ stdin, stdout, stderr }) => (stdin ?? stdout ?? stderr) !== undefined)
}

/** What an attempt is that was ended: by its time limit it failed, otherwise it is canceled. */
export function canceled(attempt: Attempt, executor: string, rest: Partial<JobResult>): JobResult {
  const isTimeout = attempt.abortReason === 'timeout'
  const failure: Failure = isTimeout
    ? { kind: 'timeout', message: 'it ran longer than allowed' }
    : { kind: 'signal', message: 'it was canceled' }
  return { ...emptyResult(executor), ...rest, outcome: isTimeout ? 'failed' : 'canceled', failure }
}

function recipeOf(
  { job }: Attempt,
  programs: readonly TaskProgram[],
  inputs: readonly { readonly lfn: string; readonly sha256: string }[],
): string {
  return recipeSha256({
    tasks: job.tasks.map((task, at) => {
      const program = programs[at]
      const name = program?.type === 'function' ? `#${program.reference.name}` : ''
      return {
        program: `${program?.sha256 ?? ''}${name}`,
        arguments: task.arguments,
        environment: environmentOf(task, program),
        stdin: task.stdin,
        stdout: task.stdout,
        stderr: task.stderr,
      }
    }),
    inputs,
    outputs: job.outputs.map(({ lfn }) => lfn),
  })
}
