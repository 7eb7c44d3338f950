import type { PlainValue } from '../model/plain.ts'
import type { YamlNode } from '../yaml/node.ts'

/** A node as plain values; mappings become maps, so that no key can harm. */
export function plainValue(node: YamlNode): PlainValue {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(plainValue)
  if (node.kind === 'streamed') return []
  const map = new Map<string, PlainValue>()
  for (let i = 0; i < node.keys.length; i++) {
    const key = node.keys[i]
    const value = node.values[i]
    if (key !== undefined && value !== undefined) map.set(key, plainValue(value))
  }
  return map
}
