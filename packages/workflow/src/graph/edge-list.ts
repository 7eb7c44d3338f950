/** A growing list of edges between numbered nodes; doubles its arrays, holds no objects. */
export interface EdgeList {
  readonly count: number
  readonly from: Uint32Array
  readonly to: Uint32Array
}

/** Collects edges for {@link buildDigraph}. */
export class EdgeCollector implements EdgeList {
  #count = 0
  #from: Uint32Array
  #to: Uint32Array

  constructor(capacity = 1024) {
    this.#from = new Uint32Array(Math.max(16, capacity))
    this.#to = new Uint32Array(Math.max(16, capacity))
  }

  get count(): number {
    return this.#count
  }

  get from(): Uint32Array {
    return this.#from
  }

  get to(): Uint32Array {
    return this.#to
  }

  /** Adds one edge. */
  add(from: number, to: number): void {
    if (this.#count === this.#from.length) this.#grow()
    this.#from[this.#count] = from
    this.#to[this.#count] = to
    this.#count++
  }

  #grow(): void {
    const from = new Uint32Array(this.#from.length * 2)
    const to = new Uint32Array(this.#to.length * 2)
    from.set(this.#from)
    to.set(this.#to)
    this.#from = from
    this.#to = to
  }
}
