import type { PlainValue } from '../../model/plain.ts'

/** A file that flows through a CWL workflow. */
export interface CwlFile {
  readonly kind: 'file'
  /** Name in the working directory of every job that uses it; also the logical file name. */
  readonly lfn: string
  /** Where it is, when it is there before the run. */
  readonly location?: string | undefined
  readonly sizeBytes?: number | undefined
  readonly secondaryFiles: readonly CwlFile[]
}

/** A value that only the run can show, with the reason. */
export interface CwlUnknown {
  readonly kind: 'unknown'
  readonly reason: string
}

/** A value of an input or output port. */
export type CwlValue =
  | null
  | boolean
  | number
  | string
  | CwlFile
  | CwlUnknown
  | readonly CwlValue[]
  | ReadonlyMap<string, CwlValue>

/** True for a list of values; `Array.isArray` does not narrow read-only lists. */
export function isList(value: CwlValue): value is readonly CwlValue[] {
  return Array.isArray(value)
}

/** True for a mapping. */
export function isMapping(value: CwlValue): value is ReadonlyMap<string, CwlValue> {
  return value instanceof Map
}

/** True for a file. */
export function isFile(value: CwlValue): value is CwlFile {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'file'
}

/** True for a value that only the run can show. */
export function isUnknown(value: CwlValue): value is CwlUnknown {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'unknown'
}

/** All files in a value, with their secondary files. */
export function filesIn(value: CwlValue): readonly CwlFile[] {
  if (isFile(value)) return [value, ...value.secondaryFiles.flatMap(filesIn)]
  if (isList(value)) return value.flatMap(filesIn)
  return isMapping(value) ? [...value.values()].flatMap(filesIn) : []
}

/** The first thing in a value that only the run can show. */
export function unknownIn(value: CwlValue): CwlUnknown | undefined {
  if (isUnknown(value)) return value
  const parts = isList(value) ? value : isMapping(value) ? [...value.values()] : []
  for (const part of parts) {
    const found = unknownIn(part)
    if (found !== undefined) return found
  }
  return undefined
}

/** Mapping of a document. */
export type PlainMap = ReadonlyMap<string, PlainValue>

/** The mapping itself, or an empty one for anything else. */
export function asMap(value: PlainValue | undefined): PlainMap {
  // Mappings of documents are the only maps among plain values.
  return value instanceof Map ? (value as PlainMap) : new Map<string, PlainValue>()
}

/** The list itself; anything else but nothing is a list of one. */
export function asList(value: PlainValue | undefined): readonly PlainValue[] {
  if (value === undefined || value === null) return []
  // `Array.isArray` does not narrow read-only lists.
  return Array.isArray(value) ? (value as readonly PlainValue[]) : [value]
}

/** The text itself, or `undefined` for anything else. */
export function asText(value: PlainValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/**
 * Entries of a CWL list that may be written as a mapping: `{ a: {…} }` for `[{ id: a, … }]`, and `{ a: x }` for
 * `[{ id: a, [valueKey]: x }]`.
 */
export function entriesOf(
  value: PlainValue | undefined,
  idKey: string,
  valueKey: string,
): readonly PlainMap[] {
  if (!(value instanceof Map)) return asList(value).map(asMap)
  return [...asMap(value)].map(([id, entry]) => {
    const map = entry instanceof Map ? asMap(entry) : new Map<string, PlainValue>([[valueKey, entry]])
    return new Map<string, PlainValue>([[idKey, id], ...map])
  })
}

/** Last part of an identifier: `#main/step/out` gives `out`. */
export function shortId(id: string): string {
  return id.slice(Math.max(id.lastIndexOf('/'), id.lastIndexOf('#')) + 1)
}
