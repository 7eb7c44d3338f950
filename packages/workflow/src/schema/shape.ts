import type { Extension } from '../model/plain.ts'
import { nearMiss } from '../problem/near-miss.ts'
import { describeNode, type MappingNode, type YamlNode } from '../yaml/node.ts'
import type { ReadContext } from './context.ts'
import { plainValue } from './plain.ts'
import type { JsonSchema, Schema } from './schema.ts'

/** A key that must be there. */
export interface Required<T> {
  readonly isRequired: true
  readonly schema: Schema<T>
}

/** A key that may be absent. */
export interface Optional<T> {
  readonly isRequired: false
  readonly schema: Schema<T>
}

/** Keys of a shape. */
export type Fields = Readonly<Record<string, Required<unknown> | Optional<unknown>>>

type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends Required<unknown> ? K : never }[keyof F]
type FieldValue<D> = D extends Required<infer T> | Optional<infer T> ? T : never

/** What a shape reads: the values by key, and the vendor extensions under `extensions`. */
export type ShapeValue<F extends Fields> = {
  readonly [K in RequiredKeys<F>]: FieldValue<F[K]>
} & {
  readonly [K in Exclude<keyof F, RequiredKeys<F>>]?: FieldValue<F[K]> | undefined
} & { readonly extensions: readonly Extension[] }

/** A key that must be there. */
export function required<T>(schema: Schema<T>): Required<T> {
  return { isRequired: true, schema }
}

/** A key that may be absent. */
export function optional<T>(schema: Schema<T>): Optional<T> {
  return { isRequired: false, schema }
}

/** How a {@link shape} treats keys that it does not name. */
export interface ShapeOptions {
  /** What the mapping is, for messages: `a job`. */
  readonly noun: string
  /** Keys that begin with `x-` are kept as extensions; else they are unknown keys. Default true. */
  readonly allowsExtensions?: boolean
  /** All unknown keys are kept as extensions. Default false. */
  readonly isOpen?: boolean
}

const NO_EXTENSIONS: readonly Extension[] = Object.freeze([])

/**
 * A mapping with known keys. All unknown and missing keys and bad values are reported; there is a value when every
 * required key has one, so that later checks can go on after a small error.
 */
export function shape<const F extends Fields>(fields: F, options: ShapeOptions): Schema<ShapeValue<F>> {
  const { noun, allowsExtensions = true, isOpen = false } = options
  const known = new Map(Object.entries(fields))
  const requiredKeys = [...known].filter(([, field]) => field.isRequired).map(([key]) => key)
  return {
    read(node, context) {
      if (node.kind !== 'mapping') {
        context.report('WRONG_TYPE', `${noun} is expected`, node, {
          found: describeNode(node),
          allowed: `a mapping with the keys ${requiredKeys.join(', ')}`,
        })
        return undefined
      }
      const values: Record<string, unknown> = {}
      let extensions: Extension[] | undefined
      for (let i = 0; i < node.keys.length; i++) {
        const key = node.keys[i]
        const child = node.values[i]
        if (key === undefined || child === undefined) continue
        const field = known.get(key)
        if (field !== undefined) {
          context.enter(key)
          values[key] = field.schema.read(child, context)
          context.leave()
        } else if (isOpen || (allowsExtensions && key.startsWith('x-'))) {
          extensions ??= []
          extensions.push({ key, value: plainValue(child) })
        } else reportUnknownKey(node, i, noun, known, context)
      }
      let isComplete = true
      for (const key of requiredKeys) {
        if (values[key] !== undefined) continue
        isComplete = false
        if (!node.keys.includes(key)) reportMissingKey(node, key, noun, context)
      }
      if (!isComplete) return undefined
      values['extensions'] = extensions ?? NO_EXTENSIONS
      // The keys were read one by one by the schemas of `fields`: the record is what the type says.
      return values as ShapeValue<F>
    },
    json: shapeJson(known, requiredKeys, { allowsExtensions, isOpen }),
  }
}

function reportUnknownKey(
  node: MappingNode,
  at: number,
  noun: string,
  known: ReadonlyMap<string, unknown>,
  context: ReadContext,
): void {
  const key = node.keys[at] ?? ''
  const near = nearMiss(
    key,
    [...known.keys()].filter((word) => !node.keys.includes(word)),
  )
  context.problems.add('UNKNOWN_KEY', `${noun} has no such key`, {
    path: context.path(key),
    offset: node.keyOffsets[at],
    found: key,
    allowed: [...known.keys()].join(', '),
    ...(near === undefined ? {} : { suggestion: `did you mean ${near}` }),
  })
}

function reportMissingKey(node: YamlNode, key: string, noun: string, context: ReadContext): void {
  context.problems.add('MISSING_KEY', `${noun} needs the key ${key}`, {
    path: context.path(key),
    offset: node.offset,
    found: 'nothing',
    allowed: `the key ${key}`,
  })
}

function shapeJson(
  known: ReadonlyMap<string, Required<unknown> | Optional<unknown>>,
  requiredKeys: readonly string[],
  { allowsExtensions, isOpen }: { readonly allowsExtensions: boolean; readonly isOpen: boolean },
): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries([...known].map(([key, field]) => [key, field.schema.json])),
    ...(requiredKeys.length > 0 ? { required: requiredKeys } : {}),
    ...(allowsExtensions ? { patternProperties: { '^x-': {} } } : {}),
    ...(isOpen ? {} : { additionalProperties: false }),
  }
}
