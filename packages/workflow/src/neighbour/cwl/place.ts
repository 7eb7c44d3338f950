import { valueOf, type YamlNode } from '../../yaml/node.ts'
import { shortId } from './values.ts'

/** Offset of a path in the document; of the deepest part of it that is there. */
export function placeOf(root: YamlNode, where: string): number {
  let at = root
  for (const step of where === '' ? [] : where.split('.')) {
    let next: YamlNode | undefined
    if (at.kind === 'mapping') next = valueOf(at, step)
    else if (at.kind === 'list') next = at.items.find((item) => idOf(item) === step)
    if (next === undefined) break
    at = next
  }
  return at.offset
}

function idOf(node: YamlNode): string | undefined {
  const id = node.kind === 'mapping' ? valueOf(node, 'id') : undefined
  return id?.kind === 'scalar' ? shortId(id.text) : undefined
}
