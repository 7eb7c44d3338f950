import { transformationId } from '../model/job.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import type { ReadResult } from '../problem/problem.ts'
import { formatVersion } from '../schema/common.ts'
import type { ReadContext } from '../schema/context.ts'
import { list } from '../schema/list.ts'
import { expanded, mapped, type Schema } from '../schema/schema.ts'
import { optional, required, shape } from '../schema/shape.ts'
import type { YamlNode } from '../yaml/node.ts'
import { type ReadOptions, readDocument } from './document.ts'
import { reportDoubles } from './doubles.ts'
import { checkTransformationReferences } from './transformation-references.ts'
import { container, transformation } from './transformation-schema.ts'
import { readTransformationText } from './transformation-text.ts'

/** Keys of both kinds of catalogs. */
const listFields = {
  transformations: required(list(transformation, 1)),
  containers: optional(list(container)),
} as const

/** A transformation catalog that is a file of its own. */
export const transformationCatalog: Schema<TransformationCatalog> = expanded(
  mapped(
    shape({ pegasus: required(formatVersion), ...listFields }, { noun: 'a transformation catalog' }),
    (fields, node, context) => checked({ ...fields, containers: fields.containers ?? [] }, node, context),
  ),
)

/** A transformation catalog inside a workflow, where the version may be absent. */
export const inlineTransformationCatalog: Schema<
  Omit<TransformationCatalog, 'pegasus'> & { readonly pegasus?: string | undefined }
> = expanded(
  mapped(
    shape({ pegasus: optional(formatVersion), ...listFields }, { noun: 'a transformation catalog' }),
    (fields, node, context) => checked({ ...fields, containers: fields.containers ?? [] }, node, context),
  ),
)

function checked<T extends Omit<TransformationCatalog, 'pegasus'>>(
  catalog: T,
  node: YamlNode,
  context: ReadContext,
): T {
  const { transformations, containers } = catalog
  reportDoubles(
    node,
    'transformations',
    transformations,
    transformationId,
    'the transformation stands twice',
    context,
  )
  reportDoubles(node, 'containers', containers, (entry) => entry.name, 'the container stands twice', context)
  checkTransformationReferences(catalog, node, context)
  return catalog
}

/** Options of {@link readTransformationCatalog}. */
export interface ReadTransformationOptions extends ReadOptions {
  /** `text` for the old format with `tr` and `cont`. Default `yaml`, which includes JSON. */
  readonly format?: 'yaml' | 'text'
}

/**
 * Reads a transformation catalog. Unknown containers and unknown `requires` are errors, a
 * transformation that stands twice is a warning.
 *
 * @returns the catalog with warnings, or all problems with line, column and path
 */
export function readTransformationCatalog(
  text: string,
  options: ReadTransformationOptions = {},
): ReadResult<TransformationCatalog> {
  if (options.format === 'text') return readTransformationText(text, options.name ?? 'tc.txt')
  return readDocument(text, options.name ?? 'transformations.yml', options, (context) => ({
    read: (root) => transformationCatalog.read(root, context),
  }))
}
