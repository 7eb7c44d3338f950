/** A value of a vendor extension, as it stood in the file; mappings keep their order. */
export type PlainValue =
  | null
  | boolean
  | number
  | string
  | readonly PlainValue[]
  | ReadonlyMap<string, PlainValue>

/** One vendor extension: a key that begins with `x-` and any value. Kept, written again, never interpreted. */
export interface Extension {
  readonly key: string
  readonly value: PlainValue
}
