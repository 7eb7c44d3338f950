import * as z from 'zod'

/** A document, or a line, of which no field is left out of its schema. */
export type Part = z.ZodType

/** Any text. */
export const text: Part = z.string()
/** Times ending in `Ms` are milliseconds since 1970 UTC. */
export const number: Part = z.number()
/** A whole number from 0. */
export const count: Part = z.int().nonnegative()
/** True or false. */
export const flag: Part = z.boolean()
/** Anything. */
export const json: Part = z.json()
/** Texts in order. */
export const texts: Part = z.array(z.string())
/** Null where there is none. */
export const textOrNull: Part = z.string().nullable()
/** Null where there is none. */
export const numberOrNull: Part = z.number().nullable()

/** An object with these fields and no others. */
export function record(fields: Readonly<Record<string, Part>>): Part {
  return z.strictObject(fields)
}

/** A list. */
export function list(of: Part): Part {
  return z.array(of)
}

/** An object with keys that are data. */
export function table(of: Part): Part {
  return z.record(z.string(), of)
}

/** One of some words. */
export function word(...words: readonly [string, ...string[]]): Part {
  return z.enum(words)
}

/** The same, with fields that may be absent. */
export function withOptional(
  fields: Readonly<Record<string, Part>>,
  optional: Readonly<Record<string, Part>>,
): Part {
  const rest = Object.entries(optional).map(([name, part]) => [name, part.optional()] as const)
  return z.strictObject({ ...fields, ...Object.fromEntries(rest) })
}

/** One of several. */
export function either(...of: readonly [Part, Part]): Part {
  return z.union([...of])
}

/** Null or this. */
export function orNull(part: Part): Part {
  return part.nullable()
}
