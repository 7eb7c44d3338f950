import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlanTask } from '@skyloom/workflow'
import { type ReadyContainer, workFolder } from '../container/contained-program.ts'
import { RunnerError } from '../errors.ts'
import type { FunctionReference } from '../executor/worker-protocol.ts'
import { canExecute } from '../files/can-execute.ts'
import { codeSha256, scriptBehind } from '../files/code-hash.ts'
import type { JobContext } from './job-context.ts'

/** What a task executes, found on this machine. */
export type TaskProgram =
  | {
      readonly type: 'program'
      /** In a container: as it is seen there. */
      readonly path: string
      readonly sha256: string
      readonly container?: ReadyContainer | undefined
    }
  | { readonly type: 'function'; readonly reference: FunctionReference; readonly sha256: string }

/**
 * Finds the program or function of a task, with its content hash.
 *
 * @param workDirectory has staged programs under their logical names
 * @param containers those of the job, ready
 * @throws {RunnerError} `RUNNER_NO_TRANSFORMATION` when this machine cannot run it
 */
export async function taskProgram(
  context: JobContext,
  task: PlanTask,
  workDirectory: string,
  containers?: ReadonlyMap<string, ReadyContainer>,
): Promise<TaskProgram> {
  const { executable } = task
  const reference = functionFor(context, task)
  if (reference !== undefined) return await functionOf(context, reference)
  switch (executable.type) {
    case 'function':
      throw missing(task, `no function ${executable.name} was given to the engine`)
    case 'installed':
    case 'staged': {
      if (executable.container !== undefined) {
        const ready = containers?.get(executable.container.name)
        if (ready === undefined)
          throw missing(task, `the container ${executable.container.name} is not ready`)
        return await containedProgram(context, executable, workDirectory, ready)
      }
      const path =
        executable.type === 'staged'
          ? join(workDirectory, executable.lfn)
          : findProgram(executable.path, task)
      checkProgram(path, task)
      // What a staged script needs besides itself is an input of its job.
      const script = executable.type === 'staged' ? undefined : scriptBehind(path)
      const sha256 =
        script === undefined ? (await context.hasher.digest(path)).sha256 : await codeOf(context, path)
      return { type: 'program', path, sha256 }
    }
    default:
      throw missing(task, `${executable.type} is no program`)
  }
}

/** The function that was given to the engine for a task; `undefined` where a program runs. */
export function functionFor(
  { functions }: Pick<JobContext, 'functions'>,
  { transformation, executable }: PlanTask,
): FunctionReference | undefined {
  return (
    functions.get(transformation) ??
    (executable.type === 'function' ? functions.get(executable.name) : undefined)
  )
}

/** What an installed program is follows from its image and its path there. */
async function containedProgram(
  context: JobContext,
  executable: Extract<PlanTask['executable'], { type: 'installed' | 'staged' }>,
  workDirectory: string,
  container: ReadyContainer,
): Promise<TaskProgram> {
  if (executable.type === 'installed')
    return { type: 'program', path: executable.path, sha256: container.image.digest.sha256, container }
  const { sha256 } = await context.hasher.digest(join(workDirectory, executable.lfn))
  return { type: 'program', path: `${workFolder(container.container)}/${executable.lfn}`, sha256, container }
}

const codes = new WeakMap<JobContext, Map<string, Promise<string>>>()

/**
 * Of a script all of its code counts, of another program its file: what libraries it loads is not known. Code is looked at once in
 * the life of an engine: many functions come from one module.
 */
async function codeOf(context: JobContext, path: string): Promise<string> {
  const known = codes.get(context) ?? new Map<string, Promise<string>>()
  codes.set(context, known)
  const hash = known.get(path) ?? codeSha256(path, context.hasher)
  known.set(path, hash)
  return await hash
}

const functions = new WeakMap<FunctionReference, TaskProgram>()

/** Modules are loaded once by each worker, so they are hashed once, too. */
async function functionOf(context: JobContext, reference: FunctionReference): Promise<TaskProgram> {
  const known = functions.get(reference)
  if (known !== undefined) return known
  const sha256 = await codeOf(context, fileURLToPath(reference.module))
  const found: TaskProgram = { type: 'function', reference, sha256 }
  functions.set(reference, found)
  return found
}

/** An absolute path is taken as it is; a name is looked for on the search path. */
function findProgram(path: string, task: PlanTask): string {
  if (path.startsWith('/')) return path
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, path)
    if (canExecute(candidate)) return candidate
  }
  throw missing(task, `${path} is not on the search path`)
}

function checkProgram(path: string, task: PlanTask): void {
  try {
    if (!statSync(path).isFile()) throw new Error('it is no file')
    accessSync(path, constants.X_OK)
  } catch (cause) {
    throw missing(task, `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
}

function missing(task: PlanTask, found: string, cause?: unknown): RunnerError {
  return new RunnerError('RUNNER_NO_TRANSFORMATION', 'the program cannot be run here', {
    where: [task.transformation],
    found,
    remedy: 'correct the entry for this site in the transformation catalog and plan again',
    cause,
  })
}
