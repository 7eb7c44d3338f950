import type { Replica, ReplicaCatalog } from '../model/replica-catalog.ts'
import type { ReadResult } from '../problem/problem.ts'
import { formatVersion } from '../schema/common.ts'
import type { ReadContext } from '../schema/context.ts'
import { list } from '../schema/list.ts'
import { expanded, type JsonSchema, mapped, type Schema } from '../schema/schema.ts'
import { optional, required, shape } from '../schema/shape.ts'
import { streamed } from '../schema/streamed.ts'
import { valueOf, type YamlNode } from '../yaml/node.ts'
import { type ReadOptions, readDocument } from './document.ts'
import { compileReplicaPattern } from './replica-pattern.ts'
import { replica } from './replica-schema.ts'
import { readReplicaText } from './replica-text.ts'

const checkedReplica: Schema<Replica> = mapped(replica, checkPattern)

function checkPattern(entry: Replica, node: YamlNode, context: ReadContext): Replica | undefined {
  if (!entry.isRegex) return entry
  const compiled = compileReplicaPattern(entry.lfn)
  if (compiled.ok) return entry
  const place = node.kind === 'mapping' ? valueOf(node, 'lfn') : undefined
  context.problems.add('BAD_REGEX', `the pattern does not compile (${compiled.reason})`, {
    path: context.path('lfn'),
    offset: (place ?? node).offset,
    found: entry.lfn,
    allowed: 'a regular expression',
  })
  return undefined
}

/** A replica catalog inside a workflow, where the version may be absent. */
export const inlineReplicaCatalog: Schema<
  Omit<ReplicaCatalog, 'pegasus'> & { readonly pegasus?: string | undefined }
> = expanded(
  shape(
    { pegasus: optional(formatVersion), replicas: required(list(checkedReplica)) },
    { noun: 'a replica catalog' },
  ),
)

function replicaCatalogShape(replicas: Schema<readonly Replica[]>): Schema<ReplicaCatalog> {
  return shape(
    { pegasus: required(formatVersion), replicas: required(replicas) },
    { noun: 'a replica catalog' },
  )
}

/** JSON Schema of a replica catalog. */
export function replicaCatalogJson(): JsonSchema {
  return replicaCatalogShape(list(checkedReplica)).json
}

/** Options of {@link readReplicaCatalog}. */
export interface ReadReplicaOptions extends ReadOptions {
  /** `text` for the format with one location per line, of files and of patterns. Default `yaml`, which includes JSON. */
  readonly format?: 'yaml' | 'text'
}

/**
 * Reads a replica catalog. Entries of one name in several places are allowed; who looks up a name puts them together.
 *
 * @returns the catalog with warnings, or all problems with line, column and path
 */
export function readReplicaCatalog(
  text: string,
  options: ReadReplicaOptions = {},
): ReadResult<ReplicaCatalog> {
  if (options.format === 'text') return readReplicaText(text, options.name ?? 'rc.txt')
  return readDocument(text, options.name ?? 'replicas.yml', options, (context) => {
    const replicas = streamed({ key: 'replicas', item: expanded(checkedReplica), least: 0 }, context)
    const schema = replicaCatalogShape(replicas.schema)
    return {
      itemReaders: new Map([['replicas', replicas.itemReader]]),
      read: (root) => schema.read(root, context),
    }
  })
}
