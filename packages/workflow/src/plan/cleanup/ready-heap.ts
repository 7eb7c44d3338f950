/**
 * Nodes that can run, the one that needs least space first: those that free at least as much as they need by what
 * they need, then the others by the difference. Equal ones by number. Offering a node again replaces its keys.
 */
export class ReadyHeap {
  readonly #group: Uint8Array
  readonly #key: Float64Array
  /** Place of each node in the heap, -1 when it is not there. */
  readonly #place: Int32Array
  readonly #heap: number[] = []

  constructor(nodeCount: number) {
    this.#group = new Uint8Array(nodeCount)
    this.#key = new Float64Array(nodeCount)
    this.#place = new Int32Array(nodeCount).fill(-1)
  }

  /** Adds a node, or gives it new keys. */
  offer(node: number, needed: number, balance: number): void {
    this.#group[node] = balance <= 0 ? 0 : 1
    this.#key[node] = balance <= 0 ? needed : balance
    if (this.#place[node]! < 0) {
      this.#place[node] = this.#heap.length
      this.#heap.push(node)
    }
    this.#moveUp(this.#place[node]!)
    this.#moveDown(this.#place[node]!)
  }

  /** Takes the first node, -1 when there is none. */
  take(): number {
    const top = this.#heap[0]
    if (top === undefined) return -1
    this.#place[top] = -1
    const last = this.#heap.pop() ?? top
    if (last !== top) {
      this.#heap[0] = last
      this.#place[last] = 0
      this.#moveDown(0)
    }
    return top
  }

  #moveUp(start: number): void {
    let at = start
    while (at > 0) {
      const above = (at - 1) >> 1
      if (!this.#isBefore(this.#heap[at] ?? 0, this.#heap[above] ?? 0)) return
      this.#swap(at, above)
      at = above
    }
  }

  #moveDown(start: number): void {
    let at = start
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#heap.length) return
      const right = this.#heap[child + 1]
      if (right !== undefined && this.#isBefore(right, this.#heap[child] ?? 0)) child++
      if (!this.#isBefore(this.#heap[child] ?? 0, this.#heap[at] ?? 0)) return
      this.#swap(at, child)
      at = child
    }
  }

  #isBefore(a: number, b: number): boolean {
    if (this.#group[a] !== this.#group[b]) return this.#group[a]! < this.#group[b]!
    if (this.#key[a] !== this.#key[b]) return this.#key[a]! < this.#key[b]!
    return a < b
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a] ?? 0
    const second = this.#heap[b] ?? 0
    this.#heap[a] = second
    this.#heap[b] = first
    this.#place[second] = a
    this.#place[first] = b
  }
}
