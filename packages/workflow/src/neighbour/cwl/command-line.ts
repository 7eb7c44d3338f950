import type { PlainValue } from '../../model/plain.ts'
import { evaluate, ReferenceError, type Scope, valueText } from './references.ts'
import {
  asList,
  asMap,
  asText,
  type CwlValue,
  entriesOf,
  isList,
  isUnknown,
  type PlainMap,
  shortId,
} from './values.ts'

interface BoundPart {
  readonly position: number
  /** Arguments sort by their place, inputs by their name; places come first. */
  readonly order: number | string
  readonly words: readonly string[]
}

/**
 * The command line of a tool: base command, then arguments and bound inputs in the order of their positions.
 *
 * @throws {ReferenceError} for what needs JavaScript
 */
export function commandLine(tool: PlainMap, scope: Scope): readonly string[] {
  const parts: BoundPart[] = []
  asList(tool.get('arguments')).forEach((argument, i) => {
    const binding =
      argument instanceof Map ? asMap(argument) : new Map<string, PlainValue>([['valueFrom', argument]])
    parts.push({ position: positionOf(binding, scope), order: i, words: bind(binding, null, scope) })
  })
  for (const input of entriesOf(tool.get('inputs'), 'id', 'type')) {
    const id = shortId(asText(input.get('id')) ?? '')
    const value = scope.inputs.get(id) ?? null
    const binding = asMap(input.get('inputBinding'))
    const itemBinding = asMap(asMap(input.get('type')).get('inputBinding'))
    if (!input.has('inputBinding') && itemBinding.size === 0) continue
    const words =
      itemBinding.size > 0 && isList(value)
        ? bindItems(binding, itemBinding, value, scope)
        : bind(binding, value, scope)
    parts.push({ position: positionOf(binding, { ...scope, self: value }), order: id, words })
  }
  parts.sort(compareParts)
  const base = asList(tool.get('baseCommand')).map((word) => asText(word) ?? '')
  return [...base, ...parts.flatMap((part) => part.words)]
}

function compareParts(a: BoundPart, b: BoundPart): number {
  if (a.position !== b.position) return a.position - b.position
  if (typeof a.order === 'number' && typeof b.order === 'number') return a.order - b.order
  if (typeof a.order === 'number') return -1
  if (typeof b.order === 'number') return 1
  return a.order < b.order ? -1 : 1
}

function positionOf(binding: PlainMap, scope: Scope): number {
  const position = binding.get('position')
  if (typeof position === 'number') return position
  if (typeof position !== 'string') return 0
  const value = evaluate(position, scope)
  return typeof value === 'number' ? value : 0
}

function bindItems(
  binding: PlainMap,
  itemBinding: PlainMap,
  items: readonly CwlValue[],
  scope: Scope,
): readonly string[] {
  const words = items.flatMap((item) => bind(itemBinding, item, scope))
  const prefix = asText(binding.get('prefix'))
  return prefix === undefined || items.length === 0 ? words : [prefix, ...words]
}

/** Words of one binding. */
function bind(binding: PlainMap, value: CwlValue, scope: Scope): readonly string[] {
  const valueFrom = binding.get('valueFrom')
  const bound =
    typeof valueFrom === 'string'
      ? evaluate(valueFrom, { ...scope, self: value })
      : valueFrom === undefined
        ? value
        : plainScalar(valueFrom)
  const prefix = asText(binding.get('prefix'))
  if (isUnknown(bound)) throw new ReferenceError(bound.reason)
  if (bound === null || bound === false) return []
  if (bound === true) return prefix === undefined ? [] : [prefix]
  if (!isList(bound)) return withPrefix(prefix, valueText(bound), binding)
  if (bound.length === 0) return []
  const separator = asText(binding.get('itemSeparator'))
  if (separator !== undefined) return withPrefix(prefix, bound.map(valueText).join(separator), binding)
  return [
    ...(prefix === undefined ? [] : [prefix]),
    ...bound.flatMap((item) => (isList(item) ? item.map(valueText) : [valueText(item)])),
  ]
}

function plainScalar(value: PlainValue): CwlValue {
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function withPrefix(prefix: string | undefined, text: string, binding: PlainMap): readonly string[] {
  if (prefix === undefined) return [text]
  return binding.get('separate') === false ? [`${prefix}${text}`] : [prefix, text]
}
