import { loadModule } from '../src/command/registry.ts'
import { callModule, type ModuleOutcome } from '../src/command/run-module.ts'

/** Runs a module in the process, in a folder. */
export async function runModuleIn(
  folder: string,
  name: string,
  ...args: readonly string[]
): Promise<ModuleOutcome> {
  const module = await loadModule(name)
  if (module === undefined) throw new Error(`no module ${name}`)
  return await callModule(module, args, folder)
}
