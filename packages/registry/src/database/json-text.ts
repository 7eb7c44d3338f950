import type { JsonValue } from '../runs/records.ts'

/** A value as it is stored; absent becomes null. */
export function jsonText(value: JsonValue | undefined): string {
  return JSON.stringify(value ?? null)
}

/** A stored value. */
export function jsonValue(text: string | null): JsonValue {
  // Only jsonText writes these columns.
  return text === null ? null : (JSON.parse(text) as JsonValue)
}
