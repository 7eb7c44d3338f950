/** Numbers by rising key; equal keys by number. */
export class KeyHeap {
  readonly #items: number[] = []
  readonly #keys: number[] = []

  get size(): number {
    return this.#items.length
  }

  /** Key of the item that {@link take} gives; infinite when there is none. */
  get leastKey(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY
  }

  /** The item that {@link take} gives, without taking it; -1 when there is none. */
  get first(): number {
    return this.#items[0] ?? -1
  }

  add(item: number, key: number): void {
    let at = this.#items.length
    this.#items.push(item)
    this.#keys.push(key)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#isBefore(at, above)) break
      this.#swap(at, above)
      at = above
    }
  }

  /** Takes the first item, -1 when there is none. */
  take(): number {
    const top = this.#items[0]
    if (top === undefined) return -1
    const lastItem = this.#items.pop() ?? 0
    const lastKey = this.#keys.pop() ?? 0
    if (this.#items.length > 0) {
      this.#items[0] = lastItem
      this.#keys[0] = lastKey
      this.#moveDown()
    }
    return top
  }

  #moveDown(): void {
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#items.length) return
      if (child + 1 < this.#items.length && this.#isBefore(child + 1, child)) child++
      if (!this.#isBefore(child, at)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    const keyA = this.#keys[a] ?? 0
    const keyB = this.#keys[b] ?? 0
    return keyA < keyB || (keyA === keyB && (this.#items[a] ?? 0) < (this.#items[b] ?? 0))
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a] ?? 0
    const key = this.#keys[a] ?? 0
    this.#items[a] = this.#items[b] ?? 0
    this.#keys[a] = this.#keys[b] ?? 0
    this.#items[b] = item
    this.#keys[b] = key
  }
}
