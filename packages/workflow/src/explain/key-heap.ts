/** Numbers (0 to 2^32 - 1) by rising key; equal keys by number. */
export class KeyHeap {
  #size = 0
  #items = new Uint32Array(16)
  #keys = new Float64Array(16)

  get size(): number {
    return this.#size
  }

  /** Key of the item that {@link take} gives; infinite when there is none. */
  get leastKey(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#keys[0]!
  }

  /** The item that {@link take} gives, without taking it; -1 when there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : this.#items[0]!
  }

  add(item: number, key: number): void {
    if (this.#size === this.#items.length) this.#grow()
    let at = this.#size++
    this.#items[at] = item
    this.#keys[at] = key
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#isBefore(at, above)) break
      this.#swap(at, above)
      at = above
    }
  }

  /** Takes the first item, -1 when there is none. */
  take(): number {
    if (this.#size === 0) return -1
    const top = this.#items[0]!
    this.#size--
    this.#items[0] = this.#items[this.#size]!
    this.#keys[0] = this.#keys[this.#size]!
    this.#moveDown()
    return top
  }

  #grow(): void {
    const items = new Uint32Array(2 * this.#items.length)
    const keys = new Float64Array(2 * this.#keys.length)
    items.set(this.#items)
    keys.set(this.#keys)
    this.#items = items
    this.#keys = keys
  }

  #moveDown(): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#size) return
      if (child + 1 < this.#size && this.#isBefore(child + 1, child)) child++
      if (!this.#isBefore(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const keyA = this.#keys[a]!
    const keyB = this.#keys[b]!
    return keyA < keyB || (keyA === keyB && this.#items[a]! < this.#items[b]!)
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a]!
    const key = this.#keys[a]!
    this.#items[a] = this.#items[b]!
    this.#keys[a] = this.#keys[b]!
    this.#items[b] = item
    this.#keys[b] = key
  }
}
