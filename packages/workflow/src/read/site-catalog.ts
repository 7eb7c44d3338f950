import type { Site, SiteCatalog } from '../model/site-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'
import type { ReadResult } from '../problem/problem.ts'
import { formatVersion } from '../schema/common.ts'
import type { ReadContext } from '../schema/context.ts'
import { list } from '../schema/list.ts'
import { expanded, mapped, type Schema } from '../schema/schema.ts'
import { optional, required, shape } from '../schema/shape.ts'
import type { YamlNode } from '../yaml/node.ts'
import { type ReadOptions, readDocument } from './document.ts'
import { reportDoubles } from './doubles.ts'
import { site } from './site-schema.ts'

/** A site catalog that is a file of its own. */
export const siteCatalog: Schema<SiteCatalog> = expanded(
  mapped(
    shape({ pegasus: required(formatVersion), sites: required(list(site, 1)) }, { noun: 'a site catalog' }),
    checkSites,
  ),
)

/** A site catalog inside a workflow, where the version may be absent. */
export const inlineSiteCatalog: Schema<
  Omit<SiteCatalog, 'pegasus'> & { readonly pegasus?: string | undefined }
> = expanded(
  mapped(
    shape({ pegasus: optional(formatVersion), sites: required(list(site, 1)) }, { noun: 'a site catalog' }),
    checkSites,
  ),
)

function checkSites<T extends { readonly sites: readonly Site[] }>(
  catalog: T,
  node: YamlNode,
  context: ReadContext,
): T {
  reportDoubles(node, 'sites', catalog.sites, (entry) => entry.name, 'the site stands twice', context)
  return catalog
}

/**
 * Reads a site catalog from YAML or JSON text. A site that stands twice is a warning; an empty file is an empty
 * catalog with a warning, since `local` and `condorpool` need no entry.
 *
 * @returns the catalog with warnings, or all problems with line, column and path
 */
export function readSiteCatalog(text: string, options: ReadOptions = {}): ReadResult<SiteCatalog> {
  return readDocument(text, options.name ?? 'sites.yml', options, (context) => ({
    read: (root) => siteCatalog.read(root, context),
    whenEmpty: { pegasus: FORMAT_VERSION, sites: [], extensions: [] },
  }))
}
