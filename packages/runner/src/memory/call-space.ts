import type { BlockSpace } from './block-space.ts'
import type { Extent } from './extent.ts'

/** Space in memory that one call was given, until it is taken over or goes back. */
export class CallSpace {
  readonly #space: BlockSpace
  readonly #reserve: (bytes: number) => Promise<readonly Extent[] | undefined>
  readonly #extents = new Map<number, Extent>()
  #isClosed = false

  constructor(space: BlockSpace, reserve: (bytes: number) => Promise<readonly Extent[] | undefined>) {
    this.#space = space
    this.#reserve = reserve
  }

  /** More space; nothing when there is none. */
  async ask(bytes: number): Promise<readonly Extent[] | undefined> {
    const given = await this.#reserve(bytes)
    // The call may have been ended while it waited.
    if (given !== undefined && this.#isClosed) this.#space.give(given)
    if (given === undefined || this.#isClosed) return undefined
    for (const extent of given) this.#extents.set(extent.id, extent)
    return given
  }

  /** The extents of a file that the call wrote, without what it does not need. They belong to the caller from now on. */
  takeOver(ids: readonly number[], sizeBytes: number): readonly Extent[] {
    const extents = ids.map((id) => {
      const extent = this.#extents.get(id)
      if (extent === undefined) throw new RangeError(`extent ${id} is not of this call`)
      this.#extents.delete(id)
      return extent
    })
    return this.#space.trim(extents, sizeBytes)
  }

  /** Gives back what nobody took over. */
  close(): void {
    this.#isClosed = true
    this.#space.give([...this.#extents.values()])
    this.#extents.clear()
  }
}
