import type { CatalogReferences, Workflow } from '../model/workflow.ts'
import type { ReadResult } from '../problem/problem.ts'
import { formatVersion, hooks, metadata, profiles, versionText } from '../schema/common.ts'
import type { ReadContext } from '../schema/context.ts'
import { list } from '../schema/list.ts'
import { text } from '../schema/scalar.ts'
import { mapped, type Schema } from '../schema/schema.ts'
import { optional, required, type ShapeValue, shape } from '../schema/shape.ts'
import { valueOf, type YamlNode } from '../yaml/node.ts'
import { type ReadOptions, readDocument } from './document.ts'
import { inlineReplicaCatalog } from './replica-catalog.ts'
import { inlineSiteCatalog } from './site-catalog.ts'
import { inlineTransformationCatalog } from './transformation-catalog.ts'
import { dependency, job } from './workflow-schema.ts'

/** A catalog in place, or the address of one. */
function inlineOrReference<T>(catalog: Schema<T>): Schema<T | { readonly $ref: string }> {
  const reference = shape({ $ref: required(text({ noun: 'an address' })) }, { noun: 'a reference' })
  return {
    read(node, context) {
      const isReference = node.kind === 'mapping' && valueOf(node, '$ref') !== undefined
      return isReference ? reference.read(node, context) : catalog.read(node, context)
    },
    json: { anyOf: [catalog.json, reference.json] },
  }
}

const workflowFields = {
  pegasus: required(formatVersion),
  name: required(
    text({
      noun: 'a workflow name',
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
      pattern: /^(?!\.{1,2}$)[^\s/\\\u0000-\u001f\u007f]{1,200}$/u,
      allowed: 'letters, digits, -, _ and dots, no blank, no slash',
    }),
  ),
  version: optional(versionText),
  siteCatalog: optional(inlineOrReference(inlineSiteCatalog)),
  replicaCatalog: optional(inlineOrReference(inlineReplicaCatalog)),
  transformationCatalog: optional(inlineOrReference(inlineTransformationCatalog)),
  jobs: required(list(job, 1)),
  jobDependencies: optional(list(dependency)),
  profiles: optional(profiles),
  hooks: optional(hooks),
  metadata: optional(metadata),
} as const

/** An abstract workflow. */
export const workflow: Schema<Workflow> = mapped(shape(workflowFields, { noun: 'a workflow' }), toWorkflow)

function toWorkflow(
  fields: ShapeValue<typeof workflowFields>,
  node: YamlNode,
  context: ReadContext,
): Workflow {
  const { pegasus, version, siteCatalog, replicaCatalog, transformationCatalog } = fields
  const references: CatalogReferences = {
    ...(isReference(siteCatalog) ? { site: siteCatalog.$ref } : {}),
    ...(isReference(replicaCatalog) ? { replica: replicaCatalog.$ref } : {}),
    ...(isReference(transformationCatalog) ? { transformation: transformationCatalog.$ref } : {}),
  }
  const value: Workflow = {
    pegasus,
    name: fields.name,
    ...(version === undefined ? {} : { version }),
    jobs: fields.jobs,
    dependencies: fields.jobDependencies ?? [],
    profiles: fields.profiles ?? [],
    hooks: fields.hooks ?? [],
    metadata: fields.metadata ?? [],
    ...(siteCatalog === undefined || isReference(siteCatalog)
      ? {}
      : { siteCatalog: { ...siteCatalog, pegasus: siteCatalog.pegasus ?? pegasus } }),
    ...(replicaCatalog === undefined || isReference(replicaCatalog)
      ? {}
      : { replicaCatalog: { ...replicaCatalog, pegasus: replicaCatalog.pegasus ?? pegasus } }),
    ...(transformationCatalog === undefined || isReference(transformationCatalog)
      ? {}
      : {
          transformationCatalog: {
            ...transformationCatalog,
            pegasus: transformationCatalog.pegasus ?? pegasus,
          },
        }),
    ...(Object.keys(references).length === 0 ? {} : { catalogReferences: references }),
    extensions: fields.extensions,
  }
  checkIds(value, node, context)
  return value
}

function isReference(value: object | undefined): value is { readonly $ref: string } {
  return value !== undefined && '$ref' in value
}

/** Reports doubled job ids and dependencies on jobs that do not exist. */
function checkIds(value: Workflow, node: YamlNode, context: ReadContext): void {
  const ids = new Map<string, number>()
  value.jobs.forEach((entry, i) => {
    const first = ids.get(entry.id)
    if (first === undefined) ids.set(entry.id, i)
    else {
      context.problems.add('DUPLICATE', `the job id is taken by jobs[${first}]`, {
        path: `jobs[${i}].id`,
        offset: placeOf(node, 'jobs', i, 'id'),
        found: entry.id,
        allowed: 'an id of its own for every job',
      })
    }
  })
  value.dependencies.forEach((entry, i) => {
    if (!ids.has(entry.id))
      reportUnknownJob(entry.id, `jobDependencies[${i}].id`, placeOf(node, 'jobDependencies', i, 'id'))
    entry.children.forEach((child, k) => {
      if (!ids.has(child)) {
        const place = placeOf(node, 'jobDependencies', i, 'children', k)
        reportUnknownJob(child, `jobDependencies[${i}].children[${k}]`, place)
      }
    })
  })

  function reportUnknownJob(id: string, path: string, offset: number | undefined): void {
    const known = ids.size <= 1000 ? ids.keys() : []
    context.problems.addUnknown(
      'UNKNOWN_REFERENCE',
      'the dependency names a job that does not exist',
      { path, offset, found: id, allowed: 'the id of a job' },
      known,
    )
  }
}

function placeOf(node: YamlNode, ...steps: readonly (string | number)[]): number | undefined {
  let at: YamlNode | undefined = node
  for (const step of steps) {
    if (at?.kind === 'mapping' && typeof step === 'string') at = valueOf(at, step)
    else if (at?.kind === 'list' && typeof step === 'number') at = at.items[step]
    else return undefined
  }
  return at?.offset
}

/**
 * Reads an abstract workflow from YAML or JSON text. What only the whole graph shows (cycles, two producers of a
 * file) is checked by `checkWorkflow`.
 *
 * @returns the workflow with warnings, or all problems with line, column and path
 */
export function readWorkflow(source: string, options: ReadOptions = {}): ReadResult<Workflow> {
  return readDocument(source, options.name ?? 'workflow.yml', options, (root, context) =>
    workflow.read(root, context),
  )
}
