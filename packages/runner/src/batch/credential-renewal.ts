import type { Clock } from '@skyloom/base'
import type { CredentialSource } from '../credentials/collect-credentials.ts'
import { RunnerError } from '../errors.ts'
import { credentialFiles, writeCredentials } from './batch-credentials.ts'
import type { OpenBatch } from './open-batch.ts'

/** Keys for some hours are replaced well before they end; so often it is looked whether they were. */
const RENEW_MS = 60_000

/** What a renewal needs of its executor. */
export interface RenewalOptions {
  readonly source: CredentialSource
  readonly clock: Clock
  /** Something for a person to know while the run goes on. */
  readonly onNote: (text: string) => void
  /** Time between two looks. Default one minute. */
  readonly renewMs?: number | undefined
}

/**
 * Gives batches that wait or run the credentials that the submitting side has now: they may be for some hours only, and an engine that
 * takes a run up may have others than the one before.
 */
export class CredentialRenewal {
  readonly #options: RenewalOptions
  #lookedMs = -Infinity

  constructor(options: RenewalOptions) {
    this.#options = options
  }

  /** Writes what has changed. Credentials that cannot be read are told; nodes keep those that they have. */
  async look(batches: readonly OpenBatch[]): Promise<void> {
    const { source, clock, onNote, renewMs = RENEW_MS } = this.#options
    const now = clock.monotonicMs()
    if (now - this.#lookedMs < renewMs) return
    this.#lookedMs = now
    for (const { folder, file, open } of batches) {
      if (open.size === 0 || credentialFiles(folder.path).length === 0) continue
      try {
        await writeCredentials(folder.path, file, source)
      } catch (error) {
        if (!(error instanceof RunnerError && error.code === 'RUNNER_TRANSFER_FAILED')) throw error
        onNote(`${error.message}; jobs go on with the credentials that they have`)
      }
    }
  }
}
