import { freeBytes } from '../files/disk-fault.ts'

/** So much more must be free than when the disk was full, bytes. */
const MORE_BYTES = 1 << 20
/**
 * A disk may refuse though it has room, for a quota or for want of inodes: the work is tried again after so long, then after twice as
 * long, and so on.
 */
const FIRST_TRY_MS = 1000
const LAST_TRY_MS = 600_000

/** Waits for space on a disk that was full. */
export class SpaceWait {
  readonly path: string
  readonly #nowMs: () => number
  #fullBytes: number | undefined
  #tryMs = FIRST_TRY_MS
  #tryAtMs: number

  /** @param nowMs a clock that never jumps */
  constructor(path: string, nowMs: () => number) {
    this.path = path
    this.#nowMs = nowMs
    this.#tryAtMs = nowMs() + this.#tryMs
  }

  /** The work that waits met a full disk. @returns free bytes */
  async begin(): Promise<number> {
    const free = await freeBytes(this.path)
    this.#fullBytes = free
    this.#tryAtMs = this.#nowMs() + this.#tryMs
    this.#tryMs = Math.min(LAST_TRY_MS, 2 * this.#tryMs)
    return free
  }

  /** Why the work may be tried again: there is more room, or it is time to see whether there is; `undefined` when it may not. */
  async end(): Promise<'room' | 'time' | undefined> {
    const free = await freeBytes(this.path)
    // What the work left behind goes after it failed: the least that was seen counts as full.
    this.#fullBytes = Math.min(this.#fullBytes ?? free, free)
    const isRoom = free >= this.#fullBytes + MORE_BYTES
    if (isRoom) this.#tryMs = FIRST_TRY_MS
    if (isRoom) return 'room'
    return this.#nowMs() >= this.#tryAtMs ? 'time' : undefined
  }
}
