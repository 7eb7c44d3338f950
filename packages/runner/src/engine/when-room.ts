import { setTimeout as wait } from 'node:timers/promises'
import { diskFaultOf, errorCodes } from '../files/disk-fault.ts'

/** What had no room is tried again after so long. */
const TRY_AGAIN_MS = 1000

/** What is said when the wait is over. */
export const ROOM = 'there is room again; the run goes on'

/** Who hears of a wait, and may end it. */
export interface RoomOptions {
  readonly signal?: AbortSignal | undefined
  readonly onNotice?: ((text: string) => void) | undefined
}

/**
 * Does what the engine itself writes: its commits, and what it begins with. While a disk is full, waits and does the same again.
 * Nothing is lost meanwhile: what runs goes on, and its reports wait.
 *
 * @throws what the work throws for other reasons, or when `signal` ends the wait
 */
export async function whenRoom<Result>(work: () => Promise<Result>, options: RoomOptions): Promise<Result> {
  for (let tries = 0; ; tries++) {
    try {
      const result = await work()
      if (tries > 0) options.onNotice?.(ROOM)
      return result
    } catch (error) {
      if (diskFaultOf(errorCodes(error)) !== 'space' || options.signal?.aborted === true) throw error
      const text = error instanceof Error ? error.message : String(error)
      if (tries === 0) options.onNotice?.(`the run waits for room: ${text}`)
      // Who ends the wait gets the error that it was for.
      await wait(TRY_AGAIN_MS, undefined, { signal: options.signal }).catch(() => {
        throw error
      })
    }
  }
}
