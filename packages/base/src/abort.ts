import { BaseError } from './errors.ts'

/** Throws `BASE_ABORTED` when the signal was raised. Call it once per tile, row block or job, not per pixel. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new BaseError('BASE_ABORTED', 'stopped on request', { cause: signal.reason })
  }
}
