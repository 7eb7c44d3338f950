import type { MappingNode, YamlNode } from './node.ts'

/** Up to this many keys are compared one by one; more go through a set. */
const FEW_KEYS = 12

/** A key that stands twice in one mapping. */
export interface DoubledKey {
  readonly key: string
  readonly offset: number
}

/** Gathers keys and values of one mapping; a doubled key is noted and its value dropped. */
export class MappingBuilder {
  readonly #keys: string[] = []
  readonly #keyOffsets: number[] = []
  readonly #values: YamlNode[] = []
  readonly #doubled: DoubledKey[]
  #seen: Set<string> | undefined

  constructor(doubled: DoubledKey[]) {
    this.#doubled = doubled
  }

  add(key: string, keyOffset: number, value: YamlNode): void {
    if (this.#has(key)) {
      this.#doubled.push({ key, offset: keyOffset })
      return
    }
    this.#keys.push(key)
    this.#keyOffsets.push(keyOffset)
    this.#values.push(value)
  }

  /** Adds the pairs of another mapping whose keys are new. */
  addMissing(other: MappingNode): void {
    other.keys.forEach((key, i) => {
      const value = other.values[i]
      if (value !== undefined && !this.#keys.includes(key)) this.add(key, other.keyOffsets[i] ?? 0, value)
    })
  }

  #has(key: string): boolean {
    if (this.#seen === undefined && this.#keys.length < FEW_KEYS) return this.#keys.includes(key)
    this.#seen ??= new Set(this.#keys)
    if (this.#seen.has(key)) return true
    this.#seen.add(key)
    return false
  }

  finish(offset: number): MappingNode {
    return { kind: 'mapping', keys: this.#keys, keyOffsets: this.#keyOffsets, values: this.#values, offset }
  }
}
