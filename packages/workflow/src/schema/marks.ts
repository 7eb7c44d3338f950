/** A growing list of text offsets, for messages that are made after the nodes are gone. */
export class Marks {
  #count = 0
  #offsets = new Uint32Array(64)

  push(offset: number): void {
    if (this.#count === this.#offsets.length) {
      const longer = new Uint32Array(this.#offsets.length * 2)
      longer.set(this.#offsets)
      this.#offsets = longer
    }
    this.#offsets[this.#count++] = offset
  }

  at(index: number): number | undefined {
    return index < this.#count ? this.#offsets[index] : undefined
  }
}
