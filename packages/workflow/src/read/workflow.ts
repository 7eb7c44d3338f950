import type { Job } from '../model/job.ts'
import type { CatalogReferences, Dependency, Workflow } from '../model/workflow.ts'
import type { ReadResult } from '../problem/problem.ts'
import { formatVersion, hooks, metadata, profiles, versionText } from '../schema/common.ts'
import type { ReadContext } from '../schema/context.ts'
import { list } from '../schema/list.ts'
import { text } from '../schema/scalar.ts'
import type { JsonSchema, Schema } from '../schema/schema.ts'
import { optional, type Required, required, type ShapeValue, shape } from '../schema/shape.ts'
import { type Streamed, streamed } from '../schema/streamed.ts'
import { valueOf } from '../yaml/node.ts'
import { type DocumentReader, type ReadOptions, readDocument } from './document.ts'
import { IdCheck } from './id-check.ts'
import { dependency, job } from './job-schema.ts'
import { inlineReplicaCatalog } from './replica-catalog.ts'
import { inlineSiteCatalog } from './site-catalog.ts'
import { inlineTransformationCatalog } from './transformation-catalog.ts'

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

const headFields = {
  pegasus: required(formatVersion),
  name: required(
    text({
      noun: 'a workflow name',
      pattern: /^(?!\.{1,2}$)[^\s/\\\u0000-\u001f\u007f-\u009f]{1,200}$/,
      allowed: 'letters, digits, -, _ and dots, no blank, no slash',
    }),
  ),
  version: optional(versionText),
  siteCatalog: optional(inlineOrReference(inlineSiteCatalog)),
  replicaCatalog: optional(inlineOrReference(inlineReplicaCatalog)),
  transformationCatalog: optional(inlineOrReference(inlineTransformationCatalog)),
  profiles: optional(profiles),
  hooks: optional(hooks),
  metadata: optional(metadata),
} as const

interface Lists {
  readonly jobs: Streamed<Job>
  readonly dependencies: Streamed<Dependency>
}

/** The schema of a workflow whose long lists are read in a given way. */
function workflowShape(
  jobs: Schema<readonly Job[]>,
  dependencies: Schema<readonly Dependency[]>,
): Schema<WorkflowFields> {
  return shape(
    { ...headFields, jobs: required(jobs), jobDependencies: optional(dependencies) },
    { noun: 'a workflow' },
  )
}

/** JSON Schema of a workflow. */
export function workflowJson(): JsonSchema {
  return workflowShape(list(job, 1), list(dependency)).json
}

type WorkflowFields = ShapeValue<typeof headFields & { readonly jobs: Required<readonly Job[]> }> & {
  readonly jobDependencies?: readonly Dependency[] | undefined
}

function workflowReader(context: ReadContext): DocumentReader<Workflow> {
  const ids = new IdCheck()
  const lists: Lists = {
    jobs: streamed(
      { key: 'jobs', item: job, least: 1, onRead: (value, node, i) => ids.job(value, node, i) },
      context,
    ),
    dependencies: streamed(
      {
        key: 'jobDependencies',
        item: dependency,
        least: 0,
        onRead: (value, node, i) => ids.dependency(value, node, i),
      },
      context,
    ),
  }
  const schema = workflowShape(lists.jobs.schema, lists.dependencies.schema)
  return {
    itemReaders: new Map([
      ['jobs', lists.jobs.itemReader],
      ['jobDependencies', lists.dependencies.itemReader],
    ]),
    read(root) {
      const fields = schema.read(root, context)
      if (root.kind === 'mapping') ids.report(valueOf(root, 'jobs'), context.problems)
      return fields === undefined ? undefined : toWorkflow(fields)
    },
  }
}

function toWorkflow(fields: WorkflowFields): Workflow {
  const { pegasus, version, siteCatalog, replicaCatalog, transformationCatalog } = fields
  const references: CatalogReferences = {
    ...(isReference(siteCatalog) ? { site: siteCatalog.$ref } : {}),
    ...(isReference(replicaCatalog) ? { replica: replicaCatalog.$ref } : {}),
    ...(isReference(transformationCatalog) ? { transformation: transformationCatalog.$ref } : {}),
  }
  return {
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
}

function isReference(value: object | undefined): value is { readonly $ref: string } {
  return value !== undefined && '$ref' in value
}

/**
 * Reads an abstract workflow from YAML or JSON text. What only the whole graph shows (cycles, two producers of a
 * file) is checked by `checkWorkflow`.
 *
 * @returns the workflow with warnings, or all problems with line, column and path
 */
export function readWorkflow(source: string, options: ReadOptions = {}): ReadResult<Workflow> {
  return readDocument(source, options.name ?? 'workflow.yml', options, workflowReader)
}
