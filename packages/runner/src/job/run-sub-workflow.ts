import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import {
  FORMAT_VERSION,
  type PlanJob,
  type PlanTask,
  splitArguments,
  writeReplicaCatalog,
} from '@skyloom/workflow'
import { leaveWish } from '../engine/control.ts'
import { RunnerError } from '../errors.ts'
import { filePathOf } from '../files/file-url.ts'
import type { Invocation } from '../invocation/invocation.ts'
import type { Failure } from '../machine/run-event.ts'
import { PLAN_FILE } from '../plan/plan-file.ts'
import {
  type Attempt,
  emptyResult,
  failedResult,
  failureOf,
  type JobContext,
  type JobResult,
  type Product,
} from './job-context.ts'
import { canceled } from './run-compute.ts'
import { programId, runTask } from './run-task.ts'
import { dagPathOf, plannedDirectory, programCount } from './sub-workflow-job.ts'
import { taskProgram } from './task-program.ts'
import { attemptPlaces } from './work-directory.ts'

/**
 * One attempt of a sub-workflow: it is planned into a directory below that of the run, with what the parent run knows, and run
 * by an engine of its own. A further attempt goes on with the same run, so that what is done stays done. What is planned already is run
 * where its plan is.
 */
export async function runSubWorkflow(context: JobContext, attempt: Attempt): Promise<JobResult> {
  const executor = 'process'
  const { job } = attempt
  const steps = Array.from({ length: programCount(job) }, (_, at) => at + 1)
  if (attempt.isAdopted && !steps.some((step) => context.spawner.knows(programId(attempt, step)))) {
    const failure: Failure = { kind: 'start', message: 'the engine ended before the sub-workflow was begun' }
    return { ...emptyResult(executor), outcome: 'lost', failure }
  }
  const invocations: Invocation[] = []
  const rest = { invocations, workDirectory: context.runDir }
  try {
    const [task] = job.tasks
    const { subWorkflows } = context
    if (task === undefined || subWorkflows === undefined) {
      throw new RunnerError('RUNNER_NO_TRANSFORMATION', 'this engine was not told how to run sub-workflows', {
        where: [job.name],
        remedy: 'run it with skyloom run start',
      })
    }
    const { runDir, calls } = await callsOf(context, job, task, subWorkflows.startWords ?? [])
    rest.workDirectory = runDir
    for (const [at, words] of calls.entries()) {
      const step: PlanTask = {
        ...task,
        executable: { type: 'installed', path: subWorkflows.command[0] ?? '', container: undefined },
        arguments: [...subWorkflows.command.slice(1), ...words].map(quoted),
      }
      const places = {
        ...attemptPlaces(context.runDir, context.runId, job, attempt.attempt),
        workDirectory: context.runDir,
      }
      const program = await taskProgram(context, step, context.runDir)
      const running = runTask(context, attempt, { number: at + 1, task: step, program, places, inputs: [] })
      const isRun = at === calls.length - 1
      // The programs of the inner run have to end with it.
      if (isRun) attempt.running = { kill: (reason) => void leaveWish(runDir, { op: 'cancel', reason }) }
      const { invocation, failure } = await running
      invocations.push(invocation)
      if (attempt.abortReason !== undefined) return canceled(attempt, executor, rest)
      if (failure !== undefined) {
        const { stdout, stderr } = invocation
        return failedResult(executor, isRun ? runFailure(failure, stdout) : failure, {
          ...rest,
          stdout,
          stderr,
        })
      }
    }
    return { ...emptyResult(executor), ...rest, products: await productsOf(context, job, calls.length) }
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'RUNNER_LEASE_LOST') throw error
    return failedResult(executor, failureOf(error, 'start'), rest)
  }
}

/** Directory of the inner run, and what is called to make it and to run it. */
async function callsOf(
  context: JobContext,
  job: PlanJob,
  task: PlanTask,
  startWords: readonly string[],
): Promise<{ readonly runDir: string; readonly calls: readonly (readonly string[])[] }> {
  const start = (runDir: string, ...more: readonly string[]): readonly string[] => [
    'run',
    'start',
    runDir,
    '--quiet',
    ...more,
    ...startWords,
  ]
  if (job.kind === 'sub_dag') {
    const runDir = plannedPlace(job, task)
    return { runDir, calls: [start(runDir, '--parent-run', context.runId, '--parent-job', job.name)] }
  }
  const runDir = join(context.runDir, 'sub', String(job.number))
  await mkdir(join(context.runDir, 'sub'), { recursive: true })
  await writeOutputPlaces(job, runDir)
  const parent = ['--parent-run', context.runDir, '--parent-job', job.name]
  const own = [...parent, '--dir', runDir, '--basename', job.name, '--format', 'skyloom']
  const plan = ['plan', workflowFile(job, task), ...splitArguments(task.arguments), ...own]
  return { runDir, calls: [plan, start(runDir)] }
}

function plannedPlace(job: PlanJob, task: PlanTask): string {
  const runDir = plannedDirectory(task)
  if (runDir !== undefined) return runDir
  throw new RunnerError('RUNNER_BAD_PLAN', 'a DAG that Skyloom did not plan is run by DAGMan only', {
    where: [job.name],
    found: `no ${PLAN_FILE} beside ${dagPathOf(task) ?? 'its file, which is on no place of this machine'}`,
    remedy: 'plan the outer workflow with --format dagman, or the inner one with skyloom plan',
  })
}

/** The inner run says itself how it ended. */
function runFailure(failure: Failure, stdout: string): Failure {
  const said = /^run \S+ (.*)$/m.exec(stdout)?.[1]
  return said === undefined ? failure : { ...failure, message: `its run ${said}` }
}

/** The workflow's file: where the catalog says, or where a job of the parent leaves it. */
function workflowFile(job: PlanJob, { executable, transformation }: PlanTask): string {
  if (executable.type === 'workflow') {
    const input = job.inputs.find(({ lfn }) => lfn === executable.lfn)
    for (const url of [executable.location?.url, ...(input?.sources ?? []).map((source) => source.url)]) {
      const path = url === undefined ? undefined : filePathOf(url)
      if (path !== undefined) return path
    }
  }
  throw new RunnerError(
    'RUNNER_INPUT_MISSING',
    'the file of the sub-workflow is on no place of this machine',
    {
      where: [transformation],
    },
  )
}

/** Tells the planner where the parent's jobs look for what the sub-workflow makes. */
async function writeOutputPlaces(job: PlanJob, runDir: string): Promise<void> {
  const replicas = job.outputs.map(({ lfn, target, deliverTo }) => ({
    lfn,
    isRegex: false,
    locations: [target, ...deliverTo].map(({ site, url }) => ({ site, pfn: url })),
    metadata: [],
  }))
  const text = writeReplicaCatalog({ pegasus: FORMAT_VERSION, replicas, extensions: [] }, { format: 'text' })
  await writeFileAtomic(`${runDir}.outputs.txt`, text, { overwrite: true })
}

async function productsOf(context: JobContext, job: PlanJob, step: number): Promise<readonly Product[]> {
  const products: Product[] = []
  for (const { lfn, target, deliverTo } of job.outputs) {
    for (const { site, url } of [target, ...deliverTo]) {
      const path = filePathOf(url)
      const isThere =
        path !== undefined &&
        (await stat(path).then(
          () => true,
          () => false,
        ))
      if (!isThere) {
        throw new RunnerError('RUNNER_OUTPUT_MISSING', 'the sub-workflow did not make what it should', {
          where: [lfn, url],
        })
      }
      products.push({ lfn, site, url, ...(await context.hasher.digest(path)), task: step })
    }
  }
  return products
}

/** A word for `splitArguments`, which reads arguments of workflows. */
function quoted(word: string): string {
  return `"${word.replaceAll(/["\\]/g, '\\$&')}"`
}
