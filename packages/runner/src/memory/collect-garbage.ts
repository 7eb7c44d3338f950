import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/**
 * Frees what this thread does not use any more. Node would wait until the thread has allocated as much again, as it knows nothing of the
 * memory that all threads share.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    // With the flag new contexts have this function. It is of all threads, so none takes it back: another may be about to make its context.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
