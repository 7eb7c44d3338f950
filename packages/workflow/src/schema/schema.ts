import type { YamlNode } from '../yaml/node.ts'
import type { ReadContext } from './context.ts'

/** A JSON Schema (draft 2020-12) as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: JsonValue | undefined
}

/** Plain JSON. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/**
 * The one description of a part of a file: reads nodes into values, reports everything that is wrong, and describes
 * itself as a JSON Schema.
 */
export interface Schema<T> {
  /** The value, or `undefined` after a problem was reported. */
  read(node: YamlNode, context: ReadContext): T | undefined
  /** The same as a JSON Schema for editors and other programs. */
  readonly json: JsonSchema
}

/** A schema whose values are changed or checked further after reading; `convert` reports and gives `undefined` for bad ones. */
export function mapped<A, B>(
  schema: Schema<A>,
  convert: (value: A, node: YamlNode, context: ReadContext) => B | undefined,
): Schema<B> {
  return {
    read(node, context) {
      const value = schema.read(node, context)
      return value === undefined ? undefined : convert(value, node, context)
    },
    json: schema.json,
  }
}

/** A schema of a catalog: `${NAME}` in its texts is replaced. */
export function expanded<T>(schema: Schema<T>): Schema<T> {
  return { read: (node, context) => context.expanding(() => schema.read(node, context)), json: schema.json }
}
