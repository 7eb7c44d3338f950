import type { JsonSchema } from '../schema/schema.ts'
import { replicaCatalogJson } from './replica-catalog.ts'
import { siteCatalog } from './site-catalog.ts'
import { transformationCatalog } from './transformation-catalog.ts'
import { workflowJson } from './workflow.ts'

/** Files that have a schema. */
export type DocumentKind = 'workflow' | 'sites' | 'transformations' | 'replicas'

/**
 * JSON Schema (draft 2020-12) of a kind of file, for editors and other programs. It comes from the description that
 * the readers use; what only the whole document shows (ids, references, cycles) is not in it.
 */
export function documentJsonSchema(kind: DocumentKind): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: TITLES[kind], ...schemaOf(kind) }
}

const TITLES: Readonly<Record<DocumentKind, string>> = {
  workflow: 'Abstract workflow (Pegasus 5)',
  sites: 'Site catalog (Pegasus 5)',
  transformations: 'Transformation catalog (Pegasus 5)',
  replicas: 'Replica catalog (Pegasus 5)',
}

function schemaOf(kind: DocumentKind): JsonSchema {
  switch (kind) {
    case 'workflow':
      return workflowJson()
    case 'sites':
      return siteCatalog.json
    case 'transformations':
      return transformationCatalog.json
    case 'replicas':
      return replicaCatalogJson()
  }
}
