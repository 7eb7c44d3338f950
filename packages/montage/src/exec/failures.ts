import type { Attempt } from './call-each.ts'

/** The results of the calls that did not fail, with the places of their inputs. */
export function succeeded<Result>(
  attempts: readonly Attempt<Result>[],
): readonly { readonly index: number; readonly result: Result }[] {
  return attempts.flatMap((attempt, index) =>
    'result' in attempt ? [{ index, result: attempt.result }] : [],
  )
}

/** A sentence for each call that failed: its name and the reason. */
export function failures(attempts: readonly Attempt<unknown>[], names: readonly string[]): readonly string[] {
  return attempts.flatMap((attempt, index) =>
    'reason' in attempt ? [`${names[index] ?? ''}: ${attempt.reason}`] : [],
  )
}
