import { setTimeout as wait } from 'node:timers/promises'

/** How patient a transfer is. */
export interface RetryOptions {
  /** Default 4. */
  readonly maxTries?: number | undefined
  /** Wait before the second try, doubled each time. Default 500 ms. */
  readonly waitMs?: number | undefined
}

/** Does the work again, after growing waits, while its faults are temporary. */
export async function withRetries<Result>(
  work: () => Promise<Result>,
  isTemporary: (error: unknown) => boolean,
  signal: AbortSignal,
  { maxTries = 4, waitMs = 500 }: RetryOptions = {},
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (tries >= maxTries || !isTemporary(error)) throw error
      await wait(waitMs * 2 ** (tries - 1), undefined, { signal })
    }
  }
}
