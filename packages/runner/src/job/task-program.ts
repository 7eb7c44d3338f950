import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlanTask } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { FunctionReference } from '../executor/worker-protocol.ts'
import type { JobContext } from './job-context.ts'

/** What a task executes, found on this machine. */
export type TaskProgram =
  | { readonly type: 'program'; readonly path: string; readonly sha256: string }
  | { readonly type: 'function'; readonly reference: FunctionReference; readonly sha256: string }

/**
 * Finds the program or function of a task, with its content hash.
 *
 * @param workDirectory has staged programs under their logical names
 * @throws {RunnerError} `RUNNER_NO_TRANSFORMATION` when this machine cannot run it
 */
export async function taskProgram(
  context: JobContext,
  task: PlanTask,
  workDirectory: string,
): Promise<TaskProgram> {
  const { executable } = task
  const injected = context.functions.get(task.transformation)
  if (injected !== undefined) return await functionOf(context, injected)
  switch (executable.type) {
    case 'function': {
      const reference = context.functions.get(executable.name)
      if (reference !== undefined) return await functionOf(context, reference)
      throw missing(task, `no function ${executable.name} was given to the engine`)
    }
    case 'installed':
    case 'staged': {
      if (executable.container !== undefined) {
        throw missing(
          task,
          `it needs the container ${executable.container.name}, and this executor runs none`,
        )
      }
      const path =
        executable.type === 'staged'
          ? join(workDirectory, executable.lfn)
          : await findProgram(executable.path, task)
      await checkProgram(path, task)
      return { type: 'program', path, sha256: (await context.hasher.digest(path)).sha256 }
    }
    default:
      throw missing(task, `${executable.type} is no program`)
  }
}

async function functionOf(context: JobContext, reference: FunctionReference): Promise<TaskProgram> {
  const { sha256 } = await context.hasher.digest(fileURLToPath(reference.module))
  return { type: 'function', reference, sha256 }
}

/** An absolute path is taken as it is; a name is looked for on the search path. */
async function findProgram(path: string, task: PlanTask): Promise<string> {
  if (path.startsWith('/')) return path
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, path)
    if (
      await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return candidate
  }
  throw missing(task, `${path} is not on the search path`)
}

async function checkProgram(path: string, task: PlanTask): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is no file')
    await access(path, constants.X_OK)
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
