import type { BlockSpace } from './block-space.ts'
import type { Extent } from './extent.ts'
import type { AskSpace } from './thread-files.ts'

/** Space in memory that one call was given, until it is taken over or goes back. */
export class CallSpace {
  readonly #space: BlockSpace
  readonly #reserve: AskSpace
  readonly #extents = new Map<number, Extent>()
  #isClosed = false

  constructor(space: BlockSpace, reserve: AskSpace) {
    this.#space = space
    this.#reserve = reserve
  }

  /** More space, see {@link AskSpace}. */
  async ask(bytes: number, wishedBytes: number): Promise<readonly Extent[] | undefined> {
    const given = await this.#reserve(bytes, wishedBytes)
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
