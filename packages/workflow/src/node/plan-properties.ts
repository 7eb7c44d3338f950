import { join } from 'node:path'
import { readProperties } from '../read/properties.ts'
import { unknownProperties } from './catalog-file.ts'
import { isFile, type SourceReader } from './source-reader.ts'

/** Properties of a request, with where catalogs that they name are looked for. */
export interface PlanProperties {
  readonly values: ReadonlyMap<string, string>
  /** Folder of the file that set a property; absent for those of the command line. */
  readonly folders: ReadonlyMap<string, string>
}

/** Where properties come from. */
export interface PropertySources {
  /** Properties file; default `pegasus.properties` of the first folder that has one. */
  readonly confFile?: string | undefined
  /** Folders in which the usual names are looked for, best first. */
  readonly folders: readonly string[]
  /** File with a lower rank, `~/.pegasusrc`. */
  readonly homeFile?: string | undefined
  /** Properties of the command line; they win. */
  readonly definitions?: ReadonlyMap<string, string> | undefined
}

/** Usual name of the properties file. */
export const PROPERTIES_FILE = 'pegasus.properties'

/** Reads all properties of a request: command line before properties file before the file in the home directory. */
export async function readPlanProperties(
  reader: SourceReader,
  from: PropertySources,
): Promise<PlanProperties> {
  const values = new Map<string, string>()
  const folders = new Map<string, string>()
  const take = async (path: string): Promise<void> => {
    const read = await reader.read('properties', path, (text, name) =>
      readProperties(text, { name, variables: reader.variable }),
    )
    for (const [key, value] of read ?? []) {
      values.set(key, value)
      folders.set(key, join(path, '..'))
    }
  }
  const { homeFile, confFile } = from
  if (homeFile !== undefined && isFile(homeFile)) await take(homeFile)
  const usual = from.folders.map((folder) => join(folder, PROPERTIES_FILE)).find(isFile)
  const conf = confFile === undefined ? usual : reader.path(confFile)
  if (conf !== undefined) await take(conf)
  for (const [key, value] of from.definitions ?? []) {
    values.set(key, value)
    folders.delete(key)
  }
  reader.findings.push(...unknownProperties(values.keys(), 'properties'))
  return { values, folders }
}
