import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { WorkerCall } from './worker-protocol.ts'

/** The file of what a function prints: written at once, so that it can be read while the function runs. */
export class PrintedFile {
  readonly #path: string
  readonly #maxBytes: number
  #fd: number | undefined
  #bytes = 0
  #isClosed = false

  constructor({ stdout, maxOutputBytes }: Pick<WorkerCall, 'stdout' | 'maxOutputBytes'>) {
    this.#path = stdout
    this.#maxBytes = maxOutputBytes
  }

  /**
   * What comes after the end of the function is lost.
   *
   * @throws Error when more is printed than the function may
   */
  write(text: string): void {
    if (this.#isClosed) return
    const bytes = Buffer.from(text)
    if (bytes.length === 0) return
    this.#bytes += bytes.length
    if (this.#bytes > this.#maxBytes) throw new Error(`it wrote more than ${this.#maxBytes} bytes of output`)
    this.#fd ??= this.#open()
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
  }

  /** @returns whether anything was printed */
  close(): boolean {
    this.#isClosed = true
    if (this.#fd === undefined) return false
    closeSync(this.#fd)
    this.#fd = undefined
    return true
  }

  #open(): number {
    mkdirSync(dirname(this.#path), { recursive: true })
    return openSync(this.#path, 'w')
  }
}
