import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import type { SiteCatalog } from '../model/site-catalog.ts'
import type { TransformationCatalog } from '../model/transformation-catalog.ts'
import type { ReadResult } from '../problem/problem.ts'
import { readReplicaCatalog } from '../read/replica-catalog.ts'
import { readSiteCatalog } from '../read/site-catalog.ts'
import { readTransformationCatalog } from '../read/transformation-catalog.ts'
import type { SourceReader, SourceRole } from './source-reader.ts'

/** Reads a site catalog. */
export async function readSites(reader: SourceReader, path: string): Promise<SiteCatalog | undefined> {
  const options = { variables: reader.variable }
  return await reader.read('sites', path, (text, name) => readSiteCatalog(text, { ...options, name }))
}

/** Reads a transformation catalog, in the text form when its name or content says so. */
export async function readTransformations(
  reader: SourceReader,
  path: string,
): Promise<TransformationCatalog | undefined> {
  const options = { variables: reader.variable }
  return await reader.read('transformations', path, (text, name) =>
    readTransformationCatalog(text, { ...options, name, format: isYaml(path, text) ? 'yaml' : 'text' }),
  )
}

/** Reads a replica catalog, in the text form when `type`, its name or its content says so. */
export async function readReplicas(
  reader: SourceReader,
  path: string,
  role: SourceRole,
  type?: string,
): Promise<ReplicaCatalog | undefined> {
  const options = { variables: reader.variable }
  return await reader.read(role, path, (text, name): ReadResult<ReplicaCatalog> => {
    const isText = type === 'file' || type === 'regex' || (type !== 'yaml' && !isYaml(path, text))
    return readReplicaCatalog(text, { ...options, name, format: isText ? 'text' : 'yaml' })
  })
}

/** True for YAML and JSON, false for the old text forms. */
export function isYaml(path: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/i.test(path)) return true
  if (/\.(?:txt|cache|data)$/i.test(path)) return false
  return /^\s*(?:\{|---|["']?(?:pegasus|replicas|transformations|sites|x-[\w-]+)["']?\s*:)/m.test(
    text.slice(0, 4096),
  )
}
