import { RegistryError } from '../errors.ts'
import { FILE_FIELDS } from '../query/file-fields.ts'
import type { MetadataValue } from './records.ts'

/** Kinds of metadata values. */
export const METADATA_KINDS = ['integer', 'real', 'boolean', 'time', 'text'] as const

/** Kind of a metadata value. */
export type MetadataKind = (typeof METADATA_KINDS)[number]

/** A value as its columns hold it: numbers for comparing, texts for showing. */
export interface StoredValue {
  readonly kind: MetadataKind
  readonly number: number | null
  readonly text: string | null
}

/** Names of metadata: as in queries, so letters, digits and `_`. */
export const METADATA_NAME: RegExp = /^[a-z_][a-z0-9_]{0,62}$/

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?Z?)?$/
const MAX_TEXT_CHARS = 10_000

/** Milliseconds since 1970 UTC of a text such as `1998-03-01` or `1998-03-01T04:05:06.7`; undefined when it is no such time. */
export function timeMs(text: string): number | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = TIME.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return undefined
  const dayMs = Date.UTC(Number(year), Number(month) - 1, Number(day))
  const date = new Date(dayMs)
  // Date.UTC rolls February 30 over; such a text is no time. A leap second is.
  const isReal = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
  if (!isReal || Number(hour) > 23 || Number(minute) > 59 || Number(second) >= 61) return undefined
  return dayMs + Number(hour) * 3_600_000 + Number(minute) * 60_000 + Number(second) * 1000
}

/**
 * How a value is stored.
 *
 * @throws {RegistryError} `REGISTRY_BAD_VALUE` for names and values that cannot be stored
 */
export function storedValue(fileId: string, name: string, value: MetadataValue): StoredValue {
  const where = [fileId, `metadata ${name}`]
  if (!METADATA_NAME.test(name)) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'metadata cannot have this name', {
      where,
      found: name,
      allowed: 'lower-case letters, digits and _, at most 63',
    })
  }
  if (FILE_FIELDS.has(name)) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'every file has a field of this name', {
      where,
      found: name,
      remedy: 'choose another name',
    })
  }
  if (typeof value === 'boolean') return { kind: 'boolean', number: value ? 1 : 0, text: null }
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new RegistryError('REGISTRY_BAD_VALUE', 'a number must be finite', {
        where,
        found: String(value),
      })
    return { kind: Number.isSafeInteger(value) ? 'integer' : 'real', number: value, text: null }
  }
  if (value.length > MAX_TEXT_CHARS || value.includes('\0')) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'this text cannot be stored', {
      where,
      found: value.length > MAX_TEXT_CHARS ? `${value.length} characters` : 'a NUL character',
      allowed: `up to ${MAX_TEXT_CHARS} characters`,
    })
  }
  const ms = timeMs(value)
  return ms === undefined
    ? { kind: 'text', number: null, text: value }
    : { kind: 'time', number: ms, text: value }
}

/** A value as it was given. */
export function valueFromRow(row: {
  readonly kind: string
  readonly number_value: number | null
  readonly text_value: string | null
}): MetadataValue {
  if (row.text_value !== null) return row.text_value
  return row.kind === 'boolean' ? row.number_value === 1 : (row.number_value ?? 0)
}
