import { transformationId } from '../model/job.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import type { ReadContext } from '../schema/context.ts'
import { valueOf, type YamlNode } from '../yaml/node.ts'

/** Reports containers and required transformations that the catalog does not define. */
export function checkTransformationReferences(
  catalog: Omit<TransformationCatalog, 'pegasus'>,
  node: YamlNode,
  context: ReadContext,
): void {
  const containers = new Set(catalog.containers.map((entry) => entry.name))
  const ids = new Set(catalog.transformations.map(transformationId))
  const listNode = child(node, 'transformations')
  // An entry that could not be read may be the one that is referred to; its own error comes first.
  if (
    hasUnread(listNode, catalog.transformations) ||
    hasUnread(child(node, 'containers'), catalog.containers)
  )
    return
  catalog.transformations.forEach((entry, i) => {
    const entryNode = item(listNode, i)
    entry.sites.forEach((site, k) => {
      if (site.container === undefined || containers.has(site.container)) return
      const place = child(item(child(entryNode, 'sites'), k), 'container')
      context.problems.addUnknown(
        'UNKNOWN_REFERENCE',
        `the container of ${transformationId(entry)} on site ${site.name} is not defined`,
        {
          path: `${context.path('transformations')}[${i}].sites[${k}].container`,
          offset: place?.offset,
          found: site.container,
          ...(containers.size === 0 ? { allowed: 'a name from containers; the list is empty' } : {}),
        },
        containers,
      )
    })
    entry.requires.forEach((id, k) => {
      if (ids.has(id)) return
      context.problems.addUnknown(
        'UNKNOWN_REFERENCE',
        `${transformationId(entry)} requires a transformation that is not in the catalog`,
        {
          path: `${context.path('transformations')}[${i}].requires[${k}]`,
          offset: item(child(entryNode, 'requires'), k)?.offset,
          found: id,
        },
        ids,
      )
    })
  })
}

function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'mapping' ? valueOf(node, key) : undefined
}

function item(node: YamlNode | undefined, at: number): YamlNode | undefined {
  return node?.kind === 'list' ? node.items[at] : undefined
}

function hasUnread(node: YamlNode | undefined, entries: readonly unknown[]): boolean {
  return node?.kind === 'list' && node.items.length !== entries.length
}
