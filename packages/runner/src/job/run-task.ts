import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { systemClock } from '@skyloom/base'
import { type PlanTask, splitArguments } from '@skyloom/workflow'
import {
  containerEnvironment,
  type ReadyContainer,
  recordedContainer,
} from '../container/contained-program.ts'
import { endContained, launchContained } from '../container/launch.ts'
import type { ProgramResult } from '../executor/spawner-protocol.ts'
import type { WorkerAnswer, WorkerCall } from '../executor/worker-protocol.ts'
import { readCapped } from '../files/cap-text.ts'
import { diskFaultOf, freeBytes } from '../files/disk-fault.ts'
import type { Invocation, InvocationFile } from '../invocation/invocation.ts'
import type { Failure } from '../machine/run-event.ts'
import type { AttemptMemory } from '../memory/attempt-memory.ts'
import type { CallFiles } from '../memory/thread-files.ts'
import { engineEnvironment, recordedEnvironment } from './environment.ts'
import type { Attempt, JobContext } from './job-context.ts'
import { isSubWorkflow } from './sub-workflow-job.ts'
import type { TaskProgram } from './task-program.ts'
import type { AttemptPlaces } from './work-directory.ts'

/** How one task of a job went. */
export interface TaskResult {
  readonly invocation: Invocation
  readonly failure: Failure | undefined
  readonly externalId: string | undefined
}

/** What a task runs with. */
export interface TaskSetting {
  /** From 1. */
  readonly number: number
  readonly task: PlanTask
  readonly program: TaskProgram
  readonly places: AttemptPlaces
  readonly inputs: readonly InvocationFile[]
  /** Files that a function of the task finds and leaves in memory. */
  readonly memory?: AttemptMemory | undefined
}

/** With less than this free a disk counts as full for a program that failed, bytes. */
const FULL_BYTES = 64 * 1024

/** Id of a program in the spawner. */
export function programId({ job, attempt, startedMs }: Attempt, task: number): string {
  return `${job.number}.${attempt}.${task}@${startedMs}`
}

/** Text of a container's tool that is looked through for its own words, bytes. */
const WORDS_BYTES = 4096

/** Variables that the plan sets for a task, where it runs. */
export function environmentOf(
  { environment }: PlanTask,
  program: TaskProgram | undefined,
): readonly (readonly [string, string])[] {
  const ready = program === undefined ? undefined : containerOf(program)
  return ready === undefined ? environment : containerEnvironment(ready.container, environment)
}

function containerOf(program: TaskProgram): ReadyContainer | undefined {
  return program.type === 'program' ? program.container : undefined
}

/** Runs one task of a job to its end, as a program or as a function. */
export async function runTask(
  context: JobContext,
  attempt: Attempt,
  setting: TaskSetting,
): Promise<TaskResult> {
  return setting.program.type === 'program'
    ? await runProgram(context, attempt, setting, setting.program.path)
    : await runFunction(context, attempt, setting)
}

async function runProgram(
  context: JobContext,
  attempt: Attempt,
  setting: TaskSetting,
  path: string,
): Promise<TaskResult> {
  const { task, places, number } = setting
  const { workDirectory } = places
  const id = programId(attempt, number)
  const stdout = task.stdout === undefined ? places.stdout(number) : inWork(workDirectory, task.stdout)
  const stderr = task.stderr === undefined ? places.stderr(number) : inWork(workDirectory, task.stderr)
  for (const file of [stdout, stderr]) context.slots.makeLogFolder(dirname(file))
  attempt.running = { kill: (reason) => context.spawner.kill(id, reason) }
  const ready = containerOf(setting.program)
  const words = splitArguments(task.arguments)
  const environment = [...environmentOf(task, setting.program), ...ownVariables(context, attempt)]
  const contained =
    ready === undefined
      ? undefined
      : launchContained(attempt, {
          ready,
          program: path,
          arguments: words,
          workDirectory,
          environment,
          name: `skyloom-${context.runId.slice(0, 8)}-${id.replaceAll(/[^\w.]/g, '-')}`,
          readsInput: task.stdin !== undefined,
          memoryMb: attempt.memoryMb,
          pidFile: `${places.stderr(number)}.pid`,
        })
  const ended = await context.spawner.run({
    id,
    argv: contained?.argv ?? [path, ...words],
    cwd: workDirectory,
    environment: contained?.environment ?? environment,
    stdin: task.stdin === undefined ? undefined : inWork(workDirectory, task.stdin),
    stdout,
    stderr,
    keepEmpty: [task.stdout !== undefined, task.stderr !== undefined],
    memoryMb: attempt.memoryMb,
    maxOutputBytes: context.maxOutputBytes,
    pidFile: contained?.pidFile,
  })
  attempt.running = undefined
  const texts = {
    stdout: task.stdout === undefined ? readCapped(stdout, context.keptOutputBytes) : '',
    stderr: task.stderr === undefined ? readCapped(stderr, context.keptOutputBytes) : '',
  }
  const result =
    contained === undefined || ready === undefined
      ? ended
      : await endContained(
          ended,
          { tool: ready.tool, program: path },
          contained,
          readCapped(stderr, WORDS_BYTES),
        )
  const facts = {
    pid: result.pid,
    startMs: result.startMs,
    durationMs: result.endMs - result.startMs,
    cpuMs: result.cpuMs,
    maxRssBytes: result.maxRssBytes,
    readBytes: result.readBytes,
    writtenBytes: result.writtenBytes,
    exitCode: result.exitCode,
    signal: result.signal,
    ...texts,
  }
  return {
    invocation: {
      ...record(context, attempt, setting, path, facts),
      ...(ready === undefined ? {} : { container: recordedContainer(ready) }),
    },
    failure: await machineFailure(
      programFailure(result, attempt.memoryMb, texts.stderr, context.maxOutputBytes),
      workDirectory,
    ),
    externalId: result.pid === undefined ? undefined : String(result.pid),
  }
}

/** What a call hears of memory; nothing, not even names without values, where there is no limit: each word costs time on its way. */
function memoryWords(
  { functionBytes, tightBytes }: JobContext,
  { memoryMb }: Attempt,
  files: CallFiles | undefined,
): Pick<WorkerCall, 'memoryBytes' | 'tightBytes' | 'files'> {
  const memoryBytes = memoryMb > 0 ? memoryMb * 1e6 : functionBytes
  if (memoryBytes === undefined && tightBytes === undefined && files === undefined) return {}
  return { memoryBytes, tightBytes, files }
}

async function runFunction(context: JobContext, attempt: Attempt, setting: TaskSetting): Promise<TaskResult> {
  const { task, program, places, inputs, number } = setting
  if (program.type !== 'function') throw new TypeError('not a function')
  const { reference } = program
  const stdout = task.stdout === undefined ? places.stdout(number) : inWork(places.workDirectory, task.stdout)
  // The file of an output is there even when nothing is printed.
  if (task.stdout !== undefined) await writeText(stdout, '')
  const reads = inputs.map(({ lfn }) => lfn)
  const writes = task.member?.writes ?? attempt.job.outputs.map(({ lfn }) => lfn)
  const call = setting.memory?.openCall(reads, writes)
  const startMs = Date.now()
  const startedMs = systemClock.monotonicMs()
  let answer: WorkerAnswer
  try {
    answer = await context.pool.run(
      {
        reference,
        transformation: task.transformation,
        arguments: splitArguments(task.arguments),
        workDirectory: places.workDirectory,
        environment: task.environment,
        inputs: reads,
        outputs: attempt.job.outputs.map(({ lfn }) => lfn),
        ...memoryWords(context, attempt, call?.files),
        stdout,
        maxOutputBytes: context.maxOutputBytes,
      },
      {
        askSpace:
          call === undefined ? undefined : async (bytes, wished) => await call.space.ask(bytes, wished),
        onId: (id) => {
          attempt.running = { kill: () => context.pool.kill(id) }
        },
      },
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    answer = {
      id: 0,
      startMs,
      durationMs: systemClock.monotonicMs() - startedMs,
      cpuMs: undefined,
      exitCode: -1,
      hasPrinted: true,
      error: message,
    }
  }
  attempt.running = undefined
  if (call !== undefined) await setting.memory?.take(call.space, answer.written ?? [])
  if (answer.error !== undefined) await writeText(places.stderr(number), `${answer.error}\n`)
  const facts = {
    pid: process.pid,
    startMs: answer.startMs,
    durationMs: answer.durationMs,
    cpuMs: answer.cpuMs,
    // Threads share their memory: none of it can be said to be one function's.
    maxRssBytes: undefined,
    readBytes: undefined,
    writtenBytes: undefined,
    exitCode: answer.exitCode,
    signal: undefined,
    stdout: task.stdout === undefined && answer.hasPrinted ? readCapped(stdout, context.keptOutputBytes) : '',
    stderr: answer.error ?? '',
  }
  const name = `${reference.module.slice(reference.module.lastIndexOf('/') + 1)}#${reference.name}`
  return {
    invocation: record(context, attempt, setting, name, facts),
    failure: await machineFailure(functionFailure(answer), places.workDirectory),
    externalId: undefined,
  }
}

type Facts = Pick<
  Invocation,
  | 'pid'
  | 'startMs'
  | 'durationMs'
  | 'cpuMs'
  | 'maxRssBytes'
  | 'readBytes'
  | 'writtenBytes'
  | 'exitCode'
  | 'signal'
  | 'stdout'
  | 'stderr'
>

function record(
  context: JobContext,
  attempt: Attempt,
  { task, number, program, places, inputs }: TaskSetting,
  executable: string,
  facts: Facts,
): Invocation {
  // Field by field: to spread an object into one with so many others costs kilobytes a job.
  return {
    task: number,
    taskId: task.id,
    transformation: task.transformation,
    executable,
    programSha256: program.sha256,
    arguments: splitArguments(task.arguments),
    workDirectory: places.workDirectory,
    environment: recordedEnvironment(environmentOf(task, program)),
    site: attempt.job.site,
    host: context.host,
    platform: context.platform,
    pid: facts.pid,
    startMs: facts.startMs,
    durationMs: facts.durationMs,
    cpuMs: facts.cpuMs,
    maxRssBytes: facts.maxRssBytes,
    readBytes: facts.readBytes,
    writtenBytes: facts.writtenBytes,
    exitCode: facts.exitCode,
    signal: facts.signal,
    stdout: facts.stdout,
    stderr: facts.stderr,
    inputs,
    outputs: [],
  }
}

function ownVariables(context: JobContext, attempt: Attempt): readonly (readonly [string, string])[] {
  return [
    ['SKYLOOM_RUN_ID', context.runId],
    ['SKYLOOM_JOB', attempt.job.name],
    ['SKYLOOM_ATTEMPT', String(attempt.attempt)],
    ...(isSubWorkflow(attempt.job.kind) && context.subWorkflows !== undefined
      ? [['SKYLOOM_REGISTRY', context.subWorkflows.registry] as const, ...engineEnvironment(process.env)]
      : []),
  ]
}

function programFailure(
  result: ProgramResult,
  memoryMb: number,
  stderr: string,
  maxOutputBytes: number,
): Failure | undefined {
  const { exitCode, signal, killed, startError, fileError } = result
  const facts = { exitCode, ...(signal === undefined ? {} : { signal }) }
  if (startError !== undefined) return { kind: 'start', message: `it could not be started: ${startError}` }
  if (fileError !== undefined) return { kind: 'start', message: `its output could not be kept: ${fileError}` }
  if (killed === 'memory') return { kind: 'memory', message: `it used more than ${memoryMb} MB`, ...facts }
  if (killed === 'timeout') return { kind: 'timeout', message: 'it ran longer than allowed', ...facts }
  if (killed === 'output')
    return { kind: 'output', message: `it wrote more than ${maxOutputBytes} bytes of output`, ...facts }
  if (signal !== undefined) return { kind: 'signal', message: `it was ended by ${signal}`, ...facts }
  if (exitCode === 0) return undefined
  const last = lastLine(stderr)
  return { kind: 'exit', message: `exit code ${exitCode}${last === '' ? '' : `: ${last}`}`, ...facts }
}

/** A program that fails on a full disk, or could not be started for want of room, is not at fault. */
async function machineFailure(
  failure: Failure | undefined,
  workDirectory: string,
): Promise<Failure | undefined> {
  if (failure?.kind === 'start') {
    const code = /: (E[A-Z0-9]+):/.exec(failure.message)?.[1]
    const fault = diskFaultOf([code ?? ''])
    return fault === undefined ? failure : { ...failure, kind: fault }
  }
  if (failure?.kind !== 'exit' && failure?.kind !== 'signal') return failure
  if ((await freeBytes(workDirectory)) > FULL_BYTES) return failure
  return { ...failure, kind: 'space', message: `the disk of ${workDirectory} is full: ${failure.message}` }
}

function functionFailure({ exitCode, error, errorCodes = [] }: WorkerAnswer): Failure | undefined {
  if (error !== undefined) {
    const message = error.split('\n', 1)[0] ?? error
    return { kind: diskFaultOf(errorCodes) ?? 'error', message, exitCode }
  }
  return exitCode === 0 ? undefined : { kind: 'exit', message: `exit code ${exitCode}`, exitCode }
}

function lastLine(text: string): string {
  return (text.trimEnd().split('\n').at(-1) ?? '').slice(0, 300)
}

async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

function inWork(workDirectory: string, name: string): string {
  return isAbsolute(name) ? name : join(workDirectory, name)
}
