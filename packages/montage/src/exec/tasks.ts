import type { Task } from '@skyloom/kernels'
import type { BackgroundInput, BackgroundResult } from '../background/background.ts'
import type { DiffInput, DiffResult } from '../background/diff.ts'
import type { DiffFitInput, DiffFitResult } from '../background/diff-fit.ts'
import type { FitplaneInput, FitplaneResult } from '../background/fitplane.ts'
import type { FlattenInput, FlattenResult } from '../background/flatten.ts'
import type { Place } from '../command/module.ts'
import type { RunScriptInput, RunScriptResult } from '../plates/run-script.ts'
import type { ProjectResult } from '../project/project-input.ts'
import type { ProjectOneInput } from '../project/project-one.ts'

/** The modules and functions that others call for each row of a table: their inputs and results. */
export interface CalledModules {
  readonly mBackground: { readonly input: BackgroundInput; readonly result: BackgroundResult }
  readonly mDiff: { readonly input: DiffInput; readonly result: DiffResult }
  readonly mDiffFit: { readonly input: DiffFitInput; readonly result: DiffFitResult }
  readonly mFitplane: { readonly input: FitplaneInput; readonly result: FitplaneResult }
  readonly projectOne: { readonly input: ProjectOneInput; readonly result: ProjectResult }
  readonly runScript: { readonly input: RunScriptInput; readonly result: RunScriptResult }
  readonly mFlatten: { readonly input: FlattenInput; readonly result: FlattenResult }
}

/** Name of a module that others call. */
export type CalledName = keyof CalledModules

type Functions = {
  readonly [Name in CalledName]: (
    input: CalledModules[Name]['input'],
    place: Place,
  ) => Promise<CalledModules[Name]['result']>
}

/** The functions of the modules; each is loaded when it is first called. */
export const functions: Functions = {
  mBackground: async (input, place) =>
    await (await import('../background/background.ts')).mBackground(input, place),
  mDiff: async (input, place) => await (await import('../background/diff.ts')).mDiff(input, place),
  mDiffFit: async (input, place) => await (await import('../background/diff-fit.ts')).mDiffFit(input, place),
  mFitplane: async (input, place) =>
    await (await import('../background/fitplane.ts')).mFitplane(input, place),
  projectOne: async (input, place) =>
    await (await import('../project/project-one.ts')).projectOne(input, place),
  runScript: async (input, place) => await (await import('../plates/run-script.ts')).runScript(input, place),
  mFlatten: async (input, place) => await (await import('../background/flatten.ts')).mFlatten(input, place),
}

/** A call on its way to a thread. */
export interface ModuleTask<Name extends CalledName> {
  readonly name: Name
  readonly input: CalledModules[Name]['input']
  readonly place: Place
}

/** Tasks of the threads. */
export type Tasks = { readonly call: Task<ModuleTask<CalledName>, unknown> }

/** Tasks of the threads: one that calls the function of a module. */
export const tasks: Tasks = {
  call: async (_, { name, input, place }) => await callFunction(name, input, place),
}

/** Calls the function of a module. */
export async function callFunction<Name extends CalledName>(
  name: Name,
  input: CalledModules[Name]['input'],
  place: Place,
): Promise<CalledModules[Name]['result']> {
  return await functions[name](input, place)
}
