import { isSkyloomError } from '@skyloom/base'
import { createPixelMemory } from '@skyloom/kernels'
import type { Place } from '../command/module.ts'
import { type CalledModules, type CalledName, callFunction, type Tasks } from './tasks.ts'

/** What became of one call: its result, or the sentence that says why it failed. */
export type Attempt<Result> = { readonly result: Result } | { readonly reason: string }

/** Scratch that the pool gives each thread; the modules use none. */
const SCRATCH_BYTES = 64
const POOL_BYTES = 1 << 20

/**
 * Calls a module for each of the inputs, several at the same time, and gives the outcomes in the order of the inputs. A module that
 * fails is an outcome, a fault of the program is thrown.
 *
 * @param threads calls at the same time, each in a thread of its own; 1 calls here, one after another
 */
export async function callEach<Name extends CalledName>(
  name: Name,
  inputs: readonly CalledModules[Name]['input'][],
  place: Place,
  threads: number = 1,
): Promise<readonly Attempt<CalledModules[Name]['result']>[]> {
  const count = Math.min(threads, inputs.length)
  if (count <= 1) {
    const outcomes: Attempt<CalledModules[Name]['result']>[] = []
    for (const input of inputs)
      outcomes.push(await attempt(async () => await callFunction(name, input, place)))
    return outcomes
  }
  const { createWorkerPool } = await import('@skyloom/kernels/node')
  const pool = createWorkerPool<Tasks>({
    threads: count,
    memory: createPixelMemory({ maximumBytes: POOL_BYTES }),
    taskModule: new URL('./tasks.js', import.meta.url),
    scratchBytes: SCRATCH_BYTES,
  })
  const callThere = async (input: CalledModules[Name]['input']): Promise<CalledModules[Name]['result']> =>
    // The thread calls the function of this name, whose result comes back as it is.
    (await pool.run('call', { name, input, place })) as CalledModules[Name]['result']
  try {
    return await Promise.all(inputs.map(async (input) => await attempt(async () => await callThere(input))))
  } finally {
    await pool.close()
  }
}

async function attempt<Result>(run: () => Promise<Result>): Promise<Attempt<Result>> {
  try {
    return { result: await run() }
  } catch (error) {
    if (isSkyloomError(error)) return { reason: error.problem }
    throw error
  }
}
