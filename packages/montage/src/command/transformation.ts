import { loadModule } from './registry.ts'
import { runModule } from './run-module.ts'

/** What an engine tells a transformation that runs inside it instead of as a program. */
export interface TransformationCall {
  /** Name of the module. */
  readonly transformation: string
  readonly arguments: readonly string[]
  /** Folder that relative paths start from. */
  readonly workDirectory: string
  /** Memory that it should not exceed by much, bytes. Default: half of the machine's. */
  readonly memoryBytes?: number | undefined
  /** Takes what the command prints. */
  readonly print: (text: string) => void
}

/**
 * Runs a module as a transformation of a workflow, in the process that calls it: no program is started, and modules stay loaded.
 *
 * @returns the exit code
 */
export async function montageTransformation(call: TransformationCall): Promise<number> {
  const module = await loadModule(call.transformation)
  if (module === undefined) throw new Error(`no module ${call.transformation}`)
  const { workDirectory: cwd, transformation: program, print: write, memoryBytes } = call
  const io = { cwd, program, write, memoryBytes }
  return await runModule(module, call.arguments, io)
}
