import type { PlainValue } from '../../model/plain.ts'
import { evaluate, ReferenceError, type Scope } from './references.ts'
import { asList, asText, type CwlValue, isList, type PlainMap } from './values.ts'

/** Value of a step input or workflow output from its sources: `source` or `outputSource`, `linkMerge`, `pickValue`. */
export function linkedValue(
  entry: PlainMap,
  sourceKey: 'source' | 'outputSource',
  valueOf: (source: string) => CwlValue,
): CwlValue {
  const written = entry.get(sourceKey)
  const sources = asList(written).map((source) => asText(source) ?? '')
  if (sources.length === 0) return null
  const values = sources.map(valueOf)
  const isMerged = Array.isArray(written) || entry.has('linkMerge')
  let value: CwlValue = isMerged
    ? merge(asText(entry.get('linkMerge')) ?? 'merge_nested', values, sources.length)
    : (values[0] ?? null)
  const pick = asText(entry.get('pickValue'))
  if (pick !== undefined) value = pickValue(pick, isList(value) ? value : [value])
  return value
}

function merge(method: string, values: readonly CwlValue[], count: number): CwlValue {
  if (method === 'merge_flattened') return values.flatMap((value) => (isList(value) ? value : [value]))
  return count === 1 ? (values[0] ?? null) : values
}

function pickValue(method: string, values: readonly CwlValue[]): CwlValue {
  const present = values.filter((value) => value !== null)
  if (method === 'all_non_null') return present
  if (method === 'first_non_null' && present.length > 0) return present[0] ?? null
  if (method === 'the_only_non_null' && present.length === 1) return present[0] ?? null
  throw new ReferenceError(`pickValue ${method} finds ${present.length} values`)
}

/** Values of all inputs of a step after `valueFrom`, which sees the others before it. */
export function applyValueFrom(
  entries: readonly { readonly id: string; readonly entry: PlainMap }[],
  values: ReadonlyMap<string, CwlValue>,
  runtime: Scope['runtime'],
): ReadonlyMap<string, CwlValue> {
  const changed = new Map(values)
  for (const { id, entry } of entries) {
    const valueFrom: PlainValue | undefined = entry.get('valueFrom')
    if (typeof valueFrom === 'string') {
      changed.set(id, evaluate(valueFrom, { inputs: values, self: values.get(id) ?? null, runtime }))
    } else if (typeof valueFrom === 'number' || typeof valueFrom === 'boolean') changed.set(id, valueFrom)
  }
  return changed
}

/** One combination of scattered inputs, with its place in the result. */
export interface ScatterItem {
  readonly values: ReadonlyMap<string, CwlValue>
  readonly place: readonly number[]
}

/** All combinations of a scatter. `shape` is the length of the result along each of its dimensions. */
export function scatterItems(
  names: readonly string[],
  method: string,
  values: ReadonlyMap<string, CwlValue>,
): { readonly items: readonly ScatterItem[]; readonly shape: readonly number[] } {
  const lists = names.map((name) => {
    const value = values.get(name) ?? null
    if (!isList(value))
      throw new ReferenceError(`the scattered input ${name} is not a list that is known before the run`)
    return value
  })
  const first = lists[0]?.length ?? 0
  if (method === 'dotproduct' || names.length === 1) {
    if (lists.some((list) => list.length !== first))
      throw new ReferenceError('scattered lists have different lengths')
    const items = Array.from({ length: first }, (_, i) => ({
      values: pairs(
        names,
        lists,
        lists.map(() => i),
      ),
      place: [i],
    }))
    return { items, shape: [first] }
  }
  if (method !== 'flat_crossproduct' && method !== 'nested_crossproduct') {
    throw new ReferenceError(`unknown scatterMethod ${method}`)
  }
  let places: readonly (readonly number[])[] = [[]]
  for (const list of lists) {
    if (places.length * list.length > MAX_SCATTER)
      throw new ReferenceError(`a scatter makes more than ${MAX_SCATTER} jobs`)
    places = places.flatMap((place) => list.map((_, i) => [...place, i]))
  }
  const items = places.map((place) => ({ values: pairs(names, lists, place), place }))
  return method === 'nested_crossproduct'
    ? { items, shape: lists.map((list) => list.length) }
    : { items: items.map((item, i) => ({ ...item, place: [i] })), shape: [items.length] }
}

/** Most jobs of one scatter. */
const MAX_SCATTER = 1_000_000

function pairs(
  names: readonly string[],
  lists: readonly (readonly CwlValue[])[],
  place: readonly number[],
): ReadonlyMap<string, CwlValue> {
  return new Map(names.map((name, i) => [name, lists[i]?.[place[i] ?? 0] ?? null]))
}

/** Results of a scatter as nested lists of the given shape. */
export function gather(results: readonly CwlValue[], shape: readonly number[]): CwlValue {
  const [, ...inner] = shape
  if (inner.length === 0) return results
  const size = inner.reduce((product, length) => product * length, 1)
  const groups: CwlValue[] = []
  for (let i = 0; i < results.length; i += Math.max(1, size))
    groups.push(gather(results.slice(i, i + size), inner))
  return groups
}
