import type { Extent } from './extent.ts'

/** Space is given out in multiples of a page, so that what a file has beside its bytes is little. */
const PAGE_BYTES = 4096
/** Size of a buffer; the last one ends with the limit. */
const SLAB_BYTES = 64 * 1024 * 1024

/** One shared buffer. The system gives it memory only where it was written. */
interface Slab {
  readonly buffer: SharedArrayBuffer
  /** Ends of what was ever given out: what is below has memory. */
  touched: number
  /** Free parts in order of their places. */
  free: { start: number; end: number }[]
}

/**
 * Space in shared buffers up to a limit, given out in pages and taken back. Memory that was used once stays with the process and is given
 * out again first, at the lowest places: buffers are never dropped, as nobody could say when they are gone from all threads.
 */
export class BlockSpace {
  readonly #limitBytes: number
  readonly #slabBytes: number
  readonly #slabs: Slab[] = []
  readonly #slabOf = new Map<SharedArrayBuffer, Slab>()
  #nextId = 1
  #usedBytes = 0

  constructor(limitBytes: number, slabBytes: number = SLAB_BYTES) {
    this.#limitBytes = Math.floor(limitBytes / PAGE_BYTES) * PAGE_BYTES
    this.#slabBytes = slabBytes
  }

  /** Bytes that are given out. */
  get usedBytes(): number {
    return this.#usedBytes
  }

  /** Bytes that were ever given out: what the process has memory for. */
  get touchedBytes(): number {
    return this.#slabs.reduce((sum, { touched }) => sum + touched, 0)
  }

  /** Bytes by which {@link touchedBytes} would grow, at least, if so many bytes were given out. */
  growthFor(bytes: number): number {
    const free = this.#slabs.reduce(
      (sum, slab) =>
        sum + slab.free.reduce((own, { start, end }) => own + clamp(slab.touched, start, end), 0),
      0,
    )
    return Math.max(0, pages(bytes) - free)
  }

  /**
   * At least so many bytes, in as few parts as the lowest places allow.
   *
   * @param mayGrow whether memory may be taken that was never used before
   * @returns nothing when there are not so many
   */
  take(bytes: number, mayGrow: boolean): readonly Extent[] | undefined {
    const wanted = pages(bytes)
    const isThere = this.#usedBytes + wanted <= this.#limitBytes && (mayGrow || this.growthFor(bytes) === 0)
    if (!isThere) return undefined
    const taken: Extent[] = []
    let left = wanted
    for (let at = 0; left > 0; at++) {
      const slab = this.#slabs[at] ?? this.#grow()
      const ends = mayGrow ? slab.buffer.byteLength : slab.touched
      while (left > 0) {
        const usable = slab.free.filter(({ start }) => start < ends)
        const part = usable.find(({ start, end }) => Math.min(end, ends) - start >= left) ?? usable[0]
        if (part === undefined) break
        const length = Math.min(left, Math.min(part.end, ends) - part.start)
        taken.push({ id: this.#nextId++, buffer: slab.buffer, offset: part.start, length })
        part.start += length
        if (part.start === part.end) slab.free.splice(slab.free.indexOf(part), 1)
        slab.touched = Math.max(slab.touched, part.start)
        left -= length
      }
    }
    this.#usedBytes += wanted
    return taken
  }

  /** Takes parts back. */
  give(extents: readonly Extent[]): void {
    for (const { buffer, offset, length } of extents) this.#free(buffer, offset, offset + length)
  }

  /** Takes back what a file of this size does not need of its parts. @returns the parts that it keeps */
  trim(extents: readonly Extent[], sizeBytes: number): readonly Extent[] {
    const kept: Extent[] = []
    let left = pages(sizeBytes)
    for (const extent of extents) {
      const { buffer, offset } = extent
      const length = Math.min(left, extent.length)
      left -= length
      if (length > 0) kept.push({ ...extent, length })
      if (length < extent.length) this.#free(buffer, offset + length, offset + extent.length)
    }
    return kept
  }

  /** Called when all slabs are full: what is within the limit is not in them. */
  #grow(): Slab {
    const all = this.#slabs.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
    const length = Math.min(this.#slabBytes, this.#limitBytes - all)
    const slab: Slab = {
      buffer: new SharedArrayBuffer(length),
      touched: 0,
      free: [{ start: 0, end: length }],
    }
    this.#slabs.push(slab)
    this.#slabOf.set(slab.buffer, slab)
    return slab
  }

  #free(buffer: SharedArrayBuffer, start: number, end: number): void {
    const slab = this.#slabOf.get(buffer)
    if (slab === undefined) throw new RangeError('an extent of another space')
    this.#usedBytes -= end - start
    const { free } = slab
    const at = free.findIndex((part) => part.start >= end)
    const next = at < 0 ? undefined : free[at]
    const before = at < 0 ? free.at(-1) : free[at - 1]
    const joinsNext = next?.start === end
    if (before?.end === start) {
      before.end = joinsNext ? next.end : end
      if (joinsNext) free.splice(at, 1)
    } else if (joinsNext) next.start = start
    else free.splice(at < 0 ? free.length : at, 0, { start, end })
  }
}

function pages(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES
}

/** Length of the part of [start, end) below a place. */
function clamp(below: number, start: number, end: number): number {
  return Math.max(0, Math.min(below, end) - start)
}
