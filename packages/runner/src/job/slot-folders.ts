import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Folders for programs that have no files of their own to read or write: each runs in one that is empty and nobody else's, and
 * an empty one is used again; folders of their logs are made once. Making and removing a folder for every program costs more than starting a short program.
 */
export class SlotFolders {
  readonly #root: string
  readonly #token: number
  readonly #free: string[] = []
  readonly #logs = new Set<string>()
  #made = 0

  /** @param token of the engine's lease: programs of former engines may still run in theirs */
  constructor(root: string, token: number) {
    this.#root = root
    this.#token = token
  }

  take(): string {
    const free = this.#free.pop()
    if (free !== undefined) return free
    const path = join(this.#root, `slot-${this.#token}-${this.#made++}`)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** Gives a folder back; what a program left in it goes. */
  give(path: string): void {
    if (readdirSync(path).length > 0) rmSync(path, { recursive: true, force: true })
    else this.#free.push(path)
  }

  /** Makes the folder of a log file, once. */
  makeLogFolder(path: string): void {
    if (this.#logs.has(path)) return
    mkdirSync(path, { recursive: true })
    this.#logs.add(path)
  }

  /** Removes the folders that are free. */
  close(): void {
    for (const path of this.#free.splice(0)) rmdirSync(path)
  }
}
