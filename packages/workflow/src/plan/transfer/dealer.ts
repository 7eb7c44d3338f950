/** The transfer nodes of one level, direction, site and group: files are dealt over them in turn. */
interface Hand {
  readonly capacity: number
  readonly nodes: number[]
  next: number
}

/** Deals files over at most so many nodes per level, staging site and group, making nodes as they are needed. */
export class TransferDealer {
  #level = -1
  readonly #hands = new Map<number, Hand>()
  readonly #capacity: (site: number, isRemote: boolean) => number
  readonly #makeNode: (site: number, isRemote: boolean, level: number, number: number) => number

  /**
   * @param capacity most nodes of a site and group; asked once per level
   * @param makeNode makes the node with a running number
   */
  constructor(
    capacity: (site: number, isRemote: boolean) => number,
    makeNode: (site: number, isRemote: boolean, level: number, number: number) => number,
  ) {
    this.#capacity = capacity
    this.#makeNode = makeNode
  }

  /** Node for the next file. */
  deal(level: number, site: number, isRemote: boolean): number {
    const hand = this.#hand(level, site, isRemote)
    const number = hand.next
    hand.next = (number + 1) % hand.capacity
    const known = hand.nodes[number]
    if (known !== undefined) return known
    const node = this.#makeNode(site, isRemote, level, number)
    hand.nodes.push(node)
    return node
  }

  #hand(level: number, site: number, isRemote: boolean): Hand {
    if (level !== this.#level) {
      this.#level = level
      this.#hands.clear()
    }
    const key = site * 2 + (isRemote ? 1 : 0)
    const known = this.#hands.get(key)
    if (known !== undefined) return known
    const made = { capacity: Math.max(1, this.#capacity(site, isRemote)), nodes: [], next: 0 }
    this.#hands.set(key, made)
    return made
  }
}
