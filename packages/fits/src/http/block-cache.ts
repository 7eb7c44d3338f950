/** Blocks of a remote file, the most recently used kept. A block that failed is forgotten, so that it is asked for again. */
export class BlockCache {
  readonly #maxBlocks: number
  readonly #blocks = new Map<number, Promise<Uint8Array>>()

  constructor(maxBlocks: number) {
    this.#maxBlocks = maxBlocks
  }

  has(index: number): boolean {
    return this.#blocks.has(index)
  }

  get(index: number): Promise<Uint8Array> | undefined {
    const block = this.#blocks.get(index)
    if (block === undefined) return undefined
    this.#blocks.delete(index)
    this.#blocks.set(index, block)
    return block
  }

  put(index: number, block: Promise<Uint8Array>): void {
    this.#blocks.set(index, block)
    block.catch(() => {
      if (this.#blocks.get(index) === block) this.#blocks.delete(index)
    })
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#maxBlocks) break
      this.#blocks.delete(oldest)
    }
  }

  clear(): void {
    this.#blocks.clear()
  }
}
