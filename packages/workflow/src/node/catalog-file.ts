import type { Properties } from '../model/properties.ts'
import { isKnownProperty, propertyKeys } from '../model/property-keys.ts'
import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import { nearMiss } from '../problem/near-miss.ts'
import type { ReadResult } from '../problem/problem.ts'
import { readProperties } from '../read/properties.ts'
import { readReplicaCatalog } from '../read/replica-catalog.ts'
import { readSiteCatalog } from '../read/site-catalog.ts'
import { readTransformationCatalog } from '../read/transformation-catalog.ts'
import { isYaml } from './catalog-readers.ts'
import { documentFindings, type Finding } from './finding.ts'
import { readTextFile } from './text-file.ts'

/** Kinds of catalog files. */
export const CATALOG_KINDS = ['sites', 'transformations', 'replicas', 'properties'] as const

/** Kind of a catalog file. */
export type CatalogKind = (typeof CATALOG_KINDS)[number]

/** A catalog with its kind. */
export type AnyCatalog =
  | { readonly kind: 'sites'; readonly catalog: SiteCatalog }
  | { readonly kind: 'transformations'; readonly catalog: TransformationCatalog }
  | { readonly kind: 'replicas'; readonly catalog: ReplicaCatalog }
  | { readonly kind: 'properties'; readonly catalog: Properties }

/** A catalog file that was read, or what is wrong with it. */
export type OpenedCatalog =
  | (AnyCatalog & { readonly ok: true; readonly findings: readonly Finding[] })
  | { readonly ok: false; readonly kind: CatalogKind; readonly findings: readonly Finding[] }

/**
 * Reads a catalog file of any kind, in YAML, JSON or the old text forms. Texts such as `${HOME}` stay as they are.
 *
 * @param kind default: found by name and content
 * @throws {BaseError} `BASE_READ_FAILED`
 */
export async function openCatalog(path: string, kind?: CatalogKind): Promise<OpenedCatalog> {
  const text = await readTextFile(path)
  return parseCatalog(text, path, kind ?? catalogKind(path, text))
}

/** Reads the text of a catalog. */
export function parseCatalog(text: string, name: string, kind: CatalogKind): OpenedCatalog {
  const format = isYaml(name, text) ? 'yaml' : 'text'
  switch (kind) {
    case 'sites':
      return opened(readSiteCatalog(text, { name }), (catalog) => ({ kind, catalog }), kind)
    case 'transformations':
      return opened(readTransformationCatalog(text, { name, format }), (catalog) => ({ kind, catalog }), kind)
    case 'replicas':
      return opened(readReplicaCatalog(text, { name, format }), (catalog) => ({ kind, catalog }), kind)
    case 'properties': {
      const result = opened(readProperties(text, { name }), (catalog) => ({ kind, catalog }), kind)
      if (!result.ok || result.kind !== 'properties') return result
      return { ...result, findings: [...result.findings, ...unknownProperties(result.catalog.keys(), name)] }
    }
  }
}

function opened<T>(
  result: ReadResult<T>,
  wrap: (catalog: T) => AnyCatalog,
  kind: CatalogKind,
): OpenedCatalog {
  if (!result.ok) return { ok: false, kind, findings: documentFindings(result.problems) }
  return { ok: true, ...wrap(result.value), findings: documentFindings(result.warnings) }
}

/** Kind of a catalog by its content, else by its name. */
export function catalogKind(path: string, text: string): CatalogKind {
  if (/\.properties$|pegasusrc$/i.test(path)) return 'properties'
  const head = text.slice(0, 1_000_000)
  for (const kind of ['sites', 'transformations', 'replicas'] as const) {
    // At the start of a line: a key of the document. JSON may be one line.
    if (new RegExp(`^["']?${kind}["']?\\s*:`, 'm').test(head)) return kind
    if (/^\s*\{/.test(head) && head.includes(`"${kind}"`) && !isInside(head, kind)) return kind
  }
  if (/^\s*tr\s+\S+/m.test(head) || /transformation|(?:^|[/\\])tc\b/i.test(path)) return 'transformations'
  return /site/i.test(path) ? 'sites' : 'replicas'
}

/** Transformations of a JSON catalog have a key `sites`, too. */
function isInside(text: string, kind: CatalogKind): boolean {
  return kind === 'sites' && text.includes('"transformations"')
}

/** Warnings about properties that have no effect. */
export function unknownProperties(keys: Iterable<string>, name: string): readonly Finding[] {
  const findings: Finding[] = []
  for (const key of keys) {
    if (!key.startsWith('pegasus.') || isKnownProperty(key)) continue
    const near = nearMiss(key, propertyKeys())
    const hint = near === undefined ? '' : `; did you mean ${near}`
    const text = `${name}: property ${key}: no such property is known, it has no effect${hint} [UNKNOWN_PROPERTY]`
    findings.push({ severity: 'warning', code: 'UNKNOWN_PROPERTY', text })
  }
  return findings
}
