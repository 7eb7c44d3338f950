import { setTimeout as wait } from 'node:timers/promises'
import { diskFaultOf, errorCodes } from '../files/disk-fault.ts'

/** A registry without room is asked again after so long. */
const ASK_AGAIN_MS = 1000

/** Who hears of a wait, and may end it. */
export interface RoomOptions {
  readonly signal?: AbortSignal | undefined
  readonly onNotice?: ((text: string) => void) | undefined
}

/**
 * Writes to the registry; while its disk is full, waits and writes the same again. Nothing is lost meanwhile: what runs goes on,
 * and its reports wait.
 *
 * @throws what the registry throws for other reasons, or when `signal` ends the wait
 */
export async function commitWhenRoom(commit: () => Promise<void>, options: RoomOptions): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await commit()
      if (tries > 0) options.onNotice?.('there is room again; the run goes on')
      return
    } catch (error) {
      if (diskFaultOf(errorCodes(error)) !== 'space' || options.signal?.aborted === true) throw error
      const text = error instanceof Error ? error.message : String(error)
      if (tries === 0) options.onNotice?.(`the run waits for room: ${text}`)
    }
    await wait(ASK_AGAIN_MS)
  }
}
