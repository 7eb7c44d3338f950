import * as z from 'zod'
import { FITS_DOCUMENTS } from './fits-documents.ts'
import { MOSAIC_DOCUMENTS } from './mosaic-documents.ts'
import type { Part } from './parts.ts'
import { REGISTRY_DOCUMENTS } from './registry-documents.ts'
import { RUN_DOCUMENTS } from './run-documents.ts'
import { SITE_DOCUMENTS } from './site-documents.ts'
import { WORKFLOW_DOCUMENTS } from './workflow-documents.ts'

/** Schemas of what commands print with `--json`, by name. One that ends in `-line` is that of each line. */
export const DOCUMENTS: Readonly<Record<string, Part>> = {
  ...RUN_DOCUMENTS,
  ...REGISTRY_DOCUMENTS,
  ...SITE_DOCUMENTS,
  ...MOSAIC_DOCUMENTS,
  ...FITS_DOCUMENTS,
  ...WORKFLOW_DOCUMENTS,
}

/** The schema of a document as JSON Schema (draft 2020-12). */
export function documentSchema(name: string, part: Part): object {
  return { title: name, ...z.toJSONSchema(part) }
}
