const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** FNV-1a of bytes, 32 bits, unsigned. */
export function fnv1a(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  let hash = FNV_OFFSET
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME)
  return hash >>> 0
}

/**
 * Names of numbered things, each different, found by number and by name. They lie as UTF-8 in one block with a hash index of
 * numbers beside it: 100,000 names of 20 characters take 3.5 MB and no objects, where a list and a map take 14 MB.
 */
export class NameTable {
  readonly count: number
  readonly #starts: Uint32Array
  readonly #lengths: Uint32Array
  /** Numbers by hash, open addressing; -1 is free. */
  readonly #slots: Int32Array
  #bytes: Buffer
  #used = 0
  #asked = Buffer.alloc(256)

  constructor(count: number) {
    this.count = count
    this.#starts = new Uint32Array(count)
    this.#lengths = new Uint32Array(count)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 1))).fill(-1)
    this.#bytes = Buffer.alloc(16 * count + 16)
  }

  /** Gives a number its name. @returns false when another number has it */
  set(number: number, name: string): boolean {
    const length = this.#ask(name)
    const slot = this.#slotOf(length)
    if (this.#slots[slot] !== -1) return false
    if (this.#used + length > this.#bytes.length) this.#grow(length)
    this.#asked.copy(this.#bytes, this.#used, 0, length)
    this.#starts[number] = this.#used
    this.#lengths[number] = length
    this.#used += length
    this.#slots[slot] = number
    return true
  }

  /** Name of a number; empty for one that has none. */
  name(number: number): string {
    const start = this.#starts[number]
    return start === undefined ? '' : this.#bytes.toString('utf8', start, start + this.#lengths[number]!)
  }

  /** Number of a name. */
  find(name: string): number | undefined {
    const number = this.#slots[this.#slotOf(this.#ask(name))]
    return number === undefined || number < 0 ? undefined : number
  }

  /** Puts a name where it can be compared. @returns its length in bytes */
  #ask(name: string): number {
    // A character of UTF-16 takes at most three bytes of UTF-8.
    if (3 * name.length > this.#asked.length) this.#asked = Buffer.alloc(6 * name.length)
    return this.#asked.write(name)
  }

  /** Where the asked name is, or would be put. */
  #slotOf(length: number): number {
    const mask = this.#slots.length - 1
    let slot = fnv1a(this.#asked, 0, length) & mask
    for (;;) {
      const number = this.#slots[slot]!
      if (number < 0 || this.#isAsked(number, length)) return slot
      slot = (slot + 1) & mask
    }
  }

  #isAsked(number: number, length: number): boolean {
    const start = this.#starts[number]!
    return (
      this.#lengths[number] === length &&
      this.#bytes.compare(this.#asked, 0, length, start, start + length) === 0
    )
  }

  #grow(length: number): void {
    const grown = Buffer.alloc(2 * this.#bytes.length + length)
    this.#bytes.copy(grown, 0, 0, this.#used)
    this.#bytes = grown
  }
}
