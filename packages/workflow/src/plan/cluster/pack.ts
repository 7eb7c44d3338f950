/**
 * Packs tasks into bins of a capacity: longest first, each into the first bin where it fits. Tasks that are longer
 * than the capacity are in no bin.
 */
export function packByCapacity(
  tasks: readonly number[],
  seconds: readonly number[],
  capacity: number,
): readonly (readonly number[])[] {
  const bins: { readonly tasks: number[]; free: number }[] = []
  for (const k of longestFirst(seconds)) {
    const task = tasks[k]
    const length = seconds[k] ?? 0
    if (task === undefined || length > capacity) continue
    const bin = bins.find((candidate) => candidate.free >= length)
    if (bin === undefined) bins.push({ tasks: [task], free: capacity - length })
    else {
      bin.tasks.push(task)
      bin.free -= length
    }
  }
  return bins.map((bin) => bin.tasks)
}

/** Deals tasks over a number of bins: longest first, each to the bin with the least load. */
export function packEvenly(
  tasks: readonly number[],
  seconds: readonly number[],
  binCount: number,
): readonly (readonly number[])[] {
  const bins = Array.from({ length: Math.min(binCount, tasks.length) }, (): number[] => [])
  const heap = new LoadHeap(bins.length)
  for (const k of longestFirst(seconds)) {
    const task = tasks[k]
    if (task !== undefined) bins[heap.addToLeast(seconds[k] ?? 0)]?.push(task)
  }
  return bins
}

function longestFirst(seconds: readonly number[]): readonly number[] {
  return seconds.map((_, k) => k).sort((a, b) => (seconds[b] ?? 0) - (seconds[a] ?? 0) || a - b)
}

/** Loads of numbered bins, the least on top; equal loads by number. */
class LoadHeap {
  readonly #bin: Uint32Array
  readonly #load: Float64Array

  constructor(count: number) {
    this.#bin = Uint32Array.from({ length: count }, (_, k) => k)
    this.#load = new Float64Array(count)
  }

  /** Adds to the least loaded bin and returns its number. */
  addToLeast(amount: number): number {
    const heap = this.#bin
    const top = heap[0]!
    this.#load[top]! += amount
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && this.#isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!this.#isBefore(heap[child]!, top)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = top
    return top
  }

  #isBefore(a: number, b: number): boolean {
    return this.#load[a]! < this.#load[b]! || (this.#load[a] === this.#load[b] && a < b)
  }
}
