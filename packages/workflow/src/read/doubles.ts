import type { ReadContext } from '../schema/context.ts'
import { valueOf, type YamlNode } from '../yaml/node.ts'

/** Warns about entries of the list under `key` that have the same identity as an earlier one. */
export function reportDoubles<T>(
  node: YamlNode,
  key: string,
  entries: readonly T[],
  identity: (entry: T) => string,
  message: string,
  context: ReadContext,
): void {
  const listNode = node.kind === 'mapping' ? valueOf(node, key) : undefined
  // When an entry could not be read, places and entries do not fit together; the error comes first anyway.
  if (listNode?.kind === 'list' && listNode.items.length !== entries.length) return
  const seen = new Set<string>()
  entries.forEach((entry, i) => {
    const id = identity(entry)
    if (seen.has(id)) {
      const item = listNode?.kind === 'list' ? listNode.items[i] : undefined
      context.problems.add('DUPLICATE', message, {
        path: `${context.path(key)}[${i}]`,
        offset: item?.offset,
        found: id,
        suggestion: 'remove one of the two; the first is used',
        severity: 'warning',
      })
    }
    seen.add(id)
  })
}
