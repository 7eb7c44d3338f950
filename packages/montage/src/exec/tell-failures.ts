import type { Place } from '../command/module.ts'

/** Whether a module that works on many things tells of each one that failed. */
export interface Telling {
  readonly tells: boolean
}

/** The function of a module that works on many things, for calls that say whether it tells of each one that failed. */
export function tellFailures<Input, Result extends { readonly failures: readonly string[] }>(
  run: (input: Input, place: Place) => Promise<Result>,
): (input: Input & Telling, place: Place) => Promise<Result> {
  return async (input, place) => {
    const result = await run(input, place)
    return input.tells ? result : { ...result, failures: [] }
  }
}
