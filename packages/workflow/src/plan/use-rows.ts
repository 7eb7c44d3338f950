/** Files that rows (jobs, or clusters of jobs) read or write: row `r` has the entries `start[r]` to `start[r + 1] - 1`. */
export interface UseRows {
  readonly start: Uint32Array
  readonly file: Uint32Array
  /** Bits of `USE`. */
  readonly flags: Uint8Array
}

/** Growing rows of uses. */
export class UseRowsBuilder {
  readonly #start: Uint32Array
  #file: Uint32Array
  #flags: Uint8Array
  #rowCount = 0
  #count = 0

  constructor(rowCount: number) {
    this.#start = new Uint32Array(rowCount + 1)
    this.#file = new Uint32Array(Math.max(16, rowCount * 2))
    this.#flags = new Uint8Array(this.#file.length)
  }

  /** Adds an entry to the open row. */
  add(file: number, flags: number): void {
    if (this.#count === this.#file.length) this.#grow()
    this.#file[this.#count] = file
    this.#flags[this.#count] = flags
    this.#count++
  }

  /** Place of the entry that was added last. */
  get lastPlace(): number {
    return this.#count - 1
  }

  /** Takes bits off an entry. */
  clear(place: number, flags: number): void {
    this.#flags[place]! &= ~flags
  }

  /** Closes a row; the next entries belong to the next one. */
  endRow(): void {
    this.#start[++this.#rowCount] = this.#count
  }

  finish(): UseRows {
    return {
      start: this.#start,
      file: this.#file.slice(0, this.#count),
      flags: this.#flags.slice(0, this.#count),
    }
  }

  #grow(): void {
    const file = new Uint32Array(this.#file.length * 2)
    const flags = new Uint8Array(file.length)
    file.set(this.#file)
    flags.set(this.#flags)
    this.#file = file
    this.#flags = flags
  }
}
