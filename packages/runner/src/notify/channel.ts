import type { NoticeMessage } from './notice.ts'

/** A way to tell somebody. */
export interface Channel {
  /** For the log; without secrets. */
  readonly name: string
  /** Notices of jobs are gathered for so long, those of runs go at once. */
  readonly gatherMs: number
  /** @throws {NoticeFault} when it was refused; any other error counts as temporary */
  send(message: NoticeMessage, signal: AbortSignal): Promise<void>
}

/** A message was not taken. */
export class NoticeFault extends Error {
  /** Another try may help. */
  readonly isTemporary: boolean

  constructor(message: string, isTemporary: boolean) {
    super(message)
    this.isTemporary = isTemporary
  }
}
